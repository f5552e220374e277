/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * types.h: the type graph as its own files see it.
 *
 * A source numbers its types and can describe each as a kvmi_record
 * (source.h); the graph turns a record into a kvm_type when somebody first
 * asks for it.  Only ctf*.c know what CTF looks like, only dwarf*.c DWARF.
 *
 * type.c	the graph: making types, by the source's numbers
 * typefind.c	finding them, and defining new ones
 * derive.c	pointers, arrays, functions, qualified types: found by what
 *		they are made of, so that there is one of each
 * typeinfo.c	what a type is
 * member.c	members, enumerators, parameters
 * typename.c	C's base types; spelling
 */
#ifndef _KVM_TYPES_H_
#define	_KVM_TYPES_H_

#include "index.h"
#include "source.h"

struct kvm_type {
	struct kvmi_types	*types;
	struct kvmi_source	*source;	/* NULL: made here */
	uint32_t		 number;	/* there; 0: of a symbol */
	uint32_t		 ref;		/* its target, there */
	enum kvm_kind		 kind;
	enum kvm_kind		 tag;		/* KVM_K_FORWARD: of what */
	uint8_t			 encoding, bitoff;
	uint16_t		 bits;
	bool			 variadic;
	const char		*name;
	uint64_t		 size;
	uint64_t		 nelems;
	kvm_type_t		*target;	/* NULL: not looked up yet */
	enum kvm_errclass	 damage;	/* why it never will be */
	uint32_t		 n;		/* members, enumerators,
						   parameters */
	uint32_t		 key;		/* in the graph's table */
	kvm_type_t		*next;		/* there */
	union {					/* NULL: not decoded yet */
		struct kvm_member	*members; /* km_type NULL: damaged */
		struct kvm_enumerator	*enumerators;
		kvm_type_t		**params; /* NULL: damaged */
	};
	struct kvmi_flat	*flat;		/* NULL: not made yet */
};

/*
 * The members of a struct or union as C sees them, those of anonymous ones
 * inside it included.
 */
struct kvmi_flat {
	const struct kvm_member	*members;
	uint32_t		 n;
	bool			 incomplete;	/* some were left out */
	struct kvmi_hash	 names;		/* heads NULL: few, no index */
};

struct kvmi_types {
	kvm_t			*kd;
	struct kvmi_source	*source;	/* NULL: none, see problem */
	struct kvm_error	 problem;	/* why source is NULL */
	struct kvmi_arena	 arena;
	kvm_type_t		**table;	/* derived types, base types and
						   tags that were made here */
	uint32_t		 table_size;	/* a power of two */
	uint32_t		 table_used;
	kvm_type_t		*void_type;
	kvm_type_t		 busy;		/* fills the slot of a type
						   that is being made */
	uint32_t		 ndefined;
};

/*
 * Functions that return an enum kvm_errclass record no error: the caller
 * knows what it was about.
 */

/* The descriptor's graph, made on first use; NULL with an error. */
struct kvmi_types *kvmi_types_of(kvm_t *);
/* As kvm_type() and kvm_type_of_symbol(), by one source. */
kvm_type_t *kvmi_type_in(struct kvmi_types *, struct kvmi_source *,
	    enum kvm_kind, const char *name);
kvm_type_t *kvmi_type_of_symbol_in(struct kvmi_types *, struct kvmi_source *,
	    const struct kvm_symbol *);
/*
 * The type that ref means to the source.  depth counts nested types being
 * made.
 */
enum kvm_errclass kvmi_type_resolve(struct kvmi_types *,
	    struct kvmi_source *, uint32_t ref, unsigned int depth,
	    kvm_type_t **);
/* The same for a number of the source. */
enum kvm_errclass kvmi_type_number(struct kvmi_types *,
	    struct kvmi_source *, uint32_t number, kvm_type_t **);
/*
 * What the source, or its parent, defines under that name.  KVM_E_NOTYPE:
 * nothing, or it only declares it.
 */
enum kvm_errclass kvmi_type_definition(struct kvmi_types *,
	    struct kvmi_source *, enum kvm_kind, const char *name,
	    kvm_type_t **);
/* A C base type, the source's or our own.  KVM_E_NOTYPE: no such thing. */
enum kvm_errclass kvmi_type_base(struct kvmi_types *, struct kvmi_source *,
	    enum kvm_kind, const char *name, kvm_type_t **);
/*
 * The table: t is entered under key; a search goes through all entries of a
 * key, from kvmi_table_first() by kvmi_table_next().
 */
kvm_type_t *kvmi_table_first(const struct kvmi_types *, uint32_t key);
kvm_type_t *kvmi_table_next(const kvm_type_t *);
/* A copy of proto, entered under its key.  NULL: out of memory. */
kvm_type_t *kvmi_table_add(struct kvmi_types *, const kvm_type_t *proto);
/* Types of the table that have names; forward declarations go by tag. */
uint32_t kvmi_named_key(enum kvm_kind, const char *name);
kvm_type_t *kvmi_type_named(const struct kvmi_types *, enum kvm_kind,
	    const char *name);
/*
 * Record that type ref, of which what (or t) is made, can't be had, and why.
 * Return -1.
 */
int	kvmi_type_bad_source(kvm_t *, const struct kvmi_source *,
	    uint32_t ref, enum kvm_errclass, const char *what);
int	kvmi_type_bad_ref(const kvm_type_t *t, uint32_t ref,
	    enum kvm_errclass);
/* As kvm_type_strip(), but NULL, with an error, where that finds damage. */
kvm_type_t *kvmi_type_inner(kvm_type_t *);
/* Bytes in a pointer. */
unsigned int kvmi_type_ptrsize(const kvm_t *);

/*
 * twin.c.  *number gets that of the kernel's type of which r, a named type of
 * the source, is a copy; 0: it is none.
 */
enum kvm_errclass kvmi_twin(struct kvmi_source *kernel, struct kvmi_source *,
	    const struct kvmi_record *r, uint32_t *number);
/* Do two records describe the same type? */
enum kvm_errclass kvmi_same_record(struct kvmi_source *,
	    const struct kvmi_record *, struct kvmi_source *,
	    const struct kvmi_record *, bool *);

/*
 * derive.c: the type of a record whose kind is found by what it is made of.
 * When that is damaged, a type of its own without target.
 */
enum kvm_errclass kvmi_type_derive(struct kvmi_types *,
	    struct kvmi_source *, uint32_t number, const struct kvmi_record *,
	    unsigned int depth, kvm_type_t **);

/* typename.c: one of C's base types. */
struct kvmi_base {
	const char	*name;		/* its shortest spelling */
	enum kvm_kind	 kind;		/* KVM_K_INTEGER, KVM_K_FLOAT */
	unsigned int	 encoding;	/* KVM_INT_* */
	unsigned int	 size;		/* bytes; 0: those of a pointer */
	unsigned int	 words;
};

/* "struct ", "union ", "enum ", "typedef "; "" for the other kinds. */
const char *kvmi_kind_word(enum kvm_kind);
/* The base type that name spells, in any order of C's words; or NULL. */
const struct kvmi_base *kvmi_base_find(const char *name);

#endif /* !_KVM_TYPES_H_ */
