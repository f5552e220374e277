/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * debuginfo.h: DWARF (dwarfstd.org, versions 2 to 5) through elfutils' libdw,
 * as its own files see it.
 *
 * debugfile.c	which file has it
 * dwarf.c	libdw, and single entries (DIEs)
 * dwarfindex.c	names, found by going through units until they come up
 * dwarftype.c	a source of types (source.h)
 * dwarfpart.c	what its types consist of
 * dwarfline.c	source lines
 */
#ifndef _KVM_DEBUGINFO_H_
#define	_KVM_DEBUGINFO_H_

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "image.h"
#include "source.h"

/* What is used of libdw. */
struct kvmi_libdw {
	void		*handle;
	__typeof__(dwarf_attr)		*attr;
	__typeof__(dwarf_attr_integrate) *attr_integrate;
	__typeof__(dwarf_begin)		*begin;
	__typeof__(dwarf_child)		*child;
	__typeof__(dwarf_dieoffset)	*dieoffset;
	__typeof__(dwarf_end)		*end;
	__typeof__(dwarf_errmsg)	*errmsg;
	__typeof__(dwarf_formaddr)	*formaddr;
	__typeof__(dwarf_formref_die)	*formref_die;
	__typeof__(dwarf_formsdata)	*formsdata;
	__typeof__(dwarf_formstring)	*formstring;
	__typeof__(dwarf_formudata)	*formudata;
	__typeof__(dwarf_getlocation)	*getlocation;
	__typeof__(dwarf_getlocation_attr) *getlocation_attr;
	__typeof__(dwarf_getsrc_die)	*getsrc_die;
	__typeof__(dwarf_lineno)	*lineno;
	__typeof__(dwarf_linesrc)	*linesrc;
	__typeof__(dwarf_next_unit)	*next_unit;
	__typeof__(dwarf_offdie)	*offdie;
	__typeof__(dwarf_ranges)	*ranges;
	__typeof__(dwarf_siblingof)	*siblingof;
	__typeof__(dwarf_tag)		*tag;
};

/* Where the text of a unit lies. */
struct kvmi_dwrange {
	uint64_t	 start, end;
	uint32_t	 unit;		/* offset of its DIE */
};

/*
 * DIEs are known by their offsets in .debug_info, which must be below 4 GB; 0
 * is none, and NO_DIE one that can't be.
 */
#define	NO_DIE	UINT32_MAX

struct kvmi_dwarf {
	kvm_t			*kd;
	struct kvm_error	 problem;	/* why dw is NULL */
	struct kvmi_libdw	 lib;
	struct kvmi_image	*own;		/* NULL: the kernel file, or
						   the descriptor's */
	const char		*path;
	bool			 bigendian;
	int			 fd;
	Dwarf			*dw;
	const uint8_t		*info;		/* .debug_info */
	uint32_t		 ninfo;		/* bytes */
	uint32_t		*units;		/* their DIEs' offsets */
	uint32_t		 nunits;
	struct kvmi_dwrange	*ranges;	/* by start; NULL: not made */
	uint32_t		 nranges;
	char			*warning;	/* NULL: none */
	bool			 nomem;		/* a file could not be looked
						   at */
};

/* The descriptor's DWARF, looked for on first use; NULL with an error. */
struct kvmi_dwarf *kvmi_dwarf_of(kvm_t *);

/*
 * debugfile.c: the file that has DWARF for the kernel's: the kernel file
 * itself, the descriptor's, or another, which is then d->own; what was passed
 * over is noted in d->warning.  NULL with an error: none.
 */
struct kvmi_image *kvmi_debugfile_find(struct kvmi_dwarf *d);
/* Bytes in .debug_info, inflated; 0: there is none. */
uint64_t kvmi_debugfile_info(const struct kvmi_image *);

/*
 * dwarf.c: DIEs.  False: there is no such DIE, or nothing comes after it.
 */
bool	kvmi_die_at(struct kvmi_dwarf *, uint32_t offset, Dwarf_Die *);
bool	kvmi_die_child(struct kvmi_dwarf *, Dwarf_Die *, Dwarf_Die *child);
bool	kvmi_die_next(struct kvmi_dwarf *, Dwarf_Die *);
uint32_t kvmi_die_offset(const struct kvmi_dwarf *, const Dwarf_Die *);
int	kvmi_die_tag(struct kvmi_dwarf *, Dwarf_Die *);
/* Its name: "" when it has none, NULL when that is damaged. */
const char *kvmi_die_name(struct kvmi_dwarf *, Dwarf_Die *);
bool	kvmi_die_has(struct kvmi_dwarf *, Dwarf_Die *, unsigned int at);
/*
 * An attribute that is a constant, as signed where its form says so.  False:
 * it has none.
 */
bool	kvmi_die_number(struct kvmi_dwarf *, Dwarf_Die *, unsigned int at,
	    int64_t *);
/* Where a variable or a function begins.  False: that is not known. */
bool	kvmi_die_address(struct kvmi_dwarf *, Dwarf_Die *, uint64_t *);
/* A member's DW_AT_data_member_location in bytes; 0 where it has none. */
bool	kvmi_die_location(struct kvmi_dwarf *, Dwarf_Die *, uint64_t *);
/* The DIE of its DW_AT_type; 0: void; NO_DIE: damaged. */
uint32_t kvmi_die_type(struct kvmi_dwarf *, Dwarf_Die *);

/*
 * dwarfindex.c.  A table of names that grows.  Entries of one name come out
 * in the order they went in.
 */
struct kvmi_dwname {
	const char	*name;		/* lies in the debug data */
	uint32_t	 key;
	uint32_t	 die;
	uint32_t	 next;		/* entry + 1; 0: the last one */
	enum kvm_kind	 kind;
	bool		 definition;
};

struct kvmi_dwnames {
	struct kvmi_dwname *entries;
	uint32_t	*heads, *tails;	/* entry + 1; 0: empty */
	uint32_t	 n, room;	/* room: a power of two, or 0 */
};

struct kvmi_dwindex {
	struct kvmi_dwnames	 types;		/* one of each kind and name */
	struct kvmi_dwnames	 symbols;	/* all definitions, or one
						   declaration */
	struct kvmi_dwnames	 enumerators;	/* one of each name */
	uint32_t		 next_unit;	/* those before are in it */
};

/* The first entry of a kind and name, and the next; NULL: no more. */
struct kvmi_dwname *kvmi_dwnames_first(const struct kvmi_dwnames *,
	    enum kvm_kind, const char *name);
struct kvmi_dwname *kvmi_dwnames_next(const struct kvmi_dwnames *,
	    const struct kvmi_dwname *);
/* Enter the names of one more unit.  1: there is none; -1: no memory. */
int	kvmi_dwindex_grow(struct kvmi_dwarf *, struct kvmi_dwindex *);
void	kvmi_dwindex_deinit(struct kvmi_dwindex *);
/* The kind under which a DIE is found by name; KVM_K_VOID: it is not. */
enum kvm_kind kvmi_dwindex_kind(struct kvmi_dwarf *, Dwarf_Die *);
/* How a type of that kind is called there. */
const char *kvmi_dwindex_name(enum kvm_kind, const char *name);

/*
 * dwarfpart.c: kvmi_source_ops' functions of that name.
 */
struct kvmi_dwtypes {
	struct kvmi_source	 source;	/* first: the graph's handle */
	struct kvmi_dwarf	*dwarf;		/* not owned */
	struct kvmi_dwindex	 index;
	uint32_t		*dies;		/* by number */
	uint32_t		 ntypes;	/* numbers given out */
	uint32_t		 room;		/* of dies and of slots */
	struct kvmi_dwalias	*aliases;	/* numbers by DIE: a hash */
	uint32_t		 naliases, nhash; /* nhash: a power of two */
	bool			 comparing;	/* references mean just what
						   they say */
};

bool	kvmi_dwpart_record(struct kvmi_source *, uint32_t number,
	    struct kvmi_record *);
bool	kvmi_dwpart_member(struct kvmi_source *, struct kvmi_record *,
	    struct kvmi_recmember *);
bool	kvmi_dwpart_enumerator(struct kvmi_source *, struct kvmi_record *,
	    struct kvm_enumerator *);
uint32_t kvmi_dwpart_param(struct kvmi_source *, struct kvmi_record *);
uint64_t kvmi_dwpart_dimension(struct kvmi_source *, struct kvmi_record *);
/* A function's record, whether the type or the function itself is at die. */
bool	kvmi_dwpart_function(struct kvmi_dwarf *, Dwarf_Die *,
	    struct kvmi_record *);

#endif /* !_KVM_DEBUGINFO_H_ */
