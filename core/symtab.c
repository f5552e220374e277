/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * symtab.c: the symbols of an ELF file, by number and by name.
 *
 * Records are decoded where they lie in the mapped file, whatever its class
 * and byte order; gelf_getsym(3) would have a foreign table translated into a
 * copy first.  What is kept are two indexes of 32-bit symbol numbers, by name
 * and (symaddr.c) by address, each made when it is first asked for.
 */
#include <gelf.h>
#include <stdlib.h>

#include "image.h"

/* Bytes in an Elf64_Sym and an Elf32_Sym. */
#define	RECORD_SIZE(img)	((img)->ident.class == ELFCLASS64 ? 24u : 16u)

/* The section that names the true sections of symbols with SHN_XINDEX. */
static void
locate_xindex(struct kvmi_image *img)
{
	struct kvmi_symtab *t = &img->symtab;
	struct kvmi_section s;
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		if (img->sections[i].type != SHT_SYMTAB_SHNDX ||
		    img->sections[i].link != t->section ||
		    kvmi_image_section_at(img, i, &s) != 0)
			continue;
		t->xindex = s.data;
		t->nxindex = s.size / sizeof(uint32_t);
		return;
	}
}

/* Take section number i for the symbol table. */
static int
take_table(struct kvmi_image *img, uint32_t i)
{
	struct kvmi_symtab *t = &img->symtab;
	struct kvmi_section records, strings;
	size_t n;
	int error;

	if (kvmi_image_section_at(img, i, &records) != 0)
		return (kvmi_context(img->kd, "symbols"));
	error = kvmi_image_section_at(img, records.link, &strings);
	if (error < 0)
		return (kvmi_context(img->kd, "names of symbols"));
	if (error > 0 || strings.type != SHT_STRTAB)
		return (kvmi_error(img->kd, KVM_E_FORMAT, 0,
		    "%s: section %s: section %u, which should hold the names "
		    "of its symbols, is no string table", img->path,
		    records.name, records.link));
	n = records.size / RECORD_SIZE(img);
	t->count = n > INT32_MAX ? INT32_MAX : (uint32_t)n;
	t->records = records.data;
	t->section = i;
	t->strings = strings.data;
	t->nstrings = kvmi_strings(strings.data, strings.size);
	return (0);
}

/*
 * Take the first section of that type which has entries.  1: there is none.
 */
static int
locate_type(struct kvmi_image *img, uint32_t type)
{
	uint32_t i;

	for (i = 1; i < img->nsections; i++)
		if (img->sections[i].type == type &&
		    img->sections[i].size >= 2 * RECORD_SIZE(img))
			return (take_table(img, i));
	return (1);
}

int
kvmi_symtab_locate(struct kvmi_image *img)
{
	int error;

	if (img->symtab.located)
		return (0);
	error = locate_type(img, SHT_SYMTAB);
	if (error != 0 && locate_type(img, SHT_DYNSYM) == 0)
		error = 0;
	if (error < 0)
		return (-1);
	if (error == 0)
		locate_xindex(img);
	img->symtab.located = true;
	return (0);
}

void
kvmi_symtab_deinit(struct kvmi_symtab *t)
{

	free(t->names_mem);
	free(t->order);
}

void
kvmi_symtab_forget(struct kvmi_symtab *t)
{

	free(t->order);
	t->order = NULL;
	t->norder = 0;
}

void
kvmi_symtab_read(const struct kvmi_image *img, uint32_t i,
    struct kvmi_elfsym *sym)
{
	const struct kvmi_symtab *t = &img->symtab;
	const uint8_t *p = t->records + (size_t)i * RECORD_SIZE(img);
	const bool be = img->ident.bigendian;
	uint8_t info;

	sym->name = kvmi_get32(p, be);
	if (img->ident.class == ELFCLASS64) {
		info = p[4];
		sym->section = kvmi_get16(p + 6, be);
		sym->value = kvmi_get64(p + 8, be);
		sym->size = kvmi_get64(p + 16, be);
	} else {
		sym->value = kvmi_get32(p + 4, be);
		sym->size = kvmi_get32(p + 8, be);
		info = p[12];
		sym->section = kvmi_get16(p + 14, be);
	}
	sym->type = info & 0xf;
	sym->bind = info >> 4;
	if (sym->section == SHN_XINDEX && i < t->nxindex)
		sym->section = kvmi_get32(t->xindex + 4 * (size_t)i, be);
	if (img->is_module && sym->section < img->nsections) {
		sym->value += img->sections[sym->section].bias;
		if (img->ident.class == ELFCLASS32)
			sym->value = (uint32_t)sym->value;
	}
}

const char *
kvmi_symtab_name(const struct kvmi_symtab *t, uint32_t offset)
{

	return (offset < t->nstrings ? t->strings + offset : "");
}

/* Is this a symbol that this file gives a value to? */
static bool
is_defined(const struct kvmi_elfsym *sym)
{

	return (sym->section != SHN_UNDEF && sym->section != SHN_COMMON);
}

/* n_type of nlist(3): a.out's notion of where a symbol lives. */
static unsigned char
nlist_type(const struct kvmi_image *img, const struct kvmi_elfsym *sym)
{
	unsigned char ext, type = N_UNDF;
	const struct kvmi_elfsect *s;

	ext = sym->bind == STB_GLOBAL || sym->bind == STB_WEAK ? N_EXT : 0;
	if (sym->section == SHN_ABS)
		type = sym->type == STT_FILE ? N_FN : N_ABS;
	else if (is_defined(sym) && sym->section < img->nsections) {
		s = &img->sections[sym->section];
		if (s->type == SHT_PROGBITS)
			type = (s->flags & SHF_WRITE) != 0 ? N_DATA : N_TEXT;
		else if (s->type == SHT_NOBITS)
			type = N_BSS;
	}
	return (type | ext);
}

static void
fill_symbol(const struct kvmi_image *img, uint32_t i, struct kvm_symbol *out)
{
	struct kvmi_elfsym sym;

	kvmi_symtab_read(img, i, &sym);
	out->ks_name = kvmi_symtab_name(&img->symtab, sym.name);
	out->ks_value = sym.value;
	out->ks_size = sym.size;
	out->ks_type = sym.type;
	out->ks_bind = sym.bind;
	out->ks_ntype = nlist_type(img, &sym);
	out->ks_index = i;
}

size_t
kvmi_image_symbol_count(struct kvmi_image *img)
{

	return (kvmi_symtab_locate(img) == 0 ? img->symtab.count : 0);
}

int
kvmi_image_symbol_entry(struct kvmi_image *img, size_t i,
    struct kvm_symbol *out)
{

	if (kvmi_symtab_locate(img) != 0)
		return (-1);
	if (i >= img->symtab.count)
		return (1);
	fill_symbol(img, (uint32_t)i, out);
	return (0);
}

/* Index all defined symbols by name, the last first: see kvmi_hash_add(). */
static int
index_names(struct kvmi_image *img)
{
	struct kvmi_symtab *t = &img->symtab;
	struct kvmi_elfsym sym;
	const char *name;
	uint32_t i;

	if (kvmi_symtab_locate(img) != 0)
		return (-1);
	if (t->names_mem != NULL)
		return (0);
	t->names_mem = malloc(kvmi_hash_bytes(t->count));
	if (t->names_mem == NULL)
		return (kvmi_nomem(img->kd, "symbol names"));
	kvmi_hash_init(&t->names, t->names_mem, t->count);
	for (i = t->count; i-- > 1;) {
		kvmi_symtab_read(img, i, &sym);
		name = kvmi_symtab_name(t, sym.name);
		if (name[0] != '\0' && is_defined(&sym))
			kvmi_hash_add(&t->names, kvmi_hash_name(name), i);
	}
	return (0);
}

/* The first symbol called name in a chain, from i on. */
static uint32_t
match_name(const struct kvmi_image *img, const char *name, uint32_t i)
{
	const struct kvmi_symtab *t = &img->symtab;
	const size_t record = RECORD_SIZE(img);
	uint32_t offset;

	for (; i != KVMI_HASH_END; i = kvmi_hash_next(&t->names, i)) {
		offset = kvmi_get32(t->records + i * record,
		    img->ident.bigendian);
		if (strcmp(kvmi_symtab_name(t, offset), name) == 0)
			break;
	}
	return (i);
}

static uint32_t
first_name(const struct kvmi_image *img, const char *name)
{

	return (match_name(img, name, kvmi_hash_first(&img->symtab.names,
	    kvmi_hash_name(name))));
}

static uint32_t
next_name(const struct kvmi_image *img, const char *name, uint32_t i)
{

	return (match_name(img, name, kvmi_hash_next(&img->symtab.names, i)));
}

int
kvmi_bind_rank(unsigned char bind)
{

	return (bind == STB_LOCAL ? 0 : bind == STB_GLOBAL ? 2 : 1);
}

int
kvmi_image_symbol(struct kvmi_image *img, const char *name,
    struct kvm_symbol *out)
{
	struct kvmi_elfsym sym;
	int best = -1, rank;
	uint32_t found = 0, i;

	if (index_names(img) != 0)
		return (-1);
	if (name[0] == '\0')
		return (1);
	for (i = first_name(img, name); i != KVMI_HASH_END && best < 2;
	    i = next_name(img, name, i)) {
		kvmi_symtab_read(img, i, &sym);
		rank = kvmi_bind_rank(sym.bind);
		if (rank > best && kvmi_image_is_placed(img, sym.section)) {
			best = rank;
			found = i;
		}
	}
	if (best < 0)
		return (1);
	fill_symbol(img, found, out);
	return (0);
}

/*
 * Normally *cursor is where the last call stopped, and its link leads on; any
 * other position is looked for from the start of the chain.
 */
int
kvmi_image_symbol_next(struct kvmi_image *img, const char *name,
    size_t *cursor, struct kvm_symbol *out)
{
	struct kvmi_elfsym sym;
	uint32_t i;

	if (index_names(img) != 0)
		return (-1);
	if (name[0] == '\0' || *cursor >= img->symtab.count)
		return (1);
	i = (uint32_t)*cursor;
	kvmi_symtab_read(img, i, &sym);
	if (i != 0 && is_defined(&sym) &&
	    strcmp(kvmi_symtab_name(&img->symtab, sym.name), name) == 0)
		i = next_name(img, name, i);
	else
		for (i = first_name(img, name); i != KVMI_HASH_END &&
		    i <= *cursor; i = next_name(img, name, i))
			continue;
	if (i == KVMI_HASH_END)
		return (1);
	fill_symbol(img, i, out);
	*cursor = i;
	return (0);
}
