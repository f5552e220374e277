/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * dwarftype.c: DWARF as a source of types (source.h).
 *
 * A reference is the offset of a DIE.  A number is given to a DIE when
 * somebody first refers to it; copies of a named type in other units get the
 * number of the first one.
 */
#include <stdlib.h>

#include "debuginfo.h"
#include "types.h"

/* A slot of the hash by which DIEs are found; die 0: empty. */
struct kvmi_dwalias {
	uint32_t	die, number;
	uint32_t	original;	/* number of what it is a copy of, or
					   its own; 0: not known yet */
};

static struct kvmi_dwtypes *
types_of(struct kvmi_source *source)
{

	return ((struct kvmi_dwtypes *)source);
}

/* Where die is in the hash, or belongs. */
static struct kvmi_dwalias *
slot_of(struct kvmi_dwalias *aliases, uint32_t n, uint32_t die)
{
	uint32_t i = die * 0x9e3779b1u;

	for (i = (i ^ i >> 15) & (n - 1);
	    aliases[i].die != 0 && aliases[i].die != die;
	    i = (i + 1) & (n - 1))
		continue;
	return (&aliases[i]);
}

/* Let at most half of the hash be used, after one more. */
static int
grow_hash(struct kvmi_dwtypes *t)
{
	const uint32_t n = t->nhash == 0 ? 256 : 2 * t->nhash;
	struct kvmi_dwalias *aliases;
	uint32_t i;

	if (t->naliases < t->nhash / 2)
		return (0);
	if ((aliases = calloc(n, sizeof(*aliases))) == NULL)
		return (-1);
	for (i = 0; i < t->nhash; i++)
		if (t->aliases[i].die != 0)
			*slot_of(aliases, n, t->aliases[i].die) =
			    t->aliases[i];
	free(t->aliases);
	t->aliases = aliases;
	t->nhash = n;
	return (0);
}

/* Room for one more number. */
static int
grow_numbers(struct kvmi_dwtypes *t)
{
	const uint32_t room = t->room == 0 ? 256 : 2 * t->room;
	kvm_type_t **slots;
	uint32_t *dies;

	if (t->ntypes + 1 < t->room)
		return (0);
	if ((dies = realloc(t->dies, room * sizeof(*dies))) == NULL)
		return (-1);
	t->dies = dies;
	slots = realloc(t->source.slots, room * sizeof(*slots));
	if (slots == NULL)
		return (-1);
	memset(slots + t->room, 0, (room - t->room) * sizeof(*slots));
	t->source.slots = slots;
	t->room = room;
	return (0);
}

/* The number of the DIE, copy or not. */
static enum kvm_errclass
number_of(struct kvmi_dwtypes *t, uint32_t die, uint32_t *number)
{
	struct kvmi_dwalias *slot;

	if (grow_hash(t) != 0 || grow_numbers(t) != 0)
		return (KVM_E_NOMEM);
	slot = slot_of(t->aliases, t->nhash, die);
	if (slot->die == 0) {
		slot->die = die;
		slot->number = ++t->ntypes;
		t->dies[slot->number] = die;
		t->naliases++;
	}
	*number = slot->number;
	return (KVM_E_NONE);
}

/* Enter all units up to that of a DIE. */
static int
index_up_to(struct kvmi_dwtypes *t, uint32_t die)
{
	struct kvmi_dwarf *d = t->dwarf;

	while (t->index.next_unit < d->nunits &&
	    d->units[t->index.next_unit] <= die)
		if (kvmi_dwindex_grow(d, &t->index) < 0)
			return (-1);
	return (0);
}

/*
 * Is the type at die a copy of the one at first?  While they are compared,
 * references are taken as they are.
 */
static enum kvm_errclass
is_copy(struct kvmi_dwtypes *t, uint32_t die, uint32_t first, bool *copy)
{
	struct kvmi_source *source = &t->source;
	struct kvmi_record a, b;
	enum kvm_errclass class;
	uint32_t i, j;

	*copy = false;
	if (number_of(t, first, &i) != KVM_E_NONE ||
	    number_of(t, die, &j) != KVM_E_NONE)
		return (KVM_E_NOMEM);
	if (!kvmi_dwpart_record(source, i, &a) ||
	    !kvmi_dwpart_record(source, j, &b))
		return (KVM_E_NONE);
	t->comparing = true;
	class = kvmi_same_record(source, &a, source, &b, copy);
	t->comparing = false;
	return (class);
}

/* The DIE that stands for all copies of the type at *die. */
static enum kvm_errclass
find_original(struct kvmi_dwtypes *t, uint32_t *die)
{
	const struct kvmi_dwname *e;
	enum kvm_errclass class;
	enum kvm_kind kind;
	const char *name;
	Dwarf_Die at;
	bool copy;

	if (!kvmi_die_at(t->dwarf, *die, &at))
		return (KVM_E_FORMAT);
	kind = kvmi_dwindex_kind(t->dwarf, &at);
	if (kind == KVM_K_VOID || kind == KVM_K_INTEGER ||
	    kind == KVM_K_FLOAT ||
	    (name = kvmi_die_name(t->dwarf, &at)) == NULL || name[0] == '\0')
		return (KVM_E_NONE);
	if (index_up_to(t, *die) != 0)
		return (KVM_E_NOMEM);
	e = kvmi_dwnames_first(&t->index.types, kind, name);
	if (e == NULL || !e->definition || e->die >= *die)
		return (KVM_E_NONE);
	class = is_copy(t, *die, e->die, &copy);
	if (class == KVM_E_NONE && copy)
		*die = e->die;
	return (class);
}

static enum kvm_errclass
locate(struct kvmi_source *source, uint32_t ref, struct kvmi_source **owner,
    uint32_t *number)
{
	struct kvmi_dwtypes *t = types_of(source);
	enum kvm_errclass class;
	uint32_t die = ref;
	Dwarf_Die at;

	*owner = source;
	if (!kvmi_die_at(t->dwarf, ref, &at))
		return (KVM_E_FORMAT);
	class = number_of(t, ref, number);
	if (class != KVM_E_NONE || t->comparing)
		return (class);
	*number = slot_of(t->aliases, t->nhash, ref)->original;
	if (*number != 0)
		return (KVM_E_NONE);
	class = find_original(t, &die);
	if (class == KVM_E_NONE)
		class = number_of(t, die, number);
	if (class == KVM_E_NONE)
		slot_of(t->aliases, t->nhash, ref)->original = *number;
	return (class);
}

static enum kvm_errclass
find(struct kvmi_source *source, enum kvm_kind kind, const char *name,
    uint32_t *number)
{
	struct kvmi_dwtypes *t = types_of(source);
	const struct kvmi_dwname *e;
	int end = 0;

	name = kvmi_dwindex_name(kind, name);
	for (;;) {
		e = kvmi_dwnames_first(&t->index.types, kind, name);
		if ((e != NULL && e->definition) || end > 0)
			break;
		if ((end = kvmi_dwindex_grow(t->dwarf, &t->index)) < 0)
			return (KVM_E_NOMEM);
	}
	return (e == NULL ? KVM_E_NOTYPE : number_of(t, e->die, number));
}

/* All names must be known before they can be counted. */
static uint32_t
count(struct kvmi_source *source)
{
	struct kvmi_dwtypes *t = types_of(source);

	while (kvmi_dwindex_grow(t->dwarf, &t->index) == 0)
		continue;
	return (t->index.types.n);
}

static enum kvm_errclass
entry(struct kvmi_source *source, uint32_t i, uint32_t *number)
{
	struct kvmi_dwtypes *t = types_of(source);

	return (number_of(t, t->index.types.entries[i].die, number));
}

static int
find_enumerator(struct kvmi_source *source, const char *name, int64_t *value)
{
	struct kvmi_dwtypes *t = types_of(source);
	const struct kvmi_dwname *e;
	Dwarf_Die die;
	int end = 0;

	while ((e = kvmi_dwnames_first(&t->index.enumerators, KVM_K_ENUM,
	    name)) == NULL && end == 0)
		end = kvmi_dwindex_grow(t->dwarf, &t->index);
	if (end < 0)
		return (kvmi_nomem(source->kd, "enumerators"));
	return (e != NULL && kvmi_die_at(t->dwarf, e->die, &die) &&
	    kvmi_die_number(t->dwarf, &die, DW_AT_const_value, value) ? 0 : 1);
}

/* ---- symbols */

/* What the units that were entered say of a symbol: DIEs; 0: none. */
struct meaning {
	uint32_t	exact;			/* has its address */
	uint32_t	last;			/* any definition */
	uint32_t	declared;
	uint32_t	definitions;
	uint32_t	seen;			/* entry + 1; 0: none yet */
};

static bool
has_address(struct kvmi_dwarf *d, uint32_t die, uint64_t address)
{
	Dwarf_Die at;
	uint64_t its;

	return (kvmi_die_at(d, die, &at) && kvmi_die_address(d, &at, &its) &&
	    its == address);
}

/* Look at the entries of that name that came since the last time. */
static void
look_up(const struct kvmi_dwtypes *t, const char *name, uint64_t address,
    struct meaning *m)
{
	const struct kvmi_dwnames *names = &t->index.symbols;
	const struct kvmi_dwname *e;

	e = m->seen == 0 ? kvmi_dwnames_first(names, KVM_K_VOID, name) :
	    kvmi_dwnames_next(names, &names->entries[m->seen - 1]);
	for (; e != NULL && m->exact == 0; e = kvmi_dwnames_next(names, e)) {
		m->seen = (uint32_t)(e - names->entries) + 1;
		if (!e->definition) {
			m->declared = e->die;
			continue;
		}
		m->definitions++;
		m->last = e->die;
		if (has_address(t->dwarf, e->die, address))
			m->exact = e->die;
	}
}

/*
 * The DIE of a symbol.  Where none has its address (functions of powerpc64
 * have theirs in a descriptor), one of its name must be the only one.  0:
 * none; NO_DIE: no memory.
 */
static uint32_t
find_symbol(struct kvmi_dwtypes *t, const char *name, uint64_t address)
{
	struct meaning m = { .seen = 0 };
	int end = 0;

	for (;;) {
		look_up(t, name, address, &m);
		if (m.exact != 0 || end > 0)
			break;
		if ((end = kvmi_dwindex_grow(t->dwarf, &t->index)) < 0)
			return (NO_DIE);
	}
	if (m.exact != 0)
		return (m.exact);
	return (m.definitions == 1 ? m.last :
	    m.definitions == 0 ? m.declared : 0);
}

static int
symbol(struct kvmi_source *source, const struct kvm_symbol *sym,
    struct kvmi_record *r)
{
	struct kvmi_dwtypes *t = types_of(source);
	const uint64_t linked = kvmi_symbol_linked(source->kd, sym);
	Dwarf_Die die;
	uint32_t at;

	memset(r, 0, sizeof(*r));
	if ((at = find_symbol(t, sym->ks_name, linked)) == NO_DIE)
		return (kvmi_nomem(source->kd, "types of symbols"));
	if (at == 0 || !kvmi_die_at(t->dwarf, at, &die))
		goto none;
	if (kvmi_die_tag(t->dwarf, &die) == DW_TAG_subprogram) {
		if (kvmi_dwpart_function(t->dwarf, &die, r))
			return (0);
	} else if ((r->ref = kvmi_die_type(t->dwarf, &die)) != 0)
		return (0);
none:
	return (kvmi_error(source->kd, KVM_E_NOTYPE, 0,
	    "%s: no type is recorded for the symbol %s", source->path,
	    sym->ks_name));
}

static void
destroy(struct kvmi_source *source)
{
	struct kvmi_dwtypes *t = types_of(source);

	kvmi_dwindex_deinit(&t->index);
	free(t->aliases);
	free(t->dies);
	free(source->slots);
	free(t);
}

static const struct kvmi_source_ops dwarf_ops = {
	.name = "dwarf",
	.destroy = destroy,
	.count = count,
	.entry = entry,
	.locate = locate,
	.find = find,
	.record = kvmi_dwpart_record,
	.member = kvmi_dwpart_member,
	.enumerator = kvmi_dwpart_enumerator,
	.param = kvmi_dwpart_param,
	.dimension = kvmi_dwpart_dimension,
	.find_enumerator = find_enumerator,
	.symbol = symbol,
};

struct kvmi_source *
kvmi_dwtypes_create(kvm_t *kd)
{
	struct kvmi_dwtypes *t;
	struct kvmi_dwarf *d;

	if ((d = kvmi_dwarf_of(kd)) == NULL)
		return (NULL);
	if ((t = calloc(1, sizeof(*t))) == NULL) {
		kvmi_nomem(kd, "types");
		return (NULL);
	}
	t->source.ops = &dwarf_ops;
	t->source.kd = kd;
	t->source.path = d->path;
	t->source.parent_name = "";
	t->dwarf = d;
	return (&t->source);
}
