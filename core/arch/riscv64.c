/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * riscv64.c: minidumps of riscv64, versions 1 and 2.  There are no full
 * dumps, of which the kernel writes none with memory in them, but physical
 * memory of emulators.
 */
#include <elf.h>

#include "../radix.h"
#include "riscv64.h"

static enum kvmi_entry
decode(kvm_t *kd, unsigned int shift, uint64_t entry, struct kvmi_pte *pte)
{
	uint64_t ppn = entry >> RISCV_PTE_PPN_SHIFT & RISCV_PTE_PPN_MASK;

	(void)kd;
	if ((entry & RISCV_PTE_V) == 0)
		return (KVMI_ABSENT);
	pte->pa = ppn << RISCV_PAGE_SHIFT;
	if ((entry & RISCV_PTE_RWX) == 0)
		return (KVMI_TABLE);
	if (shift == RISCV_PAGE_SHIFT && (entry & RISCV_PTE_N) != 0 &&
	    (entry & RISCV_PTE_RESERVED) == 0 &&
	    (ppn & RISCV_NAPOT_MASK) == RISCV_NAPOT_64K)
		pte->len = (uint64_t)1 << RISCV_NAPOT_SHIFT;
	pte->pa &= ~(pte->len - 1);
	pte->prot = (unsigned char)(KVM_PROT_READ |
	    ((entry & RISCV_PTE_W) != 0 ? KVM_PROT_WRITE : 0) |
	    ((entry & RISCV_PTE_X) != 0 ? KVM_PROT_EXECUTE : 0));
	return (KVMI_LEAF);
}

static const struct kvmi_radix tables_sv39 = {
	.entry = 8,
	.sign = 38,
	.nlevels = 3,
	.level = {
		{ "L1 entry", 30, 9 },
		{ "L2 entry", 21, 9 },
		{ "L3 entry", RISCV_PAGE_SHIFT, 9 },
	},
	.decode = decode,
};

static const struct kvmi_radix tables_sv48 = {
	.entry = 8,
	.sign = 47,
	.nlevels = 4,
	.level = {
		{ "L0 entry", 39, 9 },
		{ "L1 entry", 30, 9 },
		{ "L2 entry", 21, 9 },
		{ "L3 entry", RISCV_PAGE_SHIFT, 9 },
	},
	.decode = decode,
};

static int
riscv64_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;

	kd->ptrsize = 8;
	h = kvmi_minidump_header(kd, RISCV_HDR_VERSION, RISCV_HDR_SIZE,
	    RISCV_VERSION_MAX);
	if (h == NULL)
		return (-1);
	m->page_size = 1 << RISCV_PAGE_SHIFT;
	m->word_size = 8;
	m->kernbase = kvmi_get64(h + RISCV_HDR_KERNBASE, false);
	m->dmapphys = kvmi_get64(h + RISCV_HDR_DMAPPHYS, false);
	m->dmapbase = kvmi_get64(h + RISCV_HDR_DMAPBASE, false);
	m->dmapend = kvmi_get64(h + RISCV_HDR_DMAPEND, false);
	if (m->version >= RISCV_VERSION_AVAIL)
		m->avail_size = kvmi_get32(h + RISCV_HDR_DUMPAVAILSIZE, false);
	/* The page table area: L3 entries; both modes lay out alike. */
	kd->tables = &tables_sv39;
	m->pmap_level = tables_sv39.nlevels - 1;
	kd->mmu = &kvmi_mmu_minidump;
	return (kvmi_minidump_layout(kd));
}

/*
 * The tables that locore.S made.  With Sv48, pmap_bootstrap() puts a page from
 * elsewhere above them; the kernel's addresses are in the reach of Sv39 all
 * the same.
 */
static int
riscv64_full(kvm_t *kd)
{
	static const struct kvmi_rawtables forms[] = {
		{ &tables_sv39, RISCV_PAGE_SHIFT, "pagetable_l1",
		    "pagetable_l2" },
	};

	kd->tables = &tables_sv39;
	kd->mini.kernbase = RISCV_VM_MIN_KERNEL;
	if (kd->image == NULL && kd->resolver == NULL && kd->resolver2 == NULL)
		return (0);	/* no symbols: physical memory only */
	return (kvmi_rawmem_tables(kd, forms, nitems_of(forms)));
}

/*
 * root is the register satp, which says the mode itself, or an address: then
 * the kernel's mode is every process's.
 */
static int
riscv64_translate_in(kvm_t *kd, kpaddr_t root, kvaddr_t va,
    struct kvmi_pte *pte)
{
	const struct kvmi_radix *r = &tables_sv39;
	uint64_t mode = root >> RISCV_SATP_MODE_SHIFT, value;

	if (mode == RISCV_SATP_SV48 || (mode == 0 &&
	    kvmi_variable(kd, "pmap_mode", 4, &value) &&
	    value == RISCV_PMAP_MODE_SV48))
		r = &tables_sv48;
	else if (mode != 0 && mode != RISCV_SATP_SV39)
		return (kvmi_error(kd, KVM_E_INVAL, va,
		    "satp with mode %ju: Sv39 (8) and Sv48 (9) are known",
		    (uintmax_t)mode));
	if (mode != 0)
		root = (root & RISCV_SATP_PPN_MASK) << RISCV_PAGE_SHIFT;
	return (kvmi_radix_translate(kd, r, root, va, pte));
}

static bool
riscv64_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS64 && ident->machine == EM_RISCV &&
	    ident->type == ET_EXEC);
}

static bool
riscv64_native(const kvm_t *kd)
{

	(void)kd;
#if defined(__riscv) && __riscv_xlen == 64
	return (true);
#else
	return (false);
#endif
}

const struct kvmi_arch kvmi_arch_riscv64 = {
	.name = "riscv64",
	.magic = RISCV_MAGIC,
	.kernel = riscv64_kernel,
	.native = riscv64_native,
	.minidump = riscv64_minidump,
	.headerless = kvmi_headerless_none,
	.full = riscv64_full,
	.canonical = kvmi_canonical_none,
	.translate_in = riscv64_translate_in,
	.undumped = kvmi_undumped_none,
};
