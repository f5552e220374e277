/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * match.h: finding bytes, words and strings in a piece of memory, at the
 * speed of that memory.
 */
#ifndef _KVM_MATCH_H_
#define	_KVM_MATCH_H_

#include "private.h"

/* What to look for, prepared. */
struct kvmi_match {
	enum kvm_search_kind	 kind;
	uint8_t			 bytes[KVM_SEARCH_MAX];
	size_t			 len;		/* of bytes; least of strings */
	size_t			 anchor;	/* the one memchr(3) looks for */
	size_t			 size;		/* of a word: 4 or 8 */
	uint64_t		 value, span;
	bool			 swap;		/* words are not the host's */
	size_t			 align;		/* a power of two */
};

/* Hits by ascending offset, each added to base. */
struct kvmi_hits {
	uint64_t		*list;
	size_t			 n, size;
	uint64_t		 base;
	bool			 nomem;		/* some were lost */
};

/* 0; or -1 with KVM_E_INVAL. */
int	kvmi_match_init(kvm_t *, struct kvmi_match *,
	    const struct kvm_search_args *);
/*
 * Add what lies wholly within the len bytes at p, whose address is phase in the
 * modulus of the alignment; 0 for words that are aligned.
 */
void	kvmi_match_find(const struct kvmi_match *, const uint8_t *p, size_t len,
	    size_t phase, struct kvmi_hits *);
/* Bytes at the end of p that may be the beginning of a hit. */
size_t	kvmi_match_tail(const struct kvmi_match *, const uint8_t *p,
	    size_t len);
/* Is c part of a string? */
bool	kvmi_match_printable(uint8_t c);

#endif /* !_KVM_MATCH_H_ */
