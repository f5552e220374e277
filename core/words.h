/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * words.h: overflow-safe arithmetic, and words of the target at any address,
 * in either byte order.
 */
#ifndef _KVM_WORDS_H_
#define	_KVM_WORDS_H_

#include <stdbool.h>
#include <stdint.h>

/* True when off + len overflows or reaches past size. */
static inline bool
kvmi_beyond(uint64_t off, uint64_t len, uint64_t size)
{

	return (off > size || len > size - off);
}

/* x rounded up to a multiple of the power of two a; may wrap to 0. */
static inline uint64_t
kvmi_roundup(uint64_t x, uint64_t a)
{

	return ((x + (a - 1)) & ~(a - 1));
}

static inline uint16_t
kvmi_get16(const void *p, bool be)
{
	const uint8_t *b = p;

	return (be ? (uint16_t)(b[0] << 8 | b[1]) :
	    (uint16_t)(b[1] << 8 | b[0]));
}

static inline uint32_t
kvmi_get32(const void *p, bool be)
{
	const uint8_t *b = p;

	if (be)
		return ((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		    (uint32_t)b[2] << 8 | b[3]);
	return ((uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 |
	    (uint32_t)b[1] << 8 | b[0]);
}

static inline uint64_t
kvmi_get64(const void *p, bool be)
{
	const uint8_t *b = p;

	if (be)
		return ((uint64_t)kvmi_get32(b, true) << 32 |
		    kvmi_get32(b + 4, true));
	return ((uint64_t)kvmi_get32(b + 4, false) << 32 |
	    kvmi_get32(b, false));
}

#endif /* !_KVM_WORDS_H_ */
