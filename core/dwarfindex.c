/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * dwarfindex.c: what stands in DWARF by name.
 *
 * A kernel has thousands of units, which repeat the types of the headers that
 * they share.  Units are entered one after another, only until the name that
 * was asked for has come up; of a type the first definition counts, whoever
 * asks first.
 */
#include <stdlib.h>

#include "debuginfo.h"
#include "types.h"

static uint32_t
key_of(enum kvm_kind kind, const char *name)
{

	return (kvmi_hash_name(name) ^ (uint32_t)kind << 24);
}

/* Entry i becomes the last one of its chain. */
static void
link_entry(struct kvmi_dwnames *names, uint32_t i)
{
	const uint32_t slot = names->entries[i].key & (names->room - 1);

	names->entries[i].next = 0;
	if (names->heads[slot] == 0)
		names->heads[slot] = i + 1;
	else
		names->entries[names->tails[slot] - 1].next = i + 1;
	names->tails[slot] = i + 1;
}

static int
make_room(struct kvmi_dwnames *names)
{
	const uint32_t room = names->room == 0 ? 256 : 2 * names->room;
	struct kvmi_dwname *entries;
	uint32_t *heads, i;

	if (names->n < names->room)
		return (0);
	if (room > UINT32_MAX / 4 ||
	    (heads = calloc(2 * (size_t)room, sizeof(*heads))) == NULL)
		return (-1);
	entries = realloc(names->entries, room * sizeof(*entries));
	if (entries == NULL) {
		free(heads);
		return (-1);
	}
	free(names->heads);
	names->entries = entries;
	names->heads = heads;
	names->tails = heads + room;
	names->room = room;
	for (i = 0; i < names->n; i++)
		link_entry(names, i);
	return (0);
}

static struct kvmi_dwname *
search(const struct kvmi_dwnames *names, uint32_t i, uint32_t key,
    enum kvm_kind kind, const char *name)
{
	struct kvmi_dwname *e;

	for (; i != 0; i = e->next) {
		e = &names->entries[i - 1];
		if (e->key == key && e->kind == kind &&
		    strcmp(e->name, name) == 0)
			return (e);
	}
	return (NULL);
}

struct kvmi_dwname *
kvmi_dwnames_first(const struct kvmi_dwnames *names, enum kvm_kind kind,
    const char *name)
{
	const uint32_t key = key_of(kind, name);

	if (names->n == 0)
		return (NULL);
	return (search(names, names->heads[key & (names->room - 1)], key, kind,
	    name));
}

struct kvmi_dwname *
kvmi_dwnames_next(const struct kvmi_dwnames *names,
    const struct kvmi_dwname *e)
{

	return (search(names, e->next, e->key, e->kind, e->name));
}

static int
add(struct kvmi_dwnames *names, enum kvm_kind kind, const char *name,
    uint32_t die, bool definition)
{
	struct kvmi_dwname *e;

	if (make_room(names) != 0)
		return (-1);
	e = &names->entries[names->n];
	e->name = name;
	e->key = key_of(kind, name);
	e->die = die;
	e->kind = kind;
	e->definition = definition;
	link_entry(names, names->n++);
	return (0);
}

/* One of a kind and name, a definition if there is one. */
static int
add_once(struct kvmi_dwnames *names, enum kvm_kind kind, const char *name,
    uint32_t die, bool definition)
{
	struct kvmi_dwname *e;

	if ((e = kvmi_dwnames_first(names, kind, name)) == NULL)
		return (add(names, kind, name, die, definition));
	if (definition && !e->definition) {
		e->die = die;
		e->definition = true;
	}
	return (0);
}

static bool
is_float(struct kvmi_dwarf *d, Dwarf_Die *die)
{
	int64_t encoding = 0;

	kvmi_die_number(d, die, DW_AT_encoding, &encoding);
	return (encoding == DW_ATE_float || encoding == DW_ATE_complex_float ||
	    encoding == DW_ATE_imaginary_float);
}

enum kvm_kind
kvmi_dwindex_kind(struct kvmi_dwarf *d, Dwarf_Die *die)
{

	switch (kvmi_die_tag(d, die)) {
	case DW_TAG_base_type:
		return (is_float(d, die) ? KVM_K_FLOAT : KVM_K_INTEGER);
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		return (KVM_K_STRUCT);
	case DW_TAG_union_type:
		return (KVM_K_UNION);
	case DW_TAG_enumeration_type:
		return (KVM_K_ENUM);
	case DW_TAG_typedef:
		return (KVM_K_TYPEDEF);
	default:
		return (KVM_K_VOID);
	}
}

/* Base types are known by one spelling each. */
const char *
kvmi_dwindex_name(enum kvm_kind kind, const char *name)
{
	const struct kvmi_base *base = NULL;

	if (kind == KVM_K_INTEGER || kind == KVM_K_FLOAT)
		base = kvmi_base_find(name);
	return (base != NULL ? base->name : name);
}

static int
enter_enumerators(struct kvmi_dwarf *d, struct kvmi_dwindex *x,
    Dwarf_Die *parent)
{
	const char *name;
	Dwarf_Die die;

	if (!kvmi_die_child(d, parent, &die))
		return (0);
	do {
		if (kvmi_die_tag(d, &die) == DW_TAG_enumerator &&
		    (name = kvmi_die_name(d, &die)) != NULL &&
		    name[0] != '\0' && add_once(&x->enumerators, KVM_K_ENUM,
		    name, kvmi_die_offset(d, &die), true) != 0)
			return (-1);
	} while (kvmi_die_next(d, &die));
	return (0);
}

/* An enum that was entered before brings no new enumerators. */
static int
enter_type(struct kvmi_dwarf *d, struct kvmi_dwindex *x, Dwarf_Die *die,
    enum kvm_kind kind)
{
	const char *name = kvmi_die_name(d, die);
	bool definition = !kvmi_die_has(d, die, DW_AT_declaration);
	const struct kvmi_dwname *known = NULL;

	if (name == NULL)
		return (0);
	if (name[0] != '\0') {
		name = kvmi_dwindex_name(kind, name);
		known = kvmi_dwnames_first(&x->types, kind, name);
	}
	if (kind == KVM_K_ENUM && (known == NULL || !known->definition) &&
	    enter_enumerators(d, x, die) != 0)
		return (-1);
	if (name[0] == '\0' || (known != NULL && known->definition))
		return (0);
	return (add_once(&x->types, kind, name, kvmi_die_offset(d, die),
	    definition));
}

/*
 * Functions and variables of one name, with and without an address.  A unit
 * may be entered twice, when memory ran out in the middle of it.
 */
static int
enter_symbol(struct kvmi_dwarf *d, struct kvmi_dwindex *x, Dwarf_Die *die,
    bool definition)
{
	const struct kvmi_dwnames *names = &x->symbols;
	const uint32_t offset = kvmi_die_offset(d, die);
	const char *name = kvmi_die_name(d, die);

	if (name == NULL || name[0] == '\0')
		return (0);
	if (!definition)
		return (add_once(&x->symbols, KVM_K_VOID, name, offset, false));
	if (names->n > 0 && names->entries[names->n - 1].die >= offset)
		return (0);
	return (add(&x->symbols, KVM_K_VOID, name, offset, true));
}

static int
enter(struct kvmi_dwarf *d, struct kvmi_dwindex *x, Dwarf_Die *die)
{
	enum kvm_kind kind;

	switch (kvmi_die_tag(d, die)) {
	case DW_TAG_variable:
		return (enter_symbol(d, x, die,
		    kvmi_die_has(d, die, DW_AT_location)));
	case DW_TAG_subprogram:
		return (enter_symbol(d, x, die,
		    kvmi_die_has(d, die, DW_AT_low_pc) ||
		    kvmi_die_has(d, die, DW_AT_ranges)));
	default:
		kind = kvmi_dwindex_kind(d, die);
		return (kind == KVM_K_VOID ? 0 : enter_type(d, x, die, kind));
	}
}

int
kvmi_dwindex_grow(struct kvmi_dwarf *d, struct kvmi_dwindex *x)
{
	Dwarf_Die die, unit;

	if (x->next_unit == d->nunits)
		return (1);
	if (kvmi_die_at(d, d->units[x->next_unit], &unit) &&
	    kvmi_die_child(d, &unit, &die)) {
		do {
			if (enter(d, x, &die) != 0)
				return (-1);
		} while (kvmi_die_next(d, &die));
	}
	x->next_unit++;
	return (0);
}

static void
names_deinit(struct kvmi_dwnames *names)
{

	free(names->entries);
	free(names->heads);
}

void
kvmi_dwindex_deinit(struct kvmi_dwindex *x)
{

	names_deinit(&x->types);
	names_deinit(&x->symbols);
	names_deinit(&x->enumerators);
}
