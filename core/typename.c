/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * typename.c: C's base types and how they are called; how any type is
 * spelled.
 */
#include <stdio.h>

#include "types.h"

/* Words of which C's base types are made (C11 6.7.2). */
#define	W_UNSIGNED	0x0001u
#define	W_SIGNED	0x0002u
#define	W_CHAR		0x0004u
#define	W_SHORT		0x0008u
#define	W_INT		0x0010u
#define	W_LONG		0x0020u
#define	W_LONGLONG	0x0040u
#define	W_INT128	0x0080u
#define	W_BOOL		0x0100u
#define	W_FLOAT		0x0200u
#define	W_DOUBLE	0x0400u

static const struct {
	const char	*word;
	unsigned int	 bit;
} words[] = {
	{ "unsigned", W_UNSIGNED },	{ "signed", W_SIGNED },
	{ "char", W_CHAR },		{ "short", W_SHORT },
	{ "int", W_INT },		{ "long", W_LONG },
	{ "__int128", W_INT128 },	{ "_Bool", W_BOOL },
	{ "float", W_FLOAT },		{ "double", W_DOUBLE },
};

#define	INT(name, enc, size, w)	{ name, KVM_K_INTEGER, enc, size, w }
#define	FLT(name, size, w)	{ name, KVM_K_FLOAT, 0, size, w }
#define	S	KVM_INT_SIGNED

/*
 * Sizes are those of FreeBSD's two data models: long is as wide as a pointer.
 * Whether plain char is signed, the ABI says.  No kernel has a long double;
 * 16 bytes is what most ABIs give it.
 */
static const struct kvmi_base bases[] = {
	INT("char", KVM_INT_CHAR, 1, W_CHAR),
	INT("signed char", S | KVM_INT_CHAR, 1, W_SIGNED | W_CHAR),
	INT("unsigned char", KVM_INT_CHAR, 1, W_UNSIGNED | W_CHAR),
	INT("short", S, 2, W_SHORT),
	INT("unsigned short", 0, 2, W_UNSIGNED | W_SHORT),
	INT("int", S, 4, W_INT),
	INT("unsigned int", 0, 4, W_UNSIGNED | W_INT),
	INT("long", S, 0, W_LONG),
	INT("unsigned long", 0, 0, W_UNSIGNED | W_LONG),
	INT("long long", S, 8, W_LONGLONG),
	INT("unsigned long long", 0, 8, W_UNSIGNED | W_LONGLONG),
	INT("__int128", S, 16, W_INT128),
	INT("unsigned __int128", 0, 16, W_UNSIGNED | W_INT128),
	INT("_Bool", KVM_INT_BOOL, 1, W_BOOL),
	FLT("float", 4, W_FLOAT),
	FLT("double", 8, W_DOUBLE),
	FLT("long double", 16, W_LONG | W_DOUBLE),
};

#undef INT
#undef FLT
#undef S

/* The bit of the word of len letters at s; 0: it is none. */
static unsigned int
word_bit(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < nitems_of(words); i++)
		if (strncmp(words[i].word, s, len) == 0 &&
		    words[i].word[len] == '\0')
			return (words[i].bit);
	return (0);
}

/* All words of name as bits; 0 when one is unknown or too many. */
static unsigned int
parse_words(const char *name)
{
	unsigned int all = 0, bit;
	size_t len;

	for (; *name != '\0'; name += len) {
		name += strspn(name, " ");
		if ((len = strcspn(name, " ")) == 0)
			break;
		if ((bit = word_bit(name, len)) == 0)
			return (0);
		if (bit == W_LONG && (all & W_LONG) != 0) {
			all &= ~W_LONG;
			bit = W_LONGLONG;
		}
		if ((all & bit) != 0)
			return (0);
		all |= bit;
	}
	return (all);
}

/* Leave out what C lets one leave out. */
static unsigned int
shortest(unsigned int all)
{

	if ((all & (W_SHORT | W_LONG | W_LONGLONG)) != 0)
		all &= ~W_INT;
	else if (all == W_SIGNED || all == W_UNSIGNED)
		all |= W_INT;
	if ((all & (W_CHAR | W_UNSIGNED)) == 0)
		all &= ~W_SIGNED;
	return (all);
}

const struct kvmi_base *
kvmi_base_find(const char *name)
{
	unsigned int all = parse_words(name);
	size_t i;

	if (all == 0)
		return (NULL);
	all = shortest(all);
	for (i = 0; i < nitems_of(bases); i++)
		if (bases[i].words == all)
			return (&bases[i]);
	return (NULL);
}

const char *
kvmi_kind_word(enum kvm_kind kind)
{

	switch (kind) {
	case KVM_K_STRUCT:
		return ("struct ");
	case KVM_K_UNION:
		return ("union ");
	case KVM_K_ENUM:
		return ("enum ");
	case KVM_K_TYPEDEF:
		return ("typedef ");
	default:
		return ("");
	}
}

/*
 * Spelling.  A C declaration is read from the name outwards, so it is written
 * in two halves: what stands before the name, from the outermost type in, and
 * what stands behind it, from the name out.
 */

/* Types within types of one spelling, and its length. */
#define	MAX_DEPTH	64
#define	MAX_LENGTH	65536

struct speller {
	char		*buf;
	size_t		 size;
	size_t		 len;		/* that it would need */
	char		 last;		/* letter written; NUL: none yet */
	unsigned int	 depth;
};

static void
put(struct speller *sp, const char *s)
{

	for (; *s != '\0'; s++, sp->len++) {
		if (sp->len + 1 < sp->size)
			sp->buf[sp->len] = *s;
		sp->last = *s;
	}
}

/* A space, unless what comes next may touch what was before. */
static void
put_space(struct speller *sp)
{

	if (sp->last != '\0' && strchr(" *(", sp->last) == NULL)
		put(sp, " ");
}

static bool
too_deep(struct speller *sp, const kvm_type_t *t)
{

	if (t != NULL && sp->depth < MAX_DEPTH && sp->len < MAX_LENGTH)
		return (false);
	put_space(sp);
	put(sp, "...");
	return (true);
}

static void spell(struct speller *, kvm_type_t *, const char *);

static const char *
qualifier_word(enum kvm_kind kind)
{

	return (kind == KVM_K_CONST ? "const" :
	    kind == KVM_K_VOLATILE ? "volatile" : "restrict");
}

static bool
is_qualifier(const kvm_type_t *t)
{

	return (t->kind == KVM_K_CONST || t->kind == KVM_K_VOLATILE ||
	    t->kind == KVM_K_RESTRICT);
}

/* Must "*" before it be put into parentheses? */
static bool
binds_tighter(const kvm_type_t *t)
{

	return (t != NULL &&
	    (t->kind == KVM_K_ARRAY || t->kind == KVM_K_FUNCTION));
}

/* Struct, typedef, integer...: a type that has a name or stands for itself. */
static void
put_name(struct speller *sp, const kvm_type_t *t)
{
	enum kvm_kind kind = t->kind == KVM_K_FORWARD ? t->tag : t->kind;

	if (kind != KVM_K_TYPEDEF)
		put(sp, kvmi_kind_word(kind));
	put(sp, t->name[0] != '\0' ? t->name : "{...}");
}

/* The type under qualifiers. */
static const kvm_type_t *
unqualified(kvm_type_t *t)
{
	unsigned int hops;

	for (hops = 0; t != NULL && is_qualifier(t) && hops < MAX_DEPTH; hops++)
		t = kvm_type_target(t);
	return (t);
}

static void put_left(struct speller *, kvm_type_t *);

/* "const int", but "int *const". */
static void
put_qualified(struct speller *sp, kvm_type_t *t)
{
	kvm_type_t *target = kvm_type_target(t);
	const kvm_type_t *inner = unqualified(t);

	if (inner != NULL && inner->kind == KVM_K_POINTER) {
		put_left(sp, target);
		put_space(sp);
		put(sp, qualifier_word(t->kind));
		return;
	}
	put_space(sp);
	put(sp, qualifier_word(t->kind));
	put(sp, " ");
	put_left(sp, target);
}

static void
put_pointer(struct speller *sp, kvm_type_t *t)
{
	kvm_type_t *target = kvm_type_target(t);

	put_left(sp, target);
	put_space(sp);
	put(sp, binds_tighter(target) ? "(*" : "*");
}

static void
put_left(struct speller *sp, kvm_type_t *t)
{

	if (too_deep(sp, t))
		return;
	sp->depth++;
	switch (t->kind) {
	case KVM_K_POINTER:
		put_pointer(sp, t);
		break;
	case KVM_K_ARRAY:
	case KVM_K_FUNCTION:
		put_left(sp, kvm_type_target(t));
		break;
	case KVM_K_CONST:
	case KVM_K_VOLATILE:
	case KVM_K_RESTRICT:
		put_qualified(sp, t);
		break;
	default:
		put_name(sp, t);
		break;
	}
	sp->depth--;
}

static void
put_params(struct speller *sp, kvm_type_t *t)
{
	uint32_t i;

	put(sp, "(");
	for (i = 0; i < t->n && sp->len < MAX_LENGTH; i++) {
		if (i > 0)
			put(sp, ", ");
		spell(sp, t->params[i], "");
	}
	if (t->variadic && t->n > 0)
		put(sp, ", ...");
	else if (t->n == 0 && !t->variadic)
		put(sp, "void");
	put(sp, ")");
}

static void
put_nelems(struct speller *sp, const kvm_type_t *t)
{
	char number[32];

	number[0] = '\0';
	if (t->nelems != 0)
		snprintf(number, sizeof(number), "%ju", (uintmax_t)t->nelems);
	put(sp, "[");
	put(sp, number);
	put(sp, "]");
}

static void
put_right(struct speller *sp, kvm_type_t *t)
{

	if (t == NULL || sp->depth == MAX_DEPTH || sp->len >= MAX_LENGTH)
		return;
	sp->depth++;
	switch (t->kind) {
	case KVM_K_POINTER:
		if (binds_tighter(kvm_type_target(t)))
			put(sp, ")");
		put_right(sp, kvm_type_target(t));
		break;
	case KVM_K_ARRAY:
		put_nelems(sp, t);
		put_right(sp, kvm_type_target(t));
		break;
	case KVM_K_FUNCTION:
		put_params(sp, t);
		put_right(sp, kvm_type_target(t));
		break;
	case KVM_K_CONST:
	case KVM_K_VOLATILE:
	case KVM_K_RESTRICT:
		put_right(sp, kvm_type_target(t));
		break;
	default:
		break;
	}
	sp->depth--;
}

/* "char [20]", "int (void)", but "char name[20]", "int (*)(void)". */
static void
spell(struct speller *sp, kvm_type_t *t, const char *name)
{
	const kvm_type_t *inner;

	sp->last = '\0';
	put_left(sp, t);
	inner = t == NULL ? NULL : unqualified(t);
	if (name[0] != '\0') {
		put_space(sp);
		put(sp, name);
	} else if (binds_tighter(inner))
		put_space(sp);
	put_right(sp, t);
}

size_t
kvm_type_spell(kvm_type_t *t, const char *name, char *buf, size_t size)
{
	struct speller sp = { .buf = buf, .size = size };

	spell(&sp, t, name);
	if (size > 0)
		buf[sp.len < size ? sp.len : size - 1] = '\0';
	return (sp.len);
}
