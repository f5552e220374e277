/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * pcpu.h: the processors of a kernel.
 */
#ifndef _KVM_PCPU_H_
#define	_KVM_PCPU_H_

#include "field.h"

/* What is known of the processors, looked up once. */
struct kvmi_pcpus {
	unsigned int	 n;		/* mp_maxid + 1: ids may be sparse */
	kvm_type_t	*type;		/* struct pcpu; NULL: no types */
	size_t		 size;		/* of it, in bytes */
	struct kvmi_field zpcpu_offset;	/* pc_zpcpu_offset */
	struct kvmi_field early;	/* pc_early_dummy_counter */
	kvaddr_t	 addr[];	/* of each; 0: there is none */
};

/* The descriptor's; NULL with an error. */
struct kvmi_pcpus *kvmi_pcpus(kvm_t *);
/* The same with its type known; NULL with an error. */
struct kvmi_pcpus *kvmi_pcpus_typed(kvm_t *);

/*
 * What a symbol of set_pcpu means on the processor of kvm_dpcpu_setcpu().
 * 0, or -1.
 */
int	kvmi_dpcpu_address(kvm_t *, kvaddr_t *);

/* vnet.c: what a symbol of set_vnet means in the selected vnet.  0, or -1. */
int	kvmi_vnet_address(kvm_t *, kvaddr_t *);
/*
 * Does addr lie in the linker set called name ("vnet")?  1, 0, or -1: there
 * is no such set.
 */
int	kvmi_in_set(kvm_t *, const char *name, kvaddr_t addr);

#endif /* !_KVM_PCPU_H_ */
