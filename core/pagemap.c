/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * pagemap.c: the page index of a minidump.  The dump holds one page for each
 * bit that is set in its bitmap; dump_avail[] says which physical pages the
 * bits stand for (sys/kern/kern_dump.c, sys/sys/param.h of FreeBSD 13).  The
 * place of a page in the dump is the rank of its bit: the set bits before it.
 */
#include <stdlib.h>

#include "private.h"

/*
 * One rank is kept for each block of 512 bits: 4 bytes for 64, and at most
 * seven whole words and a part of one are counted to find a page.
 */
#define	BLOCK_SHIFT	9
#define	BLOCK_WORDS	((1u << BLOCK_SHIFT) / 64)

/* dump_avail[] is pairs of u64, on 32-bit targets too. */
#define	AVAIL_PAIR	16

static inline unsigned int
popcount64(uint64_t x)
{

	x -= (x >> 1) & 0x5555555555555555;
	x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return ((unsigned int)((x * 0x0101010101010101) >> 56));
}

/*
 * Bits 64 i to 64 i + 63 of the map.  The kernel set them in words of its own
 * size and byte order.
 */
static inline uint64_t
map_word(const struct kvmi_pagemap *pm, uint64_t i)
{
	const uint8_t *p = pm->bitmap + i * 8;

	if (!pm->bigendian)
		return (kvmi_get64(p, false));
	if (pm->word_size == 8)
		return (kvmi_get64(p, true));
	return (kvmi_get32(p, true) | (uint64_t)kvmi_get32(p + 4, true) << 32);
}

bool
kvmi_pagemap_test(const struct kvmi_pagemap *pm, uint64_t bit)
{

	return (bit < pm->nbits_here &&
	    (map_word(pm, bit / 64) >> (bit % 64) & 1) != 0);
}

static uint64_t
rank_of(const struct kvmi_pagemap *pm, uint64_t bit)
{
	uint64_t i, word = bit / 64;
	uint64_t rank = pm->ranks[bit >> BLOCK_SHIFT];

	for (i = word & ~(uint64_t)(BLOCK_WORDS - 1); i < word; i++)
		rank += popcount64(map_word(pm, i));
	return (rank + popcount64(map_word(pm, word) &
	    (((uint64_t)1 << (bit % 64)) - 1)));
}

static inline uint64_t
last_page(const struct kvmi_range *r)
{

	return (r->first + r->npages - 1);
}

/*
 * Two ranges may share a page: of range i and its neighbours the one has it
 * that comes first in dump_avail[].
 */
static size_t
earlier(const struct kvmi_pagemap *pm, size_t i, uint64_t page)
{
	const struct kvmi_range *r = &pm->ranges[i];

	if (i > 0 && page == last_page(r - 1) && r[-1].bit < r->bit)
		return (i - 1);
	if (i + 1 < pm->nranges && page == r[1].first && r[1].bit < r->bit)
		return (i + 1);
	return (i);
}

bool
kvmi_pagemap_bit(const struct kvmi_pagemap *pm, kpaddr_t pa, uint64_t *bit)
{
	uint64_t page = pa >> pm->page_shift;
	size_t lo = 0, hi = pm->nranges, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (page < pm->ranges[mid].first)
			hi = mid;
		else if (page - pm->ranges[mid].first >=
		    pm->ranges[mid].npages)
			lo = mid + 1;
		else {
			mid = earlier(pm, mid, page);
			*bit = page - pm->ranges[mid].first +
			    pm->ranges[mid].bit;
			return (*bit < pm->nbits);
		}
	}
	return (false);
}

int64_t
kvmi_pagemap_offset(const struct kvmi_pagemap *pm, kpaddr_t pa)
{
	uint64_t bit, off;

	if (pm->nbits_here == 0 && pm->nbits > 0)
		return (KVMI_CUTOFF);
	if (!kvmi_pagemap_bit(pm, pa, &bit))
		return (KVMI_NOTDUMPED);
	if (bit >= pm->nbits_here)
		return (KVMI_CUTOFF);
	if (!kvmi_pagemap_test(pm, bit))
		return (KVMI_NOTDUMPED);
	off = pm->sparse_off + (rank_of(pm, bit) << pm->page_shift);
	/* off is no multiple of a page where the tables are not padded. */
	return ((int64_t)(off + (pa & (((uint64_t)1 << pm->page_shift) - 1))));
}

/* Bytes of memory from page n on that no range has. */
static uint64_t
hole_at(const struct kvmi_pagemap *pm, uint64_t n)
{
	size_t lo = 0, hi = pm->nranges, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (pm->ranges[mid].first <= n)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < pm->nranges)
		return (pm->ranges[lo].first - n);
	/* No more than callers can add to what they have. */
	return (UINT64_MAX >> pm->page_shift >> 1);
}

/* Pages from a clear bit on that are not dumped either: a word's, at most. */
static uint64_t
clear_at(const struct kvmi_pagemap *pm, uint64_t bit)
{
	uint64_t word = map_word(pm, bit / 64) >> (bit % 64), n = 0;

	if (word == 0)
		return (64 - bit % 64);
	for (; (word & 1) == 0; word >>= 1)
		n++;
	return (n);
}

/* Do the n bits from bit on stand for n pages in a row, from pa on? */
static bool
in_a_row(const struct kvmi_pagemap *pm, kpaddr_t pa, uint64_t bit, uint64_t n)
{
	uint64_t last;

	return (kvmi_pagemap_bit(pm, pa + ((n - 1) << pm->page_shift),
	    &last) && last == bit + n - 1);
}

uint64_t
kvmi_pagemap_undumped(const struct kvmi_pagemap *pm, kpaddr_t pa)
{
	uint64_t page = (uint64_t)1 << pm->page_shift, n = 1, bit;

	if (!kvmi_pagemap_bit(pm, pa, &bit))
		n = hole_at(pm, pa >> pm->page_shift);
	else if (bit >= pm->nbits_here) {
		/* Past the end of the index: by leaps. */
		while (in_a_row(pm, pa, bit, 2 * n))
			n *= 2;
	} else if (!kvmi_pagemap_test(pm, bit)) {
		n = clear_at(pm, bit);
		if (!in_a_row(pm, pa, bit, n))
			n = 1;
	}
	/* The length of all there is would not fit. */
	if (n > UINT64_MAX >> pm->page_shift)
		n = UINT64_MAX >> pm->page_shift;
	return ((n << pm->page_shift) - (pa & (page - 1)));
}

/* The physical address that a bit stands for; false when none does. */
static bool
bit_address(const struct kvmi_pagemap *pm, uint64_t bit, kpaddr_t *pa)
{
	size_t lo = 0, hi = pm->nranges, mid;
	const struct kvmi_range *r;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		r = &pm->by_bit[mid];
		if (bit < r->bit)
			hi = mid;
		else if (bit - r->bit >= r->npages)
			lo = mid + 1;
		else {
			*pa = (r->first + bit - r->bit) << pm->page_shift;
			return (true);
		}
	}
	return (false);
}

bool
kvmi_pagemap_next(const struct kvmi_pagemap *pm, uint64_t *bit, kpaddr_t *pa)
{
	uint64_t word;

	while (*bit < pm->nbits_here) {
		word = map_word(pm, *bit / 64) >> (*bit % 64);
		if (word == 0) {
			*bit = (*bit | 63) + 1;
			continue;
		}
		for (; (word & 1) == 0; word >>= 1)
			(*bit)++;
		if (bit_address(pm, *bit, pa))
			return (true);
		(*bit)++;
	}
	return (false);
}

static int
count_ranks(kvm_t *kd, struct kvmi_pagemap *pm)
{
	uint64_t i, nwords = pm->nbits_here / 64, sum = 0;
	size_t nblocks;

	nblocks = (size_t)(nwords / BLOCK_WORDS + 1);
	pm->ranks = malloc(nblocks * sizeof(*pm->ranks));
	if (pm->ranks == NULL)
		return (kvmi_nomem(kd, "page index"));
	for (i = 0; i < nwords; i++) {
		if (i % BLOCK_WORDS == 0)
			pm->ranks[i / BLOCK_WORDS] = (uint32_t)sum;
		sum += popcount64(map_word(pm, i));
	}
	if (nwords % BLOCK_WORDS == 0)
		pm->ranks[nwords / BLOCK_WORDS] = (uint32_t)sum;
	if (sum > UINT32_MAX)
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "minidump with %ju pages: no more than 2^32 are supported",
		    (uintmax_t)sum));
	pm->npages = sum;
	return (0);
}

/* The bits of the map that are there: whole 64-bit words, in the file. */
static int
init_bitmap(kvm_t *kd, struct kvmi_pagemap *pm,
    const struct kvmi_minidump *mini)
{
	size_t here;

	here = kvmi_bytes_avail(kd, &kd->bytes, mini->bitmap_off,
	    mini->bitmap_size) & ~(size_t)7;
	pm->nbits = mini->bitmap_size * 8;
	pm->nbits_here = (uint64_t)here * 8;
	if (here == 0)
		return (0);
	pm->bitmap = kvmi_bytes_at(kd, &kd->bytes, mini->bitmap_off, here);
	return (pm->bitmap == NULL ? -1 : 0);
}

static int
alloc_ranges(kvm_t *kd, struct kvmi_pagemap *pm, size_t n)
{

	pm->ranges = calloc(n, sizeof(*pm->ranges));
	pm->by_bit = calloc(n, sizeof(*pm->by_bit));
	if (pm->ranges == NULL || pm->by_bit == NULL)
		return (kvmi_nomem(kd, "dump_avail"));
	return (0);
}

/* Versions without dump_avail[]: bit n is page n. */
static int
implied_range(kvm_t *kd, struct kvmi_pagemap *pm)
{

	if (alloc_ranges(kd, pm, 1) == -1)
		return (-1);
	pm->ranges[0].npages = pm->by_bit[0].npages = pm->nbits;
	pm->nranges = 1;
	return (0);
}

static int
add_range(kvm_t *kd, struct kvmi_pagemap *pm, uint64_t start, uint64_t end)
{
	struct kvmi_range *r = &pm->by_bit[pm->nranges];
	const struct kvmi_range *last = pm->nranges == 0 ? NULL : r - 1;
	uint64_t mask = ((uint64_t)1 << pm->page_shift) - 1;

	r->first = start >> pm->page_shift;
	if (start >= end)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "dump_avail: range %zu, %#jx to %#jx, is out of order",
		    pm->nranges, (uintmax_t)start, (uintmax_t)end));
	r->npages = (end >> pm->page_shift) + ((end & mask) != 0) - r->first;
	r->bit = last == NULL ? 0 : last->bit + last->npages;
	pm->nranges++;
	return (0);
}

static int
compare_ranges(const void *a, const void *b)
{
	const struct kvmi_range *x = a, *y = b;

	if (x->first != y->first)
		return (x->first < y->first ? -1 : 1);
	return (x->bit < y->bit ? -1 : x->bit > y->bit);
}

/*
 * The bits are in the order of dump_avail[], which is that of the firmware on
 * some machines; look-ups want the ranges by address.
 */
static int
sort_ranges(kvm_t *kd, struct kvmi_pagemap *pm)
{
	const struct kvmi_range *r;
	size_t i;

	memcpy(pm->ranges, pm->by_bit, pm->nranges * sizeof(*pm->ranges));
	qsort(pm->ranges, pm->nranges, sizeof(*pm->ranges), compare_ranges);
	for (i = 1; i < pm->nranges; i++) {
		r = &pm->ranges[i];
		if (r->first < last_page(r - 1))
			return (kvmi_error(kd, KVM_E_FORMAT, 0,
			    "dump_avail: the range from %#jx on overlaps the "
			    "one from %#jx on",
			    (uintmax_t)r->first << pm->page_shift,
			    (uintmax_t)r[-1].first << pm->page_shift));
	}
	return (0);
}

/* Pairs [start, end) of byte addresses; an end of 0 is the terminator. */
static int
init_ranges(kvm_t *kd, struct kvmi_pagemap *pm,
    const struct kvmi_minidump *mini)
{
	const uint8_t *p;
	size_t i, n;

	if (mini->avail_size == 0)
		return (implied_range(kd, pm));
	p = kvmi_bytes_at(kd, &kd->bytes, mini->avail_off,
	    (size_t)mini->avail_size);
	if (p == NULL)
		return (kvmi_context(kd, "dump_avail"));
	for (n = 0; n < mini->avail_size / AVAIL_PAIR; n++)
		if (kvmi_get64(p + n * AVAIL_PAIR + 8, pm->bigendian) == 0)
			break;
	if (alloc_ranges(kd, pm, n + 1) == -1)
		return (-1);
	for (i = 0; i < n; i++)
		if (add_range(kd, pm,
		    kvmi_get64(p + i * AVAIL_PAIR, pm->bigendian),
		    kvmi_get64(p + i * AVAIL_PAIR + 8, pm->bigendian)) == -1)
			return (-1);
	return (sort_ranges(kd, pm));
}

/*
 * Where the pages begin.  The page table area is padded to a page, except by
 * kernels that forgot to (arm); the size of a complete file tells.
 */
static void
place_pages(kvm_t *kd, struct kvmi_pagemap *pm,
    const struct kvmi_minidump *mini)
{
	uint64_t unpadded = mini->pmap_off + mini->pmap_size, size;

	pm->sparse_off = mini->sparse_off;
	if (unpadded == mini->sparse_off)
		return;
	size = kvmi_bytes_size(kd, &kd->bytes) -
	    (pm->npages << pm->page_shift);
	if (size == unpadded || (mini->unpadded && size != mini->sparse_off))
		pm->sparse_off = unpadded;
}

int
kvmi_pagemap_init(kvm_t *kd, struct kvmi_pagemap *pm,
    const struct kvmi_minidump *mini)
{

	memset(pm, 0, sizeof(*pm));
	for (pm->page_shift = 0; mini->page_size >> pm->page_shift > 1;)
		pm->page_shift++;
	pm->word_size = mini->word_size;
	pm->bigendian = mini->bigendian;
	if (init_bitmap(kd, pm, mini) == -1 || count_ranks(kd, pm) == -1 ||
	    (pm->nbits_here > 0 && init_ranges(kd, pm, mini) == -1)) {
		kvmi_pagemap_deinit(pm);
		return (kvmi_context(kd, "page index of the minidump"));
	}
	place_pages(kd, pm, mini);
	return (0);
}

void
kvmi_pagemap_deinit(struct kvmi_pagemap *pm)
{

	free(pm->ranks);
	free(pm->ranges);
	free(pm->by_bit);
	memset(pm, 0, sizeof(*pm));
}
