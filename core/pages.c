/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * pages.c: kvm_walk_pages(): every page of kernel memory, first by the page
 * tables, then what only the direct map reaches.
 */
#include <errno.h>
#include <stdlib.h>

#include "private.h"

/* A walk under way. */
struct walk {
	kvm_walk_pages_cb_t	*cb;
	void			*arg;
	uint8_t			*seen;	/* pages met in the first pass, one
					   bit for each; NULL: there will be
					   no second one */
	bool			 stopped;
};

bool
kvmi_in_dmap(const kvm_t *kd, kvaddr_t va)
{

	return (kd->mini.dmapend > kd->mini.dmapbase &&
	    va >= kd->mini.dmapbase && va < kd->mini.dmapend);
}

bool
kvmi_direct(const kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{

	if (!kvmi_in_dmap(kd, va))
		return (false);
	pte->pa = va - kd->mini.dmapbase + kd->mini.dmapphys;
	pte->len = kd->mini.dmapend - va;
	pte->prot = KVM_PROT_READ | KVM_PROT_WRITE;
	return (true);
}

kvaddr_t
kvmi_dmap_va(const kvm_t *kd, kpaddr_t pa)
{
	const struct kvmi_minidump *m = &kd->mini;

	if (m->dmapend <= m->dmapbase || pa < m->dmapphys ||
	    pa - m->dmapphys >= m->dmapend - m->dmapbase)
		return (0);
	return (m->dmapbase + (pa - m->dmapphys));
}

/* ---- the dump's pages by number */

static int
count_pages(kvm_t *kd, uint64_t *n)
{

	if (kd->kind != KVM_DUMP_MINI)
		return (kvmi_elfcore_number(kd, &kd->elf, n));
	*n = kd->pagemap.nbits_here;
	return (0);
}

/* The number of the page at pa and of how many of those behind it that is
   known too, itself included; 0: it has none. */
static uint64_t
page_number(const kvm_t *kd, kpaddr_t pa, uint64_t *n)
{

	if (kd->kind != KVM_DUMP_MINI)
		return (kvmi_elfcore_page(&kd->elf, pa, kd->page_shift, n));
	return (kvmi_pagemap_bit(&kd->pagemap, pa, n) &&
	    *n < kd->pagemap.nbits_here);
}

/* The next page from number *n on. */
static bool
next_page(const kvm_t *kd, uint64_t *n, kpaddr_t *pa)
{

	if (kd->kind != KVM_DUMP_MINI)
		return (kvmi_elfcore_next(&kd->elf, kd->page_shift, *n, pa));
	return (kvmi_pagemap_next(&kd->pagemap, n, pa));
}

/* ---- the walk */

/* Pages that lie together in the dump, or are missing from it together. */
struct run {
	kpaddr_t	pa;
	uint64_t	len;
	int64_t		off;
};

static void
set_bits(uint8_t *map, uint64_t first, uint64_t count)
{

	for (; count > 0 && first % 8 != 0; first++, count--)
		map[first / 8] |= (uint8_t)(1 << first % 8);
	memset(map + first / 8, 0xff, (size_t)(count / 8));
	if (count % 8 != 0)
		map[(first + count) / 8] |= (uint8_t)((1 << count % 8) - 1);
}

static void
mark_seen(kvm_t *kd, struct walk *w, const struct run *r)
{
	uint64_t at, n, count, left;

	if (w->seen == NULL || r->off < 0)
		return;
	for (at = 0; at < r->len; at += count << kd->page_shift) {
		left = (r->len - at) >> kd->page_shift;
		count = page_number(kd, r->pa + at, &n);
		if (count > left)
			count = left;
		if (count > 0)
			set_bits(w->seen, n, count);
		else
			count = 1;
	}
}

/* Give one run to the caller; nonzero when the caller wants no more. */
static int
deliver(kvm_t *kd, struct walk *w, kvaddr_t va, const struct run *r,
    unsigned char prot)
{
	struct kvm_page page = {
		.kp_version = LIBKVM_WALK_PAGES_VERSION,
		.kp_paddr = kd->elf.is_virtual ? 0 : r->pa,
		.kp_kmap_vaddr = va,
		.kp_dmap_vaddr = kvmi_dmap_va(kd, r->pa),
		.kp_prot = prot,
		.kp_offset = (off_t)(r->off < 0 ? -1 : r->off),
		.kp_len = (size_t)r->len,
	};

	if (w->cb(&page, w->arg) != 0)
		return (0);
	w->stopped = true;
	return (1);
}

/* The pages from r->pa on, at most max bytes, that share the first's fate. */
static void
gather_run(kvm_t *kd, struct run *r, uint64_t max)
{
	uint64_t len;
	int64_t off;

	r->off = kvmi_phys_offset(kd, r->pa, &len);
	/* len may reach to the end of the address space: mind the sum. */
	for (r->len = len < max ? len : max; r->len < max;
	    r->len += len < max - r->len ? len : max - r->len) {
		off = kvmi_phys_offset(kd, r->pa + r->len, &len);
		if (r->off < 0 ? off >= 0 : off != r->off + (int64_t)r->len)
			break;
	}
}

static int
walk_pte(kvm_t *kd, kvaddr_t va, const struct kvmi_pte *pte, void *arg)
{
	struct walk *w = arg;
	uint64_t at;
	struct run r;

	for (at = 0; at < pte->len; at += r.len) {
		r.pa = pte->pa + at;
		gather_run(kd, &r, pte->len - at);
		mark_seen(kd, w, &r);
		if (deliver(kd, w, va + at, &r, pte->prot) != 0)
			return (1);
	}
	return (0);
}

/* Dumped pages that no page table entry led to. */
static void
walk_rest(kvm_t *kd, struct walk *w)
{
	struct run r = { .len = (uint64_t)1 << kd->page_shift };
	uint64_t n, len;

	for (n = 0; !w->stopped && next_page(kd, &n, &r.pa); n++) {
		if ((w->seen[n / 8] >> n % 8 & 1) != 0 ||
		    kvmi_dmap_va(kd, r.pa) == 0)
			continue;
		r.off = kvmi_phys_offset(kd, r.pa, &len);
		deliver(kd, w, 0, &r, KVM_PROT_READ | KVM_PROT_WRITE);
	}
}

static int
walk_pages(kvm_t *kd, struct walk *w)
{
	uint64_t n;
	int error;

	if (kd->mini.dmapend > kd->mini.dmapbase) {
		if (count_pages(kd, &n) == -1)
			return (kvmi_context(kd, "kvm_walk_pages"));
		w->seen = calloc(1, (size_t)(n / 8) + 1);
		if (w->seen == NULL)
			return (kvmi_nomem(kd, "kvm_walk_pages"));
	}
	/* A page table that can't be read loses its own pages only. */
	error = kd->mmu->walk(kd, walk_pte, w);
	if (!w->stopped && w->seen != NULL)
		walk_rest(kd, w);
	return (error == -1 ? kvmi_context(kd, "kvm_walk_pages") : 0);
}

int
kvm_walk_pages(kvm_t *kd, kvm_walk_pages_cb_t *cb, void *arg)
{
	struct walk w = { .cb = cb, .arg = arg };
	int error;

	if (kd == NULL) {
		errno = EINVAL;
		return (0);
	}
	error = walk_pages(kd, &w);
	free(w.seen);
	if (error == -1)
		kvmi_report(kd);
	return (error == 0 && !w.stopped);
}
