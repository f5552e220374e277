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
					   bit for each bit of the page map */
	bool			 stopped;
};

static bool
in_dmap(const kvm_t *kd, kvaddr_t va)
{

	return (kd->mini.dmapend > kd->mini.dmapbase &&
	    va >= kd->mini.dmapbase && va < kd->mini.dmapend);
}

/* The direct map's address of pa; 0 when it has none. */
static kvaddr_t
dmap_va(const kvm_t *kd, kpaddr_t pa)
{
	const struct kvmi_minidump *m = &kd->mini;

	if (m->dmapend <= m->dmapbase || pa < m->dmapphys ||
	    pa - m->dmapphys >= m->dmapend - m->dmapbase)
		return (0);
	return (m->dmapbase + (pa - m->dmapphys));
}

void
kvmi_place_va(const kvm_t *kd, kvaddr_t va, kpaddr_t pa,
    struct kvm_page *page)
{

	page->kp_kmap_vaddr = in_dmap(kd, va) ? 0 : va;
	page->kp_dmap_vaddr = dmap_va(kd, pa);
}

static void
mark_seen(kvm_t *kd, struct walk *w, kpaddr_t pa)
{
	uint64_t bit;

	if (w->seen != NULL && kvmi_pagemap_bit(&kd->pagemap, pa, &bit) &&
	    bit < kd->pagemap.nbits_here)
		w->seen[bit / 8] |= (uint8_t)(1 << bit % 8);
}

/* Give one run to the caller; nonzero when the caller wants no more. */
static int
deliver(kvm_t *kd, struct walk *w, kvaddr_t va, kpaddr_t pa, uint64_t len,
    int64_t off, unsigned char prot)
{
	struct kvm_page page = {
		.kp_version = LIBKVM_WALK_PAGES_VERSION,
		.kp_paddr = pa,
		.kp_kmap_vaddr = va,
		.kp_dmap_vaddr = dmap_va(kd, pa),
		.kp_prot = prot,
		.kp_offset = (off_t)(off < 0 ? -1 : off),
		.kp_len = (size_t)len,
	};

	if (w->cb(&page, w->arg) != 0)
		return (0);
	w->stopped = true;
	return (1);
}

/*
 * Do the pages of a superpage lie one behind the other in the dump, or are
 * they all missing from it?
 */
static bool
consecutive(kvm_t *kd, const struct kvmi_pte *pte, int64_t first)
{
	uint64_t at, len, step = (uint64_t)1 << kd->page_shift;
	int64_t off;

	for (at = step; at < pte->len; at += step) {
		off = kvmi_phys_offset(kd, pte->pa + at, &len);
		if (first < 0 ? off >= 0 : off != first + (int64_t)at)
			return (false);
	}
	return (true);
}

static int
walk_pte(kvm_t *kd, kvaddr_t va, const struct kvmi_pte *pte, void *arg)
{
	struct walk *w = arg;
	uint64_t at, len, step = (uint64_t)1 << kd->page_shift;
	int64_t off;

	for (at = 0; at < pte->len; at += step)
		mark_seen(kd, w, pte->pa + at);
	off = kvmi_phys_offset(kd, pte->pa, &len);
	if (pte->len <= step || consecutive(kd, pte, off))
		return (deliver(kd, w, va, pte->pa, pte->len, off,
		    pte->prot));
	for (at = 0; at < pte->len; at += step) {
		off = kvmi_phys_offset(kd, pte->pa + at, &len);
		if (deliver(kd, w, va + at, pte->pa + at, step, off,
		    pte->prot) != 0)
			return (1);
	}
	return (0);
}

/* Dumped pages that no page table entry led to. */
static void
walk_rest(kvm_t *kd, struct walk *w)
{
	uint64_t bit, len;
	kpaddr_t pa;

	for (bit = 0; !w->stopped &&
	    kvmi_pagemap_next(&kd->pagemap, &bit, &pa); bit++)
		if ((w->seen[bit / 8] >> bit % 8 & 1) == 0)
			deliver(kd, w, 0, pa,
			    (uint64_t)1 << kd->page_shift,
			    kvmi_phys_offset(kd, pa, &len),
			    KVM_PROT_READ | KVM_PROT_WRITE);
}

static int
walk_pages(kvm_t *kd, struct walk *w)
{
	int error;

	if (kd->kind != KVM_DUMP_MINI)
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "kvm_walk_pages: only minidumps can be walked"));
	w->seen = calloc(1, (size_t)(kd->pagemap.nbits_here / 8) + 1);
	if (w->seen == NULL)
		return (kvmi_nomem(kd, "kvm_walk_pages"));
	/* A page table that can't be read loses its own pages only. */
	error = kd->mmu->walk(kd, walk_pte, w);
	if (!w->stopped)
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
