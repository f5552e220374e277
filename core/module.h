/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * module.h: the file of a loaded module, as module.c and nlist.c see it.
 */
#ifndef _KVM_MODULE_H_
#define	_KVM_MODULE_H_

#include "image.h"
#include "types.h"

struct kvm_module {
	kvm_t			*kd;
	struct kvmi_image	*image;
	struct kvmi_source	*types;		/* NULL: not read, or none */
	bool			 asked;		/* and there is none: */
	struct kvm_error	 problem;	/* why */
	bool			 placed;	/* a section of it is */
	kvm_module_t		*next;		/* in the order of opening */
};

/* As kvm_nlist(3), in the modules that have a place.  0, or -1. */
int	kvmi_module_lookup(kvm_t *, const char *name, struct kvm_nlist *);

#endif /* !_KVM_MODULE_H_ */
