/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * symbol.c: kvm.h's questions about the kernel file, answered with the
 * addresses that the kernel ran at.
 */
#include "private.h"

static bool
has_image(kvm_t *kd)
{

	if (kd->image != NULL)
		return (true);
	kvmi_error(kd, KVM_E_NOSYM, 0, "no kernel file was opened");
	return (false);
}

/* Addresses of a 32-bit kernel wrap around at 32 bits. */
static kvaddr_t
displace(const kvm_t *kd, kvaddr_t addr, kssize_t by)
{

	addr += (uint64_t)by;
	return (kd->ptrsize == 4 ? (uint32_t)addr : addr);
}

void
kvmi_symbol_displace(const kvm_t *kd, struct kvm_symbol *sym)
{
	const unsigned char type = sym->ks_ntype & ~N_EXT;

	if (kd->kerndisp != 0 && type != N_ABS && type != N_FN)
		sym->ks_value = displace(kd, sym->ks_value, kd->kerndisp);
}

uint64_t
kvmi_symbol_linked(const kvm_t *kd, const struct kvm_symbol *sym)
{
	const unsigned char type = sym->ks_ntype & ~N_EXT;

	return (type == N_ABS || type == N_FN ? sym->ks_value :
	    displace(kd, sym->ks_value, -kd->kerndisp));
}

/* The end of a look-up that found (0), missed (1) or failed (-1). */
static int
answer(kvm_t *kd, int error, struct kvm_symbol *sym)
{

	if (error != 0)
		return (-1);
	kvmi_symbol_displace(kd, sym);
	return (0);
}

/* What a miss is to be blamed on, when it is not the question. */
static const char *
no_symbols(kvm_t *kd)
{

	return (kvmi_image_symbol_count(kd->image) == 0 ?
	    " (it has no symbol table)" : "");
}

int
kvm_symbol(kvm_t *kd, const char *name, struct kvm_symbol *sym)
{
	int error;

	if (!has_image(kd))
		return (-1);
	error = kvmi_image_symbol(kd->image, name, sym);
	if (error > 0)
		kvmi_error(kd, KVM_E_NOSYM, 0, "no symbol %s in %s%s", name,
		    kvmi_image_path(kd->image), no_symbols(kd));
	return (answer(kd, error, sym));
}

int
kvm_symbol_at(kvm_t *kd, kvaddr_t addr, struct kvm_symbol *sym)
{
	int error;

	if (!has_image(kd))
		return (-1);
	error = kvmi_image_symbol_at(kd->image,
	    displace(kd, addr, -kd->kerndisp), sym);
	if (error > 0)
		kvmi_error(kd, KVM_E_NOSYM, 0, "no symbol at %#jx in %s%s",
		    (uintmax_t)addr, kvmi_image_path(kd->image),
		    no_symbols(kd));
	return (answer(kd, error, sym));
}

int
kvm_symbol_entry(kvm_t *kd, size_t index, struct kvm_symbol *sym)
{
	int error;

	if (!has_image(kd))
		return (-1);
	error = kvmi_image_symbol_entry(kd->image, index, sym);
	if (error > 0)
		kvmi_error(kd, KVM_E_INVAL, 0, "no symbol number %zu in %s%s",
		    index, kvmi_image_path(kd->image), no_symbols(kd));
	return (answer(kd, error, sym));
}

size_t
kvm_symbol_count(kvm_t *kd)
{

	return (has_image(kd) ? kvmi_image_symbol_count(kd->image) : 0);
}

int
kvm_symbol_next(kvm_t *kd, const char *name, size_t *cursor,
    struct kvm_symbol *sym)
{

	if (!has_image(kd))
		return (-1);
	return (answer(kd, kvmi_image_symbol_next(kd->image, name, cursor,
	    sym), sym));
}

int
kvm_section(kvm_t *kd, const char *name, kvaddr_t *addr, const void **data,
    size_t *size)
{
	struct kvmi_image *debug;
	struct kvmi_section s;
	int error;

	if (!has_image(kd))
		return (-1);
	error = kvmi_image_section(kd->image, name, &s);
	if (error > 0 && strncmp(name, ".debug_", 7) == 0 &&
	    (debug = kvmi_dwarf_image(kd)) != NULL)
		error = kvmi_image_section(debug, name, &s);
	if (error > 0)
		kvmi_error(kd, KVM_E_NOSYM, 0, "no section %s in %s", name,
		    kvmi_image_path(kd->image));
	if (error != 0)
		return (-1);
	*addr = s.addr;
	*data = s.data;
	*size = s.size;
	return (0);
}
