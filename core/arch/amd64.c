/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * amd64.c: minidumps (versions 1 to 3) and full dumps of amd64, the latter
 * with four and with five levels of page tables.
 */
#include <stdlib.h>

#include <elf.h>

#include "../private.h"
#include "amd64.h"

/* What a full dump needs to know: kd->arch_data. */
struct amd64_full {
	kpaddr_t	root;		/* the topmost table */
	unsigned int	top;		/* its entries' shift: 39 or 48 */
};

static const struct kvmi_mmu mmu_v1, mmu_v2, mmu_full;

static unsigned char
prot_of(uint64_t pte)
{

	return ((unsigned char)(KVM_PROT_READ |
	    ((pte & AMD64_PG_RW) != 0 ? KVM_PROT_WRITE : 0) |
	    ((pte & AMD64_PG_NX) == 0 ? KVM_PROT_EXECUTE : 0)));
}

static kpaddr_t
frame_of(uint64_t pte, unsigned int shift)
{

	if (shift == AMD64_PDP_SHIFT)
		return (pte & AMD64_PG_1G_FRAME);
	return (pte & (shift == AMD64_PDR_SHIFT ? AMD64_PG_PS_FRAME :
	    AMD64_PG_FRAME));
}

/* A leaf entry that maps a page of 1 << shift bytes, seen from va. */
static void
set_leaf(struct kvmi_pte *out, uint64_t pte, unsigned int shift, kvaddr_t va)
{
	uint64_t off = va & (((uint64_t)1 << shift) - 1);

	out->pa = frame_of(pte, shift) + off;
	out->len = ((uint64_t)1 << shift) - off;
	out->prot = prot_of(pte);
}

static int
not_valid(kvm_t *kd, kvaddr_t va, const char *what, uint64_t entry)
{

	return (kvmi_error(kd, KVM_E_UNMAPPED, va,
	    "not mapped: the %s is not valid (%#jx)", what,
	    (uintmax_t)entry));
}

/* ---- minidumps */

static int
dmap_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	const struct kvmi_minidump *m = &kd->mini;

	if (va < m->dmapbase || va >= m->dmapend)
		return (kvmi_error(kd, KVM_E_UNMAPPED, va,
		    "neither in the kernel map nor in the direct map"));
	pte->pa = va - m->dmapbase;
	pte->len = m->dmapend - va;
	pte->prot = KVM_PROT_READ | KVM_PROT_WRITE;
	return (0);
}

/* Version 1: the page table area is an array of PTEs from kernbase on. */
static int
v1_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	uint64_t entry;

	if (va < kd->mini.kernbase)
		return (dmap_translate(kd, va, pte));
	if (kvmi_pmap_word(kd, (va - kd->mini.kernbase) >> AMD64_PAGE_SHIFT,
	    8, &entry) == -1)
		return (-1);
	if ((entry & AMD64_PG_V) == 0)
		return (not_valid(kd, va, "PTE", entry));
	set_leaf(pte, entry, AMD64_PAGE_SHIFT, va);
	return (0);
}

static int
v1_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	uint64_t i, entry, n = kd->mini.pmap_size / 8;
	struct kvmi_pte pte;
	kvaddr_t va;
	int error;

	for (i = 0; i < n; i++) {
		if (kvmi_pmap_word(kd, i, 8, &entry) == -1)
			return (-1);
		if ((entry & AMD64_PG_V) == 0)
			continue;
		va = kd->mini.kernbase + (i << AMD64_PAGE_SHIFT);
		set_leaf(&pte, entry, AMD64_PAGE_SHIFT, va);
		if ((error = cb(kd, va, &pte, arg)) != 0)
			return (error);
	}
	return (0);
}

/* From version 2 on it holds PDEs; the page table pages are in the dump. */
static int
v2_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	uint64_t pde, entry;

	if (va < kd->mini.kernbase)
		return (dmap_translate(kd, va, pte));
	if (kvmi_pmap_word(kd, (va - kd->mini.kernbase) >> AMD64_PDR_SHIFT,
	    8, &pde) == -1)
		return (-1);
	if ((pde & AMD64_PG_V) == 0)
		return (not_valid(kd, va, "PDE", pde));
	if ((pde & AMD64_PG_PS) != 0) {
		set_leaf(pte, pde, AMD64_PDR_SHIFT, va);
		return (0);
	}
	if (kvmi_phys_word(kd, (pde & AMD64_PG_FRAME) +
	    (va >> AMD64_PAGE_SHIFT) % AMD64_NPTE * 8, 8, &entry) == -1)
		return (kvmi_context(kd, "page table page"));
	if ((entry & AMD64_PG_V) == 0)
		return (not_valid(kd, va, "PTE", entry));
	set_leaf(pte, entry, AMD64_PAGE_SHIFT, va);
	return (0);
}

/*
 * A walk of page tables.  Tables that can't be read are counted out; budget
 * bounds how many are visited, since in a damaged dump they may form a loop.
 */
struct table_walk {
	kvmi_walk_cb_t	*cb;
	void		*arg;
	uint64_t	 budget;
	bool		 failed;
};

static void
walk_init(kvm_t *kd, struct table_walk *w, kvmi_walk_cb_t *cb, void *arg)
{
	size_t i;

	w->cb = cb;
	w->arg = arg;
	w->failed = false;
	/* Every table is a page of its own, and in the dump. */
	w->budget = kd->pagemap.npages + 1;
	for (i = 0; i < kd->elf.nsegments; i++)
		w->budget += kd->elf.segments[i].filesz >> AMD64_PAGE_SHIFT;
}

static int
walk_result(const struct table_walk *w, int error)
{

	return (error != 0 ? error : w->failed ? -1 : 0);
}

static int	walk_table(kvm_t *, struct table_walk *, kpaddr_t, kvaddr_t,
		    unsigned int, unsigned int);

/* One valid entry that maps 1 << shift bytes from va on. */
static int
walk_entry(kvm_t *kd, struct table_walk *w, uint64_t entry, kvaddr_t va,
    unsigned int shift)
{
	struct kvmi_pte pte;

	if (shift != AMD64_PAGE_SHIFT && ((entry & AMD64_PG_PS) == 0 ||
	    shift > AMD64_PDP_SHIFT))
		return (walk_table(kd, w, entry & AMD64_PG_FRAME, va,
		    shift - 9, 0));
	set_leaf(&pte, entry, shift, va);
	return (w->cb(kd, va, &pte, w->arg));
}

/*
 * Every valid entry of the table at pa from the first on, and of the tables
 * below it.  Its entries map 1 << shift bytes each; the first one maps va.
 */
static int
walk_table(kvm_t *kd, struct table_walk *w, kpaddr_t pa, kvaddr_t va,
    unsigned int shift, unsigned int first)
{
	uint64_t entry;
	unsigned int i;
	int error = 0;

	if (w->budget == 0) {
		w->failed = true;
		return (kvmi_error(kd, KVM_E_FORMAT, va,
		    "the page tables form a loop"));
	}
	w->budget--;
	for (i = first; i < AMD64_NPTE && error == 0; i++) {
		if (kvmi_phys_word(kd, pa + i * 8, 8, &entry) == -1) {
			w->failed = true;
			kvmi_context(kd, "page table");
			break;
		}
		if ((entry & AMD64_PG_V) != 0)
			error = walk_entry(kd, w, entry,
			    va + ((uint64_t)(i - first) << shift), shift);
	}
	return (error);
}

static int
v2_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	uint64_t i, pde, n = kd->mini.pmap_size / 8;
	struct table_walk w;
	int error = 0;

	walk_init(kd, &w, cb, arg);
	for (i = 0; i < n && error == 0; i++) {
		if (kvmi_pmap_word(kd, i, 8, &pde) == -1)
			return (-1);
		if ((pde & AMD64_PG_V) != 0)
			error = walk_entry(kd, &w, pde, kd->mini.kernbase +
			    (i << AMD64_PDR_SHIFT), AMD64_PDR_SHIFT);
	}
	return (walk_result(&w, error));
}

static int
amd64_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;

	kd->ptrsize = 8;
	h = kvmi_bytes_at(kd, &kd->bytes, 0, AMD64_HDR_SIZE);
	if (h == NULL)
		return (kvmi_context(kd, "minidump header"));
	m->version = kvmi_get32(h + AMD64_HDR_VERSION, false);
	if (m->version < 1 || m->version > AMD64_VERSION_MAX)
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "amd64 minidump header version %u: 1 to %d are known",
		    m->version, AMD64_VERSION_MAX));
	m->page_size = 1 << AMD64_PAGE_SHIFT;
	m->word_size = 8;
	m->msgbuf_size = kvmi_get32(h + AMD64_HDR_MSGBUFSIZE, false);
	m->bitmap_size = kvmi_get32(h + AMD64_HDR_BITMAPSIZE, false);
	m->pmap_size = kvmi_get32(h + AMD64_HDR_PMAPSIZE, false);
	m->kernbase = kvmi_get64(h + AMD64_HDR_KERNBASE, false);
	m->dmapbase = kvmi_get64(h + AMD64_HDR_DMAPBASE, false);
	m->dmapend = kvmi_get64(h + AMD64_HDR_DMAPEND, false);
	if (m->version >= AMD64_VERSION_AVAIL)
		m->avail_size = kvmi_get32(h + AMD64_HDR_DUMPAVAILSIZE, false);
	if (kvmi_minidump_layout(kd) == -1)
		return (-1);
	kd->mmu = m->version == AMD64_VERSION_PTES ? &mmu_v1 : &mmu_v2;
	return (0);
}

/* ---- full dumps */

static int
full_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	static const char *const names[] = { "PTE", "PDE", "PDPE", "PML4E",
	    "PML5E" };
	const struct amd64_full *full = kd->arch_data;
	unsigned int shift = full->top;
	kpaddr_t table = full->root;
	const char *name;
	uint64_t entry;

	/* Bits above the topmost index repeat the sign: no holes. */
	if ((int64_t)va >> (shift + 8) != -1 && va >> (shift + 8) != 0)
		return (kvmi_error(kd, KVM_E_UNMAPPED, va,
		    "not a canonical address"));
	for (;; shift -= 9) {
		name = names[(shift - AMD64_PAGE_SHIFT) / 9];
		if (kvmi_phys_word(kd, table + (va >> shift) % AMD64_NPTE * 8,
		    8, &entry) == -1)
			return (kvmi_context(kd, "page table with the %s",
			    name));
		if ((entry & AMD64_PG_V) == 0)
			return (not_valid(kd, va, name, entry));
		if (shift == AMD64_PAGE_SHIFT || ((entry & AMD64_PG_PS) != 0 &&
		    shift <= AMD64_PDP_SHIFT))
			break;
		table = entry & AMD64_PG_FRAME;
	}
	set_leaf(pte, entry, shift, va);
	return (0);
}

/* The kernel map, which every root maps alike: the top four PML4 slots. */
static int
full_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	const struct amd64_full *full = kd->arch_data;
	kpaddr_t pml4 = full->root;
	struct table_walk w;
	uint64_t entry;
	int error;

	if (full->top == AMD64_PML5_SHIFT) {
		if (kvmi_phys_word(kd, full->root + (AMD64_NPTE - 1) * 8, 8,
		    &entry) == -1)
			return (-1);
		if ((entry & AMD64_PG_V) == 0)
			return (not_valid(kd, AMD64_VM_MIN_KERNEL, "PML5E",
			    entry));
		pml4 = entry & AMD64_PG_FRAME;
	}
	walk_init(kd, &w, cb, arg);
	error = walk_table(kd, &w, pml4, AMD64_VM_MIN_KERNEL,
	    AMD64_PML4_SHIFT,
	    (AMD64_VM_MIN_KERNEL >> AMD64_PML4_SHIFT) % AMD64_NPTE);
	return (walk_result(&w, error));
}

/*
 * Where a kernel symbol lies in physical memory before there are page tables
 * to ask: the kernel is one piece, loaded at load.
 */
static int
read_symbol(kvm_t *kd, const char *name, size_t size, kpaddr_t load,
    uint64_t *value)
{
	kvaddr_t va;

	if (kvmi_lookup(kd, name, &va) == -1)
		return (-1);
	if (va < AMD64_KERNBASE)
		return (kvmi_error(kd, KVM_E_FORMAT, va,
		    "symbol %s at %#jx is not in the kernel's own range",
		    name, (uintmax_t)va));
	if (kvmi_phys_word(kd, va - AMD64_KERNBASE - AMD64_KERNLOAD + load,
	    size, value) == -1)
		return (kvmi_context(kd, "symbol %s", name));
	return (0);
}

/* Would a kernel loaded at load say so itself? */
static bool
loaded_at(kvm_t *kd, kpaddr_t load)
{
	uint64_t kernphys, root, slot;

	if (read_symbol(kd, "kernphys", 8, load, &kernphys) == -1 ||
	    kernphys != load)
		return (false);
	/* A zeroed page would pass for load 0: the root must map the kernel. */
	return (read_symbol(kd, "KPML4phys", 8, load, &root) == 0 &&
	    kvmi_phys_word(kd, (root & AMD64_PG_FRAME) +
	    (AMD64_NPTE - 1) * 8, 8, &slot) == 0 &&
	    (slot & AMD64_PG_V) != 0);
}

/*
 * FreeBSD 13.1 to 14 load the kernel where there is room and do not tell the
 * dump where: look for the place at which the kernel's variable kernphys
 * holds that very place.  It is aligned to 2 MB and below 4 GB.
 */
static int
search_load(kvm_t *kd, kpaddr_t *load)
{
	kpaddr_t at;

	for (at = AMD64_KERNLOAD; at < (kpaddr_t)1 << 32; at += AMD64_KERNLOAD)
		if (loaded_at(kd, at)) {
			*load = at;
			return (0);
		}
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "cannot find where the kernel was loaded: no place in the dump "
	    "agrees with kernphys (is this the right kernel file?)"));
}

static int
find_load(kvm_t *kd, kpaddr_t *load)
{
	kvaddr_t va;

	if (kd->elf.has_delta) {
		*load = kd->elf.delta.pa;
		return (0);
	}
	if (kvmi_lookup(kd, "kernphys", &va) == 0)
		return (search_load(kd, load));
	if (kd->error.ke_class != KVM_E_NOSYM)
		return (-1);
	*load = AMD64_KERNLOAD;
	return (0);
}

/* Is the dumped kernel running with five levels?  The variable says. */
static int
read_la57(kvm_t *kd, kpaddr_t load, bool *la57)
{
	uint64_t value;

	*la57 = false;
	if (read_symbol(kd, "la57", 4, load, &value) == -1)
		return (kd->error.ke_class == KVM_E_NOSYM ? 0 : -1);
	*la57 = value != 0;
	return (0);
}

static void
set_dmap(kvm_t *kd, kpaddr_t load, bool la57)
{
	struct kvmi_minidump *m = &kd->mini;
	uint64_t limit;

	m->kernbase = AMD64_VM_MIN_KERNEL;
	m->dmapbase = la57 ? AMD64_DMAP_LA57 : AMD64_DMAP_LA48;
	m->dmapend = la57 ? AMD64_DMAP_LA57_END : AMD64_DMAP_LA48_END;
	if (read_symbol(kd, "dmaplimit", 8, load, &limit) == 0 &&
	    limit > 0 && limit < m->dmapend - m->dmapbase)
		m->dmapend = m->dmapbase + limit;
}

static int
amd64_full(kvm_t *kd)
{
	struct amd64_full *full;
	kpaddr_t load = 0;
	bool la57 = false;

	if (kd->image == NULL && kd->resolver == NULL && kd->resolver2 == NULL)
		return (0);	/* no symbols: physical memory only */
	full = calloc(1, sizeof(*full));
	if (full == NULL)
		return (kvmi_nomem(kd, "page tables"));
	kd->arch_data = full;
	if (find_load(kd, &load) == -1 || read_la57(kd, load, &la57) == -1 ||
	    read_symbol(kd, la57 ? "KPML5phys" : "KPML4phys", 8, load,
	    &full->root) == -1)
		return (kvmi_context(kd, "kernel page tables"));
	full->root &= AMD64_PG_FRAME;
	full->top = la57 ? AMD64_PML5_SHIFT : AMD64_PML4_SHIFT;
	set_dmap(kd, load, la57);
	kd->mmu = &mmu_full;
	return (0);
}

static bool
amd64_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS64 && ident->machine == EM_X86_64 &&
	    ident->type == ET_EXEC);
}

static bool
amd64_native(const kvm_t *kd)
{

	(void)kd;
#if defined(__x86_64__)
	return (true);
#else
	return (false);
#endif
}

static void
amd64_deinit(kvm_t *kd)
{

	free(kd->arch_data);
	kd->arch_data = NULL;
}

static const struct kvmi_mmu mmu_v1 = {
	.translate = v1_translate,
	.walk = v1_walk,
};

static const struct kvmi_mmu mmu_v2 = {
	.translate = v2_translate,
	.walk = v2_walk,
};

static const struct kvmi_mmu mmu_full = {
	.translate = full_translate,
	.walk = full_walk,
};

const struct kvmi_arch kvmi_arch_amd64 = {
	.name = "amd64",
	.magic = AMD64_MAGIC,
	.kernel = amd64_kernel,
	.native = amd64_native,
	.minidump = amd64_minidump,
	.full = amd64_full,
	.canonical = kvmi_canonical_none,
	.deinit = amd64_deinit,
};
