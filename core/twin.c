/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * twin.c: types that are copies of another: those that a module has from the
 * kernel's headers.
 *
 * A module's source numbers them otherwise.  A type that has the kernel's name
 * and looks the same is the kernel's, so that a struct ifnet is a struct ifnet
 * whoever points to it.
 */
#include "types.h"

/* Pointers to pointers and the like that are followed to compare typedefs. */
#define	MAX_HOPS	8

/* A type of either source. */
struct side {
	struct kvmi_source	*source;
	struct kvmi_record	 r;
};

/* A comparison under way. */
struct comparison {
	unsigned int	hops;		/* from target to target */
	bool		nomem;		/* no answer, for lack of memory */
};

static bool same(const struct side *, const struct side *,
    struct comparison *);

/* What from is made of; false when that can't be told. */
static bool
follow(const struct side *from, struct side *to, struct comparison *c)
{
	enum kvm_errclass class;
	uint32_t number;

	class = from->source->ops->locate(from->source, from->r.ref,
	    &to->source, &number);
	if (class == KVM_E_NOMEM)
		c->nomem = true;
	return (class == KVM_E_NONE &&
	    to->source->ops->record(to->source, number, &to->r));
}

static bool
same_target(const struct side *a, const struct side *b, struct comparison *c)
{
	struct side x, y;

	if (a->r.ref == 0 || b->r.ref == 0)
		return (a->r.ref == b->r.ref);
	return (c->hops++ < MAX_HOPS && follow(a, &x, c) &&
	    follow(b, &y, c) && same(&x, &y, c));
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
same_contents(const struct side *a, const struct side *b,
    struct comparison *c)
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
		    same_target(a, b, c));
	case KVM_K_FUNCTION:
		return (a->r.n == b->r.n && a->r.variadic == b->r.variadic &&
		    same_target(a, b, c));
	default:
		return (same_target(a, b, c));
	}
}

static bool
same(const struct side *a, const struct side *b, struct comparison *c)
{

	if (strcmp(a->r.name, b->r.name) != 0)
		return (false);
	if (a->r.kind == KVM_K_FORWARD || b->r.kind == KVM_K_FORWARD)
		return (tag_of(a) == tag_of(b));
	return (a->r.kind == b->r.kind && same_contents(a, b, c));
}

enum kvm_errclass
kvmi_same_record(struct kvmi_source *source, const struct kvmi_record *r,
    struct kvmi_source *other, const struct kvmi_record *its, bool *answer)
{
	struct side a = { source, *r }, b = { other, *its };
	struct comparison c = { .hops = 0 };

	*answer = same(&a, &b, &c);
	return (c.nomem ? KVM_E_NOMEM : KVM_E_NONE);
}

enum kvm_errclass
kvmi_twin(struct kvmi_source *kernel, struct kvmi_source *source,
    const struct kvmi_record *r, uint32_t *number)
{
	struct kvmi_record its;
	enum kvm_errclass class;
	uint32_t found;
	bool twins;

	*number = 0;
	if (r->name[0] == '\0' || r->kind == KVM_K_FORWARD)
		return (KVM_E_NONE);
	class = kernel->ops->find(kernel, r->kind, r->name, &found);
	if (class != KVM_E_NONE || !kernel->ops->record(kernel, found, &its))
		return (class == KVM_E_NOMEM ? class : KVM_E_NONE);
	class = kvmi_same_record(source, r, kernel, &its, &twins);
	if (class == KVM_E_NONE && twins)
		*number = found;
	return (class);
}
