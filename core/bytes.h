/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * bytes.h: the dump as bytes, whatever it is stored in.
 *
 * bytes.c	the file, mapped or copied, and the layers on it
 * codec.c	how a layer is made from the one below
 * stream.c	a layer that is made as far as somebody looks
 * cache.c	where that is kept for the next time
 * disk.c	dump devices that can't be mapped
 */
#ifndef _KVM_BYTES_H_
#define	_KVM_BYTES_H_

#include "kvm.h"
#include "words.h"

/* More mappings than a file that doubles can need. */
#define	KVMI_MAPPINGS	48
/* Room for the reason why a stream ended early. */
#define	KVMI_DAMAGE	120

struct kvmi_stream;		/* a layer that is copied on demand */
struct kvmi_cache;		/* where its inflated form is kept */

/*
 * The dump, addressed from 0, in layers.  The lowest is the file: mapped, or
 * when it can't be (a pipe, a device) copied.  On it may lie others: a part
 * of the one below, or its decompressed or decrypted form.  A layer that can't
 * just point into the one below is a stream: it is made once and only as far
 * as anybody looked, in an unlinked temporary file that is mapped.  That
 * file's mapping is replaced by a larger one as it grows; the old ones stay,
 * so that pointers are good until kvmi_bytes_deinit().
 */
struct kvmi_bytes {
	const uint8_t		*base;		/* the newest mapping */
	uint64_t		 ready;		/* bytes that may be touched */
	uint64_t		 zeros;		/* zero bytes that follow them:
						   the tail savecore(8) left out */
	struct kvmi_stream	*stream;	/* NULL: all is ready */
	bool			 disk;		/* it copies a dump device, from
						   kvmi_disk_seek() on */
	const char		*form;		/* codec's name; "none" */
	struct kvmi_bytes	*under;		/* the layer below; NULL */
	uint8_t			*owned;		/* base, when on the heap */
	struct kvmi_cache	*cache;		/* of a compressed file; NULL */
	char			 damage[KVMI_DAMAGE]; /* why the stream ended
						   early; "": it did not */
	struct {
		void		*addr;
		size_t		 len;
	}			 mappings[KVMI_MAPPINGS];
	size_t			 nmappings;
};

/* Open path with flags (O_RDONLY, ...); a file of no bytes is an error. */
int	kvmi_bytes_init(kvm_t *, struct kvmi_bytes *, const char *path,
	    int flags);
void	kvmi_bytes_deinit(struct kvmi_bytes *);
const uint8_t *kvmi_bytes_more(kvm_t *, struct kvmi_bytes *, uint64_t off,
	    size_t len);
/* The same, as far as is known without reading on. */
uint64_t kvmi_bytes_known(const struct kvmi_bytes *);
/* Are there bytes still to come from a pipe, who knows when? */
bool	kvmi_bytes_piped(const struct kvmi_bytes *);
/* How many bytes there are; a stream is read to its end to know. */
uint64_t kvmi_bytes_size(kvm_t *, struct kvmi_bytes *);
/* As many of the len bytes from off as are ready, without reading on. */
size_t	kvmi_bytes_ready(const struct kvmi_bytes *, uint64_t off,
	    uint64_t len);
/* As many of the len bytes from off as there are. */
size_t	kvmi_bytes_avail(kvm_t *, struct kvmi_bytes *, uint64_t off,
	    uint64_t len);

/*
 * The len bytes at off, or NULL with KVM_E_TRUNCATED (past the end, or past
 * the place where a stream is damaged) or KVM_E_SYS.
 */
static inline const uint8_t *
kvmi_bytes_at(kvm_t *kd, struct kvmi_bytes *b, uint64_t off, size_t len)
{

	if (!kvmi_beyond(off, len, b->ready))
		return (b->base + off);
	return (kvmi_bytes_more(kd, b, off, len));
}

/* A codec's state after a step. */
enum kvmi_step {
	KVMI_STEP_INSIDE,	/* input must follow */
	KVMI_STEP_BOUNDARY,	/* input may end here */
	KVMI_STEP_DAMAGED,	/* it can't go on; *why says why */
};

/*
 * How a layer is made from the one below.  init: *state, from arg; 0, or -1
 * with an error.  step: consume some of the *nin bytes at in and write at most
 * *nout bytes to out; both are set to what was done.
 */
struct kvmi_codec {
	const char	*name;
	int		(*init)(kvm_t *, void **state, const void *arg);
	enum kvmi_step	(*step)(void *state, const uint8_t *in, size_t *nin,
			    uint8_t *out, size_t *nout, const char **why);
	void		(*fini)(void *state);
};

extern const struct kvmi_codec kvmi_codec_copy, kvmi_codec_gzip,
    kvmi_codec_zstd;

/* The codec that the first bytes ask for; NULL when they are not compressed. */
const struct kvmi_codec *kvmi_codec_sniff(const uint8_t *head, size_t n);

/* Put a new layer on top: b's decoded form; b's bytes off to off + len. */
int	kvmi_bytes_decode(kvm_t *, struct kvmi_bytes *,
	    const struct kvmi_codec *, const void *arg);
int	kvmi_bytes_slice(kvm_t *, struct kvmi_bytes *, uint64_t off,
	    uint64_t len);
/* b's blocks of size bytes, the last one first; for a few megabytes. */
int	kvmi_bytes_reverse(kvm_t *, struct kvmi_bytes *, size_t size);
/* savecore(8) leaves zeros at the end of a dump out: supply them, when length
   is what the dump had and what is missing looks like it. */
void	kvmi_bytes_tail(struct kvmi_bytes *, uint64_t length);

/* disk.c: is fd a disk that can't be mapped, and has it a dump?  It is read
   from there on. */
bool	kvmi_disk_seek(int fd);
/* Sectors that the kernel writes headers in, and the largest of them. */
#define	KVMI_SECTORS	{ 512, 4096 }
#define	KVMI_SECTOR_MAX	4096

/* stream.c: reads from fd, or from a layer (limit bytes from off) when fd is
   -1.  It owns fd, not the layer.  file is what it writes to, and owns; -1: an
   unlinked file under $TMPDIR. */
struct kvmi_stream *kvmi_stream_create(kvm_t *, int fd,
	    struct kvmi_bytes *under, uint64_t off, uint64_t limit,
	    const struct kvmi_codec *, const void *arg, int file);
void	kvmi_stream_destroy(struct kvmi_stream *);
int	kvmi_stream_file(const struct kvmi_stream *);
/*
 * Go on until the temporary file has want bytes or the stream ends.  *have
 * is what it has then.  1: more may follow; 0: the end; -1: the temporary
 * file can't be written (error set), the stream is lost.  A damaged stream is
 * an end.
 */
int	kvmi_stream_fill(kvm_t *, struct kvmi_stream *, uint64_t want,
	    uint64_t *have);
/* What is wrong with it; "" when nothing is. */
const char *kvmi_stream_damage(const struct kvmi_stream *);
/* Tell whoever opened kd that done bytes of the dump are inflated. */
void	kvmi_progress(kvm_t *, uint64_t done, bool last);

/*
 * cache.c: keeps the inflated form of the compressed file fd in the folder
 * dir, which is made if need be.  create: NULL with an error.
 */
struct kvmi_cache *kvmi_cache_create(kvm_t *, const char *dir, int fd,
	    const char *form);
/* Its descriptor and size, if it is there and complete; else -1. */
int	kvmi_cache_lookup(const struct kvmi_cache *, uint64_t *size);
/* A descriptor to write it to; complete() then gives it its name, unless
   something fails: then it will not be there the next time. */
int	kvmi_cache_begin(kvm_t *, struct kvmi_cache *);
void	kvmi_cache_complete(struct kvmi_cache *, int fd, uint64_t size);
/* Forget, and remove what is incomplete. */
void	kvmi_cache_destroy(struct kvmi_cache *);

#endif /* !_KVM_BYTES_H_ */
