/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * symaddr.c: the symbols of an ELF file by address.
 *
 * order[] holds the numbers of all symbols that name a place, by value; among
 * equal values the better name comes later.  outer[k] is the position of the
 * nearest earlier symbol that reaches beyond the start of symbol k, plus 1,
 * or 0.  Whatever covers an address is then the last symbol at or below it,
 * or on the chain of outer[] from there.
 */
#include <gelf.h>
#include <stdlib.h>

#include "image.h"

#ifndef STT_GNU_IFUNC
#define	STT_GNU_IFUNC	10		/* the linker chooses at run time */
#endif

/* A symbol to be sorted. */
struct place {
	uint64_t	 value;
	uint32_t	 index;
	uint32_t	 rank;
};

/*
 * $x, $d, $a, $t, $x.12, $d.realdata: what is code and what is data in the
 * ELF supplements for Arm, AArch64 and RISC-V.  They name nothing.
 */
static bool
is_mapping(const char *name)
{

	return (name[0] == '$' && name[1] >= 'a' && name[1] <= 'z' &&
	    (name[2] == '\0' || name[2] == '.' || name[1] == 'x'));
}

/* How good a name for its address; negative: none at all. */
static int
place_rank(const struct kvmi_image *img, const struct kvmi_elfsym *sym)
{
	const char *name;
	int typed;

	switch (sym->type) {
	case STT_OBJECT:
	case STT_FUNC:
	case STT_GNU_IFUNC:
		typed = 3;
		break;
	case STT_NOTYPE:
		typed = 0;
		break;
	default:
		return (-1);
	}
	if (sym->section == SHN_UNDEF || sym->section >= img->nsections ||
	    !kvmi_image_is_placed(img, sym->section))
		return (-1);
	name = kvmi_symtab_name(&img->symtab, sym->name);
	if (name[0] == '\0' || is_mapping(name))
		return (-1);
	return (typed + kvmi_bind_rank(sym->bind));
}

/* The places among the first count symbols. */
static uint32_t
collect_places(const struct kvmi_image *img, struct place *places,
    uint32_t count)
{
	struct kvmi_elfsym sym;
	uint32_t i, n = 0;
	int rank;

	for (i = count; i-- > 1;) {
		kvmi_symtab_read(img, i, &sym);
		if ((rank = place_rank(img, &sym)) < 0)
			continue;
		places[n].value = sym.value;
		places[n].index = i;
		places[n].rank = (uint32_t)rank;
		n++;
	}
	return (n);
}

static unsigned int
digit_of(const struct place *p, unsigned int shift)
{

	return (shift == 64 ? p->rank : (p->value >> shift) & 0xff);
}

/*
 * One pass of a radix sort, stable, by eight bits of the value (shift 64: by
 * the rank).  False when all had the same digit and nothing was moved.
 */
static bool
sort_pass(const struct place *from, struct place *to, uint32_t n,
    unsigned int shift)
{
	uint32_t starts[256] = { 0 }, sum = 0, count, i;

	for (i = 0; i < n; i++)
		starts[digit_of(&from[i], shift)]++;
	for (i = 0; i < 256; i++) {
		count = starts[i];
		if (count == n)
			return (false);
		starts[i] = sum;
		sum += count;
	}
	for (i = 0; i < n; i++)
		to[starts[digit_of(&from[i], shift)]++] = from[i];
	return (true);
}

/* Sort by value, then rank; the result is in the array that is returned. */
static struct place *
sort_places(struct place *a, struct place *b, uint32_t n)
{
	static const uint8_t shifts[] = { 64, 0, 8, 16, 24, 32, 40, 48, 56 };
	struct place *swap;
	size_t i;

	for (i = 0; i < nitems_of(shifts) && n > 0; i++) {
		if (!sort_pass(a, b, n, shifts[i]))
			continue;
		swap = a;
		a = b;
		b = swap;
	}
	return (a);
}

static uint64_t
end_of(const struct kvmi_elfsym *sym)
{

	return (sym->size > UINT64_MAX - sym->value ? UINT64_MAX :
	    sym->value + sym->size);
}

static void
link_outer(struct kvmi_image *img)
{
	struct kvmi_symtab *t = &img->symtab;
	struct kvmi_elfsym sym;
	uint64_t value;
	uint32_t i, k;

	for (i = 0; i < t->norder; i++) {
		kvmi_symtab_read(img, t->order[i], &sym);
		value = sym.value;
		for (k = i; k != 0; k = t->outer[k - 1]) {
			kvmi_symtab_read(img, t->order[k - 1], &sym);
			if (end_of(&sym) > value)
				break;
		}
		t->outer[i] = k;
	}
}

static int
order_symbols(struct kvmi_image *img, struct place *places, uint32_t count)
{
	struct kvmi_symtab *t = &img->symtab;
	const struct place *sorted;
	uint32_t i, n;

	n = collect_places(img, places, count);
	t->order = malloc(2 * ((size_t)n + 1) * sizeof(*t->order));
	if (t->order == NULL)
		return (-1);
	t->outer = t->order + n;
	t->norder = n;
	sorted = sort_places(places, places + n, n);
	for (i = 0; i < n; i++)
		t->order[i] = sorted[i].index;
	link_outer(img);
	return (0);
}

/*
 * The symbols of a relocatable file that is no module have no addresses, only
 * offsets in their sections: none is entered.
 */
static int
index_places(struct kvmi_image *img)
{
	struct kvmi_symtab *t = &img->symtab;
	struct place *places;
	uint32_t n;
	int error;

	if (kvmi_symtab_locate(img) != 0)
		return (-1);
	if (t->order != NULL)
		return (0);
	n = img->ident.type == ET_REL && !img->is_module ? 0 : t->count;
	places = calloc(2 * ((size_t)n + 1), sizeof(*places));
	if (places == NULL)
		return (kvmi_nomem(img->kd, "symbol addresses"));
	error = order_symbols(img, places, n);
	free(places);
	return (error == 0 ? 0 : kvmi_nomem(img->kd, "symbol addresses"));
}

/* Number of the section that addr lies in; 0: none. */
static uint32_t
section_of(const struct kvmi_image *img, kvaddr_t addr)
{
	const struct kvmi_elfsect *s;
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		s = &img->sections[i];
		if (addr - s->addr < s->size && addr >= s->addr &&
		    (s->flags & (SHF_ALLOC | SHF_TLS)) == SHF_ALLOC &&
		    kvmi_image_is_placed(img, i))
			return (i);
	}
	return (0);
}

/* How many of order[] lie at or below addr. */
static uint32_t
count_below(const struct kvmi_image *img, kvaddr_t addr)
{
	const struct kvmi_symtab *t = &img->symtab;
	struct kvmi_elfsym sym;
	uint32_t high = t->norder, low = 0, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		kvmi_symtab_read(img, t->order[mid], &sym);
		if (sym.value <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return (low);
}

/*
 * From position k - 1 down: the symbol that covers addr, else the nearest one
 * of section, which begins at start.  Where no section holds addr (0: the
 * section headers of a kernel that was cut down need not tell the truth) only
 * a symbol that covers it will do.  0: none; else its position + 1.
 */
static uint32_t
best_place(const struct kvmi_image *img, kvaddr_t addr, uint32_t section,
    uint32_t k)
{
	const struct kvmi_symtab *t = &img->symtab;
	const uint64_t start = img->sections[section].addr;
	struct kvmi_elfsym sym;
	uint32_t cover;

	for (cover = k; cover != 0; cover = t->outer[cover - 1]) {
		kvmi_symtab_read(img, t->order[cover - 1], &sym);
		if ((sym.section == section || section == 0) &&
		    end_of(&sym) > addr)
			return (cover);
	}
	for (; k != 0 && section != 0; k--) {
		kvmi_symtab_read(img, t->order[k - 1], &sym);
		if (sym.value < start)
			return (0);
		if (sym.section == section)
			return (k);
	}
	return (0);
}

int
kvmi_image_symbol_at(struct kvmi_image *img, kvaddr_t addr,
    struct kvm_symbol *out)
{
	uint32_t k;

	if (index_places(img) != 0)
		return (-1);
	k = img->symtab.norder == 0 ? 0 : best_place(img, addr,
	    section_of(img, addr), count_below(img, addr));
	if (k == 0)
		return (1);
	return (kvmi_image_symbol_entry(img, img->symtab.order[k - 1], out));
}
