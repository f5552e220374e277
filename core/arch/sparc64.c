/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * sparc64.c: dumps of sparc64.  A file of its own kind, without magic: a
 * header, then regions of physical memory as they are.  The header says where
 * among them the kernel's TSB is, the table that maps kernel memory.
 */
#include <stdlib.h>

#include <elf.h>

#include "../private.h"
#include "sparc64.h"

/* The TSB: kd->arch_data. */
struct sparc64 {
	kpaddr_t	tsb;
	uint64_t	size;		/* bytes */
	uint64_t	mask;		/* number of entries, less 1 */
};

/* One entry of it. */
struct tte {
	uint64_t	vpn, data;
};

static const struct kvmi_mmu mmu_tsb;

static unsigned int
size_of(const struct tte *t)
{

	return (t->data >> SPARC64_TD_SIZE_SHIFT & SPARC64_TD_SIZE);
}

static unsigned int
shift_of(const struct tte *t)
{

	return (SPARC64_PAGE_SHIFT + SPARC64_SIZE_BITS * size_of(t));
}

static int
read_tte(kvm_t *kd, uint64_t slot, struct tte *t)
{
	const struct sparc64 *s = kd->arch_data;
	kpaddr_t pa = s->tsb + slot * SPARC64_TTE;

	if (slot >= s->size / SPARC64_TTE)
		return (kvmi_error(kd, KVM_E_UNMAPPED, 0,
		    "past the end of the TSB"));
	if (kvmi_phys_word(kd, pa + SPARC64_TTE_VPN, 8, &t->vpn) == -1 ||
	    kvmi_phys_word(kd, pa + SPARC64_TTE_DATA, 8, &t->data) == -1)
		return (kvmi_context(kd, "TSB entry %#jx", (uintmax_t)slot));
	return (0);
}

/* What an entry says of va. */
static void
tte_pte(const struct tte *t, kvaddr_t va, struct kvmi_pte *pte)
{
	uint64_t size = (uint64_t)1 << shift_of(t), off = va & (size - 1);

	pte->pa = (t->data & SPARC64_TD_PA & ~(size - 1)) + off;
	pte->len = size - off;
	pte->prot = (unsigned char)(KVM_PROT_READ |
	    ((t->data & (SPARC64_TD_SW | SPARC64_TD_W)) != 0 ?
	    KVM_PROT_WRITE : 0) |
	    ((t->data & SPARC64_TD_EXEC) != 0 ? KVM_PROT_EXECUTE : 0));
}

static int
tsb_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	const struct sparc64 *s = kd->arch_data;
	struct tte t;

	if (va >= SPARC64_DIRECT) {
		pte->pa = va - SPARC64_DIRECT;
		pte->len = 0 - va;
		pte->prot = KVM_PROT_READ | KVM_PROT_WRITE;
		return (0);
	}
	if (read_tte(kd, va >> SPARC64_PAGE_SHIFT & s->mask, &t) == -1)
		return (-1);
	if ((t.data & SPARC64_TD_V) == 0 || t.vpn !=
	    (va >> shift_of(&t) << SPARC64_VPN_SHIFT | size_of(&t)))
		return (kvmi_error(kd, KVM_E_UNMAPPED, va,
		    "not mapped: not in the TSB"));
	tte_pte(&t, va, pte);
	return (0);
}

/*
 * The address that the entry in this slot maps: of a page larger than the
 * smallest, the part whose slot it is.  false when no look-up finds it there.
 */
static bool
tte_address(const struct tte *t, uint64_t slot, uint64_t mask, kvaddr_t *va)
{
	kvaddr_t base = t->vpn >> SPARC64_VPN_SHIFT << shift_of(t);
	uint64_t part = slot - (base >> SPARC64_PAGE_SHIFT);

	if ((t->data & SPARC64_TD_V) == 0 ||
	    (t->vpn & SPARC64_VPN_SIZE) != size_of(t))
		return (false);
	part &= mask;
	*va = base + (part << SPARC64_PAGE_SHIFT);
	return (part >> (SPARC64_SIZE_BITS * size_of(t)) == 0);
}

static int
tsb_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	const struct sparc64 *s = kd->arch_data;
	uint64_t slot, n = s->size / SPARC64_TTE;
	struct kvmi_gather g = { NULL, 0, 0 };
	struct kvmi_pte pte;
	struct tte t;
	kvaddr_t va;
	int error, failed = 0;

	for (slot = 0; slot < n && slot <= s->mask && failed == 0; slot++) {
		failed = read_tte(kd, slot, &t);
		if (failed != 0 || !tte_address(&t, slot, s->mask, &va))
			continue;
		tte_pte(&t, va, &pte);
		pte.len = (uint64_t)1 << SPARC64_PAGE_SHIFT;
		failed = kvmi_gather_add(kd, &g, va, &pte);
	}
	error = kvmi_gather_walk(kd, &g, cb, arg);
	return (error != 0 ? error : failed);
}

/* The header has no magic, but it has to add up. */
static bool
sparc64_headerless(kvm_t *kd)
{
	const uint8_t *h;
	uint64_t n, size;

	if (kvmi_bytes_avail(kd, &kd->bytes, 0, SPARC64_HDR_ALIGN) <
	    SPARC64_HDR_ALIGN)
		return (false);
	h = kvmi_bytes_at(kd, &kd->bytes, 0, SPARC64_HDR_ALIGN);
	if (h == NULL)
		return (false);
	n = kvmi_get32(h + SPARC64_HDR_NREGIONS, true);
	size = kvmi_get64(h + SPARC64_HDR_SIZE, true);
	return (n > 0 && n <= INT32_MAX &&
	    size == kvmi_roundup(SPARC64_HDR_REGIONS + n * SPARC64_REGION,
	    SPARC64_HDR_ALIGN) && size == kvmi_get64(h + SPARC64_HDR_REGIONS +
	    SPARC64_REGION_OFFS, true));
}

static int
add_region(kvm_t *kd, const uint8_t *region)
{
	struct kvmi_segment *s = &kd->elf.segments[kd->elf.nsegments];

	s->pa = kvmi_get64(region + SPARC64_REGION_PA, true);
	s->size = kvmi_get64(region + SPARC64_REGION_SIZE, true);
	s->offset = kvmi_get64(region + SPARC64_REGION_OFFS, true);
	s->filesz = s->size;
	if (s->size > INT64_MAX || s->offset > INT64_MAX - s->size ||
	    s->pa > UINT64_MAX - s->size)
		return (kvmi_error(kd, KVM_E_FORMAT, 0, "region %zu: %#jx "
		    "bytes at physical address %#jx, at %#jx of the file",
		    kd->elf.nsegments, (uintmax_t)s->size, (uintmax_t)s->pa,
		    (uintmax_t)s->offset));
	if (s->size > 0)
		kd->elf.nsegments++;
	return (0);
}

static int
read_regions(kvm_t *kd, const uint8_t *h, uint64_t n)
{
	uint64_t i;

	kd->elf.segments = calloc((size_t)n, sizeof(*kd->elf.segments));
	if (kd->elf.segments == NULL)
		return (kvmi_nomem(kd, "regions of the dump"));
	for (i = 0; i < n; i++)
		if (add_region(kd, h + SPARC64_HDR_REGIONS +
		    i * SPARC64_REGION) == -1)
			return (-1);
	kvmi_elfcore_sort(&kd->elf);
	return (0);
}

/* From the file's header, which headerless() has recognised. */
static int
sparc64_full(kvm_t *kd)
{
	struct sparc64 *s;
	const uint8_t *h;
	uint64_t n;

	if (kd->elf.class != ELFCLASSNONE)
		return (kvmi_full_none(kd));
	kd->bigendian = true;
	kd->ptrsize = 8;
	kd->page_shift = SPARC64_PAGE_SHIFT;
	kd->mini.dmapbase = SPARC64_DIRECT;
	kd->mini.dmapend = UINT64_MAX;
	s = kd->arch_data = calloc(1, sizeof(*s));
	if (s == NULL)
		return (kvmi_nomem(kd, "TSB"));
	h = kvmi_bytes_at(kd, &kd->bytes, 0, SPARC64_HDR_REGIONS);
	if (h == NULL)
		return (kvmi_context(kd, "header of the dump"));
	s->tsb = kvmi_get64(h + SPARC64_HDR_TSB_PA, true);
	s->size = kvmi_get64(h + SPARC64_HDR_TSB_SIZE, true);
	s->mask = kvmi_get64(h + SPARC64_HDR_TSB_MASK, true);
	n = kvmi_get32(h + SPARC64_HDR_NREGIONS, true);
	if ((s->mask & (s->mask + 1)) != 0)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "header of the dump: TSB mask %#jx", (uintmax_t)s->mask));
	h = kvmi_bytes_at(kd, &kd->bytes, 0,
	    (size_t)(SPARC64_HDR_REGIONS + n * SPARC64_REGION));
	if (h == NULL)
		return (kvmi_context(kd, "regions of the dump"));
	kd->mmu = &mmu_tsb;
	return (read_regions(kd, h, n));
}

static bool
sparc64_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS64 && ident->machine == EM_SPARCV9 &&
	    ident->type == ET_EXEC);
}

static bool
sparc64_native(const kvm_t *kd)
{

	(void)kd;
#if defined(__sparc64__) || (defined(__sparc__) && defined(__arch64__))
	return (true);
#else
	return (false);
#endif
}

static const struct kvmi_mmu mmu_tsb = {
	.translate = tsb_translate,
	.walk = tsb_walk,
};

const struct kvmi_arch kvmi_arch_sparc64 = {
	.name = "sparc64",
	.magic = "",
	.kernel = sparc64_kernel,
	.native = sparc64_native,
	.minidump = kvmi_minidump_none,
	.headerless = sparc64_headerless,
	.full = sparc64_full,
	.canonical = kvmi_canonical_none,
	.translate_in = kvmi_translate_in_none,
	.undumped = kvmi_undumped_none,
};
