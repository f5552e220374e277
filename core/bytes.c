/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * bytes.c: the dump as bytes, whatever it is stored in.  With stream.c the
 * only file that touches the dump's descriptor.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "private.h"

/* What follows the last byte that savecore(8) wrote; see kvmi_bytes.zeros. */
#define	ZERO_MAX	65536
static const uint8_t zero_bytes[ZERO_MAX];

/* No textdump comes near it. */
#define	REVERSE_MAX	(64 * 1024 * 1024)

/* The blocks that savecore(8) looks at, and the share of a dump that it may
   leave out at the end. */
#define	TAIL_BLOCK	4096
#define	TAIL_FRACTION	32

/* Streams are made at least this far beyond what was asked for. */
#define	READ_AHEAD	(256 * 1024)

static int
add_mapping(kvm_t *kd, struct kvmi_bytes *b, int fd, uint64_t len)
{
	void *addr;

	if (len > SIZE_MAX || b->nmappings == KVMI_MAPPINGS)
		return (kvmi_error(kd, KVM_E_NOMEM, 0,
		    "the dump is too large for this host's address space"));
	addr = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, fd, 0);
	if (addr == MAP_FAILED)
		return (kvmi_syserr(kd, "cannot map %ju bytes",
		    (uintmax_t)len));
	b->mappings[b->nmappings].addr = addr;
	b->mappings[b->nmappings++].len = (size_t)len;
	b->base = addr;
	return (0);
}

/* The length of what can be mapped; 0 for other devices (disk.c) and pipes. */
static uint64_t
mappable(int fd, const struct stat *st)
{
	off_t end;

	if (S_ISREG(st->st_mode))
		return ((uint64_t)st->st_size);
	end = S_ISBLK(st->st_mode) ? lseek(fd, 0, SEEK_END) : 0;
	return (end > 0 ? (uint64_t)end : 0);
}

/* A compressed file's inflated form may be kept, or be there already. */
static int
init_cache(kvm_t *kd, struct kvmi_bytes *b, int fd)
{
	const struct kvmi_codec *codec;

	codec = kvmi_codec_sniff(b->base, b->ready < 8 ? (size_t)b->ready : 8);
	if (codec == NULL)
		return (0);
	b->cache = kvmi_cache_create(kd, kd->cachedir, fd, codec->name);
	return (b->cache == NULL ? -1 : 0);
}

static int
init_fd(kvm_t *kd, struct kvmi_bytes *b, int fd)
{
	struct stat st;
	uint64_t size;
	int error = 0;

	if (fstat(fd, &st) == -1)
		error = kvmi_syserr(kd, "fstat");
	else if (S_ISDIR(st.st_mode))
		error = kvmi_error(kd, KVM_E_FORMAT, 0, "is a directory");
	else if ((size = mappable(fd, &st)) > 0) {
		error = add_mapping(kd, b, fd, size);
		b->ready = size;
		if (error == 0 && kd->cachedir != NULL &&
		    S_ISREG(st.st_mode))
			error = init_cache(kd, b, fd);
	} else if (!S_ISREG(st.st_mode)) {
		b->disk = S_ISCHR(st.st_mode) && kvmi_disk_seek(fd);
		b->stream = kvmi_stream_create(kd, fd, NULL, 0, 0,
		    &kvmi_codec_copy, NULL, -1);
		return (b->stream == NULL ? -1 : 0);
	}
	close(fd);
	return (error);
}

/* There must be something in it. */
static int
check_empty(kvm_t *kd, struct kvmi_bytes *b)
{

	if (kvmi_bytes_avail(kd, b, 0, 1) == 1)
		return (0);
	if (b->damage[0] != '\0')
		return (kvmi_error(kd, KVM_E_SYS, 0, "cannot read: %s",
		    b->damage));
	return (kvmi_error(kd, KVM_E_FORMAT, 0, "empty file"));
}

int
kvmi_bytes_init(kvm_t *kd, struct kvmi_bytes *b, const char *path, int flags)
{
	int fd;

	memset(b, 0, sizeof(*b));
	b->form = "none";
	/* Reading is needed in every case; a mapping can't be write-only. */
	fd = open(path, (flags == O_WRONLY ? O_RDWR : flags) | O_CLOEXEC);
	if (fd == -1)
		return (kvmi_syserr(kd, "cannot open %s", path));
	if (init_fd(kd, b, fd) == -1 || check_empty(kd, b) == -1) {
		kvmi_bytes_deinit(b);
		return (kvmi_context(kd, "%s", path));
	}
	return (0);
}

void
kvmi_bytes_deinit(struct kvmi_bytes *b)
{
	size_t i;

	if (b->stream != NULL)
		kvmi_stream_destroy(b->stream);
	for (i = 0; i < b->nmappings; i++)
		munmap(b->mappings[i].addr, b->mappings[i].len);
	if (b->under != NULL) {
		kvmi_bytes_deinit(b->under);
		free(b->under);
	}
	if (b->cache != NULL)
		kvmi_cache_destroy(b->cache);
	free(b->owned);
	memset(b, 0, sizeof(*b));
	b->form = "none";
}

/* Move what b is into a layer of its own, below an empty b. */
static struct kvmi_bytes *
push_layer(kvm_t *kd, struct kvmi_bytes *b)
{
	struct kvmi_bytes *under;

	under = malloc(sizeof(*under));
	if (under == NULL) {
		kvmi_nomem(kd, "dump");
		return (NULL);
	}
	*under = *b;
	memset(b, 0, sizeof(*b));
	b->form = "none";
	b->under = under;
	return (under);
}

/* The inflated form that was kept: 1 when it is there, and b maps it. */
static int
map_cached(kvm_t *kd, struct kvmi_bytes *b, const struct kvmi_cache *cache)
{
	uint64_t size;
	int fd, error;

	fd = kvmi_cache_lookup(cache, &size);
	if (fd == -1)
		return (0);
	error = add_mapping(kd, b, fd, size);
	close(fd);
	if (error == 0)
		b->ready = size;
	return (error == 0 ? 1 : -1);
}

int
kvmi_bytes_decode(kvm_t *kd, struct kvmi_bytes *b,
    const struct kvmi_codec *codec, const void *arg)
{
	struct kvmi_bytes *under = push_layer(kd, b);
	int cached, file = -1;

	if (under == NULL)
		return (-1);
	b->form = codec->name;
	if (under->cache != NULL) {
		cached = map_cached(kd, b, under->cache);
		if (cached != 0)
			return (cached == -1 ? -1 : 0);
		file = kvmi_cache_begin(kd, under->cache);
		if (file == -1)
			return (-1);
	}
	b->stream = kvmi_stream_create(kd, -1, under, 0, UINT64_MAX, codec,
	    arg, file);
	return (b->stream == NULL ? -1 : 0);
}

int
kvmi_bytes_slice(kvm_t *kd, struct kvmi_bytes *b, uint64_t off, uint64_t len)
{
	struct kvmi_bytes *under = push_layer(kd, b);
	uint64_t there;

	if (under == NULL)
		return (-1);
	if (under->stream != NULL) {
		b->stream = kvmi_stream_create(kd, -1, under, off, len,
		    &kvmi_codec_copy, NULL, -1);
		return (b->stream == NULL ? -1 : 0);
	}
	there = off < under->ready ? under->ready - off : 0;
	b->base = under->base + (off < under->ready ? off : 0);
	b->ready = len < there ? len : there;
	return (0);
}

int
kvmi_bytes_reverse(kvm_t *kd, struct kvmi_bytes *b, size_t size)
{
	uint64_t i, n = kvmi_bytes_size(kd, b) / size;
	struct kvmi_bytes *under;

	if (n > REVERSE_MAX / size)
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "a textdump of more than %d bytes", REVERSE_MAX));
	under = push_layer(kd, b);
	if (under == NULL)
		return (-1);
	b->owned = malloc((size_t)n * size + 1);
	if (b->owned == NULL)
		return (kvmi_nomem(kd, "textdump"));
	for (i = 0; i < n; i++)
		memcpy(b->owned + i * size, under->base + (n - 1 - i) * size,
		    size);
	b->base = b->owned;
	b->ready = n * size;
	return (0);
}

/*
 * savecore(8) seeks over blocks of zeros and never sets the file's length, so
 * zeros at the end of a dump are missing from it (sbin/savecore,
 * sparsefwrite()).  A file that was cut off looks much the same; what tells
 * them apart is that savecore's ends in a whole block that is not zero, and
 * that a dump does not end in very many zeros.
 */
void
kvmi_bytes_tail(struct kvmi_bytes *b, uint64_t length)
{
	const uint8_t *last;

	if (b->stream != NULL || b->damage[0] != '\0' || length <= b->ready ||
	    length - b->ready > length / TAIL_FRACTION ||
	    b->ready < TAIL_BLOCK || b->ready % TAIL_BLOCK != 0)
		return;
	last = b->base + b->ready - TAIL_BLOCK;
	if (last[0] != 0 || memcmp(last, last + 1, TAIL_BLOCK - 1) != 0)
		b->zeros = length - b->ready;
}

/* The stream has come to its end: what is ready is all there is. */
static void
end_stream(kvm_t *kd, struct kvmi_bytes *b, const char *damage)
{

	snprintf(b->damage, sizeof(b->damage), "%.*s",
	    (int)sizeof(b->damage) - 1, damage);
	if (b->under != NULL && b->under->cache != NULL && *damage == '\0')
		kvmi_cache_complete(b->under->cache,
		    kvmi_stream_file(b->stream), b->ready);
	kvmi_stream_destroy(b->stream);
	b->stream = NULL;
	if (b == &kd->bytes)
		kvmi_bytes_tail(b, kd->note.length);
}

/* Copy the stream until want bytes are ready, or as far as it goes. */
static int
fill(kvm_t *kd, struct kvmi_bytes *b, uint64_t want)
{
	uint64_t have, len;
	int more;

	more = kvmi_stream_fill(kd, b->stream, want, &have);
	if (more == -1) {
		end_stream(kd, b, kd->error.ke_message);
		return (-1);
	}
	if (have > 0 && (b->nmappings == 0 ||
	    have > b->mappings[b->nmappings - 1].len)) {
		for (len = 1 << 20; len < have; len *= 2)
			continue;
		if (add_mapping(kd, b, kvmi_stream_file(b->stream), len) == -1)
			return (-1);
	}
	b->ready = have;
	if (more == 0)
		end_stream(kd, b, kvmi_stream_damage(b->stream));
	return (0);
}

static int
past_end(kvm_t *kd, const struct kvmi_bytes *b, uint64_t off, size_t len)
{

	if (b->damage[0] != '\0')
		return (kvmi_error(kd, KVM_E_TRUNCATED, 0,
		    "offset %#jx + %#zx of the dump: the %s stream is damaged"
		    " at %#jx: %s", (uintmax_t)off, len, b->form,
		    (uintmax_t)b->ready, b->damage));
	return (kvmi_error(kd, KVM_E_TRUNCATED, 0,
	    "offset %#jx + %#zx is past the end of the dump (%#jx bytes)",
	    (uintmax_t)off, len, (uintmax_t)b->ready));
}

const uint8_t *
kvmi_bytes_more(kvm_t *kd, struct kvmi_bytes *b, uint64_t off, size_t len)
{
	uint64_t want;

	if (b->stream != NULL && off <= UINT64_MAX - len - READ_AHEAD) {
		want = off + len + (kvmi_bytes_piped(b) ? 0 : READ_AHEAD);
		if (fill(kd, b, want) == -1)
			return (NULL);
		if (!kvmi_beyond(off, len, b->ready))
			return (b->base + off);
	}
	if (off >= b->ready && len <= ZERO_MAX &&
	    !kvmi_beyond(off - b->ready, len, b->zeros))
		return (zero_bytes);
	past_end(kd, b, off, len);
	return (NULL);
}

bool
kvmi_bytes_piped(const struct kvmi_bytes *b)
{

	while (b->under != NULL)
		b = b->under;
	return (b->stream != NULL && !b->disk);
}

uint64_t
kvmi_bytes_known(const struct kvmi_bytes *b)
{

	return (b->ready + b->zeros);
}

uint64_t
kvmi_bytes_size(kvm_t *kd, struct kvmi_bytes *b)
{

	/* A stream that can't be copied ends where it stopped. */
	while (b->stream != NULL)
		if (fill(kd, b, b->ready + (64 << 20)) == -1)
			break;
	return (b->ready + b->zeros);
}

size_t
kvmi_bytes_ready(const struct kvmi_bytes *b, uint64_t off, uint64_t len)
{

	if (len > SIZE_MAX / 2)
		len = SIZE_MAX / 2;
	if (off >= b->ready)
		return (0);
	return ((size_t)(len < b->ready - off ? len : b->ready - off));
}

size_t
kvmi_bytes_avail(kvm_t *kd, struct kvmi_bytes *b, uint64_t off, uint64_t len)
{

	if (len > SIZE_MAX / 2)
		len = SIZE_MAX / 2;
	if (b->stream != NULL && off <= UINT64_MAX - len &&
	    kvmi_beyond(off, len, b->ready))
		(void)fill(kd, b, off + len);
	return (kvmi_bytes_ready(b, off, len));
}
