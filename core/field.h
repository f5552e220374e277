/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * field.h: members of the kernel's structs, found once by name in its types
 * and read from its memory many times.
 */
#ifndef _KVM_FIELD_H_
#define	_KVM_FIELD_H_

#include "private.h"

struct kvmi_field {
	uint32_t	 off;		/* bytes from the start of the struct */
	uint32_t	 size;		/* bytes; 0: this kernel has none */
	bool		 is_signed;
	bool		 is_scalar;	/* an integer, enum or pointer */
};

/*
 * Find the member that path ("p_list.le_next") leads to inside t.  path may
 * name several, separated by "|", of which the first one that exists is taken:
 * give the newest layout first.  A member that does not exist, or is a
 * bit-field, leaves a field of size 0, which is no error and records none.
 * 0; or -1: out of memory, damaged types.
 */
int	kvmi_field_find(kvm_t *, kvm_type_t *t, const char *path,
	    struct kvmi_field *);
/* The struct called name; NULL (KVM_E_NOTYPE) when it is not defined. */
kvm_type_t *kvmi_field_struct(kvm_t *, const char *name);
/*
 * Read a scalar field of the struct at base, sign-extended when it is signed.
 * A field that does not exist is 0.  0, or -1.
 */
int	kvmi_field_read(kvm_t *, const struct kvmi_field *, kvaddr_t base,
	    uint64_t *value);
/* The same from bytes of the struct that are here already. */
uint64_t kvmi_field_get(const kvm_t *, const struct kvmi_field *,
	    const void *bytes);
/* Store the low bits of value in the target's byte order, if it exists. */
void	kvmi_field_put(const kvm_t *, const struct kvmi_field *, void *bytes,
	    uint64_t value);

/* Forget the last error, for those whose result can't tell of one. */
static inline void
kvmi_forget(kvm_t *kd)
{

	kd->error.ke_class = KVM_E_NONE;
	kd->error.ke_addr = 0;
	kd->error.ke_message[0] = '\0';
}

/* An address that was added to: a 32-bit kernel's wraps around. */
kvaddr_t kvmi_wrap(const kvm_t *, kvaddr_t addr);

/* An unsigned integer of 1 to 8 bytes.  0, or -1; nothing is reported. */
int	kvmi_word(kvm_t *, kvaddr_t, size_t size, uint64_t *value);
/* A variable of the kernel, an unsigned integer of size bytes.  0, or -1. */
int	kvmi_integer(kvm_t *, const char *name, size_t size, uint64_t *value);
/*
 * The address of a variable that this kernel may have.  0; 1, without an
 * error, when it has none; or -1.
 */
int	kvmi_optional(kvm_t *, const char *name, kvaddr_t *);

#endif /* !_KVM_FIELD_H_ */
