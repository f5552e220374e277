/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * index.c: hash indexes and arenas.
 */
#include <stdlib.h>
#include <string.h>

#include "index.h"

static uint32_t
heads_of(uint32_t n)
{
	uint32_t heads = 8;

	while (heads < n)
		heads *= 2;
	return (heads);
}

size_t
kvmi_hash_bytes(uint32_t n)
{

	return (((size_t)heads_of(n) + n) * sizeof(uint32_t));
}

void
kvmi_hash_init(struct kvmi_hash *h, void *mem, uint32_t n)
{
	uint32_t heads = heads_of(n);

	h->heads = mem;
	h->links = h->heads + heads;
	h->mask = heads - 1;
	memset(mem, 0, kvmi_hash_bytes(n));
}

/*
 * Eight bytes a step: the multiplier (an odd number near 2^64 divided by the
 * golden ratio) spreads them over the upper half, which is folded down.
 */
uint32_t
kvmi_hash_name(const char *name)
{
	const uint64_t multiplier = 0x9e3779b97f4a7c15;
	size_t len = strlen(name);
	uint64_t h = len, word;

	for (; len >= sizeof(word); name += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		h = (h ^ word) * multiplier;
		h ^= h >> 32;
	}
	for (word = 0; len > 0; len--)
		word = word << 8 | (unsigned char)name[len - 1];
	h = (h ^ word) * multiplier;
	return ((uint32_t)(h >> 32));
}

/* What an arena is asked for: structures of numbers and pointers. */
union kvmi_unit {
	uint64_t	 number;
	void		*pointer;
};

struct kvmi_chunk {
	struct kvmi_chunk	*next;
	_Alignas(union kvmi_unit) char bytes[];
};

#define	CHUNK	(16 * 1024)
#define	ALIGN	_Alignof(union kvmi_unit)

/*
 * A new chunk of size bytes.  The newest chunk goes on being used when it has
 * more left than the new one will.
 */
static void *
chunk_alloc(struct kvmi_arena *a, size_t size, size_t used)
{
	struct kvmi_chunk *c;

	if (size > SIZE_MAX - sizeof(*c) ||
	    (c = calloc(1, sizeof(*c) + size)) == NULL)
		return (NULL);
	c->next = a->chunks;
	a->chunks = c;
	if (size - used > a->left) {
		a->free = c->bytes + used;
		a->left = size - used;
	}
	return (c->bytes);
}

void *
kvmi_arena_alloc(struct kvmi_arena *a, size_t size)
{
	const size_t chunk = CHUNK - sizeof(struct kvmi_chunk);
	void *p;

	if (size > SIZE_MAX - ALIGN)
		return (NULL);
	size = size == 0 ? ALIGN : (size + ALIGN - 1) / ALIGN * ALIGN;
	if (size > a->left)
		return (chunk_alloc(a, size < chunk / 4 ? chunk : size, size));
	p = a->free;
	a->free += size;
	a->left -= size;
	return (p);
}

void *
kvmi_arena_array(struct kvmi_arena *a, size_t n, size_t size)
{

	if (size != 0 && n > SIZE_MAX / size)
		return (NULL);
	return (kvmi_arena_alloc(a, n * size));
}

char *
kvmi_arena_strdup(struct kvmi_arena *a, const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = kvmi_arena_alloc(a, size);

	return (copy == NULL ? NULL : memcpy(copy, s, size));
}

void
kvmi_arena_deinit(struct kvmi_arena *a)
{
	struct kvmi_chunk *c;

	while ((c = a->chunks) != NULL) {
		a->chunks = c->next;
		free(c);
	}
	memset(a, 0, sizeof(*a));
}
