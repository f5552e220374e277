/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * derive.c: types that are made of others: pointers, arrays, functions,
 * qualified types.
 *
 * There is one of each, whether the source has it (perhaps several times: a
 * pointer to a struct that is declared is the pointer to the struct that is
 * defined elsewhere) or a program asked for it: all are kept in the graph's
 * table, by what they are made of.
 */
#include <stdlib.h>

#include "types.h"

/* More than any array has. */
#define	MAX_DIMENSIONS	32

static uint64_t
mix(uint64_t h, uint64_t value)
{

	h = (h ^ value) * 0x9e3779b97f4a7c15;
	return (h ^ h >> 29);
}

static uint32_t
derived_key(const kvm_type_t *t)
{
	uint64_t h = (uint64_t)t->kind;
	uint32_t i;

	h = mix(h, (uintptr_t)t->target);
	h = mix(h, t->nelems);
	for (i = 0; i < t->n; i++)
		h = mix(h, (uintptr_t)t->params[i]);
	return ((uint32_t)(h ^ h >> 32));
}

static bool
same_type(const kvm_type_t *a, const kvm_type_t *b)
{

	return (a->kind == b->kind && a->target == b->target &&
	    a->nelems == b->nelems && a->variadic == b->variadic &&
	    a->n == b->n && (a->n == 0 || memcmp(a->params, b->params,
	    a->n * sizeof(*a->params)) == 0));
}

/* Give proto, whose parameters are somebody else's, parameters of its own. */
static int
copy_params(struct kvmi_types *types, kvm_type_t *proto)
{
	kvm_type_t **params;

	if (proto->n == 0)
		return (0);
	params = kvmi_arena_array(&types->arena, proto->n, sizeof(*params));
	if (params == NULL)
		return (-1);
	memcpy(params, proto->params, proto->n * sizeof(*params));
	proto->params = params;
	return (0);
}

/* The one type that is like proto.  NULL: out of memory. */
static kvm_type_t *
intern(struct kvmi_types *types, kvm_type_t *proto)
{
	kvm_type_t *t;

	proto->key = derived_key(proto);
	proto->name = "";
	for (t = kvmi_table_first(types, proto->key); t != NULL;
	    t = kvmi_table_next(t))
		if (same_type(t, proto))
			return (t);
	if (copy_params(types, proto) != 0)
		return (NULL);
	return (kvmi_table_add(types, proto));
}

/*
 * The parameters of r.  One that is damaged stays NULL, and *damaged is set.
 */
static enum kvm_errclass
resolve_params(struct kvmi_types *types, struct kvmi_source *source,
    const struct kvmi_record *r, unsigned int depth, kvm_type_t **params,
    bool *damaged)
{
	struct kvmi_record part = *r;
	enum kvm_errclass class;
	uint32_t i;

	for (i = 0; i < r->n; i++) {
		class = kvmi_type_resolve(types, source,
		    source->ops->param(source, &part), depth + 1, &params[i]);
		if (class == KVM_E_NOMEM)
			return (class);
		if (class != KVM_E_NONE) {
			params[i] = NULL;
			*damaged = true;
		}
	}
	return (KVM_E_NONE);
}

/* Make *target what r, an array with further dimensions, has as elements. */
static enum kvm_errclass
wrap(struct kvmi_types *types, struct kvmi_source *source,
    const struct kvmi_record *r, kvm_type_t **target)
{
	struct kvmi_record part = *r;
	uint64_t nelems[MAX_DIMENSIONS];
	uint32_t i;

	if (r->n > MAX_DIMENSIONS)
		return (KVM_E_FORMAT);
	for (i = 0; i < r->n; i++)
		nelems[i] = source->ops->dimension(source, &part);
	while (i-- > 0) {
		kvm_type_t proto = { .kind = KVM_K_ARRAY, .target = *target };

		proto.nelems = nelems[i];
		if ((*target = intern(types, &proto)) == NULL)
			return (KVM_E_NOMEM);
	}
	return (KVM_E_NONE);
}

/*
 * proto is complete but for what it is made of.  A damaged type is like no
 * other: it is not looked for, and never found.
 */
static enum kvm_errclass
derive(struct kvmi_types *types, const struct kvmi_record *r,
    unsigned int depth, kvm_type_t *proto, kvm_type_t **tp)
{
	enum kvm_errclass class;
	bool damaged;

	class = kvmi_type_resolve(types, proto->source, r->ref, depth + 1,
	    &proto->target);
	if (class == KVM_E_NONE && proto->kind == KVM_K_ARRAY)
		class = wrap(types, proto->source, r, &proto->target);
	damaged = class != KVM_E_NONE;
	proto->damage = class;
	if (damaged)
		proto->target = NULL;
	if (class != KVM_E_NOMEM && proto->kind == KVM_K_FUNCTION)
		class = resolve_params(types, proto->source, r, depth,
		    proto->params, &damaged);
	if (class == KVM_E_NOMEM)
		return (class);
	if (damaged && copy_params(types, proto) != 0)
		return (KVM_E_NOMEM);
	*tp = damaged ? kvmi_table_add(types, proto) : intern(types, proto);
	return (*tp == NULL ? KVM_E_NOMEM : KVM_E_NONE);
}

enum kvm_errclass
kvmi_type_derive(struct kvmi_types *types, struct kvmi_source *source,
    uint32_t number, const struct kvmi_record *r, unsigned int depth,
    kvm_type_t **tp)
{
	kvm_type_t **params, proto = { .kind = r->kind, .name = "" };
	enum kvm_errclass class;

	proto.source = source;
	proto.number = number;
	proto.ref = r->ref;
	if (r->kind == KVM_K_ARRAY)
		proto.nelems = r->nelems;
	if (r->kind != KVM_K_FUNCTION)
		return (derive(types, r, depth, &proto, tp));
	proto.n = r->n;
	proto.variadic = r->variadic;
	if ((params = calloc((size_t)r->n + 1, sizeof(*params))) == NULL)
		return (KVM_E_NOMEM);
	proto.params = params;
	class = derive(types, r, depth, &proto, tp);
	free(params);
	return (class);
}

/* As intern(), with the error recorded. */
static kvm_type_t *
made(kvm_type_t *proto)
{
	struct kvmi_types *types = proto->target->types;
	kvm_type_t *t;

	if ((t = intern(types, proto)) == NULL)
		kvmi_nomem(types->kd, "types");
	return (t);
}

kvm_type_t *
kvm_type_pointer(kvm_type_t *t)
{
	kvm_type_t proto = { .kind = KVM_K_POINTER, .target = t };

	return (made(&proto));
}

kvm_type_t *
kvm_type_array(kvm_type_t *t, uint64_t nelems)
{
	kvm_type_t proto = { .kind = KVM_K_ARRAY, .target = t };

	proto.nelems = nelems;
	return (made(&proto));
}

/* A qualifier given twice counts once (C11 6.7.3 paragraph 5). */
kvm_type_t *
kvm_type_qualified(kvm_type_t *t, enum kvm_kind qualifier)
{
	kvm_type_t proto = { .kind = qualifier, .target = t };

	switch (qualifier) {
	case KVM_K_CONST:
	case KVM_K_VOLATILE:
	case KVM_K_RESTRICT:
		return (t->kind == qualifier ? t : made(&proto));
	default:
		kvmi_error(t->types->kd, KVM_E_INVAL, 0,
		    "kvm_type_qualified: %d is no qualifier", (int)qualifier);
		return (NULL);
	}
}

kvm_type_t *
kvm_type_function(kvm_type_t *result, kvm_type_t *const *params,
    size_t nparams, bool variadic)
{
	kvm_type_t proto = { .kind = KVM_K_FUNCTION, .target = result };
	size_t i;

	for (i = 0; i < nparams; i++)
		if (params[i]->types != result->types)
			break;
	if (i < nparams || nparams > INT32_MAX) {
		kvmi_error(result->types->kd, KVM_E_INVAL, 0,
		    "kvm_type_function: parameter %zu is a type of another "
		    "descriptor", i);
		return (NULL);
	}
	proto.n = (uint32_t)nparams;
	proto.variadic = variadic;
	/* intern() copies them if it keeps them. */
	proto.params = (kvm_type_t **)(uintptr_t)params;
	return (made(&proto));
}
