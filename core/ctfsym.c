/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ctfsym.c: the types of symbols, from the object and function sections of a
 * CTF container (ctf(5)).
 *
 * Neither section says which symbol an entry belongs to: entries follow the
 * symbol table, with the symbols that ctfmerge(1) passes over left out.  When
 * the entries don't come out even the symbol table is another one than
 * ctfmerge saw, and no entry can be trusted.
 */
#include <gelf.h>
#include <stdlib.h>

#include "ctf.h"
#include "types.h"

/* Does a symbol have an entry?  The rules are those of ctfmerge. */
static bool
has_entry(const struct kvmi_ctf *c, const struct kvmi_elfsym *sym)
{
	const char *name = kvmi_symtab_name(&c->image->symtab, sym->name);

	if (sym->type != STT_OBJECT && sym->type != STT_FUNC)
		return (false);
	if (name[0] == '\0' || sym->section == SHN_UNDEF ||
	    strcmp(name, "_START_") == 0 || strcmp(name, "_END_") == 0)
		return (false);
	return (sym->type == STT_FUNC || sym->section != SHN_ABS ||
	    sym->value != 0);
}

/*
 * Length of the function entry at offset, 0 when it does not fit.  One that
 * is empty, without any type, is a single zero.
 */
static uint32_t
function_length(const struct kvmi_ctf *c, uint32_t offset)
{
	struct kvmi_record r;
	uint64_t len;

	if (c->typeoff - offset < kvmi_ctf_unit(c))
		return (0);
	kvmi_ctf_info(c, c->body + offset, &r);
	len = kvmi_ctf_unit(c);
	if (r.kind == KVM_K_FUNCTION)
		len *= (uint64_t)r.n + 2;
	else if (r.kind != KVM_K_VOID || r.n != 0)
		return (0);
	return (len > c->typeoff - offset ? 0 : (uint32_t)len);
}

/* Where the walk through both sections is. */
struct position {
	uint32_t	object, function;
	bool		object_lost, function_lost;
};

/* The entry of symbol i: its offset, 0 when there is none. */
static uint32_t
next_entry(const struct kvmi_ctf *c, const struct kvmi_elfsym *sym,
    struct position *at)
{
	uint32_t entry, len;

	if (sym->type == STT_OBJECT) {
		entry = at->object;
		if (c->funcoff - entry < kvmi_ctf_unit(c)) {
			at->object_lost = true;
			return (0);
		}
		at->object += kvmi_ctf_unit(c);
	} else {
		entry = at->function;
		if ((len = function_length(c, entry)) == 0) {
			at->function_lost = true;
			return (0);
		}
		at->function += len;
	}
	return (entry + 1);
}

/*
 * Note for each symbol the offset of its entry, plus 1.  Up to 3 bytes of
 * padding may follow the functions.
 */
static void
match_symbols(struct kvmi_ctf *c, struct position *at)
{
	struct kvmi_elfsym sym;
	uint32_t i;

	at->object = c->objtoff;
	at->function = c->funcoff;
	at->object_lost = at->function_lost = false;
	for (i = 1; i < c->nsymtypes; i++) {
		kvmi_symtab_read(c->image, i, &sym);
		if (has_entry(c, &sym))
			c->symtypes[i] = next_entry(c, &sym, at);
	}
	if (c->funcoff - at->object >= kvmi_ctf_unit(c))
		at->object_lost = true;
	if (c->typeoff - at->function >= 4)
		at->function_lost = true;
}

/* Forget the entries of symbols of that type. */
static void
forget(struct kvmi_ctf *c, unsigned char type)
{
	struct kvmi_elfsym sym;
	uint32_t i;

	for (i = 1; i < c->nsymtypes; i++) {
		kvmi_symtab_read(c->image, i, &sym);
		if (sym.type == type)
			c->symtypes[i] = 0;
	}
}

static int
index_symbols(struct kvmi_ctf *c)
{
	const struct kvmi_symtab *t = &c->image->symtab;
	struct position at;
	uint32_t n;

	if (kvmi_symtab_locate(c->image) != 0)
		return (-1);
	n = t->count != 0 && (c->symtab == 0 || c->symtab == t->section) ?
	    t->count : 0;
	c->symtypes = calloc((size_t)n + 1, sizeof(*c->symtypes));
	if (c->symtypes == NULL)
		return (kvmi_nomem(c->source.kd, "types of symbols"));
	c->nsymtypes = n;
	match_symbols(c, &at);
	if (at.object_lost)
		forget(c, STT_OBJECT);
	if (at.function_lost)
		forget(c, STT_FUNC);
	return (0);
}

static int
no_type(struct kvmi_ctf *c, const struct kvm_symbol *sym)
{

	return (kvmi_error(c->source.kd, KVM_E_NOTYPE, 0,
	    "%s: no type is recorded for the symbol %s",
	    kvmi_image_path(c->image), sym->ks_name));
}

/*
 * The offset of sym's entry, plus 1; 0: it has none, or is not the symbol
 * that its index says (one of a module, one that a resolver made up).
 */
static uint32_t
find_entry(const struct kvmi_ctf *c, const struct kvm_symbol *sym,
    struct kvmi_elfsym *raw)
{

	if (sym->ks_index == 0 || sym->ks_index >= c->nsymtypes)
		return (0);
	kvmi_symtab_read(c->image, (uint32_t)sym->ks_index, raw);
	if (strcmp(kvmi_symtab_name(&c->image->symtab, raw->name),
	    sym->ks_name) != 0)
		return (0);
	return (c->symtypes[sym->ks_index]);
}

int
kvmi_ctf_symbol(struct kvmi_source *source, const struct kvm_symbol *sym,
    struct kvmi_record *r)
{
	struct kvmi_ctf *c = (struct kvmi_ctf *)source;
	struct kvmi_elfsym raw;
	uint32_t entry;

	if (c->symtypes == NULL && index_symbols(c) != 0)
		return (-1);
	if ((entry = find_entry(c, sym, &raw)) == 0)
		return (no_type(c, sym));
	memset(r, 0, sizeof(*r));
	r->name = "";
	r->data = c->body + entry - 1;
	if (raw.type == STT_OBJECT) {
		r->ref = kvmi_ctf_param(c, r, 0);
		return (r->ref == 0 ? no_type(c, sym) : 0);
	}
	kvmi_ctf_info(c, r->data, r);
	if (r->kind != KVM_K_FUNCTION)
		return (no_type(c, sym));
	r->ref = kvmi_ctf_param(c, r, 1);
	r->data += 2 * kvmi_ctf_unit(c);
	kvmi_ctf_varargs(c, r);
	return (0);
}
