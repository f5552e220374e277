/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * arm64.c: minidumps of arm64, versions 1 to 3, with pages of 4 and 16 KB.
 * There are no full dumps, which the kernel can't write, but physical memory
 * of emulators.
 */
#include <stdlib.h>

#include <elf.h>

#include "../radix.h"
#include "arm64.h"

/*
 * Do descriptors have LPA2's form?  The kernel's variable pmap_lpa_enabled
 * says, and is only asked for once a descriptor reads differently.
 */
struct arm64 {
	enum { LPA_UNKNOWN, LPA_NO, LPA_YES } lpa;
};

/*
 * The variable is itself read through descriptors: where LPA2 puts the kernel
 * too high to be found without it, by assuming it.
 */
static bool
has_lpa(kvm_t *kd)
{
	struct arm64 *a = kd->arch_data;
	uint64_t value;

	if (a->lpa != LPA_UNKNOWN)
		return (a->lpa == LPA_YES);
	a->lpa = LPA_NO;
	if (kvmi_variable(kd, "pmap_lpa_enabled", 1, &value)) {
		a->lpa = value != 0 ? LPA_YES : LPA_NO;
		return (value != 0);
	}
	a->lpa = LPA_YES;
	if (!kvmi_variable(kd, "pmap_lpa_enabled", 1, &value) || value != 1)
		a->lpa = LPA_NO;
	return (a->lpa == LPA_YES);
}

static kpaddr_t
address_of(kvm_t *kd, uint64_t entry)
{
	kpaddr_t pa = entry & ARM64_ADDRESS;

	if ((entry & ARM64_ATTR_SH) != 0 && has_lpa(kd))
		pa |= (entry & ARM64_ATTR_SH) << ARM64_LPA2_SHIFT;
	return (pa);
}

/* What may be executed is up to who may: each privilege has its own bit. */
static unsigned char
prot_of(uint64_t entry)
{
	uint64_t never = (entry & ARM64_ATTR_AP_USER) != 0 ?
	    ARM64_ATTR_UXN : ARM64_ATTR_PXN;

	return ((unsigned char)(KVM_PROT_READ |
	    ((entry & ARM64_ATTR_AP_RO) == 0 ? KVM_PROT_WRITE : 0) |
	    ((entry & never) == 0 ? KVM_PROT_EXECUTE : 0)));
}

static enum kvmi_entry
decode(kvm_t *kd, unsigned int shift, uint64_t entry, struct kvmi_pte *pte)
{
	uint64_t kind = entry & ARM64_DESCR_MASK;
	bool page = shift == kd->page_shift;

	if (kind != ARM64_TABLE && (kind != ARM64_BLOCK || page))
		return (KVMI_ABSENT);
	pte->pa = address_of(kd, entry);
	if (kind == ARM64_TABLE && !page) {
		pte->pa &= ~(((uint64_t)1 << kd->page_shift) - 1);
		return (KVMI_TABLE);
	}
	pte->pa &= ~(pte->len - 1);
	pte->prot = prot_of(entry);
	return (KVMI_LEAF);
}

static const struct kvmi_radix tables_4k = {
	.entry = 8,
	.sign = ARM64_VA_BITS,
	.nlevels = 4,
	.level = {
		{ "L0 entry", 39, 9 },
		{ "L1 entry", 30, 9 },
		{ "L2 entry", 21, 9 },
		{ "L3 entry", ARM64_PAGE_SHIFT_4K, 9 },
	},
	.decode = decode,
};

static const struct kvmi_radix tables_16k = {
	.entry = 8,
	.sign = ARM64_VA_BITS,
	.nlevels = 4,
	.level = {
		{ "L0 entry", 47, 1 },
		{ "L1 entry", 36, 11 },
		{ "L2 entry", 25, 11 },
		{ "L3 entry", ARM64_PAGE_SHIFT_16K, 11 },
	},
	.decode = decode,
};

/* The size of pages; versions without flags know 4 KB only. */
static int
read_flags(kvm_t *kd, const uint8_t *h)
{
	struct kvmi_minidump *m = &kd->mini;
	uint32_t flags = 0;

	if (m->version >= ARM64_VERSION_FLAGS)
		flags = kvmi_get32(h + ARM64_HDR_FLAGS, false);
	if ((flags & ~(uint32_t)ARM64_FLAG_PS_MASK) != 0)
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "arm64 minidump header: unknown flags %#x", flags));
	switch (flags & ARM64_FLAG_PS_MASK) {
	case ARM64_FLAG_PS_4K:
		kd->tables = &tables_4k;
		m->page_size = 1 << ARM64_PAGE_SHIFT_4K;
		return (0);
	case ARM64_FLAG_PS_16K:
		kd->tables = &tables_16k;
		m->page_size = 1 << ARM64_PAGE_SHIFT_16K;
		return (0);
	default:
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "arm64 minidump header: unknown page size flag %u",
		    flags & ARM64_FLAG_PS_MASK));
	}
}

static int
arm64_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	struct arm64 *a;
	const uint8_t *h;

	kd->ptrsize = 8;
	h = kvmi_minidump_header(kd, ARM64_HDR_VERSION, ARM64_HDR_SIZE,
	    ARM64_VERSION_MAX);
	if (h == NULL || read_flags(kd, h) == -1)
		return (-1);
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return (kvmi_nomem(kd, "arm64"));
	kd->arch_data = a;
	/* LPA2 is younger than the flags. */
	a->lpa = m->version < ARM64_VERSION_FLAGS ? LPA_NO : LPA_UNKNOWN;
	m->word_size = 8;
	m->kernbase = kvmi_get64(h + ARM64_HDR_KERNBASE, false);
	m->dmapphys = kvmi_get64(h + ARM64_HDR_DMAPPHYS, false);
	m->dmapbase = kvmi_get64(h + ARM64_HDR_DMAPBASE, false);
	m->dmapend = kvmi_get64(h + ARM64_HDR_DMAPEND, false);
	if (m->version >= ARM64_VERSION_AVAIL)
		m->avail_size = kvmi_get32(h + ARM64_HDR_DUMPAVAILSIZE, false);
	/* The page table area: L3 entries, blocks broken up into them. */
	m->pmap_level = kd->tables->nlevels - 1;
	kd->mmu = &kvmi_mmu_minidump;
	return (kvmi_minidump_layout(kd));
}

/* The tables that locore.S made are the kernel's own for good. */
static int
arm64_full(kvm_t *kd)
{
	static const struct kvmi_rawtables forms[] = {
		{ &tables_4k, ARM64_PAGE_SHIFT_4K, "pagetable_l0_ttbr1",
		    "pagetable_l1_ttbr1" },
		{ &tables_16k, ARM64_PAGE_SHIFT_16K, "pagetable_l0_ttbr1",
		    "pagetable_l1_ttbr1" },
	};
	struct arm64 *a;

	kd->tables = &tables_4k;
	kd->mini.kernbase = ARM64_VM_MIN_KERNEL;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return (kvmi_nomem(kd, "arm64"));
	kd->arch_data = a;
	a->lpa = LPA_NO;	/* until there is a way to ask */
	if (kd->image == NULL && kd->resolver == NULL && kd->resolver2 == NULL)
		return (0);	/* no symbols: physical memory only */
	if (kvmi_rawmem_tables(kd, forms, nitems_of(forms)) == -1)
		return (-1);
	a->lpa = LPA_UNKNOWN;
	return (0);
}

static kvaddr_t
arm64_canonical(const kvm_t *kd, kvaddr_t va)
{
	uint64_t top = UINT64_MAX << ARM64_VA_BITS;

	(void)kd;
	return ((va >> ARM64_SIGN_BIT & 1) != 0 ? va | top : va & ~top);
}

static bool
arm64_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS64 && ident->machine == EM_AARCH64 &&
	    ident->type == ET_EXEC);
}

static bool
arm64_native(const kvm_t *kd)
{

	(void)kd;
#if defined(__aarch64__)
	return (true);
#else
	return (false);
#endif
}

const struct kvmi_arch kvmi_arch_arm64 = {
	.name = "aarch64",
	.magic = ARM64_MAGIC,
	.kernel = arm64_kernel,
	.native = arm64_native,
	.minidump = arm64_minidump,
	.headerless = kvmi_headerless_none,
	.full = arm64_full,
	.canonical = arm64_canonical,
	.translate_in = kvmi_translate_in_tables,
	.undumped = kvmi_undumped_none,
};
