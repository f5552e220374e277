/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ctftwin.c: the types that a module has from the kernel's headers.
 *
 * A module's container has copies of them, numbered otherwise.  A type that
 * has the kernel's name and looks the same is the kernel's, so that a struct
 * ifnet is a struct ifnet whoever points to it.
 */
#include "types.h"

/* Pointers to pointers and the like that are followed to compare typedefs. */
#define	MAX_DEPTH	8

/* A type of either container. */
struct side {
	const struct kvmi_ctf	*ctf;
	struct kvmi_record	 r;
};

static bool same(const struct side *, const struct side *, unsigned int);

/* What ref means to the container; false when that can't be told. */
static bool
follow(const struct side *from, uint32_t ref, struct side *to)
{
	struct kvmi_ctf *owner;
	uint32_t number;

	if (ref == 0 || kvmi_ctf_locate((struct kvmi_ctf *)(uintptr_t)from->ctf,
	    ref, &owner, &number) != KVM_E_NONE)
		return (false);
	to->ctf = owner;
	return (kvmi_ctf_record(owner, number, &to->r));
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
	struct kvmi_recmember x, y;
	uint32_t i;

	for (i = 0; i < a->r.n; i++)
		if (!kvmi_ctf_member(a->ctf, &a->r, i, &x) ||
		    !kvmi_ctf_member(b->ctf, &b->r, i, &y) ||
		    x.bitoff != y.bitoff || strcmp(x.name, y.name) != 0)
			return (false);
	return (true);
}

static bool
same_enumerators(const struct side *a, const struct side *b)
{
	struct kvm_enumerator x, y;
	uint32_t i;

	for (i = 0; i < a->r.n; i++)
		if (!kvmi_ctf_enumerator(a->ctf, &a->r, i, &x) ||
		    !kvmi_ctf_enumerator(b->ctf, &b->r, i, &y) ||
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

uint32_t
kvmi_ctf_twin(const struct kvmi_ctf *kernel, const struct kvmi_ctf *c,
    const struct kvmi_record *r)
{
	struct side mine = { c, *r }, its = { kernel, { .name = "" } };
	uint32_t number;

	if (r->name[0] == '\0' || r->kind == KVM_K_FORWARD)
		return (0);
	number = kvmi_ctf_find(kernel, r->kind, r->name);
	if (number == 0 || !kvmi_ctf_record(kernel, number, &its.r) ||
	    !same(&mine, &its, 0))
		return (0);
	return (number);
}
