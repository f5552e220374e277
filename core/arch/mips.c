/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * mips.c: minidumps (versions 1 and 2) of mips, of either byte order and of
 * the ABIs o32, n32 and n64; full dumps as far as their memory is not mapped.
 */
#include <elf.h>

#include "../radix.h"
#include "mips.h"

/*
 * Some segments of the address space are physical memory by another name,
 * cached or not.  They all become the one that the kernel uses as its direct
 * map.  Addresses of 32-bit kernels may come sign-extended, as wider registers
 * have them.
 */
static kvaddr_t
mips_canonical(const kvm_t *kd, kvaddr_t va)
{

	if (kd->ptrsize == 4) {
		if (va >= MIPS64_KSEG0 && va < MIPS64_KERNEL_END)
			va &= MIPS32_VA_MAX;
		if (va >= MIPS32_KSEG1 && va < MIPS32_KSEG2)
			va = MIPS32_KSEG0 | (va & MIPS_KSEG_MASK);
		return (va);
	}
	if (va >= MIPS_XKPHYS && va < MIPS_XKPHYS_END)
		va = MIPS_XKPHYS_CACHED | (va & MIPS_XKPHYS_MASK);
	else if (va >= MIPS64_KSEG0 && va < MIPS64_KSEG2)
		va = MIPS_XKPHYS_CACHED | (va & MIPS_KSEG_MASK);
	return (va);
}

static void
set_direct_map(kvm_t *kd)
{

	if (kd->ptrsize == 4) {
		kd->mini.dmapbase = MIPS32_KSEG0;
		kd->mini.dmapend = MIPS32_KSEG1;
		kd->va_max = MIPS32_VA_MAX;
	} else {
		kd->mini.dmapbase = MIPS_XKPHYS_CACHED;
		kd->mini.dmapend = MIPS_XKPHYS_CACHED_END;
	}
}

static enum kvmi_entry
decode(uint64_t entry, uint64_t pfn, uint64_t ro, struct kvmi_pte *pte)
{

	if ((entry & MIPS_PTE_V) == 0)
		return (KVMI_ABSENT);
	pte->pa = (entry & pfn) >> MIPS_PTE_PFN_SHIFT << MIPS_PAGE_SHIFT;
	pte->prot = (unsigned char)(KVM_PROT_READ | KVM_PROT_EXECUTE |
	    ((entry & ro) == 0 ? KVM_PROT_WRITE : 0));
	return (KVMI_LEAF);
}

static enum kvmi_entry
decode32(kvm_t *kd, unsigned int shift, uint64_t entry, struct kvmi_pte *pte)
{

	(void)kd;
	(void)shift;
	return (decode(entry, MIPS32_PTE_PFN, MIPS32_PTE_RO, pte));
}

static enum kvmi_entry
decode64(kvm_t *kd, unsigned int shift, uint64_t entry, struct kvmi_pte *pte)
{

	(void)kd;
	(void)shift;
	return (decode(entry, MIPS64_PTE_PFN, MIPS64_PTE_RO, pte));
}

/* The dump has the last level only; what is above it nobody needs. */
static const struct kvmi_radix tables32 = {
	.entry = 4,
	.sign = 32,
	.nlevels = 1,
	.level = { { "PTE", MIPS_PAGE_SHIFT, 10 } },
	.decode = decode32,
};

static const struct kvmi_radix tables64 = {
	.entry = 8,
	.sign = 63,
	.nlevels = 1,
	.level = { { "PTE", MIPS_PAGE_SHIFT, 9 } },
	.decode = decode64,
};

static const char *
name_of(const kvm_t *kd, bool n32)
{

	if (kd->ptrsize == 8)
		return (kd->bigendian ? "mips64" : "mips64el");
	if (n32)
		return (kd->bigendian ? "mipsn32" : "mipsn32el");
	return (kd->bigendian ? "mips" : "mipsel");
}

/*
 * The ABI.  A 32-bit kernel map tells 32-bit kernels; that they are of n32,
 * with wider page table entries, only the kernel file tells.
 */
static int
init_abi(kvm_t *kd)
{
	struct kvmi_ident ident = { .class = ELFCLASSNONE };
	uint64_t high = kd->mini.kernbase >> 32;
	bool n32;

	kd->ptrsize = high == 0 || high == UINT32_MAX ? 4 : 8;
	if (kd->image != NULL)
		kvmi_image_ident(kd->image, &ident);
	if (kd->image != NULL &&
	    (ident.class == ELFCLASS64) != (kd->ptrsize == 8))
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "%s is not a kernel for this dump: it is of ELF class %u, "
		    "the kernel map begins at %#jx",
		    kvmi_image_path(kd->image), ident.class,
		    (uintmax_t)kd->mini.kernbase));
	n32 = ident.class == ELFCLASS32 && (ident.flags & MIPS_EF_ABI2) != 0;
	if (kd->ptrsize == 4)
		kd->mini.kernbase &= MIPS32_VA_MAX;
	kd->tables = kd->ptrsize == 8 || n32 ? &tables64 : &tables32;
	kd->arch_name = name_of(kd, n32);
	return (0);
}

static int
mips_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;

	if (kvmi_minidump_byteorder(kd, MIPS_HDR_VERSION) == -1)
		return (-1);
	h = kvmi_minidump_header(kd, MIPS_HDR_VERSION, MIPS_HDR_SIZE,
	    MIPS_VERSION_MAX);
	if (h == NULL)
		return (-1);
	m->kernbase = kvmi_get64(h + MIPS_HDR_KERNBASE, kd->bigendian);
	if (init_abi(kd) == -1)
		return (-1);
	m->page_size = 1 << MIPS_PAGE_SHIFT;
	/* uint32_t, of 64-bit kernels too, before there were bitsets. */
	m->word_size = 4;
	if (m->version >= MIPS_VERSION_AVAIL) {
		m->word_size = kd->ptrsize;
		m->avail_size = kvmi_get32(h + MIPS_HDR_DUMPAVAILSIZE,
		    kd->bigendian);
	}
	set_direct_map(kd);
	kd->mmu = &kvmi_mmu_minidump;
	return (kvmi_minidump_layout(kd));
}

static int
mips_full(kvm_t *kd)
{

	kd->arch_name = name_of(kd, false);
	set_direct_map(kd);
	kd->mmu = &kvmi_mmu_direct;
	return (0);
}

static bool
mips_kernel(const struct kvmi_ident *ident)
{

	return (ident->machine == EM_MIPS &&
	    (ident->type == ET_EXEC || ident->type == ET_DYN));
}

static bool
mips_native(const kvm_t *kd)
{

#if defined(__mips__)
	return (kd->ptrsize == sizeof(void *) &&
	    kd->bigendian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__));
#else
	(void)kd;
	return (false);
#endif
}

const struct kvmi_arch kvmi_arch_mips = {
	.name = "mips",
	.magic = MIPS_MAGIC,
	.kernel = mips_kernel,
	.native = mips_native,
	.minidump = mips_minidump,
	.headerless = kvmi_headerless_none,
	.full = mips_full,
	.canonical = mips_canonical,
	.translate_in = kvmi_translate_in_none,
	.undumped = kvmi_undumped_none,
};
