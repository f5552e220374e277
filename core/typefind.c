/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * typefind.c: the types that there are, by name, by number, by symbol; and
 * those that a program defines itself.
 */
#include <gelf.h>

#include "types.h"

#ifndef EM_RISCV
#define	EM_RISCV	243
#endif

/*
 * Whether char is signed is the ABI's choice: on all but x86 (and the old
 * mips and sparc) it is not.
 */
static bool
char_is_signed(const kvm_t *kd)
{
	struct kvmi_ident ident;

	if (kd->image == NULL)
		return (true);
	kvmi_image_ident(kd->image, &ident);
	switch (ident.machine) {
	case EM_ARM:
	case EM_AARCH64:
	case EM_PPC:
	case EM_PPC64:
	case EM_RISCV:
		return (false);
	default:
		return (true);
	}
}

/* One of C's base types that the source does not have. */
static enum kvm_errclass
invent_base(struct kvmi_types *types, const struct kvmi_base *base,
    kvm_type_t **tp)
{
	kvm_type_t proto = { .kind = base->kind, .name = base->name };

	proto.key = kvmi_named_key(base->kind, base->name);
	proto.size = base->size;
	if (base->size == 0)
		proto.size = kvmi_type_ptrsize(types->kd);
	proto.bits = (uint16_t)(8 * proto.size);
	proto.encoding = (uint8_t)base->encoding;
	if (strcmp(base->name, "char") == 0 && char_is_signed(types->kd))
		proto.encoding |= KVM_INT_SIGNED;
	*tp = kvmi_table_add(types, &proto);
	return (*tp == NULL ? KVM_E_NOMEM : KVM_E_NONE);
}

/* The source's type of that name.  KVM_E_NOTYPE: it has none. */
static enum kvm_errclass
find_in_source(struct kvmi_types *types, struct kvmi_source *source,
    enum kvm_kind kind, const char *name, kvm_type_t **tp)
{
	enum kvm_errclass class;
	uint32_t number;

	class = kvmi_type_definition(types, source, kind, name, tp);
	for (; class == KVM_E_NOTYPE && source != NULL;
	    source = source->parent) {
		class = source->ops->find(source, kind, name, &number);
		if (class == KVM_E_NONE)
			return (kvmi_type_number(types, source, number, tp));
	}
	return (class);
}

enum kvm_errclass
kvmi_type_base(struct kvmi_types *types, struct kvmi_source *source,
    enum kvm_kind kind, const char *name, kvm_type_t **tp)
{
	const struct kvmi_base *base;
	enum kvm_errclass class;

	class = find_in_source(types, source, kind, name, tp);
	base = kvmi_base_find(name);
	if (class != KVM_E_NOTYPE || base == NULL || base->kind != kind)
		return (class);
	*tp = kvmi_type_named(types, kind, base->name);
	return (*tp != NULL ? KVM_E_NONE : invent_base(types, base, tp));
}

static enum kvm_errclass
find_type(struct kvmi_types *types, struct kvmi_source *source,
    enum kvm_kind kind, const char *name, kvm_type_t **tp)
{
	enum kvm_errclass class;

	if (kind == KVM_K_INTEGER || kind == KVM_K_FLOAT)
		return (kvmi_type_base(types, source, kind, name, tp));
	class = find_in_source(types, source, kind, name, tp);
	if (class != KVM_E_NOTYPE)
		return (class);
	*tp = kvmi_type_named(types, kind, name);
	return (*tp == NULL ? KVM_E_NOTYPE : KVM_E_NONE);
}

/* Say that a look-up by name failed, or that there is nothing to look in. */
static void
no_such_type(struct kvmi_types *types, const struct kvmi_source *source,
    enum kvm_kind kind, const char *name, enum kvm_errclass class)
{
	kvm_t *kd = types->kd;

	if (class == KVM_E_NOMEM)
		kvmi_nomem(kd, "types");
	else if (source == NULL)
		kd->error = types->problem;
	else if (class == KVM_E_NOTYPE && source->parent_name[0] != '\0' &&
	    source->parent == NULL)
		kvmi_error(kd, class, 0, "no %s%s among the types of %s; "
		    "those of its parent %s are not loaded",
		    kvmi_kind_word(kind), name, source->path,
		    source->parent_name);
	else if (class == KVM_E_NOTYPE)
		kvmi_error(kd, class, 0, "no %s%s among the types of %s",
		    kvmi_kind_word(kind), name, source->path);
	else
		kvmi_error(kd, class, 0, "%s: damaged types: %s%s",
		    source->path, kvmi_kind_word(kind), name);
}

kvm_type_t *
kvmi_type_in(struct kvmi_types *types, struct kvmi_source *source,
    enum kvm_kind kind, const char *name)
{
	enum kvm_errclass class;
	kvm_type_t *t;

	switch (kind) {
	case KVM_K_VOID:
		return (types->void_type);
	case KVM_K_INTEGER:
	case KVM_K_FLOAT:
	case KVM_K_STRUCT:
	case KVM_K_UNION:
	case KVM_K_ENUM:
	case KVM_K_TYPEDEF:
		class = find_type(types, source, kind, name, &t);
		if (class == KVM_E_NONE)
			return (t);
		no_such_type(types, source, kind, name, class);
		return (NULL);
	default:
		kvmi_error(types->kd, KVM_E_INVAL, 0,
		    "kvm_type: types of kind %d have no names", (int)kind);
		return (NULL);
	}
}

kvm_type_t *
kvm_type(kvm_t *kd, enum kvm_kind kind, const char *name)
{
	struct kvmi_types *types;

	if ((types = kvmi_types_of(kd)) == NULL)
		return (NULL);
	return (kvmi_type_in(types, types->source, kind, name));
}

const char *
kvm_type_source(kvm_t *kd)
{
	const struct kvmi_types *types;

	if ((types = kvmi_types_of(kd)) == NULL)
		return ("none");
	return (types->source != NULL ? types->source->ops->name :
	    types->ndefined > 0 ? "defined" : "none");
}

size_t
kvm_type_count(kvm_t *kd)
{
	const struct kvmi_types *types = kvmi_types_of(kd);

	return (types == NULL || types->source == NULL ? 0 :
	    types->source->ops->count(types->source));
}

kvm_type_t *
kvm_type_entry(kvm_t *kd, size_t index)
{
	struct kvmi_source *source;
	enum kvm_errclass class;
	uint32_t number;
	kvm_type_t *t;

	if (index >= kvm_type_count(kd)) {
		kvmi_error(kd, KVM_E_INVAL, 0, "there is no type number %zu",
		    index);
		return (NULL);
	}
	source = kd->types->source;
	class = source->ops->entry(source, (uint32_t)index, &number);
	if (class == KVM_E_NONE)
		class = kvmi_type_number(kd->types, source, number, &t);
	if (class == KVM_E_NONE)
		return (t);
	if (class == KVM_E_NOMEM)
		kvmi_nomem(kd, "types");
	else
		kvmi_error(kd, KVM_E_FORMAT, 0, "%s: type %zu is a hole, or "
		    "damaged", source->path, index + 1);
	return (NULL);
}

kvm_type_t *
kvmi_type_of_symbol_in(struct kvmi_types *types, struct kvmi_source *source,
    const struct kvm_symbol *sym)
{
	struct kvmi_record r;
	enum kvm_errclass class;
	kvm_type_t *t;

	if (source->ops->symbol(source, sym, &r) != 0)
		return (NULL);
	class = r.kind == KVM_K_FUNCTION ?
	    kvmi_type_derive(types, source, 0, &r, 0, &t) :
	    kvmi_type_resolve(types, source, r.ref, 0, &t);
	if (class == KVM_E_NONE)
		return (t);
	kvmi_type_bad_source(types->kd, source, r.ref, class, sym->ks_name);
	return (NULL);
}

kvm_type_t *
kvm_type_of_symbol(kvm_t *kd, const struct kvm_symbol *sym)
{
	struct kvmi_types *types;

	if ((types = kvmi_types_of(kd)) == NULL)
		return (NULL);
	if (types->source != NULL)
		return (kvmi_type_of_symbol_in(types, types->source, sym));
	kd->error = types->problem;
	return (NULL);
}

int
kvm_enumerator(kvm_t *kd, const char *name, int64_t *value)
{
	struct kvmi_types *types;
	int error = 1;

	if ((types = kvmi_types_of(kd)) == NULL)
		return (-1);
	if (types->source != NULL)
		error = types->source->ops->find_enumerator(types->source,
		    name, value);
	if (error > 0 && types->source == NULL)
		kd->error = types->problem;
	else if (error > 0)
		kvmi_error(kd, KVM_E_NOTYPE, 0,
		    "no enumerator %s among the types of %s", name,
		    kvmi_image_path(kd->image));
	return (error == 0 ? 0 : -1);
}

/* Does m, of a known type, lie within a type of size bytes? */
static bool
fits(const struct kvm_member *m, uint64_t size)
{
	uint64_t bits = m->km_bits, bytes;

	if (bits == 0) {
		bytes = kvm_type_size(m->km_type);
		if (bytes > UINT64_MAX / 8)
			return (false);
		bits = 8 * bytes;
	}
	return (size > UINT64_MAX / 8 ||
	    !kvmi_beyond(m->km_bitoff, bits, 8 * size));
}

static int
check_members(struct kvmi_types *types, const char *name, uint64_t size,
    const struct kvm_member *members, size_t n)
{
	const struct kvm_member *m;
	const char *member;
	size_t i;

	for (i = 0; i < n; i++) {
		m = &members[i];
		member = m->km_name == NULL ? "" : m->km_name;
		if (m->km_type == NULL || m->km_type->types != types)
			return (kvmi_error(types->kd, KVM_E_INVAL, 0,
			    "%s.%s: its type is not one of this descriptor",
			    name, member));
		if (!fits(m, size))
			return (kvmi_error(types->kd, KVM_E_INVAL, 0,
			    "%s.%s: at bit %ju, it lies outside of %ju bytes",
			    name, member, (uintmax_t)m->km_bitoff,
			    (uintmax_t)size));
	}
	return (0);
}

static struct kvm_member *
copy_members(struct kvmi_arena *arena, const struct kvm_member *members,
    size_t n)
{
	struct kvm_member *copy;
	size_t i;

	if ((copy = kvmi_arena_array(arena, n, sizeof(*copy))) == NULL)
		return (NULL);
	for (i = 0; i < n; i++) {
		copy[i] = members[i];
		copy[i].km_name = kvmi_arena_strdup(arena,
		    members[i].km_name == NULL ? "" : members[i].km_name);
		if (copy[i].km_name == NULL)
			return (NULL);
	}
	return (copy);
}

/* The type to be filled in: new, or a declaration that there was. */
static kvm_type_t *
declare(struct kvmi_types *types, enum kvm_kind kind, const char *name)
{
	kvm_type_t proto = { .kind = KVM_K_FORWARD, .tag = kind };

	proto.key = kvmi_named_key(kind, name);
	proto.name = kvmi_arena_strdup(&types->arena, name);
	return (proto.name == NULL ? NULL : kvmi_table_add(types, &proto));
}

static kvm_type_t *
define(struct kvmi_types *types, kvm_type_t *t, enum kvm_kind kind,
    const char *name, uint64_t size, const struct kvm_member *members,
    size_t n)
{
	struct kvm_member *copy;

	if (check_members(types, name, size, members, n) != 0)
		return (NULL);
	if ((copy = copy_members(&types->arena, members, n)) == NULL ||
	    (t == NULL && (t = declare(types, kind, name)) == NULL)) {
		kvmi_nomem(types->kd, name);
		return (NULL);
	}
	if (size == 0 && n == 0)
		return (t);
	t->kind = kind;
	t->size = size;
	t->members = copy;
	t->n = (uint32_t)n;
	types->ndefined++;
	return (t);
}

kvm_type_t *
kvm_type_define(kvm_t *kd, enum kvm_kind kind, const char *name,
    uint64_t size, const struct kvm_member *members, size_t n)
{
	struct kvmi_types *types;
	enum kvm_errclass class = KVM_E_NOTYPE;
	kvm_type_t *t = NULL;

	if ((types = kvmi_types_of(kd)) == NULL)
		return (NULL);
	if ((kind != KVM_K_STRUCT && kind != KVM_K_UNION) || n > INT32_MAX) {
		kvmi_error(kd, KVM_E_INVAL, 0, "kvm_type_define: %s: neither "
		    "a struct nor a union", name);
		return (NULL);
	}
	if (name[0] != '\0')
		class = find_type(types, types->source, kind, name, &t);
	if (class != KVM_E_NONE && class != KVM_E_NOTYPE) {
		no_such_type(types, types->source, kind, name, class);
		return (NULL);
	}
	if (class == KVM_E_NONE && t->kind != KVM_K_FORWARD)
		return (t);
	return (define(types, class == KVM_E_NONE ? t : NULL, kind, name, size,
	    members, n));
}
