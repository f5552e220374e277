/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * stream.c: a layer of the dump that must be computed (codec.c, crypt.c) or
 * copied, on demand, into an unlinked file under $TMPDIR.  Blocks of zeros
 * become holes there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "private.h"

#define	IN_SIZE		(256 * 1024)
#define	OUT_SIZE	(1024 * 1024)
#define	PROGRESS_INTERVAL 100		/* milliseconds */
#define	HOLE_SIZE	4096		/* zeros of this size are not written */

struct kvmi_stream {
	const struct kvmi_codec	*codec;
	void			*state;		/* the codec's */
	int			 file;		/* the temporary file */
	uint64_t		 size;		/* bytes in it */
	int			 fd;		/* input: a file; -1: */
	struct kvmi_bytes	*under;		/* a layer, */
	uint64_t		 pos, end;	/* this part of it */
	size_t			 in_pos, in_len; /* fd's, in in */
	bool			 boundary;	/* input may end here */
	char			 damage[KVMI_DAMAGE]; /* "": none */
	uint8_t			 in[IN_SIZE];
	uint8_t			 out[OUT_SIZE];
};

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

struct kvmi_stream *
kvmi_stream_create(kvm_t *kd, int fd, struct kvmi_bytes *under, uint64_t off,
    uint64_t limit, const struct kvmi_codec *codec, const void *arg, int file)
{
	struct kvmi_stream *s;

	s = malloc(sizeof(*s));
	if (s == NULL) {
		if (fd != -1)
			close(fd);
		if (file != -1)
			close(file);
		kvmi_nomem(kd, "stream");
		return (NULL);
	}
	memset(s, 0, offsetof(struct kvmi_stream, in));
	s->fd = fd;
	s->under = under;
	s->pos = off;
	s->end = limit > UINT64_MAX - off ? UINT64_MAX : off + limit;
	s->boundary = true;
	s->file = file != -1 ? file : open_tmpfile(kd);
	if (s->file == -1 || codec->init(kd, &s->state, arg) == -1) {
		kvmi_stream_destroy(s);
		return (NULL);
	}
	s->codec = codec;
	return (s);
}

void
kvmi_stream_destroy(struct kvmi_stream *s)
{

	if (s->codec != NULL)
		s->codec->fini(s->state);
	if (s->file != -1)
		close(s->file);
	if (s->fd != -1)
		close(s->fd);
	free(s);
}

int
kvmi_stream_file(const struct kvmi_stream *s)
{

	return (s->file);
}

const char *
kvmi_stream_damage(const struct kvmi_stream *s)
{

	return (s->damage);
}

static void
damaged(struct kvmi_stream *s, const char *why)
{

	if (s->damage[0] == '\0')
		snprintf(s->damage, sizeof(s->damage), "%s", why);
}

/* More input from the file; none at its end or when it can't be read. */
static const uint8_t *
file_input(struct kvmi_stream *s, size_t *n)
{
	ssize_t got;

	if (s->in_pos == s->in_len) {
		do {
			got = read(s->fd, s->in, IN_SIZE);
		} while (got == -1 && errno == EINTR);
		if (got == -1)
			damaged(s, strerror(errno));
		s->in_pos = 0;
		s->in_len = got > 0 ? (size_t)got : 0;
	}
	*n = s->in_len - s->in_pos;
	return (s->in + s->in_pos);
}

/* The input that is at hand; *n is 0 at its end. */
static const uint8_t *
input(kvm_t *kd, struct kvmi_stream *s, size_t *n)
{
	uint64_t want = s->end - s->pos < IN_SIZE ? s->end - s->pos : IN_SIZE;

	if (s->fd != -1)
		return (file_input(s, n));
	/* Whatever is there will do: the rest may have to be waited for. */
	*n = kvmi_bytes_avail(kd, s->under, s->pos, want == 0 ? 0 : 1);
	if (*n != 0)
		*n = kvmi_bytes_ready(s->under, s->pos, want);
	if (*n == 0 && s->under->damage[0] != '\0')
		damaged(s, s->under->damage);
	return (*n == 0 ? NULL : s->under->base + s->pos);
}

static bool
all_zero(const uint8_t *p, size_t n)
{

	return (n > 0 && p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* The file can't grow: say how much it must. */
static int
no_room(kvm_t *kd, uint64_t done)
{
	uint64_t expected = kvmi_size_expected(kd);
	const char *dir = getenv("TMPDIR");
	char needed[64] = "the whole of it";

	if (expected != 0)
		snprintf(needed, sizeof(needed), "%ju bytes",
		    (uintmax_t)expected);
	if (kd->bytes.under != NULL && kd->bytes.under->cache != NULL)
		return (kvmi_syserr(kd, "no room in the cache for the inflated "
		    "dump, which needs %s: %ju bytes were written", needed,
		    (uintmax_t)done));
	return (kvmi_syserr(kd, "no room for the inflated dump, which needs "
	    "%s: %ju bytes were written (set TMPDIR, which is %s, to a folder "
	    "with more)", needed, (uintmax_t)done,
	    dir == NULL || *dir == '\0' ? "/tmp" : dir));
}

static int
write_all(kvm_t *kd, int fd, const uint8_t *p, size_t n, uint64_t off)
{
	ssize_t done;

	while (n > 0) {
		done = pwrite(fd, p, n, (off_t)off);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1 && (errno == ENOSPC || errno == EFBIG ||
		    errno == EDQUOT))
			return (no_room(kd, off));
		if (done == -1)
			return (kvmi_syserr(kd, "temporary file for the "
			    "inflated dump"));
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

/* One step of the codec.  1: go on; 0: that was the end; -1: an error. */
static int
advance(kvm_t *kd, struct kvmi_stream *s)
{
	size_t nin, nout = OUT_SIZE;
	enum kvmi_step step;
	const uint8_t *in;
	const char *why = "it can't be decoded";

	in = input(kd, s, &nin);
	if (nin == 0 && s->boundary)
		return (0);
	/* Without input a codec may still have output that did not fit. */
	step = s->codec->step(s->state, in, &nin, s->out, &nout, &why);
	s->pos += nin;
	s->in_pos += nin;
	s->boundary = step == KVMI_STEP_BOUNDARY;
	if (append(kd, s, nout) == -1)
		return (-1);
	if (step == KVMI_STEP_DAMAGED)
		damaged(s, why);
	else if (nin == 0 && nout == 0) {
		damaged(s, "it ends early");
		return (0);
	}
	return (step != KVMI_STEP_DAMAGED);
}

void
kvmi_progress(kvm_t *kd, uint64_t done, bool last)
{
	struct timespec now;
	uint64_t ms, expected;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	if (ms < kd->progress_next && !last)
		return;
	expected = last ? done : kvmi_size_expected(kd);
	/* Not at once: what is quick needs no word. */
	if (kd->progress_next != 0)
		kd->progress(done, expected, kd->progress_arg);
	kd->progress_next = ms + PROGRESS_INTERVAL;
}

int
kvmi_stream_fill(kvm_t *kd, struct kvmi_stream *s, uint64_t want,
    uint64_t *have)
{
	int more = 1;

	while (more == 1 && s->size < want) {
		more = advance(kd, s);
		if (s == kd->bytes.stream && kd->progress != NULL)
			kvmi_progress(kd, s->size, more != 1);
	}
	if (more == -1)
		return (-1);
	/* A hole at the end has no length until it is given one. */
	if (ftruncate(s->file, (off_t)s->size) == -1)
		return (kvmi_syserr(kd, "temporary file"));
	*have = s->size;
	return (more);
}
