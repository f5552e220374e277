/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * index.h: the two building blocks of every look-up table in the core.
 */
#ifndef _KVM_INDEX_H_
#define	_KVM_INDEX_H_

#include <stddef.h>
#include <stdint.h>

/*
 * A hash index of numbered things, 8 to 12 bytes a thing: chains of numbers.
 * It knows no names; whoever asks compares what the numbers stand for.
 * Entries of one key come out in the reverse of the order they went in, so
 * add from the last to the first to get the first one first.
 */
struct kvmi_hash {
	uint32_t	*heads;		/* number + 1; 0: empty */
	uint32_t	*links;		/* the same, by number */
	uint32_t	 mask;
};

#define	KVMI_HASH_END	UINT32_MAX

/* Bytes that an index of n things (n < 2^31) needs. */
size_t	 kvmi_hash_bytes(uint32_t n);
/* Make an empty index in mem, which is aligned for uint32_t. */
void	 kvmi_hash_init(struct kvmi_hash *, void *mem, uint32_t n);
/* Key of a name. */
uint32_t kvmi_hash_name(const char *);

static inline void
kvmi_hash_add(struct kvmi_hash *h, uint32_t key, uint32_t i)
{

	h->links[i] = h->heads[key & h->mask];
	h->heads[key & h->mask] = i + 1;
}

/* The first number under key, and the one after i; KVMI_HASH_END at last. */
static inline uint32_t
kvmi_hash_first(const struct kvmi_hash *h, uint32_t key)
{

	return (h->heads[key & h->mask] - 1);
}

static inline uint32_t
kvmi_hash_next(const struct kvmi_hash *h, uint32_t i)
{

	return (h->links[i] - 1);
}

/*
 * Memory that is freed all at once.  Zeroed; aligned for 64-bit integers and
 * pointers.
 */
struct kvmi_chunk;

struct kvmi_arena {
	struct kvmi_chunk	*chunks;
	char			*free;		/* in the newest chunk */
	size_t			 left;
};

/* size bytes, or NULL: out of memory.  A zeroed arena is an empty one. */
void	*kvmi_arena_alloc(struct kvmi_arena *, size_t size);
/* n objects of size bytes; NULL when that overflows, too. */
void	*kvmi_arena_array(struct kvmi_arena *, size_t n, size_t size);
char	*kvmi_arena_strdup(struct kvmi_arena *, const char *);
void	 kvmi_arena_deinit(struct kvmi_arena *);

#endif /* !_KVM_INDEX_H_ */
