/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * type.c: the type graph.
 *
 * A type is made when it is first asked for.  Structs, unions, enums and
 * typedefs are made without what they consist of, which waits until somebody
 * asks for that; pointers, arrays, functions and qualified types are made
 * together with what they are made of, because that is how they are told
 * apart.  So making one type makes a few others and never goes around in a
 * circle; numbers in a damaged source that would are refused.
 */
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctf.h"
#include "types.h"

/*
 * C11 5.2.4.1 promises 12 declarators on one type.  Something that nests
 * deeper than this is no declaration.
 */
#define	MAX_DEPTH	64

/* Neither CTF nor DWARF: say both, of which the second is the news. */
static void
join_problems(struct kvmi_types *types)
{
	struct kvm_error *p = &types->problem;
	const struct kvm_error *news = &types->kd->error;
	size_t len = strlen(p->ke_message);

	if (news->ke_class == KVM_E_FORMAT)
		p->ke_class = KVM_E_FORMAT;
	snprintf(p->ke_message + len, sizeof(p->ke_message) - len, "; %s",
	    news->ke_message);
}

/*
 * The one load of the source: why it failed is kept for those who ask.  CTF is
 * read in milliseconds; where it is damaged DWARF may still be there.
 */
static int
load_source(struct kvmi_types *types)
{
	kvm_t *kd = types->kd;

	if (kd->image == NULL)
		kvmi_error(kd, KVM_E_NOTYPE, 0,
		    "no kernel file was opened, so no types are known");
	else if ((types->source = kvmi_ctf_create(kd, kd->image)) != NULL)
		return (0);
	types->problem = kd->error;
	if (kd->image != NULL && kd->error.ke_class != KVM_E_NOMEM &&
	    (types->source = kvmi_dwtypes_create(kd)) != NULL)
		return (0);
	if (kd->error.ke_class == KVM_E_NOMEM)
		return (-1);
	if (kd->image != NULL && types->problem.ke_class == KVM_E_NOTYPE)
		join_problems(types);
	return (0);
}

struct kvmi_types *
kvmi_types_create(kvm_t *kd)
{
	struct kvmi_types *types;

	if ((types = calloc(1, sizeof(*types))) == NULL) {
		kvmi_nomem(kd, "types");
		return (NULL);
	}
	types->kd = kd;
	types->table_size = 64;
	types->table = calloc(types->table_size, sizeof(*types->table));
	types->void_type = kvmi_arena_alloc(&types->arena,
	    sizeof(*types->void_type));
	if (types->table == NULL || types->void_type == NULL) {
		kvmi_nomem(kd, "types");
		goto bad;
	}
	types->void_type->types = types;
	types->void_type->kind = KVM_K_VOID;
	types->void_type->name = "void";
	if (load_source(types) != 0)
		goto bad;
	return (types);
bad:
	kvmi_types_destroy(types);
	return (NULL);
}

void
kvmi_types_destroy(struct kvmi_types *types)
{

	if (types == NULL)
		return;
	if (types->source != NULL)
		types->source->ops->destroy(types->source);
	kvmi_arena_deinit(&types->arena);
	free(types->table);
	free(types);
}

struct kvmi_types *
kvmi_types_of(kvm_t *kd)
{

	if (kd->types == NULL)
		kd->types = kvmi_types_create(kd);
	return (kd->types);
}

static kvm_type_t *
skip_to(kvm_type_t *t, uint32_t key)
{

	while (t != NULL && t->key != key)
		t = t->next;
	return (t);
}

kvm_type_t *
kvmi_table_first(const struct kvmi_types *types, uint32_t key)
{

	return (skip_to(types->table[key & (types->table_size - 1)], key));
}

kvm_type_t *
kvmi_table_next(const kvm_type_t *t)
{

	return (skip_to(t->next, t->key));
}

static int
grow_table(struct kvmi_types *types)
{
	const uint32_t size = types->table_size * 2;
	kvm_type_t **head, *next, *t, **table;
	uint32_t i;

	if (size == 0 || (table = calloc(size, sizeof(*table))) == NULL)
		return (-1);
	for (i = 0; i < types->table_size; i++) {
		for (t = types->table[i]; t != NULL; t = next) {
			next = t->next;
			head = &table[t->key & (size - 1)];
			t->next = *head;
			*head = t;
		}
	}
	free(types->table);
	types->table = table;
	types->table_size = size;
	return (0);
}

static kvm_type_t *
copy_type(struct kvmi_types *types, const kvm_type_t *proto)
{
	kvm_type_t *t;

	t = kvmi_arena_alloc(&types->arena, sizeof(*t));
	if (t != NULL) {
		*t = *proto;
		t->types = types;
	}
	return (t);
}

kvm_type_t *
kvmi_table_add(struct kvmi_types *types, const kvm_type_t *proto)
{
	kvm_type_t **head, *t;

	if (types->table_used >= types->table_size && grow_table(types) != 0)
		return (NULL);
	if ((t = copy_type(types, proto)) == NULL)
		return (NULL);
	head = &types->table[t->key & (types->table_size - 1)];
	t->next = *head;
	*head = t;
	types->table_used++;
	return (t);
}

/* A forward declaration goes under the kind of its tag. */
static enum kvm_kind
tag_kind(const kvm_type_t *t)
{

	return (t->kind == KVM_K_FORWARD ? t->tag : t->kind);
}

uint32_t
kvmi_named_key(enum kvm_kind kind, const char *name)
{

	return (kvmi_hash_name(name) ^ (uint32_t)kind << 24);
}

kvm_type_t *
kvmi_type_named(const struct kvmi_types *types, enum kvm_kind kind,
    const char *name)
{
	kvm_type_t *t;

	if (name[0] == '\0')
		return (NULL);
	t = kvmi_table_first(types, kvmi_named_key(kind, name));
	while (t != NULL &&
	    (tag_kind(t) != kind || strcmp(t->name, name) != 0))
		t = kvmi_table_next(t);
	return (t);
}

/* What a record of a kind that is made alone must look like. */
static bool
is_sane(const struct kvmi_record *r)
{

	switch (r->kind) {
	case KVM_K_INTEGER:
		return (r->size <= 16 && r->bits + r->bitoff <= 8 * r->size);
	case KVM_K_FLOAT:
		return (r->size <= 32 && r->bits <= 8 * r->size);
	case KVM_K_ENUM:
		return (r->size <= 8);
	default:
		return (true);
	}
}

/* A type that is known by its number: what it consists of comes later. */
static enum kvm_errclass
make_leaf(struct kvmi_types *types, struct kvmi_source *source, uint32_t number,
    const struct kvmi_record *r, kvm_type_t **tp)
{
	const struct kvmi_base *base = NULL;
	kvm_type_t proto = { .kind = r->kind, .tag = r->tag };

	if (!is_sane(r))
		return (KVM_E_FORMAT);
	if (r->kind == KVM_K_INTEGER || r->kind == KVM_K_FLOAT)
		base = kvmi_base_find(r->name);
	proto.source = source;
	proto.number = number;
	proto.ref = r->ref;
	proto.name = base != NULL ? base->name : r->name;
	proto.size = r->size;
	proto.encoding = (uint8_t)r->encoding;
	proto.bits = (uint16_t)(r->kind == KVM_K_ENUM ? 8 * r->size : r->bits);
	proto.bitoff = (uint8_t)r->bitoff;
	proto.n = r->n;
	*tp = copy_type(types, &proto);
	return (*tp == NULL ? KVM_E_NOMEM : KVM_E_NONE);
}

static enum kvm_errclass make_type(struct kvmi_types *, struct kvmi_source *,
    uint32_t, unsigned int, kvm_type_t **);

/*
 * A base type may have several records (compilers spell them differently);
 * the first one stands for all.  CTF has no void but an integer of that name
 * and no size.
 */
static enum kvm_errclass
make_base(struct kvmi_types *types, struct kvmi_source *source, uint32_t number,
    const struct kvmi_record *r, kvm_type_t **tp)
{
	struct kvmi_record other;
	enum kvm_errclass class;
	uint32_t first;

	if (r->size == 0 && strcmp(r->name, "void") == 0) {
		*tp = types->void_type;
		return (KVM_E_NONE);
	}
	class = source->ops->find(source, r->kind, r->name, &first);
	if (class == KVM_E_NOMEM)
		return (class);
	if (class == KVM_E_NONE && first != number &&
	    source->ops->record(source, first, &other) &&
	    other.size == r->size && other.bits == r->bits &&
	    other.encoding == r->encoding)
		return (make_type(types, source, first, 0, tp));
	return (make_leaf(types, source, number, r, tp));
}

enum kvm_errclass
kvmi_type_definition(struct kvmi_types *types, struct kvmi_source *source,
    enum kvm_kind kind, const char *name, kvm_type_t **tp)
{
	struct kvmi_record def;
	enum kvm_errclass class;
	uint32_t number;

	if (source == NULL)
		return (KVM_E_NOTYPE);
	class = source->ops->find(source, kind, name, &number);
	if (class == KVM_E_NOMEM)
		return (class);
	if (class == KVM_E_NONE &&
	    source->ops->record(source, number, &def) &&
	    def.kind != KVM_K_FORWARD)
		return (make_type(types, source, number, 0, tp));
	return (kvmi_type_definition(types, source->parent, kind, name, tp));
}

/*
 * A forward declaration is what it declares, where that is known, else one
 * and the same type whoever declares it.
 */
static enum kvm_errclass
make_forward(struct kvmi_types *types, struct kvmi_source *source,
    uint32_t number, const struct kvmi_record *r, kvm_type_t **tp)
{
	kvm_type_t proto = { .kind = KVM_K_FORWARD, .tag = r->tag };
	enum kvm_errclass class;

	if (r->name[0] == '\0')
		return (make_leaf(types, source, number, r, tp));
	class = kvmi_type_definition(types, source, r->tag, r->name, tp);
	if (class != KVM_E_NOTYPE)
		return (class);
	*tp = kvmi_type_named(types, r->tag, r->name);
	if (*tp == NULL) {
		proto.key = kvmi_named_key(r->tag, r->name);
		proto.name = r->name;
		*tp = kvmi_table_add(types, &proto);
	}
	return (*tp == NULL ? KVM_E_NOMEM : KVM_E_NONE);
}

static enum kvm_errclass
make_record(struct kvmi_types *types, struct kvmi_source *source,
    uint32_t number, const struct kvmi_record *r, unsigned int depth,
    kvm_type_t **tp)
{
	enum kvm_errclass class;
	uint32_t twin = 0;

	if (source->parent != NULL) {
		class = kvmi_twin(source->parent, source, r, &twin);
		if (class != KVM_E_NONE)
			return (class);
	}
	if (twin != 0)
		return (make_type(types, source->parent, twin, depth, tp));
	switch (r->kind) {
	case KVM_K_VOID:		/* a hole */
		return (KVM_E_FORMAT);
	case KVM_K_INTEGER:
	case KVM_K_FLOAT:
		return (make_base(types, source, number, r, tp));
	case KVM_K_STRUCT:
	case KVM_K_UNION:
	case KVM_K_ENUM:
	case KVM_K_TYPEDEF:
		return (make_leaf(types, source, number, r, tp));
	case KVM_K_FORWARD:
		return (make_forward(types, source, number, r, tp));
	default:
		return (kvmi_type_derive(types, source, number, r, depth, tp));
	}
}

/* Type number of the source.  While it is being made its slot says so. */
static enum kvm_errclass
make_type(struct kvmi_types *types, struct kvmi_source *source, uint32_t number,
    unsigned int depth, kvm_type_t **tp)
{
	kvm_type_t *t = source->slots[number];
	struct kvmi_record r;
	enum kvm_errclass class;

	if (t != NULL && t != &types->busy) {
		*tp = t;
		return (KVM_E_NONE);
	}
	if (t != NULL || depth > MAX_DEPTH ||
	    !source->ops->record(source, number, &r))
		return (KVM_E_FORMAT);
	source->slots[number] = &types->busy;
	class = make_record(types, source, number, &r, depth, tp);
	source->slots[number] = class == KVM_E_NONE ? *tp : NULL;
	return (class);
}

enum kvm_errclass
kvmi_type_resolve(struct kvmi_types *types, struct kvmi_source *source,
    uint32_t ref, unsigned int depth, kvm_type_t **tp)
{
	struct kvmi_source *owner;
	enum kvm_errclass class;
	uint32_t number;

	if (ref == 0) {
		*tp = types->void_type;
		return (KVM_E_NONE);
	}
	class = source->ops->locate(source, ref, &owner, &number);
	if (class != KVM_E_NONE)
		return (class);
	return (make_type(types, owner, number, depth, tp));
}

enum kvm_errclass
kvmi_type_number(struct kvmi_types *types, struct kvmi_source *source,
    uint32_t number, kvm_type_t **tp)
{

	return (make_type(types, source, number, 0, tp));
}

int
kvmi_type_bad_source(kvm_t *kd, const struct kvmi_source *source, uint32_t ref,
    enum kvm_errclass class, const char *what)
{
	const char *path = source->path;

	if (class == KVM_E_NOMEM)
		return (kvmi_nomem(kd, what));
	if (class == KVM_E_NOTYPE)
		return (kvmi_error(kd, class, 0, "%s: %s: type %u is one of "
		    "%s, which its types build on and which is not loaded",
		    path, what, ref, source->parent_name));
	return (kvmi_error(kd, KVM_E_FORMAT, 0, "%s: damaged types: %s: "
	    "there is no type %u, or it is made of itself", path, what, ref));
}

int
kvmi_type_bad_ref(const kvm_type_t *t, uint32_t ref, enum kvm_errclass class)
{
	char what[80];

	snprintf(what, sizeof(what), "type %u (%s)", t->number, t->name);
	return (kvmi_type_bad_source(t->types->kd, t->source, ref, class,
	    what));
}

/* An architecture that is not known yet has told nothing: ask the kernel. */
unsigned int
kvmi_type_ptrsize(const kvm_t *kd)
{
	struct kvmi_ident ident;

	if (kd->ptrsize != 0 || kd->image == NULL)
		return (kd->ptrsize == 4 ? 4 : 8);
	kvmi_image_ident(kd->image, &ident);
	return (ident.class == ELFCLASS32 ? 4 : 8);
}
