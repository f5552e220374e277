/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * nodwarf.c: stands in for dwarf*.c and debugfile.c where there is no libdw.
 */
#include "private.h"

const char kvmi_dwarf_built[] = "no libdw";

static int
not_built(kvm_t *kd, enum kvm_errclass class)
{

	return (kvmi_error(kd, class, 0, "this vmcore was built without "
	    "elfutils' libdw, which reads DWARF"));
}

struct kvmi_source *
kvmi_dwtypes_create(kvm_t *kd)
{

	not_built(kd, KVM_E_NOTYPE);
	return (NULL);
}

int
kvmi_dwarf_name(kvm_t *kd, const char *path)
{

	(void)path;
	return (not_built(kd, KVM_E_NOTSUP));
}

void
kvmi_dwarf_destroy(struct kvmi_dwarf *d)
{

	(void)d;
}

struct kvmi_image *
kvmi_dwarf_image(kvm_t *kd)
{

	not_built(kd, KVM_E_NOTYPE);
	return (NULL);
}

const char *
kvm_debug_file(kvm_t *kd)
{

	not_built(kd, KVM_E_NOTSUP);
	return (NULL);
}

const char *
kvm_debug_warning(kvm_t *kd)
{

	(void)kd;
	return (NULL);
}

int
kvm_source_line(kvm_t *kd, kvaddr_t addr, struct kvm_line *line)
{

	(void)addr;
	(void)line;
	return (not_built(kd, KVM_E_NOTSUP));
}
