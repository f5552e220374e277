/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * dumphdr.c: struct kerneldumpheader (sys/kerneldump.h), which the kernel
 * writes before and after a dump on the dump device.  Big-endian on every
 * architecture.
 */
#include "private.h"

#define	HDR_MAGIC_SIZE		20
#define	HDR_ARCH		20
#define	HDR_ARCH_SIZE		12
#define	HDR_VERSION		32
#define	HDR_LENGTH		40

/*
 * Where the fields lie in each version of the header; 0: not there.  Versions
 * 2 and 3 were in development snapshots between FreeBSD 11 and 12 only.
 */
static const struct layout {
	unsigned int	extent, time, keysize, blocksize, hostname,
			versionstring, panic, panic_size;
} layouts[] = {
	[1] = { 0, 48, 0, 56, 60, 124, 316, 192 },
	[2] = { 0, 48, 56, 60, 64, 128, 320, 188 },
	[3] = { 48, 56, 64, 68, 73, 137, 329, 179 },
	[4] = { 496, 48, 56, 60, 64, 128, 320, 175 },
};

#define	HOSTNAME_SIZE		64
#define	VERSIONSTRING_SIZE	192

static const char memory_magic[HDR_MAGIC_SIZE] = "FreeBSD Kernel Dump";
static const char text_magic[HDR_MAGIC_SIZE] = "FreeBSD Text Dump";
static const char cleared_magic[HDR_MAGIC_SIZE] = "Cleared Kernel Dump";

/* The exclusive or of all words of a valid header is 0: of one with another
   magic, too. */
static bool
parity_is_good(const uint8_t *p, const char *magic)
{
	uint32_t parity = 0;
	size_t i;

	for (i = 0; i < HDR_MAGIC_SIZE; i += 4)
		parity ^= kvmi_get32(magic + i, true);
	for (; i < KVMI_HEADER_SIZE; i += 4)
		parity ^= kvmi_get32(p + i, true);
	return (parity == 0);
}

/* savecore(8) clears a header without bringing its parity up to date. */
static bool
is_good(const uint8_t *p, const struct kvmi_header *h)
{

	return (parity_is_good(p, (const char *)p) ||
	    (h->cleared && (parity_is_good(p, memory_magic) ||
	    parity_is_good(p, text_magic))));
}

static bool
check_magic(const uint8_t *p, struct kvmi_header *h)
{

	h->text = memcmp(p, text_magic, HDR_MAGIC_SIZE) == 0;
	h->cleared = memcmp(p, cleared_magic, HDR_MAGIC_SIZE) == 0;
	return (h->text || h->cleared ||
	    memcmp(p, memory_magic, HDR_MAGIC_SIZE) == 0);
}

/* A field of n bytes, NUL-padded, to a string of at least n + 1. */
static void
get_string(char *to, const uint8_t *from, size_t n)
{

	memcpy(to, from, n);
	to[n] = '\0';
}

bool
kvmi_header_parse(const uint8_t *p, struct kvmi_header *h)
{
	const struct layout *l;

	memset(h, 0, sizeof(*h));
	h->version = kvmi_get32(p + HDR_VERSION, true);
	if (!check_magic(p, h) || h->version < 1 ||
	    h->version >= nitems_of(layouts))
		return (false);
	h->bad = !is_good(p, h);
	l = &layouts[h->version];
	h->length = kvmi_get64(p + HDR_LENGTH, true);
	h->extent = l->extent == 0 ? h->length :
	    kvmi_get64(p + l->extent, true);
	h->time = kvmi_get64(p + l->time, true);
	h->keysize = l->keysize == 0 ? 0 : kvmi_get32(p + l->keysize, true);
	h->blocksize = kvmi_get32(p + l->blocksize, true);
	get_string(h->arch, p + HDR_ARCH, HDR_ARCH_SIZE);
	get_string(h->hostname, p + l->hostname, HOSTNAME_SIZE);
	get_string(h->versionstring, p + l->versionstring,
	    VERSIONSTRING_SIZE);
	get_string(h->panic, p + l->panic, l->panic_size);
	return (true);
}
