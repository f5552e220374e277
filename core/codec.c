/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * codec.c: the forms in which a dump may be stored, as steps from bytes to
 * bytes: compressed by the kernel or by savecore(8), and backwards as
 * textdumps lie on a device.
 */
#include <stdlib.h>

#include <zlib.h>
#include <zstd.h>

#include "private.h"

/* ---- as it is */

static int
copy_init(kvm_t *kd, void **state, const void *arg)
{

	(void)kd;
	(void)arg;
	*state = NULL;
	return (0);
}

static enum kvmi_step
copy_step(void *state, const uint8_t *in, size_t *nin, uint8_t *out,
    size_t *nout, const char **why)
{
	size_t n = *nin < *nout ? *nin : *nout;

	(void)state;
	(void)why;
	memcpy(out, in, n);
	*nin = *nout = n;
	return (KVMI_STEP_BOUNDARY);
}

static void
copy_fini(void *state)
{

	(void)state;
}

const struct kvmi_codec kvmi_codec_copy = {
	.name = "none",
	.init = copy_init,
	.step = copy_step,
	.fini = copy_fini,
};

/* ---- gzip, RFC 1952: members may follow one another */

struct gzip_state {
	z_stream	z;
	bool		inside;		/* a member */
	bool		complete;	/* one has been seen whole */
};

static int
gzip_init(kvm_t *kd, void **state, const void *arg)
{
	struct gzip_state *s = calloc(1, sizeof(*s));

	(void)arg;
	/* 16: gzip framing; zlib.h, inflateInit2() */
	if (s == NULL || inflateInit2(&s->z, 15 + 16) != Z_OK) {
		free(s);
		return (kvmi_nomem(kd, "gzip stream"));
	}
	*state = s;
	return (0);
}

/* A device's last block is padded with zeros: skip them. */
static size_t
skip_padding(const uint8_t *in, size_t n)
{
	size_t i;

	for (i = 0; i < n && in[i] == 0; i++)
		continue;
	return (i);
}

static enum kvmi_step
gzip_step(void *state, const uint8_t *in, size_t *nin, uint8_t *out,
    size_t *nout, const char **why)
{
	struct gzip_state *s = state;
	size_t pad = 0;
	int error;

	if (!s->inside && s->complete)
		pad = skip_padding(in, *nin);
	if (pad > 0 && pad == *nin) {
		*nout = 0;
		return (KVMI_STEP_BOUNDARY);
	}
	/* At the end of the input there is none to point to. */
	s->z.next_in = *nin == 0 ? NULL : (uint8_t *)(uintptr_t)(in + pad);
	s->z.avail_in = (uInt)(*nin - pad);
	s->z.next_out = out;
	s->z.avail_out = (uInt)*nout;
	s->inside = true;
	error = inflate(&s->z, Z_NO_FLUSH);
	*nin -= s->z.avail_in;
	*nout -= s->z.avail_out;
	if (error == Z_STREAM_END) {
		s->inside = false;
		s->complete = true;
		inflateReset(&s->z);
		return (KVMI_STEP_BOUNDARY);
	}
	if (error == Z_OK || error == Z_BUF_ERROR)
		return (KVMI_STEP_INSIDE);
	*why = s->z.msg != NULL ? s->z.msg : "inflate failed";
	return (KVMI_STEP_DAMAGED);
}

static void
gzip_fini(void *state)
{
	struct gzip_state *s = state;

	inflateEnd(&s->z);
	free(s);
}

const struct kvmi_codec kvmi_codec_gzip = {
	.name = "gzip",
	.init = gzip_init,
	.step = gzip_step,
	.fini = gzip_fini,
};

/* ---- zstd, RFC 8878: frames may follow one another */

struct zstd_state {
	ZSTD_DStream	*z;
	bool		 inside, complete;
};

static int
zstd_init(kvm_t *kd, void **state, const void *arg)
{
	struct zstd_state *s = calloc(1, sizeof(*s));

	(void)arg;
	if (s != NULL)
		s->z = ZSTD_createDStream();
	if (s == NULL || s->z == NULL) {
		free(s);
		return (kvmi_nomem(kd, "zstd stream"));
	}
	ZSTD_initDStream(s->z);
	*state = s;
	return (0);
}

static enum kvmi_step
zstd_step(void *state, const uint8_t *in, size_t *nin, uint8_t *out,
    size_t *nout, const char **why)
{
	struct zstd_state *s = state;
	ZSTD_inBuffer from = { in, *nin, 0 };
	ZSTD_outBuffer to = { out, *nout, 0 };
	size_t left;

	if (!s->inside && s->complete)
		from.pos = skip_padding(in, *nin);
	if (from.pos > 0 && from.pos == from.size) {
		*nout = 0;
		return (KVMI_STEP_BOUNDARY);
	}
	left = ZSTD_decompressStream(s->z, &to, &from);
	*nin = from.pos;
	*nout = to.pos;
	if (ZSTD_isError(left)) {
		*why = ZSTD_getErrorName(left);
		return (KVMI_STEP_DAMAGED);
	}
	s->inside = left != 0;
	s->complete = s->complete || left == 0;
	return (s->inside ? KVMI_STEP_INSIDE : KVMI_STEP_BOUNDARY);
}

static void
zstd_fini(void *state)
{
	struct zstd_state *s = state;

	ZSTD_freeDStream(s->z);
	free(s);
}

const struct kvmi_codec kvmi_codec_zstd = {
	.name = "zstd",
	.init = zstd_init,
	.step = zstd_step,
	.fini = zstd_fini,
};

/*
 * What the first bytes say: the magic numbers of RFC 1952 (with deflate, the
 * only method) and RFC 8878.
 */
const struct kvmi_codec *
kvmi_codec_sniff(const uint8_t *head, size_t n)
{

	if (n >= 3 && memcmp(head, "\x1f\x8b\x08", 3) == 0)
		return (&kvmi_codec_gzip);
	if (n >= 4 && memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0)
		return (&kvmi_codec_zstd);
	return (NULL);
}
