/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * dwarfpart.c: DIEs as records of types, and what those consist of.
 *
 * A record's data is the address of the DIE of its next part, in .debug_info.
 */
#include "debuginfo.h"

/* More parts than any type has. */
#define	MAX_PARTS	(1u << 20)

static struct kvmi_dwarf *
dwarf_of(struct kvmi_source *source)
{

	return (((struct kvmi_dwtypes *)source)->dwarf);
}

/* Which children of a DIE are its parts: one tag, or one of two. */
struct parts {
	int	tag, end;		/* end: comes last, and is none */
};

static const struct parts members = { DW_TAG_member, 0 };
static const struct parts enumerators = { DW_TAG_enumerator, 0 };
static const struct parts params = { DW_TAG_formal_parameter,
	DW_TAG_unspecified_parameters };
static const struct parts dimensions = { DW_TAG_subrange_type, 0 };

/*
 * Count the parts of a DIE, and note where the first one is.  False: they are
 * too many to be true.  *ended: what ends them is there.
 */
static bool
find_parts(struct kvmi_dwarf *d, Dwarf_Die *parent, const struct parts *parts,
    struct kvmi_record *r, bool *ended)
{
	Dwarf_Die die;
	int tag;

	r->n = 0;
	*ended = false;
	if (!kvmi_die_child(d, parent, &die))
		return (true);
	do {
		tag = kvmi_die_tag(d, &die);
		if (tag == parts->tag && r->n++ == 0)
			r->data = die.addr;
		if (tag == parts->end && parts->end != 0)
			*ended = true;
	} while (r->n < MAX_PARTS && !*ended && kvmi_die_next(d, &die));
	return (r->n < MAX_PARTS);
}

/* The part that r's data points to; that moves on to the next one. */
static bool
take_part(struct kvmi_dwarf *d, const struct parts *parts,
    struct kvmi_record *r, Dwarf_Die *part)
{
	Dwarf_Die die;

	if (!kvmi_die_at(d, (uint32_t)(r->data - d->info), part))
		return (false);
	die = *part;
	while (kvmi_die_next(d, &die)) {
		if (kvmi_die_tag(d, &die) == parts->tag) {
			r->data = die.addr;
			break;
		}
	}
	return (true);
}

static uint64_t
number_or(struct kvmi_dwarf *d, Dwarf_Die *die, unsigned int at,
    uint64_t otherwise)
{
	int64_t value;

	return (kvmi_die_number(d, die, at, &value) ? (uint64_t)value :
	    otherwise);
}

/* DWARF 7.8: how a base type is encoded. */
static unsigned int
encoding_of(uint64_t ate)
{

	switch (ate) {
	case DW_ATE_signed:
		return (KVM_INT_SIGNED);
	case DW_ATE_signed_char:
		return (KVM_INT_SIGNED | KVM_INT_CHAR);
	case DW_ATE_unsigned_char:
		return (KVM_INT_CHAR);
	case DW_ATE_boolean:
		return (KVM_INT_BOOL);
	default:
		return (0);
	}
}

static void
read_base(struct kvmi_dwarf *d, Dwarf_Die *die, struct kvmi_record *r)
{

	if (r->kind == KVM_K_INTEGER)
		r->encoding = encoding_of(number_or(d, die, DW_AT_encoding,
		    0));
	/* What is_sane() in type.c has no room for is refused there. */
	r->bits = r->size > 32 ? 8 * 32 + 1 : (unsigned int)(8 * r->size);
}

/*
 * Elements of a dimension; 0: that is not said, or depends on something.
 * [0] may be written as an upper bound of -1.
 */
static uint64_t
elements(struct kvmi_dwarf *d, Dwarf_Die *die)
{
	int64_t bound;

	if (kvmi_die_number(d, die, DW_AT_count, &bound))
		return ((uint64_t)bound);
	if (!kvmi_die_number(d, die, DW_AT_upper_bound, &bound) ||
	    bound == UINT32_MAX)
		return (0);
	return ((uint64_t)bound + 1);
}

static uint64_t
next_dimension(struct kvmi_dwarf *d, struct kvmi_record *r)
{
	Dwarf_Die die;

	return (take_part(d, &dimensions, r, &die) ? elements(d, &die) : 0);
}

static bool
read_array(struct kvmi_dwarf *d, Dwarf_Die *die, struct kvmi_record *r)
{
	bool ended;

	r->kind = KVM_K_ARRAY;
	r->ref = kvmi_die_type(d, die);
	if (!find_parts(d, die, &dimensions, r, &ended))
		return (false);
	if (r->n == 0)
		return (true);
	r->nelems = next_dimension(d, r);
	r->n--;
	return (true);
}

bool
kvmi_dwpart_function(struct kvmi_dwarf *d, Dwarf_Die *die,
    struct kvmi_record *r)
{
	bool ended;

	r->kind = KVM_K_FUNCTION;
	r->name = "";
	r->ref = kvmi_die_type(d, die);
	if (!find_parts(d, die, &params, r, &ended))
		return (false);
	r->variadic = ended || (r->n == 0 &&
	    !kvmi_die_has(d, die, DW_AT_prototyped) &&
	    kvmi_die_tag(d, die) == DW_TAG_subroutine_type);
	return (true);
}

/* A struct, union or enum. */
static bool
read_tagged(struct kvmi_dwarf *d, Dwarf_Die *die, const struct parts *parts,
    struct kvmi_record *r)
{
	bool ended;

	if (kvmi_die_has(d, die, DW_AT_declaration)) {
		r->tag = r->kind;
		r->kind = KVM_K_FORWARD;
		return (true);
	}
	return (find_parts(d, die, parts, r, &ended));
}

static bool
read_made_of(struct kvmi_dwarf *d, Dwarf_Die *die, enum kvm_kind kind,
    struct kvmi_record *r)
{

	r->kind = kind;
	r->ref = kvmi_die_type(d, die);
	return (true);
}

/* A kind that no C type is of stays a hole. */
static bool
read_die(struct kvmi_dwarf *d, Dwarf_Die *die, struct kvmi_record *r)
{

	switch (kvmi_die_tag(d, die)) {
	case DW_TAG_base_type:
		read_base(d, die, r);
		return (true);
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		return (read_tagged(d, die, &members, r));
	case DW_TAG_enumeration_type:
		return (read_tagged(d, die, &enumerators, r));
	case DW_TAG_typedef:
		return (read_made_of(d, die, KVM_K_TYPEDEF, r));
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return (read_made_of(d, die, KVM_K_POINTER, r));
	case DW_TAG_const_type:
		return (read_made_of(d, die, KVM_K_CONST, r));
	case DW_TAG_volatile_type:
		return (read_made_of(d, die, KVM_K_VOLATILE, r));
	case DW_TAG_restrict_type:
		return (read_made_of(d, die, KVM_K_RESTRICT, r));
	case DW_TAG_array_type:
		return (read_array(d, die, r));
	case DW_TAG_subroutine_type:
		return (kvmi_dwpart_function(d, die, r));
	default:
		return (true);
	}
}

bool
kvmi_dwpart_record(struct kvmi_source *source, uint32_t number,
    struct kvmi_record *r)
{
	const struct kvmi_dwtypes *t = (struct kvmi_dwtypes *)source;
	struct kvmi_dwarf *d = t->dwarf;
	Dwarf_Die die;

	memset(r, 0, sizeof(*r));
	r->root = true;
	r->name = "";
	if (!kvmi_die_at(d, t->dies[number], &die))
		return (false);
	r->kind = kvmi_dwindex_kind(d, &die);
	if (r->kind != KVM_K_VOID) {
		r->size = number_or(d, &die, DW_AT_byte_size, 0);
		r->name = kvmi_die_name(d, &die);
	}
	return (r->name != NULL && read_die(d, &die, r));
}

/* Bytes of the unit in which a bit-field is stored, if they are said. */
static uint64_t
storage_size(struct kvmi_dwarf *d, Dwarf_Die *die)
{
	Dwarf_Die at = *die;
	unsigned int hops;
	int64_t size;

	for (hops = 0; hops < 16; hops++) {
		if (kvmi_die_number(d, &at, DW_AT_byte_size, &size))
			return ((uint64_t)size);
		if (!kvmi_die_at(d, kvmi_die_type(d, &at), &at))
			break;
	}
	return (0);
}

/*
 * Where a bit-field begins, of a member that is so many bytes into its struct.
 * DWARF 2 and 3 count from the most significant bit of its storage, on either
 * byte order; later ones as kvm.h does.
 */
static bool
bit_offset(struct kvmi_dwarf *d, Dwarf_Die *die, uint64_t bytes,
    struct kvmi_recmember *m)
{
	uint64_t storage, start = 8 * bytes;
	int64_t old;

	m->bitoff = start + number_or(d, die, DW_AT_data_bit_offset, 0);
	if (!kvmi_die_number(d, die, DW_AT_bit_offset, &old))
		return (true);
	if (d->bigendian) {
		m->bitoff = start + (uint64_t)old;
		return (true);
	}
	storage = storage_size(d, die);
	m->bitoff = start + 8 * storage - (uint64_t)old - m->bits;
	return (storage != 0 && storage <= 64 && m->bitoff < UINT64_MAX / 2);
}

bool
kvmi_dwpart_member(struct kvmi_source *source, struct kvmi_record *r,
    struct kvmi_recmember *m)
{
	struct kvmi_dwarf *d = dwarf_of(source);
	uint64_t bytes, bits;
	Dwarf_Die die;

	m->name = NULL;
	m->ref = NO_DIE;
	m->bitoff = 0;
	m->bits = 0;
	if (!take_part(d, &members, r, &die))
		return (false);
	m->name = kvmi_die_name(d, &die);
	m->ref = kvmi_die_type(d, &die);
	if (!kvmi_die_location(d, &die, &bytes) || bytes > UINT64_MAX / 16)
		return (false);
	bits = number_or(d, &die, DW_AT_bit_size, 0);
	if (bits > 128)
		return (false);
	m->bits = (unsigned int)bits;
	m->bitoff = 8 * bytes;
	return (m->name != NULL &&
	    (bits == 0 || bit_offset(d, &die, bytes, m)));
}

bool
kvmi_dwpart_enumerator(struct kvmi_source *source, struct kvmi_record *r,
    struct kvm_enumerator *e)
{
	struct kvmi_dwarf *d = dwarf_of(source);
	Dwarf_Die die;

	e->ken_name = NULL;
	e->ken_value = 0;
	if (!take_part(d, &enumerators, r, &die) ||
	    !kvmi_die_number(d, &die, DW_AT_const_value, &e->ken_value))
		return (false);
	e->ken_name = kvmi_die_name(d, &die);
	return (e->ken_name != NULL);
}

uint32_t
kvmi_dwpart_param(struct kvmi_source *source, struct kvmi_record *r)
{
	struct kvmi_dwarf *d = dwarf_of(source);
	Dwarf_Die die;

	return (take_part(d, &params, r, &die) ? kvmi_die_type(d, &die) :
	    NO_DIE);
}

uint64_t
kvmi_dwpart_dimension(struct kvmi_source *source, struct kvmi_record *r)
{

	return (next_dimension(dwarf_of(source), r));
}
