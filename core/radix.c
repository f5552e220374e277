/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * radix.c: translation and walks through trees of page tables.
 */
#include "radix.h"

/* What an entry of level n is; a leaf's pte->pa is that of its first byte. */
static enum kvmi_entry
decode(kvm_t *kd, const struct kvmi_radix *r, unsigned int n, uint64_t entry,
    struct kvmi_pte *pte)
{
	unsigned int shift = r->level[n].shift;
	enum kvmi_entry kind;

	pte->len = (uint64_t)1 << shift;
	kind = r->decode(kd, shift, entry, pte);
	/* There is nothing below the last level. */
	return (kind == KVMI_TABLE && n == r->nlevels - 1 ? KVMI_ABSENT : kind);
}

/* From the first byte of what a leaf maps to the byte at va. */
static void
locate(struct kvmi_pte *pte, kvaddr_t va, unsigned int shift)
{
	uint64_t span = (uint64_t)1 << shift;

	pte->pa += va & (pte->len - 1);
	pte->len = span - (va & (span - 1));
}

static kpaddr_t
slot_of(const struct kvmi_radix *r, unsigned int n, kpaddr_t table,
    kvaddr_t va)
{
	const struct kvmi_level *l = &r->level[n];

	return (table + ((va >> l->shift) & (((uint64_t)1 << l->bits) - 1)) *
	    r->entry);
}

/* Go on from an entry of level n. */
static int
follow(kvm_t *kd, const struct kvmi_radix *r, unsigned int n, uint64_t entry,
    kvaddr_t va, struct kvmi_pte *pte)
{

	for (;; n++) {
		switch (decode(kd, r, n, entry, pte)) {
		case KVMI_LEAF:
			locate(pte, va, r->level[n].shift);
			return (0);
		case KVMI_TABLE:
			break;
		default:
			return (kvmi_error(kd, KVM_E_UNMAPPED, va,
			    "not mapped: the %s is not valid (%#jx)",
			    r->level[n].name, (uintmax_t)entry));
		}
		if (kvmi_phys_word(kd, slot_of(r, n + 1, pte->pa, va),
		    r->entry, &entry) == -1)
			return (kvmi_context(kd, "page table with the %s",
			    r->level[n + 1].name));
	}
}

static kpaddr_t
root_table(const struct kvmi_radix *r, kpaddr_t root)
{

	return (root & ~(((uint64_t)r->entry << r->level[0].bits) - 1));
}

int
kvmi_radix_translate(kvm_t *kd, const struct kvmi_radix *r, kpaddr_t root,
    kvaddr_t va, struct kvmi_pte *pte)
{
	uint64_t entry, top = va >> r->sign;

	if (top != 0 && top != UINT64_MAX >> r->sign)
		return (kvmi_error(kd, KVM_E_UNMAPPED, va,
		    "not a canonical address"));
	if (kvmi_phys_word(kd, slot_of(r, 0, root_table(r, root), va),
	    r->entry, &entry) == -1)
		return (kvmi_context(kd, "page table with the %s",
		    r->level[0].name));
	return (follow(kd, r, 0, entry, va, pte));
}

int
kvmi_translate_in_tables(kvm_t *kd, kpaddr_t root, kvaddr_t va,
    struct kvmi_pte *pte)
{

	return (kvmi_radix_translate(kd, kd->tables, root, va, pte));
}

/* ---- walks */

/*
 * A walk under way.  Tables that can't be read are counted out; budget bounds
 * how many are visited, since in a damaged dump they may form a loop.
 */
struct walk {
	const struct kvmi_radix	*r;
	kvmi_walk_cb_t		*cb;
	void			*arg;
	uint64_t		 budget;
	bool			 failed;
};

/* Every table is there once: no more of them than fit into the dump. */
static void
walk_init(kvm_t *kd, struct walk *w, kvmi_walk_cb_t *cb, void *arg)
{
	const struct kvmi_radix *r = kd->tables;
	uint64_t bytes;

	bytes = kd->kind == KVM_DUMP_MINI ?
	    kd->pagemap.npages << kd->page_shift :
	    kvmi_bytes_size(kd, &kd->bytes);
	w->r = r;
	w->cb = cb;
	w->arg = arg;
	w->failed = false;
	w->budget = bytes / ((uint64_t)r->entry <<
	    r->level[r->nlevels - 1].bits) + r->nlevels;
}

static int
walk_result(const struct walk *w, int error)
{

	return (error != 0 ? error : w->failed ? -1 : 0);
}

static int	walk_table(kvm_t *, struct walk *, unsigned int, kpaddr_t,
		    kvaddr_t, kvaddr_t);

/* An entry of level n, which maps what begins at va. */
static int
walk_entry(kvm_t *kd, struct walk *w, unsigned int n, uint64_t entry,
    kvaddr_t va, kvaddr_t first)
{
	struct kvmi_pte pte;

	switch (decode(kd, w->r, n, entry, &pte)) {
	case KVMI_TABLE:
		return (walk_table(kd, w, n + 1, pte.pa, va, first));
	case KVMI_LEAF:
		locate(&pte, va, w->r->level[n].shift);
		return (w->cb(kd, va, &pte, w->arg));
	default:
		return (0);
	}
}

/*
 * The entries of the table of level n at pa, and of the tables below it, from
 * the address first on.  The table maps what begins at va.
 */
static int
walk_table(kvm_t *kd, struct walk *w, unsigned int n, kpaddr_t pa, kvaddr_t va,
    kvaddr_t first)
{
	const struct kvmi_level *l = &w->r->level[n];
	uint64_t i, entry, a_page = ((uint64_t)1 << kd->page_shift) / w->r->entry;
	int error = 0;

	if (w->budget == 0) {
		w->failed = true;
		return (kvmi_error(kd, KVM_E_FORMAT, va,
		    "the page tables form a loop"));
	}
	w->budget--;
	for (i = first > va ? (first - va) >> l->shift : 0;
	    i < (uint64_t)1 << l->bits && error == 0; i++) {
		if (kvmi_phys_word(kd, pa + i * w->r->entry, w->r->entry,
		    &entry) == 0)
			error = walk_entry(kd, w, n, entry,
			    va + (i << l->shift), first);
		else {
			w->failed = true;
			kvmi_context(kd, "page table with the %s", l->name);
			i |= a_page - 1;
		}
	}
	return (error);
}

/* ---- minidumps */

static const struct kvmi_level *
area_level(const kvm_t *kd)
{

	return (&kd->tables->level[kd->mini.pmap_level]);
}

/* The area of a minidump: entries of one level, from kernbase on. */
static int
minidump_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	const struct kvmi_minidump *m = &kd->mini;
	uint64_t entry;

	if (kvmi_direct(kd, va, pte))
		return (0);
	if (va < m->kernbase)
		return (kvmi_error(kd, KVM_E_UNMAPPED, va, m->dmapend == 0 ?
		    "below the kernel map" :
		    "neither in the kernel map nor in the direct map"));
	if (kvmi_pmap_word(kd, (va - m->kernbase) >> area_level(kd)->shift,
	    kd->tables->entry, &entry) == -1)
		return (-1);
	return (follow(kd, kd->tables, m->pmap_level, entry, va, pte));
}

static int
minidump_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	const struct kvmi_minidump *m = &kd->mini;
	uint64_t i, entry, n = m->pmap_size / kd->tables->entry;
	unsigned int shift = area_level(kd)->shift;
	struct walk w;
	kvaddr_t va;
	int error = 0;

	walk_init(kd, &w, cb, arg);
	for (i = 0; i < n && error == 0; i++) {
		va = m->kernbase + (i << shift);
		if (va < m->kernbase || va > kd->va_max)
			break;		/* a header that promises too much */
		if (kvmi_pmap_word(kd, i, kd->tables->entry, &entry) == -1)
			return (-1);
		error = walk_entry(kd, &w, m->pmap_level, entry, va, 0);
	}
	return (walk_result(&w, error));
}

/* ---- full dumps */

/* The direct map is known without its tables. */
static int
full_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{

	if (kvmi_direct(kd, va, pte))
		return (0);
	return (kvmi_radix_translate(kd, kd->tables, kd->root, va, pte));
}

/* Whom the mappings are for that are not the direct map's. */
struct outside {
	kvmi_walk_cb_t	*cb;
	void		*arg;
};

static int
outside_dmap(kvm_t *kd, kvaddr_t va, const struct kvmi_pte *pte, void *arg)
{
	const struct outside *o = arg;

	return (kvmi_in_dmap(kd, va) ? 0 : o->cb(kd, va, pte, o->arg));
}

/* From kernbase to the end of the address space. */
static int
full_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	const struct kvmi_radix *r = kd->tables;
	kvaddr_t first = kd->mini.kernbase;
	unsigned int top = r->level[0].shift + r->level[0].bits;
	struct outside outside = { cb, arg };
	struct walk w;

	walk_init(kd, &w, outside_dmap, &outside);
	return (walk_result(&w, walk_table(kd, &w, 0,
	    root_table(r, kd->root), first & ~(((uint64_t)1 << top) - 1),
	    first)));
}

const struct kvmi_mmu kvmi_mmu_minidump = {
	.translate = minidump_translate,
	.walk = minidump_walk,
};

const struct kvmi_mmu kvmi_mmu_full = {
	.translate = full_translate,
	.walk = full_walk,
};
