/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * search.c: kvm_search(): all dumped memory, by several threads.
 *
 * The caller's thread walks the pages and asks the descriptor where their
 * bytes are; batches of such runs are then searched by threads that touch
 * nothing but those bytes, and the hits are handed out on the caller's thread,
 * in order.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "match.h"

#define	RUN_MAX		((uint64_t)1 << 20)	/* bytes */
#define	CHUNK_BYTES	((uint64_t)256 << 10)	/* what a thread takes at once */
#define	BATCH_BYTES	((uint64_t)64 << 20)
#define	BATCH_RUNS	((size_t)16 << 10)
#define	BATCH_HITS	((size_t)1 << 20)	/* where threads pause */
#define	THREADS_MAX	16

/* Bytes that lie together, in the dump and at their address. */
struct run {
	const uint8_t	*p;
	kvaddr_t	 va;		/* as reported */
	kvaddr_t	 dmap;		/* 0: none */
	kpaddr_t	 pa;
	uint32_t	 len;
	unsigned char	 prot;
	bool		 joined;	/* va follows the run before */
};

struct search {
	kvm_t			*kd;
	const struct kvm_search_args *args;
	kvm_search_cb_t		*cb;
	void			*arg;
	struct kvmi_match	 match;
	struct run		*runs;	/* the first is from the batch before */
	size_t			 nruns;
	uint64_t		 bytes, done;
	size_t			*chunks;	/* their first runs, and the end */
	struct kvmi_hits	*hits;		/* of each chunk */
	size_t			 nchunks;
	atomic_size_t		 next;		/* chunk to be taken */
	atomic_size_t		 nhits;
	bool			 stopped, nomem;
};

/* ---- threads */

/* What begins at the end of a run and goes on in the next one. */
static void
search_seam(const struct search *s, const struct run *before,
    const struct run *r, struct kvmi_hits *h)
{
	uint8_t seam[2 * KVM_SEARCH_MAX];
	size_t tail, head = r->len, i, n = h->n;

	tail = kvmi_match_tail(&s->match, before->p, before->len);
	if (tail == 0)
		return;
	if (head > KVM_SEARCH_MAX)
		head = KVM_SEARCH_MAX;
	if (s->match.kind != KVM_SEARCH_STRINGS && head > tail)
		head = tail;
	memcpy(seam, before->p + before->len - tail, tail);
	memcpy(seam + tail, r->p, head);
	h->base += before->len - tail;
	kvmi_match_find(&s->match, seam, tail + head,
	    (size_t)(before->va + before->len - tail), h);
	/* What lies in the second run alone is found there. */
	for (i = n; i < h->n; i++)
		if (h->list[i] >= h->base + tail)
			h->n = i;
}

/* Bytes of r that end a string of the run before. */
static size_t
rest_of_string(const struct search *s, const struct run *before,
    const struct run *r)
{
	size_t n = 0;

	if (s->match.kind != KVM_SEARCH_STRINGS || before->len == 0 ||
	    !kvmi_match_printable(before->p[before->len - 1]))
		return (0);
	while (n < r->len && kvmi_match_printable(r->p[n]))
		n++;
	return (n);
}

static void
search_chunk(struct search *s, size_t chunk)
{
	struct kvmi_hits *h = &s->hits[chunk];
	const struct run *r;
	size_t i, skip;

	for (i = s->chunks[chunk]; i < s->chunks[chunk + 1]; i++) {
		r = &s->runs[i];
		skip = 0;
		if (r->joined) {
			h->base = (uint64_t)(i - 1) << 32;
			search_seam(s, r - 1, r, h);
			skip = rest_of_string(s, r - 1, r);
		}
		h->base = ((uint64_t)i << 32) + skip;
		kvmi_match_find(&s->match, r->p + skip, r->len - skip,
		    (size_t)(r->va + skip), h);
	}
	atomic_fetch_add(&s->nhits, h->n);
}

static void *
worker(void *arg)
{
	struct search *s = arg;
	size_t chunk;

	while (atomic_load(&s->nhits) < BATCH_HITS) {
		chunk = atomic_fetch_add(&s->next, 1);
		if (chunk >= s->nchunks)
			break;
		search_chunk(s, chunk);
	}
	return (NULL);
}

/* Search chunks from *first on; *first gets the first one that was not. */
static void
run_threads(struct search *s, size_t *first)
{
	pthread_t threads[THREADS_MAX];
	unsigned int i, n = 0, want = s->args->ks_threads;
	long cpus;

	if (want == 0) {
		cpus = sysconf(_SC_NPROCESSORS_ONLN);
		want = cpus < 1 ? 1 : (unsigned int)(cpus < 64 ? cpus : 64);
	}
	if (want > THREADS_MAX)
		want = THREADS_MAX;
	if (want > s->nchunks - *first)
		want = (unsigned int)(s->nchunks - *first);
	atomic_store(&s->next, *first);
	atomic_store(&s->nhits, 0);
	/* The caller's thread is one of them: it does what there is no other
	   for. */
	while (n + 1 < want &&
	    pthread_create(&threads[n], NULL, worker, s) == 0)
		n++;
	worker(s);
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	*first = atomic_load(&s->next);
	if (*first > s->nchunks)
		*first = s->nchunks;
}

/* ---- the caller's thread */

static void
deliver(struct search *s, uint64_t where)
{
	const struct run *r = &s->runs[where >> 32];
	uint64_t at = where & UINT32_MAX;
	kvaddr_t last = s->args->ks_to == 0 ? UINT64_MAX : s->args->ks_to;
	struct kvm_hit hit = {
		.kh_addr = r->va + at,
		.kh_dmap_vaddr = r->dmap == 0 ? 0 : r->dmap + at,
		.kh_paddr = s->kd->elf.is_virtual ? 0 : r->pa + at,
		.kh_prot = r->prot,
	};

	if (hit.kh_addr < s->args->ks_from || hit.kh_addr > last)
		return;
	if (s->cb(&hit, s->arg) == 0)
		s->stopped = true;
}

static void
deliver_chunk(struct search *s, size_t chunk)
{
	struct kvmi_hits *h = &s->hits[chunk];
	size_t i;

	for (i = 0; i < h->n && !s->stopped; i++)
		deliver(s, h->list[i]);
	s->nomem = s->nomem || h->nomem;
	free(h->list);
	memset(h, 0, sizeof(*h));
}

static void
split(struct search *s)
{
	uint64_t bytes = 0;
	size_t i;

	s->nchunks = 0;
	for (i = 1; i < s->nruns; i++) {
		if (s->nchunks == 0 || bytes >= CHUNK_BYTES) {
			s->chunks[s->nchunks++] = i;
			bytes = 0;
		}
		bytes += s->runs[i].len;
	}
	s->chunks[s->nchunks] = s->nruns;
}

/* Search what was gathered; its last run stays for the sake of the seam. */
static void
search_batch(struct search *s)
{
	size_t first = 0, chunk = 0;

	split(s);
	while (first < s->nchunks && !s->stopped) {
		run_threads(s, &first);
		for (; chunk < first; chunk++)
			deliver_chunk(s, chunk);
	}
	s->runs[0] = s->runs[s->nruns - 1];
	s->nruns = 1;
	s->done += s->bytes;
	s->bytes = 0;
	if (!s->stopped && s->args->ks_progress != NULL &&
	    s->args->ks_progress(s->done, s->arg) == 0)
		s->stopped = true;
}

static void
add_run(struct search *s, const struct run *r)
{
	struct run *last = &s->runs[s->nruns - 1];
	bool joined = last->len > 0 && last->va + last->len == r->va &&
	    (last->dmap == last->va) == (r->dmap == r->va);

	s->bytes += r->len;
	if (joined && s->nruns > 1 && last->p + last->len == r->p &&
	    last->pa + last->len == r->pa && last->prot == r->prot &&
	    (last->dmap == 0) == (r->dmap == 0) &&
	    last->len + r->len <= RUN_MAX) {
		last->len += r->len;
		return;
	}
	s->runs[s->nruns] = *r;
	s->runs[s->nruns++].joined = joined;
	if (s->nruns == BATCH_RUNS || s->bytes >= BATCH_BYTES)
		search_batch(s);
}

static bool
wanted(const struct search *s, const struct kvm_page *page, kvaddr_t va)
{
	const struct kvm_search_args *a = s->args;
	unsigned int memory = page->kp_kmap_vaddr != 0 ? KVM_SEARCH_KMAP :
	    KVM_SEARCH_DMAP;

	return (page->kp_offset >= 0 && va != 0 &&
	    (a->ks_memory == 0 || (a->ks_memory & memory) != 0) &&
	    (page->kp_prot & a->ks_prot) == a->ks_prot &&
	    va + (page->kp_len - 1) >= a->ks_from &&
	    (a->ks_to == 0 || va <= a->ks_to));
}

static int
add_page(struct kvm_page *page, void *arg)
{
	struct search *s = arg;
	kvaddr_t va = page->kp_kmap_vaddr != 0 ? page->kp_kmap_vaddr :
	    page->kp_dmap_vaddr;
	struct run r = { .prot = page->kp_prot };
	uint64_t at, off;

	if (!wanted(s, page, va))
		return (1);
	for (at = 0; at < page->kp_len && !s->stopped; at += RUN_MAX) {
		off = (uint64_t)page->kp_offset + at;
		r.len = (uint32_t)kvmi_bytes_avail(s->kd, &s->kd->bytes, off,
		    page->kp_len - at < RUN_MAX ? page->kp_len - at : RUN_MAX);
		r.p = r.len == 0 ? NULL : kvmi_bytes_at(s->kd, &s->kd->bytes,
		    off, r.len);
		if (r.p == NULL)
			break;
		r.va = va + at;
		r.dmap = page->kp_dmap_vaddr == 0 ? 0 :
		    page->kp_dmap_vaddr + at;
		r.pa = page->kp_paddr + at;
		add_run(s, &r);
	}
	return (!s->stopped);
}

static int
search(struct search *s)
{
	int complete;

	s->runs = calloc(BATCH_RUNS + 1, sizeof(*s->runs));
	s->chunks = calloc(BATCH_RUNS + 1, sizeof(*s->chunks));
	s->hits = calloc(BATCH_RUNS + 1, sizeof(*s->hits));
	if (s->runs == NULL || s->chunks == NULL || s->hits == NULL)
		return (kvmi_nomem(s->kd, "kvm_search"));
	s->nruns = 1;
	complete = kvm_walk_pages(s->kd, add_page, s);
	if (!s->stopped && s->nruns > 1)
		search_batch(s);
	if (s->nomem)
		return (kvmi_nomem(s->kd, "kvm_search"));
	if (s->stopped)
		return (0);
	return (complete ? 1 : kvmi_context(s->kd, "kvm_search"));
}

int
kvm_search(kvm_t *kd, const struct kvm_search_args *args, kvm_search_cb_t *cb,
    void *arg)
{
	struct search *s;
	size_t i;
	int rc;

	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return (kvmi_nomem(kd, "kvm_search"));
	s->kd = kd;
	s->args = args;
	s->cb = cb;
	s->arg = arg;
	rc = kvmi_match_init(kd, &s->match, args);
	if (rc == 0)
		rc = search(s);
	for (i = 0; s->hits != NULL && i < s->nchunks; i++)
		free(s->hits[i].list);
	free(s->runs);
	free(s->chunks);
	free(s->hits);
	free(s);
	return (rc);
}
