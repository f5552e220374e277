/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * source.h: where types come from, as the graph (types.h) sees it: CTF or
 * DWARF.
 *
 * A source numbers its types, from 1, and describes each as a record.  What a
 * record is made of it names by references, which are the source's own
 * affair; 0 is void.
 */
#ifndef _KVM_SOURCE_H_
#define	_KVM_SOURCE_H_

#include "private.h"

/* One type as its source has it.  Strings and data are the source's. */
struct kvmi_record {
	enum kvm_kind	 kind;		/* KVM_K_VOID: a hole, no type */
	enum kvm_kind	 tag;		/* KVM_K_FORWARD: of what */
	bool		 root;		/* visible by name */
	bool		 variadic;
	const char	*name;		/* "" when it has none */
	uint64_t	 size;		/* bytes */
	uint32_t	 ref;		/* the type it is made of */
	uint64_t	 nelems;	/* of an array's outermost dimension */
	unsigned int	 encoding, bits, bitoff;
	uint32_t	 n;		/* members, enumerators, parameters,
					   an array's further dimensions */
	const uint8_t	*data;		/* the next one of them */
};

struct kvmi_recmember {
	const char	*name;
	uint32_t	 ref;
	uint64_t	 bitoff;
	unsigned int	 bits;		/* 0: no bit-field, or its type is one
					   of so many bits */
};

struct kvmi_source;

/*
 * Functions that return an enum kvm_errclass record no error.  Those that
 * read the next part of a record move its data on; at most n calls.
 */
struct kvmi_source_ops {
	const char	*name;		/* kvm_type_source()'s */
	void		 (*destroy)(struct kvmi_source *);
	/* How many types are listed; number of the one at index i < count. */
	uint32_t	 (*count)(struct kvmi_source *);
	enum kvm_errclass (*entry)(struct kvmi_source *, uint32_t i,
			    uint32_t *number);
	/*
	 * Whose type a reference, not 0, means: the source, and the number
	 * there.  KVM_E_NOTYPE: the parent's, which is not here; KVM_E_FORMAT:
	 * nobody's.
	 */
	enum kvm_errclass (*locate)(struct kvmi_source *, uint32_t ref,
			    struct kvmi_source **, uint32_t *number);
	/*
	 * The type of that kind and name; for tags also a forward declaration
	 * where there is no definition.  KVM_E_NOTYPE: none.
	 */
	enum kvm_errclass (*find)(struct kvmi_source *, enum kvm_kind,
			    const char *name, uint32_t *number);
	/* False when its name is damaged. */
	bool		 (*record)(struct kvmi_source *, uint32_t number,
			    struct kvmi_record *);
	/* False when its name is damaged. */
	bool		 (*member)(struct kvmi_source *,
			    struct kvmi_record *, struct kvmi_recmember *);
	bool		 (*enumerator)(struct kvmi_source *,
			    struct kvmi_record *, struct kvm_enumerator *);
	uint32_t	 (*param)(struct kvmi_source *, struct kvmi_record *);
	uint64_t	 (*dimension)(struct kvmi_source *,
			    struct kvmi_record *);
	/* 0; 1: no such enumerator; -1 with an error. */
	int		 (*find_enumerator)(struct kvmi_source *,
			    const char *name, int64_t *value);
	/*
	 * The type of a symbol: a function's record (KVM_K_FUNCTION), or of an
	 * object just its ref.  0; or -1 with an error.
	 */
	int		 (*symbol)(struct kvmi_source *,
			    const struct kvm_symbol *, struct kvmi_record *);
};

struct kvmi_source {
	const struct kvmi_source_ops *ops;
	kvm_t			*kd;
	const char		*path;		/* of its file */
	struct kvmi_source	*parent;	/* not owned; NULL: none */
	const char		*parent_name;	/* "": stands on its own */
	kvm_type_t		**slots;	/* type.c's: types by number */
};

#endif /* !_KVM_SOURCE_H_ */
