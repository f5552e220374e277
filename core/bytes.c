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
#include <unistd.h>

#include "private.h"

/* What follows the last byte that savecore(8) wrote; see kvmi_bytes.zeros. */
#define	ZERO_MAX	65536
static const uint8_t zero_bytes[ZERO_MAX];

/* Streams are copied at least this far beyond what was asked for. */
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

/* What the first bytes say of compression: RFC 1952, RFC 8878. */
static const char *
sniff(const uint8_t *head, size_t n)
{

	if (n >= 3 && memcmp(head, "\x1f\x8b\x08", 3) == 0)
		return ("gzip");
	if (n >= 4 && memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0)
		return ("zstd");
	return ("none");
}

static ssize_t
read_head(int fd, uint8_t *head, size_t size)
{
	size_t have = 0;
	ssize_t n;

	while (have < size) {
		n = read(fd, head + have, size - have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return ((ssize_t)have);
}

/* fd becomes the stream's, or is closed. */
static int
init_stream(kvm_t *kd, struct kvmi_bytes *b, int fd, const uint8_t *head,
    size_t nhead)
{

	b->stream = kvmi_stream_create(kd, fd, b->compression, head, nhead);
	return (b->stream == NULL ? -1 : 0);
}

static int
init_fd(kvm_t *kd, struct kvmi_bytes *b, int fd)
{
	uint8_t head[4];
	struct stat st;
	ssize_t n;
	int error;

	if (fstat(fd, &st) == -1)
		error = kvmi_syserr(kd, "fstat");
	else if (S_ISDIR(st.st_mode))
		error = kvmi_error(kd, KVM_E_FORMAT, 0, "is a directory");
	else if ((n = read_head(fd, head, sizeof(head))) == -1)
		error = kvmi_syserr(kd, "cannot read");
	else if (n == 0)
		error = kvmi_error(kd, KVM_E_FORMAT, 0, "empty file");
	else {
		b->compression = sniff(head, (size_t)n);
		if (!S_ISREG(st.st_mode) || strcmp(b->compression, "none") != 0)
			return (init_stream(kd, b, fd, head, (size_t)n));
		error = add_mapping(kd, b, fd, (uint64_t)st.st_size);
		b->ready = (uint64_t)st.st_size;
	}
	close(fd);
	return (error);
}

int
kvmi_bytes_init(kvm_t *kd, struct kvmi_bytes *b, const char *path, int flags)
{
	int fd;

	memset(b, 0, sizeof(*b));
	b->compression = "none";
	/* Reading is needed in every case; a mapping can't be write-only. */
	fd = open(path, (flags == O_WRONLY ? O_RDWR : flags) | O_CLOEXEC);
	if (fd == -1)
		return (kvmi_syserr(kd, "cannot open %s", path));
	if (init_fd(kd, b, fd) == -1) {
		kvmi_bytes_deinit(b);
		return (kvmi_context(kd, "%s", path));
	}
	return (0);
}

void
kvmi_bytes_deinit(struct kvmi_bytes *b)
{
	size_t i;

	for (i = 0; i < b->nmappings; i++)
		munmap(b->mappings[i].addr, b->mappings[i].len);
	if (b->stream != NULL)
		kvmi_stream_destroy(b->stream);
	memset(b, 0, sizeof(*b));
	b->compression = "none";
}

/* The stream has come to its end: what is ready is all there is. */
static void
end_stream(struct kvmi_bytes *b, const char *damage)
{

	snprintf(b->damage, sizeof(b->damage), "%s", damage);
	kvmi_stream_destroy(b->stream);
	b->stream = NULL;
}

/* Copy the stream until want bytes are ready, or as far as it goes. */
static int
fill(kvm_t *kd, struct kvmi_bytes *b, uint64_t want)
{
	uint64_t have, len;
	int more;

	more = kvmi_stream_fill(kd, b->stream, want, &have);
	if (more == -1) {
		end_stream(b, kd->error.ke_message);
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
		end_stream(b, kvmi_stream_damage(b->stream));
	return (0);
}

static int
past_end(kvm_t *kd, const struct kvmi_bytes *b, uint64_t off, size_t len)
{

	if (b->damage[0] != '\0')
		return (kvmi_error(kd, KVM_E_TRUNCATED, 0,
		    "offset %#jx + %#zx of the dump: the %s stream is damaged"
		    " at %#jx: %s", (uintmax_t)off, len, b->compression,
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
		want = off + len + READ_AHEAD;
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
kvmi_bytes_avail(kvm_t *kd, struct kvmi_bytes *b, uint64_t off, uint64_t len)
{

	if (len > SIZE_MAX / 2)
		len = SIZE_MAX / 2;
	if (b->stream != NULL && off <= UINT64_MAX - len &&
	    kvmi_beyond(off, len, b->ready))
		(void)fill(kd, b, off + len);
	if (off >= b->ready)
		return (0);
	return ((size_t)(len < b->ready - off ? len : b->ready - off));
}
