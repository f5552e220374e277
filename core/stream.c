/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * stream.c: a dump that can't be mapped (compressed by the kernel or by
 * savecore(8), a pipe, a device), copied on demand into an unlinked file
 * under $TMPDIR.  Blocks of zeros become holes there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "private.h"

#define	IN_SIZE		(256 * 1024)
#define	OUT_SIZE	(1024 * 1024)
#define	HOLE_SIZE	4096		/* zeros of this size are not written */

/* One step's outcome. */
enum step { STEP_MORE, STEP_END, STEP_DAMAGED };

struct kvmi_stream {
	int		 fd;		/* the dump */
	int		 file;		/* the temporary file */
	uint64_t	 size;		/* bytes in it */
	enum step	(*step)(struct kvmi_stream *, size_t *nout);
	char		 damage[KVMI_DAMAGE];	/* "": none */
	z_stream	 z;
	bool		 z_ready;
	bool		 fresh;		/* between members or frames */
	bool		 complete;	/* one of them has been seen whole */
	ZSTD_DStream	*zstd;
	size_t		 in_pos, in_len;
	bool		 in_end;
	uint8_t		 in[IN_SIZE];
	uint8_t		 out[OUT_SIZE];
};

static enum step
damaged(struct kvmi_stream *s, const char *why)
{

	snprintf(s->damage, sizeof(s->damage), "%s", why);
	return (STEP_DAMAGED);
}

/* Make input available; false at its end or with s->damage. */
static bool
refill(struct kvmi_stream *s)
{
	ssize_t n;

	if (s->in_pos < s->in_len)
		return (true);
	if (s->in_end)
		return (false);
	do {
		n = read(s->fd, s->in, IN_SIZE);
	} while (n == -1 && errno == EINTR);
	s->in_pos = 0;
	s->in_len = n > 0 ? (size_t)n : 0;
	s->in_end = n <= 0;
	if (n == -1)
		damaged(s, strerror(errno));
	return (n > 0);
}

/* Input ended: well between members, badly inside one. */
static enum step
input_end(struct kvmi_stream *s)
{

	if (s->damage[0] != '\0')
		return (STEP_DAMAGED);
	if (s->fresh)
		return (STEP_END);
	return (damaged(s, "it ends early"));
}

static enum step
step_copy(struct kvmi_stream *s, size_t *nout)
{
	size_t n;

	s->fresh = true;
	if (!refill(s))
		return (input_end(s));
	n = s->in_len - s->in_pos;
	memcpy(s->out, s->in + s->in_pos, n);
	s->in_pos = s->in_len;
	*nout = n;
	return (STEP_MORE);
}

/* RFC 1952: members may follow one another; zero padding may follow them. */
static enum step
step_gzip(struct kvmi_stream *s, size_t *nout)
{
	int error;

	s->z.next_out = s->out;
	s->z.avail_out = OUT_SIZE;
	while (s->z.avail_out > 0 && refill(s)) {
		if (s->fresh && s->complete && s->in[s->in_pos] == 0) {
			s->in_pos++;		/* a device block's padding */
			continue;
		}
		s->z.next_in = s->in + s->in_pos;
		s->z.avail_in = (uInt)(s->in_len - s->in_pos);
		s->fresh = false;
		error = inflate(&s->z, Z_NO_FLUSH);
		s->in_pos = s->in_len - s->z.avail_in;
		*nout = OUT_SIZE - s->z.avail_out;
		if (error == Z_STREAM_END) {
			s->fresh = true;
			inflateReset(&s->z);
			s->complete = true;
			return (STEP_MORE);
		}
		if (error != Z_OK && error != Z_BUF_ERROR)
			return (damaged(s, s->z.msg != NULL ? s->z.msg :
			    "inflate failed"));
	}
	return (*nout > 0 ? STEP_MORE : input_end(s));
}

/* RFC 8878: frames may follow one another. */
static enum step
step_zstd(struct kvmi_stream *s, size_t *nout)
{
	ZSTD_outBuffer out = { s->out, OUT_SIZE, 0 };
	ZSTD_inBuffer in;
	size_t left;

	while (out.pos < out.size && refill(s)) {
		if (s->fresh && s->complete && s->in[s->in_pos] == 0) {
			s->in_pos++;		/* a device block's padding */
			continue;
		}
		in.src = s->in;
		in.size = s->in_len;
		in.pos = s->in_pos;
		left = ZSTD_decompressStream(s->zstd, &out, &in);
		s->in_pos = in.pos;
		*nout = out.pos;
		if (ZSTD_isError(left))
			return (damaged(s, ZSTD_getErrorName(left)));
		s->fresh = left == 0;
		if (s->fresh) {
			s->complete = true;
			return (STEP_MORE);
		}
	}
	return (*nout > 0 ? STEP_MORE : input_end(s));
}

static int
open_tmpfile(kvm_t *kd)
{
	const char *dir = getenv("TMPDIR");
	char path[PATH_MAX];
	int fd;

	if (dir == NULL || *dir == '\0')
		dir = "/tmp";
	if (snprintf(path, sizeof(path), "%s/vmcore.XXXXXX", dir) >=
	    (int)sizeof(path))
		return (kvmi_error(kd, KVM_E_INVAL, 0, "TMPDIR is too long"));
	fd = mkstemp(path);
	if (fd == -1)
		return (kvmi_syserr(kd, "cannot make a temporary file %s",
		    path));
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	unlink(path);
	return (fd);
}

static int
init_codec(kvm_t *kd, struct kvmi_stream *s, const char *compression)
{

	if (strcmp(compression, "gzip") == 0) {
		s->step = step_gzip;
		/* 16: gzip framing; zlib.h, inflateInit2() */
		if (inflateInit2(&s->z, 15 + 16) != Z_OK)
			return (kvmi_nomem(kd, "gzip stream"));
		s->z_ready = true;
	} else if (strcmp(compression, "zstd") == 0) {
		s->step = step_zstd;
		s->zstd = ZSTD_createDStream();
		if (s->zstd == NULL)
			return (kvmi_nomem(kd, "zstd stream"));
		ZSTD_initDStream(s->zstd);
	} else
		s->step = step_copy;
	return (0);
}

struct kvmi_stream *
kvmi_stream_create(kvm_t *kd, int fd, const char *compression,
    const uint8_t *head, size_t nhead)
{
	struct kvmi_stream *s;

	s = malloc(sizeof(*s));
	if (s == NULL) {
		close(fd);
		kvmi_nomem(kd, "stream");
		return (NULL);
	}
	memset(s, 0, offsetof(struct kvmi_stream, in));
	s->fd = fd;
	s->fresh = true;
	memcpy(s->in, head, nhead);
	s->in_len = nhead;
	s->file = open_tmpfile(kd);
	if (s->file == -1 || init_codec(kd, s, compression) == -1) {
		kvmi_stream_destroy(s);
		return (NULL);
	}
	return (s);
}

void
kvmi_stream_destroy(struct kvmi_stream *s)
{

	if (s->z_ready)
		inflateEnd(&s->z);
	ZSTD_freeDStream(s->zstd);
	if (s->file != -1)
		close(s->file);
	close(s->fd);
	free(s);
}

int
kvmi_stream_file(const struct kvmi_stream *s)
{

	return (s->file);
}

static bool
all_zero(const uint8_t *p, size_t n)
{

	return (n > 0 && p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static int
write_all(kvm_t *kd, int fd, const uint8_t *p, size_t n, uint64_t off)
{
	ssize_t done;

	while (n > 0) {
		done = pwrite(fd, p, n, (off_t)off);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return (kvmi_syserr(kd, "temporary file for the "
			    "inflated dump, at %ju bytes (is TMPDIR large "
			    "enough?)", (uintmax_t)off));
		p += done;
		n -= (size_t)done;
		off += (uint64_t)done;
	}
	return (0);
}

/* Append the n bytes of s->out, leaving holes where there are only zeros. */
static int
append(kvm_t *kd, struct kvmi_stream *s, size_t n)
{
	size_t at, len;

	for (at = 0; at < n; at += len) {
		len = n - at < HOLE_SIZE ? n - at : HOLE_SIZE;
		if (!all_zero(s->out + at, len) &&
		    write_all(kd, s->file, s->out + at, len,
		    s->size + at) == -1)
			return (-1);
	}
	s->size += n;
	return (0);
}

const char *
kvmi_stream_damage(const struct kvmi_stream *s)
{

	return (s->damage);
}

int
kvmi_stream_fill(kvm_t *kd, struct kvmi_stream *s, uint64_t want,
    uint64_t *have)
{
	enum step step = STEP_MORE;
	size_t n;

	while (step == STEP_MORE && s->size < want) {
		n = 0;
		step = s->step(s, &n);
		if (append(kd, s, n) == -1)
			return (-1);
	}
	/* A hole at the end has no length until it is given one. */
	if (ftruncate(s->file, (off_t)s->size) == -1)
		return (kvmi_syserr(kd, "temporary file"));
	*have = s->size;
	return (step == STEP_MORE);
}
