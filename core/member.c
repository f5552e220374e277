/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * member.c: what structs, unions, enums and functions consist of.
 */
#include <stdio.h>

#include "types.h"

/*
 * Anonymous structs and unions inside one another, and members of them all:
 * more than this is damage, or somebody's joke.
 */
#define	MAX_NESTING	32
#define	MAX_FLAT	16384
/* So few names are compared one by one. */
#define	FEW		8

static bool
is_record(const kvm_type_t *t)
{

	return (t->kind == KVM_K_STRUCT || t->kind == KVM_K_UNION);
}

/* The types of a container without its parent may be fine. */
static enum kvm_errclass
damage_class(const kvm_type_t *t)
{

	return (t->source != NULL && t->source->parent_name[0] != '\0' &&
	    t->source->parent == NULL ? KVM_E_NOTYPE : KVM_E_FORMAT);
}

static int
bad_part(const kvm_type_t *t, const char *what, const char *name)
{
	enum kvm_errclass class = damage_class(t);

	return (kvmi_error(t->types->kd, class, 0, "%s: type %u (%s%s): the "
	    "type of its %s %s is %s%s", t->source->path,
	    t->number, kvmi_kind_word(t->kind), t->name, what, name,
	    class == KVM_E_FORMAT ? "damaged" : "one of ",
	    class == KVM_E_FORMAT ? "" : t->source->parent_name));
}

/*
 * ctfconvert(1) gives bit-fields integer types of their own, which are called
 * "unsigned int bitfield" or just as the type that was declared; *tp becomes
 * that one, if it is to be found.
 */
static enum kvm_errclass
declared_type(kvm_type_t **tp)
{
	static const char suffix[] = " bitfield";
	const kvm_type_t *t = *tp;
	size_t len = strlen(t->name);
	enum kvm_errclass class;
	kvm_type_t *whole;
	char name[64];

	if (len >= sizeof(suffix) &&
	    strcmp(t->name + len + 1 - sizeof(suffix), suffix) == 0)
		len -= sizeof(suffix) - 1;
	if (len >= sizeof(name))
		return (KVM_E_NONE);
	memcpy(name, t->name, len);
	name[len] = '\0';
	class = kvmi_type_base(t->types, t->source, t->kind, name,
	    &whole);
	if (class == KVM_E_NONE && whole->size == t->size &&
	    whole->kind == t->kind)
		*tp = whole;
	return (class == KVM_E_NOMEM ? class : KVM_E_NONE);
}

/* Is m a bit-field?  Then what lies behind km_bits and km_bitoff says so. */
static enum kvm_errclass
fill_bits(struct kvm_member *m)
{
	const kvm_type_t *t = m->km_type;

	if (t->kind != KVM_K_INTEGER || (t->bits == 8 * t->size &&
	    t->bitoff == 0))
		return (KVM_E_NONE);
	m->km_bits = t->bits;
	m->km_bitoff += t->bitoff;
	return (declared_type(&m->km_type));
}

static enum kvm_errclass
decode_member(kvm_type_t *t, struct kvmi_record *r, struct kvm_member *m)
{
	struct kvmi_recmember raw;
	enum kvm_errclass class;
	bool named;

	named = t->source->ops->member(t->source, r, &raw);
	m->km_name = named ? raw.name : "";
	m->km_bitoff = raw.bitoff;
	m->km_bits = raw.bits;
	class = kvmi_type_resolve(t->types, t->source, raw.ref, 0,
	    &m->km_type);
	if (class == KVM_E_NONE)
		class = fill_bits(m);
	if (class != KVM_E_NONE || !named)
		m->km_type = NULL;
	return (class == KVM_E_NOMEM ? class : KVM_E_NONE);
}

static int
decode_members(kvm_type_t *t)
{
	struct kvm_member *members;
	struct kvmi_record r;
	uint32_t i;

	if (t->n == 0 || t->members != NULL)
		return (0);
	members = kvmi_arena_array(&t->types->arena, t->n, sizeof(*members));
	if (members == NULL)
		return (kvmi_nomem(t->types->kd, t->name));
	t->source->ops->record(t->source, t->number, &r);
	for (i = 0; i < t->n; i++)
		if (decode_member(t, &r, &members[i]) != KVM_E_NONE)
			return (kvmi_nomem(t->types->kd, t->name));
	t->members = members;
	return (0);
}

static int
decode_enumerators(kvm_type_t *t)
{
	struct kvm_enumerator *e;
	struct kvmi_record r;
	uint32_t i;

	if (t->n == 0 || t->enumerators != NULL)
		return (0);
	e = kvmi_arena_array(&t->types->arena, t->n, sizeof(*e));
	if (e == NULL)
		return (kvmi_nomem(t->types->kd, t->name));
	t->source->ops->record(t->source, t->number, &r);
	for (i = 0; i < t->n; i++) {
		if (!t->source->ops->enumerator(t->source, &r, &e[i]))
			e[i].ken_name = "";
		if (e[i].ken_value < 0)
			t->encoding = KVM_INT_SIGNED;
	}
	t->enumerators = e;
	return (0);
}

/*
 * An enum is signed when it needs to be: that is how compilers choose its
 * representation.
 */
unsigned int
kvm_type_encoding(kvm_type_t *t)
{

	t = kvm_type_strip(t);
	if (t->kind == KVM_K_ENUM)
		decode_enumerators(t);
	return (t->encoding);
}

size_t
kvm_type_nmembers(kvm_type_t *t)
{

	return (kvm_type_strip(t)->n);
}

static int
out_of_range(const kvm_type_t *t, const char *what, size_t i)
{

	return (kvmi_error(t->types->kd, KVM_E_INVAL, 0, "%s%s has no %s "
	    "number %zu", kvmi_kind_word(t->kind), t->name, what, i));
}

/* Hand m out, unless it is damaged. */
static int
give_member(const kvm_type_t *t, const struct kvm_member *m,
    struct kvm_member *out)
{

	if (m->km_type == NULL)
		return (bad_part(t, "member", m->km_name));
	*out = *m;
	return (0);
}

int
kvm_type_member(kvm_type_t *t, size_t i, struct kvm_member *m)
{

	if ((t = kvmi_type_inner(t)) == NULL)
		return (-1);
	if (!is_record(t) || i >= t->n)
		return (out_of_range(t, "member", i));
	if (decode_members(t) != 0)
		return (-1);
	return (give_member(t, &t->members[i], m));
}

int
kvm_type_enumerator(kvm_type_t *t, size_t i, struct kvm_enumerator *e)
{

	if ((t = kvmi_type_inner(t)) == NULL)
		return (-1);
	if (t->kind != KVM_K_ENUM || i >= t->n)
		return (out_of_range(t, "enumerator", i));
	if (decode_enumerators(t) != 0)
		return (-1);
	*e = t->enumerators[i];
	return (0);
}

kvm_type_t *
kvm_type_param(kvm_type_t *t, size_t i)
{
	char number[24];

	if ((t = kvmi_type_inner(t)) == NULL)
		return (NULL);
	if (t->kind != KVM_K_FUNCTION || i >= t->n) {
		out_of_range(t, "parameter", i);
		return (NULL);
	}
	if (t->params[i] == NULL) {
		snprintf(number, sizeof(number), "%zu", i);
		bad_part(t, "parameter", number);
	}
	return (t->params[i]);
}

/*
 * Values are compared in the width of the enum: 0xffffffff and -1 are the
 * same one.
 */
const char *
kvm_type_enum_name(kvm_type_t *t, int64_t value)
{
	uint64_t mask;
	uint32_t i;

	t = kvm_type_strip(t);
	if (t->kind != KVM_K_ENUM || decode_enumerators(t) != 0)
		return (NULL);
	mask = t->bits == 0 || t->bits >= 64 ? UINT64_MAX :
	    (UINT64_C(1) << t->bits) - 1;
	for (i = 0; i < t->n; i++)
		if ((((uint64_t)t->enumerators[i].ken_value ^
		    (uint64_t)value) & mask) == 0)
			return (t->enumerators[i].ken_name);
	return (NULL);
}

/* The members of a struct are gathered twice: to count, and to keep. */
struct gathering {
	struct kvm_member	*members;	/* NULL: count */
	uint32_t		 n;
	uint32_t		 visits;	/* structs that were entered */
	bool			 incomplete;
};

/*
 * The struct or union whose members are also those of m's; NULL: m is an
 * ordinary member, or *error is set: out of memory.
 */
static kvm_type_t *
anonymous(const struct kvm_member *m, int *error)
{
	kvm_type_t *inner;

	*error = 0;
	if (m->km_name[0] != '\0' || m->km_type == NULL)
		return (NULL);
	if ((inner = kvmi_type_inner(m->km_type)) == NULL) {
		if (m->km_type->types->kd->error.ke_class == KVM_E_NOMEM)
			*error = -1;
		return (NULL);
	}
	return (is_record(inner) ? inner : NULL);
}

static void
keep(struct gathering *g, const struct kvm_member *m, uint64_t base)
{

	if (g->members != NULL) {
		g->members[g->n] = *m;
		g->members[g->n].km_bitoff += base;
	}
	g->n++;
}

/* Gather the members of t, which lies at bit base.  0; or -1: no memory. */
static int
gather(struct gathering *g, kvm_type_t *t, uint64_t base, unsigned int depth)
{
	const struct kvm_member *m;
	kvm_type_t *inner;
	uint32_t i;
	int error;

	if (depth == MAX_NESTING || ++g->visits > MAX_FLAT) {
		g->incomplete = true;
		return (0);
	}
	if (decode_members(t) != 0)
		return (-1);
	for (i = 0; i < t->n && (depth == 0 || g->n < MAX_FLAT); i++) {
		m = &t->members[i];
		inner = anonymous(m, &error);
		if (inner != NULL)
			error = gather(g, inner, base + m->km_bitoff,
			    depth + 1);
		else
			keep(g, m, base);
		if (error != 0)
			return (-1);
	}
	if (i < t->n)
		g->incomplete = true;
	return (0);
}

static int
index_flat(struct kvmi_arena *arena, struct kvmi_flat *flat)
{
	void *mem;
	uint32_t i;

	if (flat->n <= FEW)
		return (0);
	if ((mem = kvmi_arena_alloc(arena, kvmi_hash_bytes(flat->n))) == NULL)
		return (-1);
	kvmi_hash_init(&flat->names, mem, flat->n);
	for (i = flat->n; i-- > 0;)
		kvmi_hash_add(&flat->names,
		    kvmi_hash_name(flat->members[i].km_name), i);
	return (0);
}

/* Is there something nested in t?  -1: out of memory. */
static int
has_anonymous(const kvm_type_t *t)
{
	uint32_t i;
	int error;

	for (i = 0; i < t->n; i++) {
		if (anonymous(&t->members[i], &error) != NULL)
			return (1);
		if (error != 0)
			return (-1);
	}
	return (0);
}

/* Fill in flat->members, which are t's own where nothing is nested. */
static int
flatten(kvm_type_t *t, struct kvmi_flat *flat)
{
	struct gathering g = { .members = NULL };
	int nested = has_anonymous(t);

	flat->members = t->members;
	flat->n = t->n;
	if (nested <= 0)
		return (nested);
	if (gather(&g, t, 0, 0) != 0)
		return (-1);
	g.members = kvmi_arena_array(&t->types->arena, g.n,
	    sizeof(*g.members));
	if (g.members == NULL)
		return (kvmi_nomem(t->types->kd, t->name));
	g.n = g.visits = 0;
	if (gather(&g, t, 0, 0) != 0)
		return (-1);
	flat->members = g.members;
	flat->n = g.n;
	flat->incomplete = g.incomplete;
	return (0);
}

static int
make_flat(kvm_type_t *t)
{
	struct kvmi_arena *arena = &t->types->arena;
	struct kvmi_flat *flat;

	if (t->flat != NULL)
		return (0);
	if (decode_members(t) != 0)
		return (-1);
	flat = kvmi_arena_alloc(arena, sizeof(*flat));
	if (flat == NULL)
		return (kvmi_nomem(t->types->kd, t->name));
	if (flatten(t, flat) != 0)
		return (-1);
	if (index_flat(arena, flat) != 0)
		return (kvmi_nomem(t->types->kd, t->name));
	t->flat = flat;
	return (0);
}

static const struct kvm_member *
search_flat(const struct kvmi_flat *flat, const char *name)
{
	uint32_t i;

	if (flat->names.heads == NULL) {
		for (i = 0; i < flat->n; i++)
			if (strcmp(flat->members[i].km_name, name) == 0)
				return (&flat->members[i]);
		return (NULL);
	}
	i = kvmi_hash_first(&flat->names, kvmi_hash_name(name));
	while (i != KVMI_HASH_END &&
	    strcmp(flat->members[i].km_name, name) != 0)
		i = kvmi_hash_next(&flat->names, i);
	return (i == KVMI_HASH_END ? NULL : &flat->members[i]);
}

int
kvm_type_find_member(kvm_type_t *t, const char *name, struct kvm_member *m)
{
	const struct kvm_member *found = NULL;
	char spelling[128];

	if ((t = kvmi_type_inner(t)) == NULL)
		return (-1);
	if (is_record(t) && name[0] != '\0') {
		if (make_flat(t) != 0)
			return (-1);
		found = search_flat(t->flat, name);
	}
	if (found != NULL)
		return (give_member(t, found, m));
	kvm_type_spell(t, "", spelling, sizeof(spelling));
	if (t->flat != NULL && t->flat->incomplete)
		return (kvmi_error(t->types->kd, KVM_E_FORMAT, 0, "%s has no "
		    "member '%s', or too many others", spelling, name));
	return (kvmi_error(t->types->kd, KVM_E_NOTYPE, 0,
	    "%s has no member '%s'%s", spelling, name,
	    t->kind == KVM_K_FORWARD ? ": it is declared but not defined" :
	    ""));
}
