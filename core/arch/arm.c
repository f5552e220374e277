/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * arm.c: minidumps (versions 1 and 2) and full dumps of 32-bit arm, in the
 * page table formats of ARMv4/v5 and of ARMv6/v7, little- and big-endian.
 */
#include <elf.h>

#include "../radix.h"
#include "arm.h"

static unsigned char
prot_of(bool write, bool execute)
{

	return ((unsigned char)(KVM_PROT_READ |
	    (write ? KVM_PROT_WRITE : 0) | (execute ? KVM_PROT_EXECUTE : 0)));
}

/* A level 1 descriptor: a table, a section or one of 16 of a supersection. */
static enum kvmi_entry
decode_l1(uint64_t entry, struct kvmi_pte *pte)
{

	switch (entry & ARM_L1_TYPE_MASK) {
	case ARM_L1_TABLE:
		pte->pa = entry & ARM_L1_TABLE_FRAME;
		return (KVMI_TABLE);
	case ARM_L1_SECTION:
		break;
	default:
		return (KVMI_ABSENT);
	}
	if ((entry & ARM_L1_SUPER) != 0)
		pte->len = (uint64_t)1 << ARM_L1_SUPER_SHIFT;
	pte->pa = entry & ARM_L1_SECTION_FRAME & ~(pte->len - 1);
	return (KVMI_LEAF);
}

/* A level 2 descriptor: a small page or one of 16 of a large page. */
static enum kvmi_entry
decode_l2(uint64_t entry, struct kvmi_pte *pte)
{

	if ((entry & ARM_L2_TYPE_MASK) == ARM_L2_INVALID)
		return (KVMI_ABSENT);
	if ((entry & ARM_L2_TYPE_MASK) == ARM_L2_LARGE)
		pte->len = (uint64_t)1 << ARM_L2_LARGE_SHIFT;
	pte->pa = entry & ARM_L2_FRAME & ~(pte->len - 1);
	return (KVMI_LEAF);
}

static enum kvmi_entry
decode_v6(kvm_t *kd, unsigned int shift, uint64_t entry, struct kvmi_pte *pte)
{
	bool l1 = shift == ARM_L1_SHIFT;

	(void)kd;
	pte->prot = prot_of((entry & (l1 ? ARM_L1_V6_RO : ARM_L2_V6_RO)) == 0,
	    (entry & (l1 ? ARM_L1_V6_XN : ARM_L2_V6_XN)) == 0);
	return (l1 ? decode_l1(entry, pte) : decode_l2(entry, pte));
}

static enum kvmi_entry
decode_v4(kvm_t *kd, unsigned int shift, uint64_t entry, struct kvmi_pte *pte)
{
	bool l1 = shift == ARM_L1_SHIFT;

	(void)kd;
	pte->prot = prot_of((entry & (l1 ? ARM_L1_V4_W : ARM_L2_V4_W)) != 0,
	    false);
	if (!l1 && (entry & ARM_L2_TYPE_MASK) == ARM_L2_V4_TINY)
		return (KVMI_ABSENT);
	return (l1 ? decode_l1(entry, pte) : decode_l2(entry, pte));
}

/*
 * A table of which only the place is known: at a physical address, which is
 * V4's way.  V4 has no use for entries of type 3; who has some is V6.
 */
static enum kvmi_entry
decode_old(kvm_t *kd, unsigned int shift, uint64_t entry,
    struct kvmi_pte *pte)
{

	if (shift != ARM_L1_SHIFT &&
	    (entry & ARM_L2_TYPE_MASK) == ARM_L2_V4_TINY)
		return (decode_v6(kd, shift, entry, pte));
	return (decode_v4(kd, shift, entry, pte));
}

#define	ARM_LEVELS	{						\
	{ "L1 descriptor", ARM_L1_SHIFT, 12 },				\
	{ "L2 descriptor", ARM_PAGE_SHIFT, 8 },				\
}

static const struct kvmi_radix tables_v6 = {
	.entry = 4, .sign = 32, .nlevels = 2, .level = ARM_LEVELS,
	.decode = decode_v6,
};

static const struct kvmi_radix tables_v4 = {
	.entry = 4, .sign = 32, .nlevels = 2, .level = ARM_LEVELS,
	.decode = decode_v4,
};

static const struct kvmi_radix tables_old = {
	.entry = 4, .sign = 32, .nlevels = 2, .level = ARM_LEVELS,
	.decode = decode_old,
};

/* ---- minidumps */

/* The format; where an early kernel did not say, by its architecture. */
static int
set_format(kvm_t *kd, uint32_t arch, uint32_t format)
{

	if (format == ARM_MMU_UNKNOWN)
		format = arch != 0 && arch < ARM_ARCH_V6 ? ARM_MMU_V4 :
		    ARM_MMU_V6;
	if (format != ARM_MMU_V4 && format != ARM_MMU_V6)
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "arm minidump header: page tables of format %u%s",
		    format, format == ARM_MMU_V6_LPAE ? " (LPAE)" : ""));
	kd->tables = format == ARM_MMU_V4 ? &tables_v4 : &tables_v6;
	if (arch >= ARM_ARCH_V6)
		kd->arch_name = arch >= ARM_ARCH_V7 ? "armv7" : "armv6";
	return (0);
}

static int
arm_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;

	kd->ptrsize = 4;
	kd->va_max = ARM_VA_MAX;
	if (kvmi_minidump_byteorder(kd, ARM_HDR_VERSION) == -1)
		return (-1);
	h = kvmi_minidump_header(kd, ARM_HDR_VERSION, ARM_HDR_SIZE,
	    ARM_VERSION_MAX);
	if (h == NULL || set_format(kd,
	    kvmi_get32(h + ARM_HDR_ARCH, kd->bigendian),
	    kvmi_get32(h + ARM_HDR_MMUFORMAT, kd->bigendian)) == -1)
		return (-1);
	m->page_size = 1 << ARM_PAGE_SHIFT;
	m->word_size = 4;
	m->kernbase = kvmi_get32(h + ARM_HDR_KERNBASE, kd->bigendian);
	if (m->version >= ARM_VERSION_AVAIL)
		m->avail_size = kvmi_get32(h + ARM_HDR_DUMPAVAILSIZE,
		    kd->bigendian);
	/* The page table area: level 2 descriptors, sections broken up into
	   them.  It is written as long as it is, and not padded. */
	m->pmap_level = kd->tables->nlevels - 1;
	m->unpadded = true;
	kd->mmu = &kvmi_mmu_minidump;
	return (kvmi_minidump_layout(kd));
}

/* ---- full dumps */

/* Where the kernel lies: PT_DUMP_DELTA, or symbols whose values say it. */
static int
find_kernel(kvm_t *kd, kvaddr_t *va, kpaddr_t *pa)
{

	if (kd->elf.has_delta) {
		*va = kd->elf.delta.va;
		*pa = kd->elf.delta.pa;
		return (0);
	}
	if (kvmi_lookup(kd, "kernbase", va) == -1 ||
	    kvmi_lookup(kd, "physaddr", pa) == -1)
		return (kvmi_context(kd, "no PT_DUMP_DELTA in the dump"));
	return (0);
}

/* Does the table at root map va to pa? */
static bool
maps(kvm_t *kd, const struct kvmi_radix *tables, kpaddr_t root, kvaddr_t va,
    kpaddr_t pa)
{
	struct kvmi_pte pte;

	if (root % ARM_L1_TABLE_SIZE != 0 ||
	    kvmi_radix_translate(kd, tables, root, va, &pte) == -1 ||
	    pte.pa != pa)
		return (false);
	kd->tables = tables;
	kd->root = root;
	return (true);
}

/*
 * kernel_l1pa is where the kernel's level 1 table is.  The pmap of ARMv6 and
 * later puts its virtual address there, older ones its physical one.  The
 * table that maps the variable to where it was read is the right one.
 */
static int
find_tables(kvm_t *kd, kvaddr_t kernva, kpaddr_t kernpa)
{
	uint64_t value;
	kvaddr_t va;
	kpaddr_t pa;

	if (kvmi_lookup(kd, "kernel_l1pa", &va) == -1)
		return (-1);
	pa = (uint32_t)(va - kernva + kernpa);
	if (kvmi_phys_word(kd, pa, 4, &value) == -1)
		return (kvmi_context(kd, "symbol kernel_l1pa"));
	if ((value >= kernva && maps(kd, &tables_v6,
	    (uint32_t)(value - kernva + kernpa), va, pa)) ||
	    maps(kd, &tables_old, value, va, pa))
		return (0);
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "kernel_l1pa (%#jx) leads to no table that maps the kernel: is "
	    "this the right kernel file?", (uintmax_t)value));
}

static int
arm_full(kvm_t *kd)
{
	kvaddr_t kernva = 0;
	kpaddr_t kernpa = 0;

	kd->va_max = ARM_VA_MAX;
	kd->tables = &tables_v6;
	if (kd->image == NULL && kd->resolver == NULL && kd->resolver2 == NULL)
		return (0);	/* no symbols: physical memory only */
	if (find_kernel(kd, &kernva, &kernpa) == -1 ||
	    find_tables(kd, kernva, kernpa) == -1)
		return (kvmi_context(kd, "kernel page tables"));
	kd->mini.kernbase = kernva & -(uint64_t)(1 << ARM_L1_SHIFT);
	kd->mmu = &kvmi_mmu_full;
	return (0);
}

static bool
arm_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS32 && ident->machine == EM_ARM &&
	    ident->type == ET_EXEC);
}

static bool
arm_native(const kvm_t *kd)
{

#if defined(__arm__) && defined(__ARM_BIG_ENDIAN)
	return (kd->bigendian);
#elif defined(__arm__)
	return (!kd->bigendian);
#else
	(void)kd;
	return (false);
#endif
}

const struct kvmi_arch kvmi_arch_arm = {
	.name = "arm",
	.magic = ARM_MAGIC,
	.kernel = arm_kernel,
	.native = arm_native,
	.minidump = arm_minidump,
	.headerless = kvmi_headerless_none,
	.full = arm_full,
	.canonical = kvmi_canonical_none,
	.translate_in = kvmi_translate_in_tables,
	.undumped = kvmi_undumped_none,
};
