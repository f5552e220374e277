/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * twin.c: types that are copies of another: those that a module has from the
 * kernel's headers.
 *
 * A module's source numbers them otherwise.  A type that
 * has the kernel's name and looks the same is the kernel's, so that a struct
 * ifnet is a struct ifnet whoever points to it.
 */
#include "types.h"

/* Pointers to pointers and the like that are followed to compare typedefs. */
#define	MAX_DEPTH	8

/* A type of either source. */
struct side {
	struct kvmi_source	*source;
	struct kvmi_record	 r;
};

static bool same(const struct side *, const struct side *, unsigned int);

/* What ref means to the source; false when that can't be told. */
static bool
follow(const struct side *from, uint32_t ref, struct side *to)
{
	struct kvmi_source *owner;
	uint32_t number;

	if (ref == 0 || from->source->ops->locate(from->source, ref, &owner,
	    &number) != KVM_E_NONE)
		return (false);
	to->source = owner;
	return (owner->ops->record(owner, number, &to->r));
}

static bool
same_target(const struct side *a, const struct side *b, unsigned int depth)
{
	struct side x, y;

	if (a->r.ref == 0 || b->r.ref == 0)
		return (a->r.ref == b->r.ref);
	return (depth < MAX_DEPTH && follow(a, a->r.ref, &x) &&
	    follow(b, b->r.ref, &y) && same(&x, &y, depth + 1));
}

static bool
same_members(const struct side *a, const struct side *b)
{
	struct kvmi_record p = a->r, q = b->r;
	struct kvmi_recmember x, y;
	uint32_t i;

	for (i = 0; i < a->r.n; i++)
		if (!a->source->ops->member(a->source, &p, &x) ||
		    !b->source->ops->member(b->source, &q, &y) ||
		    x.bitoff != y.bitoff || strcmp(x.name, y.name) != 0)
			return (false);
	return (true);
}

static bool
same_enumerators(const struct side *a, const struct side *b)
{
	struct kvmi_record p = a->r, q = b->r;
	struct kvm_enumerator x, y;
	uint32_t i;

	for (i = 0; i < a->r.n; i++)
		if (!a->source->ops->enumerator(a->source, &p, &x) ||
		    !b->source->ops->enumerator(b->source, &q, &y) ||
		    x.ken_value != y.ken_value ||
		    strcmp(x.ken_name, y.ken_name) != 0)
			return (false);
	return (true);
}

/*
 * The kind of tag that a record has or declares: a pointer leads to the same
 * struct, whether it is known here what that is made of or not.
 */
static enum kvm_kind
tag_of(const struct side *s)
{

	switch (s->r.kind) {
	case KVM_K_FORWARD:
		return (s->r.tag);
	case KVM_K_STRUCT:
	case KVM_K_UNION:
	case KVM_K_ENUM:
		return (s->r.kind);
	default:
		return (KVM_K_VOID);
	}
}

static bool
same_contents(const struct side *a, const struct side *b, unsigned int depth)
{

	switch (a->r.kind) {
	case KVM_K_INTEGER:
	case KVM_K_FLOAT:
		return (a->r.size == b->r.size && a->r.bits == b->r.bits &&
		    a->r.encoding == b->r.encoding);
	case KVM_K_STRUCT:
	case KVM_K_UNION:
		return (a->r.size == b->r.size && a->r.n == b->r.n &&
		    same_members(a, b));
	case KVM_K_ENUM:
		return (a->r.size == b->r.size && a->r.n == b->r.n &&
		    same_enumerators(a, b));
	case KVM_K_ARRAY:
		return (a->r.nelems == b->r.nelems &&
		    same_target(a, b, depth));
	case KVM_K_FUNCTION:
		return (a->r.n == b->r.n && a->r.variadic == b->r.variadic &&
		    same_target(a, b, depth));
	default:
		return (same_target(a, b, depth));
	}
}

static bool
same(const struct side *a, const struct side *b, unsigned int depth)
{

	if (strcmp(a->r.name, b->r.name) != 0)
		return (false);
	if (a->r.kind == KVM_K_FORWARD || b->r.kind == KVM_K_FORWARD)
		return (tag_of(a) == tag_of(b));
	return (a->r.kind == b->r.kind && same_contents(a, b, depth));
}

bool
kvmi_same_record(struct kvmi_source *source, const struct kvmi_record *r,
    struct kvmi_source *other, const struct kvmi_record *s)
{
	struct side a = { source, *r }, b = { other, *s };

	return (same(&a, &b, 0));
}

uint32_t
kvmi_twin(struct kvmi_source *kernel, struct kvmi_source *source,
    const struct kvmi_record *r)
{
	struct kvmi_record its;
	uint32_t number;

	if (r->name[0] == '\0' || r->kind == KVM_K_FORWARD ||
	    kernel->ops->find(kernel, r->kind, r->name, &number) !=
	    KVM_E_NONE || !kernel->ops->record(kernel, number, &its) ||
	    !kvmi_same_record(source, r, kernel, &its))
		return (0);
	return (number);
}
