/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * rawmem.c: physical memory without any header, byte for byte, as an
 * emulator or a debugging interface saves it.  What tells that a FreeBSD
 * kernel is in it is the kernel's own version string.
 */
#include <elf.h>
#include <stdlib.h>

#include "private.h"

/* Less is no memory of a machine that runs FreeBSD. */
#define	RAW_MIN		(4 * 1024 * 1024)
#define	RAW_PAGE	4096

/* version[], ostype[], osrelease[]: sys/conf/newvers.sh */
#define	OSTYPE		"FreeBSD"
#define	VERSION_MAX	256

/* Is the dump's size that of memory? */
static bool
looks_raw(kvm_t *kd)
{

	return (kd->bytes.stream == NULL && kd->bytes.ready >= RAW_MIN &&
	    kd->bytes.ready % RAW_PAGE == 0);
}

/* One segment for all of it, from physical address 0 on. */
static int
one_segment(kvm_t *kd, const struct kvmi_ident *ident)
{

	kd->elf.segments = calloc(1, sizeof(*kd->elf.segments));
	if (kd->elf.segments == NULL)
		return (kvmi_nomem(kd, "physical memory"));
	kd->elf.nsegments = 1;
	kd->elf.segments[0].size = kd->bytes.ready;
	kd->elf.segments[0].filesz = kd->bytes.ready;
	kd->elf.class = ident->class;
	kd->elf.machine = ident->machine;
	kd->elf.bigendian = ident->bigendian;
	return (0);
}

/* "FreeBSD 13.2-RELEASE ...\n": its length; 0 when p is none such. */
static size_t
version_length(const uint8_t *p, size_t n)
{
	const size_t prefix = sizeof(OSTYPE);	/* with the blank */
	const uint8_t *end;
	size_t i;

	if (n <= prefix || memcmp(p, OSTYPE " ", prefix) != 0 ||
	    p[prefix] < '0' || p[prefix] > '9')
		return (0);
	end = memchr(p, '\n', n < VERSION_MAX ? n : VERSION_MAX);
	if (end == NULL || memchr(p, '-', (size_t)(end - p)) == NULL)
		return (0);
	for (i = 0; p + i < end; i++)
		if (p[i] < ' ' || p[i] > '~')
			return (0);
	return ((size_t)(end - p));
}

/*
 * Look through the dump's bytes for version strings; match says whether one
 * is the right one.
 */
static bool
search_version(kvm_t *kd, bool (*match)(kvm_t *, uint64_t off, void *),
    void *arg)
{
	const uint8_t *base = kd->bytes.base, *p;
	uint64_t at = 0, size = kvmi_bytes_size(kd, &kd->bytes) -
	    kd->bytes.zeros;

	base = kd->bytes.base;
	while (at < size) {
		p = memmem(base + at, (size_t)(size - at), OSTYPE " ",
		    sizeof(OSTYPE));
		if (p == NULL)
			return (false);
		at = (uint64_t)(p - base);
		if (version_length(p, (size_t)(size - at)) > 0 &&
		    match(kd, at, arg))
			return (true);
		at += sizeof(OSTYPE);
	}
	return (false);
}

/* What the strings' places are relative to each other. */
struct image_search {
	kvaddr_t	version, ostype, osrelease;
	uint64_t	off;		/* of version's place in the dump */
};

static const char *
string_at(kvm_t *kd, uint64_t off, size_t max)
{
	size_t n = kvmi_bytes_avail(kd, &kd->bytes, off, max);

	if (n == 0 || memchr(kd->bytes.base + off, '\0', n) == NULL)
		return (NULL);
	return ((const char *)kd->bytes.base + off);
}

/* The kernel is in one piece: the other strings must be in their places. */
static bool
match_image(kvm_t *kd, uint64_t off, void *arg)
{
	struct image_search *s = arg;
	const char *ostype, *osrelease, *version;
	size_t n;

	ostype = string_at(kd, off + (s->ostype - s->version), 64);
	osrelease = string_at(kd, off + (s->osrelease - s->version), 64);
	version = string_at(kd, off, VERSION_MAX * 4);
	if (ostype == NULL || osrelease == NULL || version == NULL ||
	    strcmp(ostype, OSTYPE) != 0)
		return (false);
	n = strlen(osrelease);
	if (n == 0 || strncmp(version + sizeof(OSTYPE), osrelease, n) != 0)
		return (false);
	s->off = off;
	return (true);
}

int
kvmi_rawmem_image(kvm_t *kd, kvaddr_t va, uint64_t *off)
{
	struct image_search s = { 0, 0, 0, 0 };

	if (kvmi_lookup(kd, "version", &s.version) == -1 ||
	    kvmi_lookup(kd, "ostype", &s.ostype) == -1 ||
	    kvmi_lookup(kd, "osrelease", &s.osrelease) == -1)
		return (-1);
	if (!search_version(kd, match_image, &s))
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "the kernel is not found in this memory: nowhere do "
		    "version, ostype and osrelease stand as in the kernel "
		    "file"));
	*off = s.off + (va - s.version);
	return (0);
}

/* Without a kernel file, what the memory says of its kernel is all there is. */
static bool
note_version(kvm_t *kd, uint64_t off, void *arg)
{
	struct kvmi_header *h = arg;
	size_t n;

	n = version_length(kd->bytes.base + off,
	    (size_t)(kd->bytes.ready - off));
	if (n >= sizeof(h->versionstring))
		n = sizeof(h->versionstring) - 1;
	memcpy(h->versionstring, kd->bytes.base + off, n);
	return (true);
}

/* 1: it is memory, and described; 0: it is not; -1: error. */
int
kvmi_rawmem_describe(kvm_t *kd)
{
	struct kvmi_ident none = { 0 };
	struct kvmi_header h;

	memset(&h, 0, sizeof(h));
	if (!looks_raw(kd) || !search_version(kd, note_version, &h))
		return (0);
	kd->container = "raw";
	if (one_segment(kd, &none) == -1 ||
	    kvmi_note_header(kd, &kd->note, &h) == -1)
		return (-1);
	kd->note.status = kd->note.time = "";
	return (1);
}

int
kvmi_rawmem_open(kvm_t *kd)
{
	struct kvmi_ident ident;

	if (!looks_raw(kd))
		return (0);
	kvmi_image_ident(kd->image, &ident);
	kd->container = "raw";
	return (one_segment(kd, &ident) == -1 ? -1 : 1);
}
