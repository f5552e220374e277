/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * i386.c: minidumps (versions 1 and 2) and full dumps of i386, with PAE and
 * without.  Up to FreeBSD 11 the kernel is mapped above KERNBASE, at 3 GB as
 * a rule; from 12 on it has an address space of its own, in which it lies
 * where it lies in physical memory.  Up to 12 a kernel was built for PAE or
 * not; from 13 on it decides when it boots.
 */
#include <elf.h>

#include "../radix.h"
#include "i386.h"

static enum kvmi_entry
decode_nopae(kvm_t *kd, unsigned int shift, uint64_t entry,
    struct kvmi_pte *pte)
{

	(void)kd;
	pte->pa = entry & I386_PG_FRAME;
	if ((entry & I386_PG_V) == 0)
		return (KVMI_ABSENT);
	if (shift == I386_PDR_SHIFT && (entry & I386_PG_PS) == 0)
		return (KVMI_TABLE);
	pte->pa &= ~(pte->len - 1);
	pte->prot = (unsigned char)(KVM_PROT_READ | KVM_PROT_EXECUTE |
	    ((entry & I386_PG_RW) != 0 ? KVM_PROT_WRITE : 0));
	return (KVMI_LEAF);
}

static enum kvmi_entry
decode_pae(kvm_t *kd, unsigned int shift, uint64_t entry,
    struct kvmi_pte *pte)
{

	(void)kd;
	pte->pa = entry & I386_PG_FRAME_PAE;
	if ((entry & I386_PG_V) == 0)
		return (KVMI_ABSENT);
	if (shift == I386_PDP_SHIFT_PAE ||
	    (shift == I386_PDR_SHIFT_PAE && (entry & I386_PG_PS) == 0))
		return (KVMI_TABLE);
	pte->pa &= ~(pte->len - 1);
	pte->prot = (unsigned char)(KVM_PROT_READ |
	    ((entry & I386_PG_RW) != 0 ? KVM_PROT_WRITE : 0) |
	    ((entry & I386_PG_NX) == 0 ? KVM_PROT_EXECUTE : 0));
	return (KVMI_LEAF);
}

static const struct kvmi_radix tables_nopae = {
	.entry = 4,
	.sign = 32,
	.nlevels = 2,
	.level = {
		{ "PDE", I386_PDR_SHIFT, 10 },
		{ "PTE", I386_PAGE_SHIFT, 10 },
	},
	.decode = decode_nopae,
};

static const struct kvmi_radix tables_pae = {
	.entry = 8,
	.sign = 32,
	.nlevels = 3,
	.level = {
		{ "PDPE", I386_PDP_SHIFT_PAE, 2 },
		{ "PDE", I386_PDR_SHIFT_PAE, 9 },
		{ "PTE", I386_PAGE_SHIFT, 9 },
	},
	.decode = decode_pae,
};

/* ---- minidumps */

static int
i386_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;
	uint32_t pae;

	kd->ptrsize = 4;
	kd->va_max = I386_VA_MAX;
	h = kvmi_minidump_header(kd, I386_HDR_VERSION, I386_HDR_SIZE,
	    I386_VERSION_MAX);
	if (h == NULL)
		return (-1);
	pae = kvmi_get32(h + I386_HDR_PAEMODE, false);
	if (pae > 1)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "i386 minidump header: paemode %u is neither 0 nor 1",
		    pae));
	m->page_size = 1 << I386_PAGE_SHIFT;
	m->word_size = 4;
	m->kernbase = kvmi_get32(h + I386_HDR_KERNBASE, false);
	if (m->version >= I386_VERSION_AVAIL)
		m->avail_size = kvmi_get32(h + I386_HDR_DUMPAVAILSIZE, false);
	/* The page table area: PTEs, large pages broken up into them. */
	kd->tables = pae != 0 ? &tables_pae : &tables_nopae;
	m->pmap_level = kd->tables->nlevels - 1;
	kd->mmu = &kvmi_mmu_minidump;
	return (kvmi_minidump_layout(kd));
}

/* ---- full dumps */

/*
 * A kernel variable of 4 bytes before there are page tables to ask: its
 * physical address is its address less delta.
 */
static int
read_variable(kvm_t *kd, const char *name, kvaddr_t delta, uint64_t *value)
{
	kvaddr_t va;

	if (kvmi_lookup(kd, name, &va) == -1)
		return (-1);
	if (kvmi_phys_word(kd, (uint32_t)(va - delta), 4, value) == -1)
		return (kvmi_context(kd, "symbol %s", name));
	return (0);
}

/* The same, and 0 when there is no such symbol. */
static int
read_optional(kvm_t *kd, const char *name, kvaddr_t delta, uint64_t *value)
{

	*value = 0;
	if (read_variable(kd, name, delta, value) == 0 ||
	    kd->error.ke_class == KVM_E_NOSYM)
		return (0);
	return (-1);
}

/*
 * Where the kernel's page tables are, and of which kind.  A kernel that knows
 * both kinds has pae_mode and a variable for each; any other has IdlePDPT
 * when it was built for PAE, else IdlePTD.
 */
static int
find_root(kvm_t *kd, kvaddr_t delta, uint64_t *root)
{
	const char *name = "IdlePTD";
	uint64_t pae;
	kvaddr_t va;

	if (kvmi_lookup(kd, "pae_mode", &va) == 0) {
		if (read_variable(kd, "pae_mode", delta, &pae) == -1)
			return (-1);
		name = pae != 0 ? "IdlePDPT" : "IdlePTD_nopae";
	} else if (kd->error.ke_class != KVM_E_NOSYM)
		return (-1);
	else if (read_optional(kd, "IdlePDPT", delta, &pae) == -1)
		return (-1);
	else if (pae != 0)
		name = "IdlePDPT";
	kd->tables = strcmp(name, "IdlePDPT") == 0 ? &tables_pae :
	    &tables_nopae;
	return (read_variable(kd, name, delta, root));
}

/* Do the page tables found by way of delta agree with it? */
static bool
try_delta(kvm_t *kd, kvaddr_t delta)
{
	struct kvmi_pte pte;
	kvaddr_t va;

	if (find_root(kd, delta, &kd->root) == -1)
		return (false);
	if (kvmi_lookup(kd, "IdlePTD", &va) == -1 &&
	    kvmi_lookup(kd, "IdlePDPT", &va) == -1 &&
	    kvmi_lookup(kd, "IdlePTD_nopae", &va) == -1)
		return (false);
	return (kvmi_radix_translate(kd, kd->tables, kd->root, va, &pte) ==
	    0 && pte.pa == (uint32_t)(va - delta));
}

/*
 * Which of the address layouts is it?  Page tables found by the wrong one
 * don't lead back to where they were found.  kernbase is 0 when unknown.
 */
static int
find_tables(kvm_t *kd, kvaddr_t kernbase)
{
	const kvaddr_t deltas[] = { 0, kernbase, I386_KERNBASE_3G };
	size_t i;

	for (i = 0; i < nitems_of(deltas); i++)
		if (try_delta(kd, deltas[i])) {
			kd->mini.kernbase = kernbase != 0 ? kernbase :
			    deltas[i];
			return (0);
		}
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "not where the kernel's symbols say, be it loaded at its own "
	    "address, at kernbase (%#jx) or at 3 GB: is this the right kernel "
	    "file?", (uintmax_t)kernbase));
}

static int
i386_full(kvm_t *kd)
{
	kvaddr_t kernbase = 0;

	kd->va_max = I386_VA_MAX;
	kd->tables = &tables_nopae;
	if (kd->image == NULL && kd->resolver == NULL && kd->resolver2 == NULL)
		return (0);	/* no symbols: physical memory only */
	if ((kvmi_lookup(kd, "kernbase", &kernbase) == -1 &&
	    kd->error.ke_class != KVM_E_NOSYM) ||
	    find_tables(kd, kernbase) == -1)
		return (kvmi_context(kd, "kernel page tables"));
	kd->mmu = &kvmi_mmu_full;
	return (0);
}

static bool
i386_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS32 && ident->machine == EM_386 &&
	    ident->type == ET_EXEC);
}

static bool
i386_native(const kvm_t *kd)
{

	(void)kd;
#if defined(__i386__)
	return (true);
#else
	return (false);
#endif
}

const struct kvmi_arch kvmi_arch_i386 = {
	.name = "i386",
	.magic = I386_MAGIC,
	.kernel = i386_kernel,
	.native = i386_native,
	.minidump = i386_minidump,
	.headerless = kvmi_headerless_none,
	.full = i386_full,
	.canonical = kvmi_canonical_none,
	.translate_in = kvmi_translate_in_tables,
	.undumped = kvmi_undumped_none,
};
