/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * container.c: what a dump may be wrapped in, layer by layer: compression,
 * the kerneldumpheader that precedes it on a device (and that netdump and
 * some firmware leave in the file), the device itself, encryption.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "private.h"

/* No dump is wrapped deeper. */
#define	LAYERS_MAX	8

/* Sectors of dump devices. */
#define	SECTOR_MIN	512
#define	SECTOR_MAX	65536

/* tar(5): where an archive says that it is one. */
#define	USTAR_OFFSET	257

#define	KEY_MAX		65536		/* no key blob comes near it */

/* A kerneldumpheader at off; false when there is none. */
static bool
header_at(kvm_t *kd, uint64_t off, struct kvmi_header *h)
{
	const uint8_t *p;

	if (kvmi_bytes_avail(kd, &kd->bytes, off, KVMI_HEADER_SIZE) <
	    KVMI_HEADER_SIZE)
		return (false);
	p = kvmi_bytes_at(kd, &kd->bytes, off, KVMI_HEADER_SIZE);
	return (p != NULL && kvmi_header_parse(p, h));
}

static bool
sane_header(const struct kvmi_header *h)
{

	return (h->blocksize >= SECTOR_MIN && h->blocksize <= SECTOR_MAX &&
	    h->keysize <= KEY_MAX && h->extent >= h->length);
}

/*
 * There is no key to decrypt with.  The dump is described all the same when
 * nobody wants to look into it.
 */
static int
no_key(kvm_t *kd, const struct kvm_open_args *args)
{

	if ((args->ka_options & KVM_OPEN_NOKERNEL) == 0)
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "the dump is encrypted: give the private key whose "
		    "public half dumpon(8) had"));
	kd->kind = KVM_DUMP_ENCRYPTED;
	kd->encryption = "unknown";
	return (0);
}

static int
decrypt(kvm_t *kd, const struct kvm_open_args *args, const uint8_t *blob,
    size_t size)
{

	if (args->ka_keyfile == NULL)
		return (no_key(kd, args));
	return (kvmi_decrypt(kd, args->ka_keyfile, blob, size));
}

/* The dump that follows the header at off in the file. */
static int
unwrap_header(kvm_t *kd, const struct kvm_open_args *args, uint64_t off,
    const struct kvmi_header *h)
{
	uint8_t blob[KEY_MAX];
	const uint8_t *p;

	off += h->blocksize;
	if (h->keysize > 0) {
		p = kvmi_bytes_at(kd, &kd->bytes, off, h->keysize);
		if (p == NULL)
			return (kvmi_context(kd, "key of the dump"));
		memcpy(blob, p, h->keysize);
	}
	if (kvmi_note_header(kd, &kd->note, h) == -1 ||
	    kvmi_bytes_slice(kd, &kd->bytes, off + h->keysize,
	    h->length) == -1)
		return (-1);
	if (h->keysize == 0)
		return (0);
	return (decrypt(kd, args, blob, h->keysize));
}

/* A textdump's blocks lie on the device one before the other. */
static int
unwrap_text(kvm_t *kd, const struct kvmi_header *h, uint64_t end)
{

	if (h->length > end)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "a textdump of %ju bytes on a device of %ju",
		    (uintmax_t)h->length, (uintmax_t)end));
	if (kvmi_note_header(kd, &kd->note, h) == -1 ||
	    kvmi_bytes_slice(kd, &kd->bytes, end - h->length, h->length) == -1)
		return (-1);
	return (kvmi_bytes_reverse(kd, &kd->bytes, SECTOR_MIN));
}

/*
 * The headers before and after a dump are the same, but for the magic of one
 * that was cleared.  Of two that differ the good one is taken.
 */
static void
reconcile(struct kvmi_header *lead, const struct kvmi_header *tail)
{
	bool same, cleared = lead->cleared || tail->cleared;

	same = lead->version == tail->version &&
	    lead->length == tail->length && lead->extent == tail->extent &&
	    lead->time == tail->time && lead->keysize == tail->keysize &&
	    lead->blocksize == tail->blocksize &&
	    strcmp(lead->arch, tail->arch) == 0 &&
	    strcmp(lead->hostname, tail->hostname) == 0 &&
	    strcmp(lead->versionstring, tail->versionstring) == 0 &&
	    strcmp(lead->panic, tail->panic) == 0;
	if (!same && (lead->bad || !sane_header(lead)))
		*lead = *tail;
	lead->bad = !same || lead->bad || tail->bad;
	lead->cleared = cleared;
}

/*
 * A dump device: its last sector holds a header, which tells where the
 * leading one is.  1: it was one; 0: it is none.
 */
static int
unwrap_device(kvm_t *kd, const struct kvm_open_args *args)
{
	static const unsigned int sectors[] = KVMI_SECTORS;
	struct kvmi_header tail, lead;
	uint64_t size, taken;
	size_t i;

	/* A pipe is not read to its end on a mere suspicion. */
	if (kvmi_bytes_piped(&kd->bytes))
		return (0);
	size = kvmi_bytes_size(kd, &kd->bytes);
	for (i = 0; i < nitems_of(sectors); i++) {
		if (size < sectors[i] ||
		    !header_at(kd, size - sectors[i], &tail) ||
		    !sane_header(&tail))
			continue;
		kd->container = "device";
		size -= sectors[i];
		if (tail.text)
			return (unwrap_text(kd, &tail, size) == -1 ? -1 : 1);
		taken = tail.keysize + (uint64_t)sectors[i];
		if (tail.extent > size || taken > size - tail.extent)
			return (kvmi_error(kd, KVM_E_FORMAT, 0,
			    "a dump of %ju bytes on a device of %ju",
			    (uintmax_t)tail.extent, (uintmax_t)size));
		size -= tail.extent + taken;
		if (!header_at(kd, size, &lead))
			return (kvmi_error(kd, KVM_E_FORMAT, 0,
			    "the header before the dump, at %#jx of the "
			    "device, was overwritten", (uintmax_t)size));
		reconcile(&lead, &tail);
		return (unwrap_header(kd, args, size, &lead) == -1 ? -1 :
		    kd->kind == KVM_DUMP_NONE);
	}
	return (0);
}

/* key.N beside the dump: savecore(8) writes it with an encrypted one. */
static size_t
sibling_key(const char *corefile, uint8_t *blob, size_t size)
{
	char path[PATH_MAX];
	unsigned int which;
	ssize_t n = -1;
	int fd;

	for (which = 0; n <= 0 &&
	    kvmi_sibling(corefile, "key", which, path, sizeof(path));
	    which++) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd == -1)
			continue;
		n = read(fd, blob, size);
		close(fd);
	}
	return (n > 0 ? (size_t)n : 0);
}

/* Is this what a dump of kernel memory begins with? */
static bool
is_dump(const uint8_t *head, size_t n)
{

	return ((n >= 8 && memcmp(head, "minidump", 8) == 0) ||
	    (n >= 4 && memcmp(head, "\177ELF", 4) == 0));
}

static bool
is_tar(const uint8_t *head, size_t n)
{

	return (n >= USTAR_OFFSET + 5 &&
	    memcmp(head + USTAR_OFFSET, "ustar", 5) == 0);
}

/* Something else: a device, or an encrypted dump.  As unwrap(). */
static int
unwrap_other(kvm_t *kd, const struct kvm_open_args *args)
{
	uint8_t blob[KEY_MAX];
	size_t size;
	int error;

	size = strcmp(kd->encryption, "none") != 0 ? 0 :
	    sibling_key(args->ka_corefile, blob, sizeof(blob));
	if (size > 0) {
		error = decrypt(kd, args, blob, size);
		return (error == -1 ? -1 : kd->kind == KVM_DUMP_NONE);
	}
	return (unwrap_device(kd, args));
}

/* Take one layer off.  1: there may be more; 0: this is it; -1: error. */
static int
unwrap(kvm_t *kd, const struct kvm_open_args *args)
{
	const struct kvmi_codec *codec;
	struct kvmi_header h;
	const uint8_t *head;
	size_t n;

	if (kd->bytes.disk)
		return (unwrap_device(kd, args));
	n = kvmi_bytes_avail(kd, &kd->bytes, 0, KVMI_HEADER_SIZE);
	head = kvmi_bytes_at(kd, &kd->bytes, 0, n == 0 ? 1 : n);
	if (head == NULL)
		return (-1);
	codec = kvmi_codec_sniff(head, n);
	if (codec != NULL)
		return (kvmi_bytes_decode(kd, &kd->bytes, codec, NULL) == -1 ?
		    -1 : 1);
	if (is_dump(head, n))
		return (0);
	if (is_tar(head, n)) {
		kd->kind = KVM_DUMP_TEXT;
		return (0);
	}
	if (header_at(kd, 0, &h) && sane_header(&h)) {
		kd->container = "header";
		return (unwrap_header(kd, args, 0, &h) == -1 ? -1 :
		    kd->kind == KVM_DUMP_NONE);
	}
	return (unwrap_other(kd, args));
}

int
kvmi_container_open(kvm_t *kd, const struct kvm_open_args *args)
{
	int i, more = 1;

	for (i = 0; i < LAYERS_MAX && more == 1; i++)
		more = unwrap(kd, args);
	return (more == -1 ? -1 : 0);
}
