/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ctf.h: a CTF container, ctf(5), as its readers see it.
 */
#ifndef _KVM_CTF_H_
#define	_KVM_CTF_H_

#include "image.h"
#include "index.h"
#include "private.h"

/* One type as its source has it.  Strings and data are the source's. */
struct kvmi_record {
	enum kvm_kind	 kind;		/* KVM_K_VOID: a hole, no type */
	enum kvm_kind	 tag;		/* KVM_K_FORWARD: of what */
	bool		 root;		/* visible by name */
	bool		 variadic;
	const char	*name;		/* "" when it has none */
	uint64_t	 size;		/* bytes */
	uint32_t	 ref;		/* number of the type it is made of */
	uint64_t	 nelems;
	unsigned int	 encoding, bits, bitoff;
	uint32_t	 n;		/* members, enumerators, parameters */
	const uint8_t	*data;		/* them */
};

struct kvmi_recmember {
	const char	*name;
	uint32_t	 ref;
	uint64_t	 bitoff;
};

/* A CTF container: ctf(5). */
struct kvmi_ctf {
	kvm_t			*kd;
	struct kvmi_image	*image;
	struct kvmi_ctf		*parent;	/* of a module's: the kernel's,
						   not owned; else NULL */
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
	const char		*parent_name;	/* "": stands on its own */
	const char		*parent_label;
	uint32_t		*offsets;	/* of type i, at i - 1 */
	uint32_t		 ntypes;
	struct kvmi_hash	 names;
	void			*names_mem;
	struct kvmi_hash	 enumerators;
	uint32_t		*enum_offsets;	/* of each one's record */
	uint32_t		*symtypes;	/* by symbol: ctfsym.c */
	uint32_t		 nsymtypes;
	kvm_type_t		**slots;	/* type.c's: types by number */
};

/* NULL with an error; KVM_E_NOTYPE when the image has no CTF. */
struct kvmi_ctf *kvmi_ctf_create(kvm_t *, struct kvmi_image *);
void	kvmi_ctf_destroy(struct kvmi_ctf *);
/*
 * Give a container that needs one its parent, which must outlive it.  0; or
 * -1: it needs none, or another.
 */
int	kvmi_ctf_adopt(struct kvmi_ctf *, struct kvmi_ctf *parent);
/*
 * Whose type a reference, not 0, means: the container, and the number there,
 * 1 to its ntypes.  KVM_E_NONE; KVM_E_NOTYPE: the parent's, which is not
 * here; KVM_E_FORMAT: nobody's.
 */
enum kvm_errclass kvmi_ctf_locate(struct kvmi_ctf *, uint32_t ref,
	    struct kvmi_ctf **, uint32_t *index);
/*
 * Number of the type of that kind and name (0: none); for tags also a
 * forward declaration where there is no definition.
 */
uint32_t kvmi_ctf_find(const struct kvmi_ctf *, enum kvm_kind,
	    const char *name);
/* 0, 1: no such enumerator, -1: error. */
int	kvmi_ctf_find_enumerator(struct kvmi_ctf *, const char *name,
	    int64_t *value);

/*
 * ctfrecord.c.  Length of the record at offset, its data included, with kind,
 * ref, n and data filled in; 0 when it reaches past the type section.
 */
uint64_t kvmi_ctf_length(const struct kvmi_ctf *, uint32_t offset,
	    struct kvmi_record *);
/* Type number i.  False when its name is damaged. */
bool	kvmi_ctf_record(const struct kvmi_ctf *, uint32_t i,
	    struct kvmi_record *);
/* Part i < n of a record; false when its name is damaged. */
bool	kvmi_ctf_member(const struct kvmi_ctf *, const struct kvmi_record *,
	    uint32_t i, struct kvmi_recmember *);
bool	kvmi_ctf_enumerator(const struct kvmi_ctf *,
	    const struct kvmi_record *, uint32_t i, struct kvm_enumerator *);
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
 * ctftwin.c.  Number of the type of the kernel's container that r, a named
 * type of c, is a copy of; 0: none.
 */
uint32_t kvmi_ctf_twin(const struct kvmi_ctf *kernel, const struct kvmi_ctf *c,
	    const struct kvmi_record *r);

/*
 * ctfsym.c.  The type of a symbol: a function's record (kind
 * KVM_K_FUNCTION), or of an object just its ref.  0; or -1 with an error.
 */
int	kvmi_ctf_symbol(struct kvmi_ctf *, const struct kvm_symbol *,
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
