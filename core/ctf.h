/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ctf.h: a CTF container, ctf(5), as its readers see it.
 */
#ifndef _KVM_CTF_H_
#define	_KVM_CTF_H_

#include "image.h"
#include "index.h"
#include "source.h"

/* A CTF container: ctf(5). */
struct kvmi_ctf {
	struct kvmi_source	 source;	/* first: the graph's handle */
	struct kvmi_image	*image;
	void			*inflated;	/* NULL: lies in the image */
	const uint8_t		*body;		/* what follows the header */
	bool			 bigendian;
	unsigned int		 version;	/* 2, 3 */
	uint32_t		 lbloff, objtoff, funcoff, typeoff, stroff;
	const char		*strings;	/* all of them terminated */
	size_t			 nstrings;
	const char		*elfstrings;	/* those of the symbol table */
	size_t			 nelfstrings;
	unsigned int		 symtab;	/* section: the symbol table */
	const char		*parent_label;
	uint32_t		*offsets;	/* of type i, at i - 1 */
	uint32_t		 ntypes;
	struct kvmi_hash	 names;
	void			*names_mem;
	struct kvmi_hash	 enumerators;
	uint32_t		*enum_offsets;	/* of each one's record */
	uint32_t		*symtypes;	/* by symbol: ctfsym.c */
	uint32_t		 nsymtypes;
};

/* NULL with an error; KVM_E_NOTYPE when the image has no CTF. */
struct kvmi_source *kvmi_ctf_create(kvm_t *, struct kvmi_image *);
/*
 * Give a container that needs one its parent, which must outlive it.  0; or
 * -1: it needs none, or another.
 */
int	kvmi_ctf_adopt(struct kvmi_source *, struct kvmi_source *parent);

/*
 * ctfrecord.c.  Length of the record at offset, its data included, with kind,
 * ref, n and data filled in; 0 when it reaches past the type section.
 */
uint64_t kvmi_ctf_length(const struct kvmi_ctf *, uint32_t offset,
	    struct kvmi_record *);
/* Type number i.  False when its name is damaged. */
bool	kvmi_ctf_record(const struct kvmi_ctf *, uint32_t i,
	    struct kvmi_record *);
/* The next part of a record; false when its name is damaged. */
bool	kvmi_ctf_member(const struct kvmi_ctf *, struct kvmi_record *,
	    struct kvmi_recmember *);
uint32_t kvmi_ctf_param(const struct kvmi_ctf *, const struct kvmi_record *,
	    uint32_t i);
/* An enumerator at p. */
bool	kvmi_ctf_read_enumerator(const struct kvmi_ctf *, const uint8_t *p,
	    struct kvm_enumerator *);
/* The name at a string reference; NULL: damaged. */
const char *kvmi_ctf_string(const struct kvmi_ctf *, uint32_t ref);
/* Split ctt_info into kind, visibility and n. */
void	kvmi_ctf_info(const struct kvmi_ctf *, const uint8_t *,
	    struct kvmi_record *);
/* Take the "..." off the parameters of a function. */
void	kvmi_ctf_varargs(const struct kvmi_ctf *, struct kvmi_record *);

/*
 * ctfsym.c.  The type of a symbol: a function's record (kind
 * KVM_K_FUNCTION), or of an object just its ref.  0; or -1 with an error.
 */
int	kvmi_ctf_symbol(struct kvmi_source *, const struct kvm_symbol *,
	    struct kvmi_record *);

static inline uint32_t
kvmi_ctf_word(const struct kvmi_ctf *c, const uint8_t *p)
{

	return (kvmi_get32(p, c->bigendian));
}

/* Bytes in a type number, and in what has the same width. */
static inline unsigned int
kvmi_ctf_unit(const struct kvmi_ctf *c)
{

	return (c->version == 2 ? 2 : 4);
}

static inline uint32_t
kvmi_ctf_number(const struct kvmi_ctf *c, const uint8_t *p)
{

	return (c->version == 2 ? kvmi_get16(p, c->bigendian) :
	    kvmi_get32(p, c->bigendian));
}

#endif /* !_KVM_CTF_H_ */
