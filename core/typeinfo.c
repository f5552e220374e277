/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * typeinfo.c: what a type is: kind, size, what it is made of.
 *
 * Typedefs of a damaged source may run in a circle, so every chain is
 * followed only so far.
 */
#include "types.h"

/* Typedefs, qualifiers and array dimensions on the way to a type. */
#define	MAX_HOPS	256

static kvm_type_t *
endless(const kvm_type_t *t)
{

	kvmi_error(t->types->kd, KVM_E_FORMAT, 0, "damaged types: %s%s is "
	    "made of itself", kvmi_kind_word(t->kind), t->name);
	return (NULL);
}

kvm_t *
kvm_type_kd(kvm_type_t *t)
{

	return (t->types->kd);
}

enum kvm_kind
kvm_type_kind(kvm_type_t *t)
{

	return (t->kind);
}

const char *
kvm_type_name(kvm_type_t *t)
{

	return (t->name);
}

kvm_type_t *
kvm_type_target(kvm_type_t *t)
{
	enum kvm_errclass class;
	kvm_type_t *target;

	switch (t->kind) {
	case KVM_K_POINTER:
	case KVM_K_ARRAY:
	case KVM_K_FUNCTION:
	case KVM_K_TYPEDEF:
	case KVM_K_VOLATILE:
	case KVM_K_CONST:
	case KVM_K_RESTRICT:
		break;
	default:
		return (NULL);
	}
	if (t->target != NULL)
		return (t->target);
	class = t->damage;
	if (class == KVM_E_NONE)
		class = kvmi_type_resolve(t->types, t->source, t->ref, 0,
		    &target);
	if (class == KVM_E_NONE)
		return (t->target = target);
	kvmi_type_bad_ref(t, t->ref, class);
	return (NULL);
}

static bool
is_wrapper(const kvm_type_t *t)
{

	return (t->kind == KVM_K_TYPEDEF || t->kind == KVM_K_CONST ||
	    t->kind == KVM_K_VOLATILE || t->kind == KVM_K_RESTRICT);
}

kvm_type_t *
kvmi_type_inner(kvm_type_t *t)
{
	kvm_type_t *inner = t;
	unsigned int hops;

	for (hops = 0; inner != NULL && is_wrapper(inner); hops++)
		inner = hops == MAX_HOPS ? endless(t) : kvm_type_target(inner);
	return (inner);
}

kvm_type_t *
kvm_type_strip(kvm_type_t *t)
{
	kvm_type_t *inner = kvmi_type_inner(t);

	return (inner != NULL ? inner : t->types->void_type);
}

static uint64_t
too_large(const kvm_type_t *t, uint64_t n, uint64_t size)
{

	kvmi_error(t->types->kd, KVM_E_FORMAT, 0, "damaged types: an array of "
	    "%ju times %ju", (uintmax_t)n, (uintmax_t)size);
	return (0);
}

uint64_t
kvm_type_size(kvm_type_t *t)
{
	kvm_type_t *inner = kvm_type_strip(t);
	uint64_t n = 1, size;
	unsigned int hops;

	for (hops = 0; inner->kind == KVM_K_ARRAY; hops++) {
		if (inner->nelems == 0)
			return (0);
		if (hops == MAX_HOPS) {
			endless(t);
			return (0);
		}
		if (n > UINT64_MAX / inner->nelems)
			return (too_large(t, n, inner->nelems));
		n *= inner->nelems;
		if ((inner = kvm_type_target(inner)) == NULL)
			return (0);
		inner = kvm_type_strip(inner);
	}
	size = inner->kind == KVM_K_POINTER ?
	    kvmi_type_ptrsize(t->types->kd) : inner->size;
	if (size != 0 && n > UINT64_MAX / size)
		return (too_large(t, n, size));
	return (n * size);
}

uint64_t
kvm_type_nelems(kvm_type_t *t)
{

	return (kvm_type_strip(t)->nelems);
}

unsigned int
kvm_type_bits(kvm_type_t *t)
{

	return (kvm_type_strip(t)->bits);
}

unsigned int
kvm_type_bitoff(kvm_type_t *t)
{

	return (kvm_type_strip(t)->bitoff);
}

bool
kvm_type_variadic(kvm_type_t *t)
{

	return (kvm_type_strip(t)->variadic);
}
