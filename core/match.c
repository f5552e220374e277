/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * match.c: finding bytes, words and strings in a piece of memory.
 *
 * Hits are rare.  Words are therefore compared in blocks, without a branch
 * for each, and only a block that has one is looked at again; bytes are found
 * by memchr(3) of the one among them that is least common in kernel memory.
 */
#include <stdlib.h>

#include "match.h"

#define	BLOCK	64		/* words */
#define	RARE	4		/* commonness() for memchr(3) to be faster */

static void
add_hit(struct kvmi_hits *h, size_t at)
{
	size_t size = h->size == 0 ? 64 : h->size * 2;
	uint64_t *list;

	if (h->n == h->size) {
		list = realloc(h->list, size * sizeof(*list));
		if (list == NULL) {
			h->nomem = true;
			return;
		}
		h->list = list;
		h->size = size;
	}
	h->list[h->n++] = h->base + at;
}

/* ---- words */

static inline uint64_t
load64(const uint8_t *p, bool swap)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return (swap ? __builtin_bswap64(w) : w);
}

static inline uint32_t
load32(const uint8_t *p, bool swap)
{
	uint32_t w;

	memcpy(&w, p, sizeof(w));
	return (swap ? __builtin_bswap32(w) : w);
}

/* Is one of the n words the value? */
static inline bool
block64(const uint8_t *p, size_t n, uint64_t value)
{
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < n; i++)
		any |= load64(p + i * 8, false) == value;
	return (any != 0);
}

/*
 * May one of the n words lie in the span?  Vectors have no order of 64 bits
 * everywhere, so only the upper halves are compared.
 */
static inline bool
block64_near(const uint8_t *p, size_t n, uint64_t value, uint64_t span,
    bool swap)
{
	uint32_t any = 0, limit = (uint32_t)(span >> 32);
	size_t i;

	if (limit == 0) {
		for (i = 0; i < n; i++)
			any |= (uint32_t)((load64(p + i * 8, swap) - value) >>
			    32) == 0;
		return (any != 0);
	}
	for (i = 0; i < n; i++)
		any |= (uint32_t)((load64(p + i * 8, swap) - value) >> 32) <=
		    limit;
	return (any != 0);
}

static inline bool
block32(const uint8_t *p, size_t n, uint32_t value, uint32_t span, bool swap)
{
	uint32_t any = 0;
	size_t i;

	for (i = 0; i < n; i++)
		any |= load32(p + i * 4, swap) - value <= span;
	return (any != 0);
}

/* May there be a hit among the n words at p?  Inlined for a constant n, which
   compilers make vectors of. */
static inline __attribute__((__always_inline__)) bool
block_hits(const struct kvmi_match *m, const uint8_t *p, size_t n)
{
	uint64_t value = m->value;
	bool swap = m->swap;

	/* One value is compared in the order that memory has it in. */
	if (m->span == 0 && swap) {
		value = m->size == 8 ? __builtin_bswap64(value) :
		    __builtin_bswap32((uint32_t)value);
		swap = false;
	}
	if (m->size == 8 && m->span == 0)
		return (block64(p, n, value));
	if (m->size == 8)
		return (swap ? block64_near(p, n, value, m->span, true) :
		    block64_near(p, n, value, m->span, false));
	return (swap ?
	    block32(p, n, (uint32_t)value, (uint32_t)m->span, true) :
	    block32(p, n, (uint32_t)value, (uint32_t)m->span, false));
}

static bool
word_hits(const struct kvmi_match *m, const uint8_t *p)
{

	if (m->size == 8)
		return (load64(p, m->swap) - m->value <= m->span);
	return (load32(p, m->swap) - (uint32_t)m->value <= (uint32_t)m->span);
}

static void
find_words(const struct kvmi_match *m, const uint8_t *p, size_t len,
    size_t phase, struct kvmi_hits *h)
{
	size_t at, n, step = m->size * BLOCK, stop;

	for (at = 0; at + m->size <= len; at = stop) {
		n = (len - at) / m->size;
		stop = at + (n < BLOCK ? n * m->size : step);
		if (n >= BLOCK ? !block_hits(m, p + at, BLOCK) :
		    !block_hits(m, p + at, n))
			continue;
		for (; at < stop; at += m->size)
			if (((at + phase) & (m->align - 1)) == 0 &&
			    word_hits(m, p + at))
				add_hit(h, at);
	}
}

/* Words that may stand between two multiples of their size. */
static void
find_unaligned_words(const struct kvmi_match *m, const uint8_t *p, size_t len,
    size_t phase, struct kvmi_hits *h)
{
	size_t at;

	for (at = (0 - phase) & (m->align - 1); at + m->size <= len;
	    at += m->align)
		if (word_hits(m, p + at))
			add_hit(h, at);
}

/* ---- bytes */

/* How common a byte is in kernel memory: an order, from what dumps have. */
static unsigned int
commonness(uint8_t c)
{

	if (c == 0)
		return (7);
	if (c == 0xff || c == 0xfe)
		return (6);
	if (c < 0x10 || c == 0x80 || c == 0xf8)
		return (5);
	if (c == 0x48 || c == 0x8b || c == 0x89)	/* amd64's code */
		return (4);
	if (c == ' ' || c == 'e' || c == 't' || c == '_')
		return (3);
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return (2);
	return (c >= ' ' && c < 0x7f ? 1 : 0);
}

static void
find_bytes(const struct kvmi_match *m, const uint8_t *p, size_t len,
    size_t phase, struct kvmi_hits *h)
{
	const uint8_t *at, *end;

	if (len < m->len)
		return;
	end = p + len - m->len + m->anchor + 1;
	for (at = p + m->anchor; at < end; at++) {
		at = memchr(at, m->bytes[m->anchor], (size_t)(end - at));
		if (at == NULL)
			return;
		if ((((size_t)(at - p) - m->anchor + phase) &
		    (m->align - 1)) == 0 &&
		    memcmp(at - m->anchor, m->bytes, m->len) == 0)
			add_hit(h, (size_t)(at - p) - m->anchor);
	}
}

/* ---- strings */

bool
kvmi_match_printable(uint8_t c)
{

	return ((c >= ' ' && c < 0x7f) || c == '\t');
}

static void
find_strings(const struct kvmi_match *m, const uint8_t *p, size_t len,
    size_t phase, struct kvmi_hits *h)
{
	const uint8_t *nul;
	size_t at, begin;

	/* From NUL to NUL, and back over what is printable before it. */
	for (at = 0; at < len; at = (size_t)(nul - p) + 1) {
		nul = memchr(p + at, 0, len - at);
		if (nul == NULL)
			return;
		begin = (size_t)(nul - p);
		while (begin > at && kvmi_match_printable(p[begin - 1]))
			begin--;
		if ((size_t)(nul - p) - begin >= m->len &&
		    ((begin + phase) & (m->align - 1)) == 0)
			add_hit(h, begin);
	}
}

/* ---- for search.c */

static void
choose_anchor(struct kvmi_match *m)
{
	size_t i;

	for (i = 1; i < m->len; i++)
		if (commonness(m->bytes[i]) < commonness(m->bytes[m->anchor]))
			m->anchor = i;
}

/* One word that has a rare byte is found by that. */
static void
word_as_bytes(kvm_t *kd, struct kvmi_match *m)
{
	size_t i;

	m->len = m->size;
	for (i = 0; i < m->size; i++)
		m->bytes[kvm_byteorder(kd) ? m->size - 1 - i : i] =
		    (uint8_t)(m->value >> (8 * i));
	choose_anchor(m);
	if (commonness(m->bytes[m->anchor]) <= RARE)
		m->kind = KVM_SEARCH_BYTES;
}

static int
init_word(kvm_t *kd, struct kvmi_match *m, const struct kvm_search_args *a)
{
	const uint16_t one = 1;
	uint8_t first;

	memcpy(&first, &one, 1);
	m->size = a->ks_size == 0 ? kvm_ptrsize(kd) : a->ks_size;
	if (m->size != 4 && m->size != 8)
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "kvm_search: words have 4 or 8 bytes"));
	if (m->size == 4 && (a->ks_value > UINT32_MAX ||
	    a->ks_span > UINT32_MAX))
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "kvm_search: the value does not fit 4 bytes"));
	m->value = a->ks_value;
	m->span = a->ks_span;
	m->swap = (kvm_byteorder(kd) != 0) == (first == 1);
	m->align = a->ks_align == 0 ? m->size : a->ks_align;
	if (m->span == 0)
		word_as_bytes(kd, m);
	return (0);
}

static int
init_bytes(kvm_t *kd, struct kvmi_match *m, const struct kvm_search_args *a)
{

	if (a->ks_len == 0 || a->ks_len > KVM_SEARCH_MAX)
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "kvm_search: a length of %zu", a->ks_len));
	m->len = a->ks_len;
	m->align = a->ks_align == 0 ? 1 : a->ks_align;
	if (m->kind == KVM_SEARCH_STRINGS)
		return (0);
	memcpy(m->bytes, a->ks_bytes, a->ks_len);
	choose_anchor(m);
	return (0);
}

int
kvmi_match_init(kvm_t *kd, struct kvmi_match *m,
    const struct kvm_search_args *a)
{
	int error;

	memset(m, 0, sizeof(*m));
	m->kind = a->ks_kind;
	if (m->kind == KVM_SEARCH_WORD)
		error = init_word(kd, m, a);
	else
		error = init_bytes(kd, m, a);
	if (error == 0 && ((m->align & (m->align - 1)) != 0 ||
	    m->align > KVM_SEARCH_MAX))
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "kvm_search: an alignment of %zu", m->align));
	return (error);
}

void
kvmi_match_find(const struct kvmi_match *m, const uint8_t *p, size_t len,
    size_t phase, struct kvmi_hits *h)
{

	if (m->kind == KVM_SEARCH_BYTES)
		find_bytes(m, p, len, phase, h);
	else if (m->kind == KVM_SEARCH_STRINGS)
		find_strings(m, p, len, phase, h);
	else if (m->align < m->size || phase % m->size != 0)
		find_unaligned_words(m, p, len, phase, h);
	else
		find_words(m, p, len, phase, h);
}

size_t
kvmi_match_tail(const struct kvmi_match *m, const uint8_t *p, size_t len)
{
	size_t n = 0, whole = m->kind == KVM_SEARCH_WORD ? m->size : m->len;

	if (m->kind == KVM_SEARCH_STRINGS) {
		while (n < len && n < KVM_SEARCH_MAX &&
		    kvmi_match_printable(p[len - n - 1]))
			n++;
		return (n);
	}
	/* What is aligned to more than its size stays within its page. */
	if (m->align >= whole)
		return (0);
	return (whole - 1 < len ? whole - 1 : len);
}
