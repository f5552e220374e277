/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * powerpc64.c: minidumps (versions 1 and 2) of powerpc64 and powerpc64le,
 * with the hashed page table and with the radix tree; full dumps of virtual
 * and of physical memory.
 *
 * The kernel is linked at PPC64_KERNBASE and runs at startkernel: symbols are
 * displaced by the difference.  With a direct map that is where the kernel
 * runs, and a read of a linked address means that place.  Without one
 * (hw_direct_map 0) the page table maps the kernel page by page, and UMA's
 * memory at virtual addresses that are equal to the physical ones: low
 * addresses are data then, never linked addresses.
 */
#include <stdlib.h>

#include <elf.h>

#include "../radix.h"
#include "powerpc64.h"

/* What a minidump needs to know: kd->arch_data. */
struct ppc64 {
	bool		bigendian;	/* words of the hashed page table */
	uint64_t	mask;		/* number of its groups, less 1 */
	kvaddr_t	linked;		/* the kernel as it was linked, where */
	kvaddr_t	linked_end;	/* that is no memory of its own */
	bool		identity;	/* physical dump: low addresses are
					   physical ones */
};

/* An entry of the hashed page table. */
struct hpte {
	uint64_t	hi, lo;
};

static const struct kvmi_mmu mmu_hashed, mmu_physical;

/* A linked address of the kernel becomes the one where it was at run time. */
static kvaddr_t
powerpc64_canonical(const kvm_t *kd, kvaddr_t va)
{
	const struct ppc64 *ppc = kd->arch_data;

	if (ppc != NULL && va >= ppc->linked && va < ppc->linked_end)
		va += (uint64_t)kd->kerndisp;
	return (va);
}

/* ---- the hashed page table */

/* The virtual segment of a kernel address, and back (slb.h). */
static uint64_t
vsid_of(kvaddr_t va)
{
	uint64_t esid = va >> PPC64_SEGMENT_SHIFT;

	esid = esid << 8 | esid >> (PPC64_ESID_BITS - 8);
	return (((esid * PPC64_VSID_HASH) & PPC64_VSID_MASK) |
	    PPC64_VSID_KERNEL);
}

static kvaddr_t
segment_of(uint64_t vsid)
{
	uint64_t esid;

	esid = ((vsid & PPC64_VSID_MASK) * PPC64_VSID_UNHASH) &
	    PPC64_VSID_MASK;
	esid = (esid >> 8 | esid << (PPC64_ESID_BITS - 8)) & PPC64_VSID_MASK;
	return (esid << PPC64_SEGMENT_SHIFT);
}

/* A group of the table; NULL with an error when it is cut off. */
static const uint8_t *
read_group(kvm_t *kd, uint64_t group)
{
	const uint8_t *p;

	p = kvmi_bytes_at(kd, &kd->bytes,
	    kd->mini.pmap_off + group * PPC64_PTEG_SIZE, PPC64_PTEG_SIZE);
	if (p == NULL)
		kvmi_context(kd, "hashed page table, group %#jx",
		    (uintmax_t)group);
	return (p);
}

static struct hpte
group_entry(const struct ppc64 *ppc, const uint8_t *group, unsigned int i)
{
	struct hpte e;

	e.hi = kvmi_get64(group + i * PPC64_PTE_SIZE, ppc->bigendian);
	e.lo = kvmi_get64(group + i * PPC64_PTE_SIZE + 8, ppc->bigendian);
	return (e);
}

/*
 * Look for va's entry in its primary group (hid 0) or in its secondary one
 * (PPC64_HI_HID), as of a page of 1 << shift bytes.  1: *e is it; 0: it is not
 * there; -1: the table can't be read.
 */
static int
search_group(kvm_t *kd, kvaddr_t va, unsigned int shift, uint64_t hid,
    struct hpte *e)
{
	const struct ppc64 *ppc = kd->arch_data;
	uint64_t hash, mask, want, vsid = vsid_of(va);
	const uint8_t *group;
	unsigned int i;

	hash = (vsid & PPC64_HASH_VSID) ^
	    ((va & (((uint64_t)1 << PPC64_SEGMENT_SHIFT) - 1)) >> shift);
	mask = PPC64_HI_VALID | PPC64_HI_HID | PPC64_HI_BIG | PPC64_HI_B |
	    PPC64_HI_VSID | PPC64_HI_API;
	want = PPC64_HI_VALID | hid | vsid << PPC64_HI_VSID_SHIFT |
	    (((va >> PPC64_API_SHIFT) << PPC64_HI_API_SHIFT) & PPC64_HI_API);
	if (shift == PPC64_LARGE_SHIFT) {
		/* The lowest bit of the page index is inside the page. */
		want |= PPC64_HI_BIG;
		mask &= ~((uint64_t)1 << PPC64_HI_API_SHIFT);
	}
	group = read_group(kd, (hid != 0 ? ~hash : hash) & ppc->mask);
	if (group == NULL)
		return (-1);
	for (i = 0; i < PPC64_PTEG_PTES; i++) {
		*e = group_entry(ppc, group, i);
		if ((e->hi & mask) == (want & mask))
			return (1);
	}
	return (0);
}

static int
find_entry(kvm_t *kd, kvaddr_t va, struct hpte *e)
{
	static const struct {
		unsigned int	shift;
		uint64_t	hid;
	} places[] = {
		{ PPC64_PAGE_SHIFT, 0 }, { PPC64_PAGE_SHIFT, PPC64_HI_HID },
		{ PPC64_LARGE_SHIFT, 0 }, { PPC64_LARGE_SHIFT, PPC64_HI_HID },
	};
	int found = 0;
	size_t i;

	for (i = 0; i < nitems_of(places) && found == 0; i++)
		found = search_group(kd, va, places[i].shift, places[i].hid,
		    e);
	return (found);
}

/* What an entry says of va. */
static void
entry_pte(const struct hpte *e, kvaddr_t va, struct kvmi_pte *pte)
{
	bool big = (e->hi & PPC64_HI_BIG) != 0;
	uint64_t size, off;

	size = (uint64_t)1 << (big ? PPC64_LARGE_SHIFT : PPC64_PAGE_SHIFT);
	off = va & (size - 1);
	pte->pa = (e->lo & (big ? PPC64_LO_RPGN_LARGE : PPC64_LO_RPGN)) + off;
	pte->len = size - off;
	pte->prot = (unsigned char)(KVM_PROT_READ |
	    ((e->lo & PPC64_LO_PP) == PPC64_LO_BW ? KVM_PROT_WRITE : 0) |
	    ((e->lo & PPC64_LO_NOEXEC) == 0 ? KVM_PROT_EXECUTE : 0));
}

static int
hashed_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	struct hpte e;
	int found;

	if (kvmi_direct(kd, va, pte))
		return (0);
	found = find_entry(kd, va, &e);
	if (found == 0)
		return (kvmi_error(kd, KVM_E_UNMAPPED, va,
		    "not mapped: no entry in the hashed page table (VSID "
		    "%#jx)", (uintmax_t)vsid_of(va)));
	if (found == -1)
		return (-1);
	entry_pte(&e, va, pte);
	return (0);
}

/*
 * The address that an entry maps.  The page's index in its segment has 16
 * bits: the upper five are in the entry, the others follow from the group,
 * which is a hash of them.
 */
static kvaddr_t
entry_address(const struct hpte *e, uint64_t group)
{
	uint64_t vsid = (e->hi & PPC64_HI_VSID) >> PPC64_HI_VSID_SHIFT;
	uint64_t api = (e->hi & PPC64_HI_API) >> PPC64_HI_API_SHIFT;
	uint64_t hash = (e->hi & PPC64_HI_HID) != 0 ? ~group : group;
	kvaddr_t va = segment_of(vsid) | api << PPC64_API_SHIFT;

	if ((e->hi & PPC64_HI_BIG) != 0)
		return (va & ~(((uint64_t)1 << PPC64_LARGE_SHIFT) - 1));
	return (va | (((hash ^ vsid) << PPC64_PAGE_SHIFT) &
	    (((uint64_t)1 << PPC64_API_SHIFT) - 1)));
}

/*
 * Does this entry of the group map kernel memory?  User's do not have the
 * kernel's bit in their VSID, nor has the hypervisor's real mode area.  An
 * entry that does not lie where a look-up goes maps nothing.
 */
static bool
maps_kernel(kvm_t *kd, const struct hpte *e, uint64_t group, kvaddr_t *va)
{
	uint64_t vsid = (e->hi & PPC64_HI_VSID) >> PPC64_HI_VSID_SHIFT;
	struct hpte found;

	if ((e->hi & PPC64_HI_VALID) == 0 || (vsid & PPC64_VSID_KERNEL) == 0)
		return (false);
	*va = entry_address(e, group);
	return (!kvmi_in_dmap(kd, *va) && find_entry(kd, *va, &found) == 1 &&
	    found.hi == e->hi && found.lo == e->lo);
}

static int
gather_group(kvm_t *kd, struct kvmi_gather *g, uint64_t group,
    const uint8_t *p)
{
	struct kvmi_pte pte;
	struct hpte e;
	unsigned int i;
	kvaddr_t va;

	for (i = 0; i < PPC64_PTEG_PTES; i++) {
		e = group_entry(kd->arch_data, p, i);
		if (!maps_kernel(kd, &e, group, &va))
			continue;
		entry_pte(&e, va, &pte);
		if (kvmi_gather_add(kd, g, va, &pte) == -1)
			return (-1);
	}
	return (0);
}

static int
hashed_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	const struct ppc64 *ppc = kd->arch_data;
	struct kvmi_gather g = { NULL, 0, 0 };
	const uint8_t *p = NULL;
	uint64_t group;
	int error;

	for (group = 0; group <= ppc->mask; group++) {
		p = read_group(kd, group);
		if (p == NULL || gather_group(kd, &g, group, p) == -1)
			break;
	}
	error = kvmi_gather_walk(kd, &g, cb, arg);
	return (error != 0 ? error : group <= ppc->mask ? -1 : 0);
}

/* ---- the radix tree */

/* Its entries are big-endian, whatever the kernel is. */
static enum kvmi_entry
radix_decode(kvm_t *kd, unsigned int shift, uint64_t entry,
    struct kvmi_pte *pte)
{

	(void)shift;
	if (!kd->bigendian)
		entry = __builtin_bswap64(entry);
	if ((entry & PPC64_RPTE_VALID) == 0)
		return (KVMI_ABSENT);
	if ((entry & PPC64_RPTE_LEAF) == 0) {
		pte->pa = entry & PPC64_RPDE_NEXT;
		return (KVMI_TABLE);
	}
	pte->pa = entry & PPC64_RPTE_RPN & ~(pte->len - 1);
	pte->prot = (unsigned char)(KVM_PROT_READ |
	    ((entry & PPC64_RPTE_W) != 0 ? KVM_PROT_WRITE : 0) |
	    ((entry & PPC64_RPTE_X) != 0 ? KVM_PROT_EXECUTE : 0));
	return (KVMI_LEAF);
}

static const struct kvmi_radix radix = {
	.entry = 8,
	.sign = PPC64_RADIX_ROOT_SHIFT + PPC64_RADIX_ROOT_BITS,
	.nlevels = 4,
	.level = {
		{ "PML1E", PPC64_RADIX_ROOT_SHIFT, PPC64_RADIX_ROOT_BITS },
		{ "PML2E", 30, PPC64_RADIX_BITS },
		{ "PML3E", 21, PPC64_RADIX_BITS },
		{ "PTE", PPC64_PAGE_SHIFT, PPC64_RADIX_BITS },
	},
	.decode = radix_decode,
};

/*
 * The page table area is the root of the tree, which maps the direct map
 * before the kernel map: begin with the latter.
 */
static int
init_radix(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	uint64_t first;

	if (m->pmap_size != PPC64_RADIX_ROOT_SIZE)
		return (kvmi_error(kd, KVM_E_FORMAT, 0, "root of the radix "
		    "tree of %#jx bytes: it has %#x",
		    (uintmax_t)m->pmap_size, PPC64_RADIX_ROOT_SIZE));
	if (m->kernbase % ((uint64_t)1 << PPC64_RADIX_ROOT_SHIFT) != 0)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "kernel map from %#jx", (uintmax_t)m->kernbase));
	if (kvmi_minidump_layout(kd) == -1)
		return (-1);
	first = m->kernbase >> PPC64_RADIX_ROOT_SHIFT &
	    ((1 << PPC64_RADIX_ROOT_BITS) - 1);
	m->pmap_off += first * radix.entry;
	m->pmap_size -= first * radix.entry;
	m->pmap_level = 0;
	kd->tables = &radix;
	kd->mmu = &kvmi_mmu_minidump;
	return (0);
}

static int
powerpc64_translate_in(kvm_t *kd, kpaddr_t root, kvaddr_t va,
    struct kvmi_pte *pte)
{

	if (kd->tables == NULL)
		return (kvmi_translate_in_none(kd, root, va, pte));
	return (kvmi_translate_in_tables(kd, root, va, pte));
}

/* ---- minidumps */

static bool
is_named(const uint8_t *field, const char *name)
{

	return (memcmp(field, name, strlen(name) + 1) == 0);
}

static int
init_hashed(kvm_t *kd, bool bigendian)
{
	uint64_t size = kd->mini.pmap_size;
	struct ppc64 *ppc = kd->arch_data;

	if (size < PPC64_HTAB_MIN || (size & (size - 1)) != 0)
		return (kvmi_error(kd, KVM_E_FORMAT, 0, "hashed page table of "
		    "%#jx bytes: not a power of two from %#x on",
		    (uintmax_t)size, PPC64_HTAB_MIN));
	ppc->bigendian = bigendian;
	ppc->mask = size / PPC64_PTEG_SIZE - 1;
	kd->mmu = &mmu_hashed;
	return (kvmi_minidump_layout(kd));
}

/*
 * mmu_g5's table is what the processor reads: big-endian.  mmu_phyp wrote
 * down what the hypervisor told it.
 */
static int
init_mmu(kvm_t *kd, const uint8_t *name)
{

	if (is_named(name, "mmu_g5"))
		return (init_hashed(kd, true));
	if (is_named(name, "mmu_phyp"))
		return (init_hashed(kd, kd->bigendian));
	if (is_named(name, "mmu_radix"))
		return (init_radix(kd));
	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "MMU \"%.*s\": mmu_g5, mmu_phyp and mmu_radix are known",
	    PPC64_MMU_NAME_SIZE, (const char *)name));
}

/* Where the kernel and the direct map are. */
static int
init_places(kvm_t *kd, const uint8_t *h)
{
	uint64_t start = kvmi_get64(h + PPC64_HDR_STARTKERNEL, kd->bigendian);
	uint64_t end = kvmi_get64(h + PPC64_HDR_ENDKERNEL, kd->bigendian);
	uint64_t base = kvmi_get64(h + PPC64_HDR_DMAPBASE, kd->bigendian);
	uint64_t last = kvmi_get64(h + PPC64_HDR_DMAPEND, kd->bigendian);
	struct ppc64 *ppc = kd->arch_data;

	kd->mini.kernbase = kvmi_get64(h + PPC64_HDR_KERNBASE, kd->bigendian);
	if (start != 0)
		kd->kerndisp = (kssize_t)(start - PPC64_KERNBASE);
	if (kvmi_get32(h + PPC64_HDR_HW_DIRECT_MAP, kd->bigendian) == 0)
		return (0);
	if (last < base || last == UINT64_MAX)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "direct map from %#jx to %#jx", (uintmax_t)base,
		    (uintmax_t)last));
	kd->mini.dmapbase = base;
	kd->mini.dmapend = last + 1;
	if (end > start && end - (uint64_t)kd->kerndisp <= base) {
		ppc->linked = PPC64_KERNTEXT;
		ppc->linked_end = end - (uint64_t)kd->kerndisp;
	}
	return (0);
}

static int
powerpc64_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;

	kd->ptrsize = 8;
	if (kvmi_minidump_byteorder(kd, PPC64_HDR_VERSION) == -1)
		return (-1);
	kd->arch_name = kd->bigendian ? "powerpc64" : "powerpc64le";
	h = kvmi_minidump_header(kd, PPC64_HDR_VERSION, PPC64_HDR_SIZE,
	    PPC64_VERSION_MAX);
	if (h == NULL)
		return (-1);
	m->page_size = 1 << PPC64_PAGE_SHIFT;
	m->word_size = 8;
	if (m->version >= PPC64_VERSION_AVAIL)
		m->avail_size = kvmi_get32(h + PPC64_HDR_DUMPAVAILSIZE,
		    kd->bigendian);
	kd->arch_data = calloc(1, sizeof(struct ppc64));
	if (kd->arch_data == NULL)
		return (kvmi_nomem(kd, "page tables"));
	if (init_places(kd, h) == -1)
		return (-1);
	return (init_mmu(kd, h + PPC64_HDR_MMU_NAME));
}

/* ---- full dumps */

/* Would a kernel that runs displaced by this much say so itself? */
static bool
runs_at(kvm_t *kd, kvaddr_t startkernel, uint64_t by)
{
	uint64_t value;

	return (kvmi_phys_word(kd, startkernel + by - PPC64_DMAP_BASE, 8,
	    &value) == 0 && value == PPC64_KERNBASE + by);
}

/*
 * Where the kernel was loaded, in physical memory: where its variable
 * __startkernel holds that very place.
 */
static int
find_kernel(kvm_t *kd)
{
	uint64_t by, end = PPC64_DMAP_BASE + PPC64_LOAD_MAX;
	kvaddr_t va;

	if (kvmi_lookup(kd, "__startkernel", &va) == -1)
		return (kd->error.ke_class == KVM_E_NOSYM ? 0 : -1);
	if (va >= PPC64_DMAP_BASE)
		return (0);
	for (by = PPC64_DMAP_BASE; by < end; by += 1 << PPC64_PAGE_SHIFT)
		if (runs_at(kd, va, by)) {
			kd->kerndisp = (kssize_t)by;
			break;
		}
	return (0);
}

/*
 * There is no page table in the dump, or none that can be found: but the
 * kernel lies in the direct map, or where that would be.  Without one UMA's
 * memory has its physical addresses.
 */
static int
init_physical(kvm_t *kd)
{
	struct ppc64 *ppc;
	uint64_t direct;

	ppc = kd->arch_data = calloc(1, sizeof(*ppc));
	if (ppc == NULL)
		return (kvmi_nomem(kd, "direct map"));
	kd->mini.dmapbase = PPC64_DMAP_BASE;
	kd->mini.dmapend = PPC64_DMAP_MAX + 1;
	kd->mmu = &mmu_physical;
	if (find_kernel(kd) == -1)
		return (-1);
	ppc->identity = kd->kerndisp != 0 &&
	    kvmi_variable(kd, "hw_direct_map", 4, &direct) && direct == 0;
	return (0);
}

static int
physical_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	const struct ppc64 *ppc = kd->arch_data;
	uint64_t len;

	if (!ppc->identity || va >= kd->mini.dmapbase ||
	    kvmi_phys_offset(kd, va, &len) < 0)
		return (kvmi_mmu_direct.translate(kd, va, pte));
	pte->pa = va;
	pte->len = len;
	pte->prot = KVM_PROT_READ | KVM_PROT_WRITE;
	return (0);
}

static int
physical_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{

	return (kvmi_mmu_direct.walk(kd, cb, arg));
}

static int
powerpc64_full(kvm_t *kd)
{

	kd->arch_name = kd->bigendian ? "powerpc64" : "powerpc64le";
	if (kd->elf.is_virtual) {
		kvmi_elfcore_displacement(kd);
		kd->mmu = &kvmi_mmu_virtual;
		return (0);
	}
	return (init_physical(kd));
}

static bool
powerpc64_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS64 && ident->machine == EM_PPC64 &&
	    (ident->type == ET_EXEC || ident->type == ET_DYN));
}

static bool
powerpc64_native(const kvm_t *kd)
{

#if defined(__powerpc64__)
	return (kd->bigendian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__));
#else
	(void)kd;
	return (false);
#endif
}

static const struct kvmi_mmu mmu_hashed = {
	.translate = hashed_translate,
	.walk = hashed_walk,
};

static const struct kvmi_mmu mmu_physical = {
	.translate = physical_translate,
	.walk = physical_walk,
};

const struct kvmi_arch kvmi_arch_powerpc64 = {
	.name = "powerpc64",
	.magic = PPC64_MAGIC,
	.kernel = powerpc64_kernel,
	.native = powerpc64_native,
	.minidump = powerpc64_minidump,
	.headerless = kvmi_headerless_none,
	.full = powerpc64_full,
	.canonical = powerpc64_canonical,
	.translate_in = powerpc64_translate_in,
	.undumped = kvmi_undumped_text,
};
