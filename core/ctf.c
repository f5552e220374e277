/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ctf.c: Compact C Type Format, versions 2 and 3, of either byte order
 * (ctf(5), sys/ctf.h).
 *
 * Opening inflates the container and walks its types once, to note where each
 * begins and to index the names; a type is decoded when somebody asks for it.
 */
#include <gelf.h>
#include <stdlib.h>

#include "ctf.h"
#include "types.h"

#define	CTF_SECTION	".SUNW_ctf"
#define	CTF_MAGIC	0xcff1
#define	CTF_HEADER	36		/* bytes; offsets count from there */
#define	CTF_COMPRESSED	0x01		/* CTF_F_COMPRESS: zlib */

/* Bit of the numbers of a container's own types when it has a parent. */
static uint32_t
child_bit(const struct kvmi_ctf *c)
{

	return (c->version == 2 ? 0x8000 : 0x80000000);
}

static struct kvmi_ctf *
ctf_of(struct kvmi_source *source)
{

	return ((struct kvmi_ctf *)source);
}

static bool
is_child(const struct kvmi_ctf *c)
{

	return (c->source.parent_name[0] != '\0');
}

/* An error about the container as such. */
static int
damaged(struct kvmi_ctf *c, const char *why)
{

	return (kvmi_error(c->source.kd, KVM_E_FORMAT, 0,
	    "%s: " CTF_SECTION ": %s", c->source.path, why));
}

/*
 * Name spaces: a tag is of a struct, a union or an enum; base types are one
 * space, and known by one spelling each.
 */
static uint32_t
name_key(enum kvm_kind kind, const char *name)
{
	const struct kvmi_base *base;

	if (kind == KVM_K_FLOAT)
		kind = KVM_K_INTEGER;
	if (kind == KVM_K_INTEGER && (base = kvmi_base_find(name)) != NULL)
		name = base->name;
	return (kvmi_hash_name(name) ^ (uint32_t)kind);
}

/*
 * The kind by which a record is found by name; KVM_K_VOID: it is not.
 * Bit-fields have integers of their own, called like the full ones.
 */
static enum kvm_kind
named_kind(const struct kvmi_record *r)
{

	switch (r->kind) {
	case KVM_K_FORWARD:
		return (r->tag);
	case KVM_K_INTEGER:
		return (r->bits == 8 * r->size ? r->kind : KVM_K_VOID);
	case KVM_K_FLOAT:
	case KVM_K_STRUCT:
	case KVM_K_UNION:
	case KVM_K_ENUM:
	case KVM_K_TYPEDEF:
		return (r->kind);
	default:
		return (KVM_K_VOID);
	}
}

/* How many types lie in the section: up to its end, or to damage. */
static uint32_t
count_types(const struct kvmi_ctf *c)
{
	struct kvmi_record r;
	uint32_t n = 0, offset;
	uint64_t len;

	for (offset = c->typeoff; offset < c->stroff; offset += (uint32_t)len) {
		if ((len = kvmi_ctf_length(c, offset, &r)) == 0)
			break;
		n++;
	}
	return (n);
}

#define	BEST_RANK	4

/*
 * How good a type is for its name: a definition is better than a declaration,
 * a root type than a hidden one.  0: it is not found by name.
 */
static uint8_t
name_rank(const struct kvmi_record *r)
{

	if (r->name[0] == '\0' || named_kind(r) == KVM_K_VOID)
		return (0);
	return (1 + (r->root ? 1 : 0) + (r->kind != KVM_K_FORWARD ? 2 : 0));
}

static void
add_names(struct kvmi_ctf *c, const uint8_t *ranks, uint8_t rank)
{
	struct kvmi_record r;
	uint32_t i;

	for (i = c->ntypes; i > 0; i--) {
		if (ranks[i - 1] != rank)
			continue;
		kvmi_ctf_record(c, i, &r);
		kvmi_hash_add(&c->names, name_key(named_kind(&r), r.name), i);
	}
}

/* Of a name, the best type is to come out first, and so goes in last. */
static int
index_names(struct kvmi_ctf *c)
{
	struct kvmi_record r;
	uint8_t *ranks, rank;
	uint32_t i;

	if ((ranks = malloc((size_t)c->ntypes + 1)) == NULL)
		return (kvmi_nomem(c->source.kd, "names of types"));
	for (i = 0; i < c->ntypes; i++)
		ranks[i] = kvmi_ctf_record(c, i + 1, &r) ? name_rank(&r) : 0;
	for (rank = 1; rank <= BEST_RANK; rank++)
		add_names(c, ranks, rank);
	free(ranks);
	return (0);
}

static int
index_types(struct kvmi_ctf *c)
{
	struct kvmi_record r;
	uint32_t i, n, offset = c->typeoff;

	n = count_types(c);
	c->offsets = calloc((size_t)n + 1, sizeof(*c->offsets));
	c->source.slots = calloc((size_t)n + 1, sizeof(*c->source.slots));
	c->names_mem = malloc(kvmi_hash_bytes(n + 1));
	if (c->offsets == NULL || c->source.slots == NULL ||
	    c->names_mem == NULL)
		return (kvmi_nomem(c->source.kd, "index of types"));
	for (i = 0; i < n; i++) {
		c->offsets[i] = offset;
		offset += (uint32_t)kvmi_ctf_length(c, offset, &r);
	}
	c->ntypes = n;
	kvmi_hash_init(&c->names, c->names_mem, n + 1);
	return (index_names(c));
}

static bool
same_name(enum kvm_kind kind, const char *a, const char *b)
{

	if (strcmp(a, b) == 0)
		return (true);
	return (kind == KVM_K_INTEGER && kvmi_base_find(a) != NULL &&
	    kvmi_base_find(a) == kvmi_base_find(b));
}

static enum kvm_errclass
find(struct kvmi_source *source, enum kvm_kind kind, const char *name,
    uint32_t *number)
{
	const struct kvmi_ctf *c = ctf_of(source);
	struct kvmi_record r;
	uint32_t i;

	i = kvmi_hash_first(&c->names, name_key(kind, name));
	for (; i != KVMI_HASH_END; i = kvmi_hash_next(&c->names, i)) {
		kvmi_ctf_record(c, i, &r);
		if (named_kind(&r) == kind && same_name(kind, r.name, name)) {
			*number = i;
			return (KVM_E_NONE);
		}
	}
	return (KVM_E_NOTYPE);
}

static enum kvm_errclass
locate(struct kvmi_source *source, uint32_t ref, struct kvmi_source **owner,
    uint32_t *number)
{
	const struct kvmi_ctf *c = ctf_of(source);

	*owner = source;
	*number = ref;
	if (is_child(c) && (ref & child_bit(c)) == 0)
		*owner = source->parent;
	else if (is_child(c))
		*number = ref & ~child_bit(c);
	if (*owner == NULL)
		return (KVM_E_NOTYPE);
	return (*number == 0 || *number > ctf_of(*owner)->ntypes ?
	    KVM_E_FORMAT : KVM_E_NONE);
}

/* All enumerators of type i, last first, into the index: entry *n and up. */
static void
index_enum(struct kvmi_ctf *c, uint32_t i, uint32_t *n, bool count)
{
	struct kvmi_record r;
	struct kvm_enumerator e;
	uint32_t k;

	kvmi_ctf_length(c, c->offsets[i - 1], &r);
	if (r.kind != KVM_K_ENUM)
		return;
	for (k = r.n; k-- > 0;) {
		if (!kvmi_ctf_read_enumerator(c, r.data + (size_t)k * 8, &e))
			continue;
		if (!count) {
			c->enum_offsets[*n] =
			    (uint32_t)(r.data + (size_t)k * 8 - c->body);
			kvmi_hash_add(&c->enumerators,
			    kvmi_hash_name(e.ken_name), *n);
		}
		++*n;
	}
}

static int
index_enumerators(struct kvmi_ctf *c)
{
	uint32_t i, n = 0;

	for (i = c->ntypes; i > 0; i--)
		index_enum(c, i, &n, true);
	c->enum_offsets = malloc(((size_t)n + 1) * sizeof(uint32_t) +
	    kvmi_hash_bytes(n + 1));
	if (c->enum_offsets == NULL)
		return (kvmi_nomem(c->source.kd, "enumerators"));
	kvmi_hash_init(&c->enumerators, c->enum_offsets + n + 1, n + 1);
	n = 0;
	for (i = c->ntypes; i > 0; i--)
		index_enum(c, i, &n, false);
	return (0);
}

static int
find_enumerator(struct kvmi_source *source, const char *name, int64_t *value)
{
	struct kvmi_ctf *c = ctf_of(source);
	struct kvm_enumerator e;
	uint32_t i;

	if (c->enum_offsets == NULL && index_enumerators(c) != 0)
		return (-1);
	i = kvmi_hash_first(&c->enumerators, kvmi_hash_name(name));
	for (; i != KVMI_HASH_END; i = kvmi_hash_next(&c->enumerators, i)) {
		kvmi_ctf_read_enumerator(c, c->body + c->enum_offsets[i], &e);
		if (strcmp(e.ken_name, name) != 0)
			continue;
		*value = e.ken_value;
		return (0);
	}
	return (1);
}

/* The offsets and the length in the header at p; the end of it all. */
static int
read_header(struct kvmi_ctf *c, const uint8_t *p, uint64_t *end)
{

	c->lbloff = kvmi_ctf_word(c, p + 12);
	c->objtoff = kvmi_ctf_word(c, p + 16);
	c->funcoff = kvmi_ctf_word(c, p + 20);
	c->typeoff = kvmi_ctf_word(c, p + 24);
	c->stroff = kvmi_ctf_word(c, p + 28);
	c->nstrings = kvmi_ctf_word(c, p + 32);
	*end = (uint64_t)c->stroff + c->nstrings;
	if (c->lbloff > c->objtoff || c->objtoff > c->funcoff ||
	    c->funcoff > c->typeoff || c->typeoff > c->stroff)
		return (damaged(c, "its header's offsets are out of order"));
	if (c->typeoff % 4 != 0 || c->lbloff % 4 != 0 || c->objtoff % 2 != 0 ||
	    c->funcoff % 2 != 0)
		return (damaged(c, "its header's offsets are not aligned"));
	return (0);
}

/* What follows the header, inflated if need be: end bytes. */
static int
read_body(struct kvmi_ctf *c, const uint8_t *p, size_t size, uint64_t end)
{
	const char *path = kvmi_image_path(c->image);

	if ((p[3] & CTF_COMPRESSED) != 0) {
		c->inflated = kvmi_inflate(c->source.kd, CTF_SECTION,
		    p + CTF_HEADER, size - CTF_HEADER, end);
		if (c->inflated == NULL)
			return (kvmi_context(c->source.kd, "%s", path));
		c->body = c->inflated;
		return (0);
	}
	if (end > size - CTF_HEADER)
		return (kvmi_error(c->source.kd, KVM_E_FORMAT, 0, "%s: "
		    CTF_SECTION ": %zu bytes, its header promises %ju", path,
		    size, (uintmax_t)end + CTF_HEADER));
	c->body = p + CTF_HEADER;
	return (0);
}

/* The strings of the symbol table that the section is linked to. */
static void
read_elf_strings(struct kvmi_ctf *c, unsigned int link)
{
	struct kvmi_section symtab, strings;

	c->symtab = link;
	if (kvmi_image_section_at(c->image, link, &symtab) != 0 ||
	    kvmi_image_section_at(c->image, symtab.link, &strings) != 0 ||
	    strings.type != SHT_STRTAB)
		return;
	c->elfstrings = strings.data;
	c->nelfstrings = kvmi_strings(strings.data, strings.size);
}

static int
read_container(struct kvmi_ctf *c, const struct kvmi_section *s)
{
	const uint8_t *p = s->data;
	uint64_t end;

	if (p == NULL || s->size < CTF_HEADER)
		return (damaged(c, "too short for its header"));
	c->bigendian = kvmi_get16(p, true) == CTF_MAGIC;
	if (kvmi_get16(p, c->bigendian) != CTF_MAGIC)
		return (damaged(c, "wrong magic number"));
	c->version = p[2];
	if (c->version != 2 && c->version != 3)
		return (kvmi_error(c->source.kd, KVM_E_FORMAT, 0, "%s: "
		    CTF_SECTION ": version %u (2 and 3 are known)",
		    kvmi_image_path(c->image), c->version));
	if (read_header(c, p, &end) != 0 ||
	    read_body(c, p, s->size, end) != 0)
		return (-1);
	c->strings = (const char *)c->body + c->stroff;
	c->nstrings = kvmi_strings(c->strings, c->nstrings);
	read_elf_strings(c, s->link);
	c->parent_label = kvmi_ctf_string(c, kvmi_ctf_word(c, p + 4));
	c->source.parent_name = kvmi_ctf_string(c, kvmi_ctf_word(c, p + 8));
	if (c->parent_label == NULL || c->source.parent_name == NULL)
		return (damaged(c, "name of its parent lies past its end"));
	return (index_types(c));
}

static void
destroy(struct kvmi_source *source)
{
	struct kvmi_ctf *c = ctf_of(source);

	free(c->symtypes);
	free(c->enum_offsets);
	free(c->names_mem);
	free(source->slots);
	free(c->offsets);
	free(c->inflated);
	free(c);
}

static uint32_t
count(struct kvmi_source *source)
{

	return (ctf_of(source)->ntypes);
}

static enum kvm_errclass
entry(struct kvmi_source *source, uint32_t i, uint32_t *number)
{

	(void)source;
	*number = i + 1;
	return (KVM_E_NONE);
}

static bool
record(struct kvmi_source *source, uint32_t number, struct kvmi_record *r)
{

	return (kvmi_ctf_record(ctf_of(source), number, r));
}

static bool
member(struct kvmi_source *source, struct kvmi_record *r,
    struct kvmi_recmember *m)
{

	return (kvmi_ctf_member(ctf_of(source), r, m));
}

static bool
enumerator(struct kvmi_source *source, struct kvmi_record *r,
    struct kvm_enumerator *e)
{

	r->data += 8;
	return (kvmi_ctf_read_enumerator(ctf_of(source), r->data - 8, e));
}

static uint32_t
param(struct kvmi_source *source, struct kvmi_record *r)
{
	struct kvmi_ctf *c = ctf_of(source);

	r->data += kvmi_ctf_unit(c);
	return (kvmi_ctf_number(c, r->data - kvmi_ctf_unit(c)));
}

/* An array of CTF has one dimension. */
static uint64_t
dimension(struct kvmi_source *source, struct kvmi_record *r)
{

	(void)source;
	(void)r;
	return (0);
}

static const struct kvmi_source_ops ctf_ops = {
	.name = "ctf",
	.destroy = destroy,
	.count = count,
	.entry = entry,
	.locate = locate,
	.find = find,
	.record = record,
	.member = member,
	.enumerator = enumerator,
	.param = param,
	.dimension = dimension,
	.find_enumerator = find_enumerator,
	.symbol = kvmi_ctf_symbol,
};

struct kvmi_source *
kvmi_ctf_create(kvm_t *kd, struct kvmi_image *img)
{
	struct kvmi_section s;
	struct kvmi_ctf *c;
	int error;

	error = kvmi_image_section(img, CTF_SECTION, &s);
	if (error > 0)
		kvmi_error(kd, KVM_E_NOTYPE, 0, "%s %s has no type "
		    "information (" CTF_SECTION ")", img->is_module ?
		    "module" : "kernel file", kvmi_image_path(img));
	if (error != 0)
		return (NULL);
	if ((c = calloc(1, sizeof(*c))) == NULL) {
		kvmi_nomem(kd, CTF_SECTION);
		return (NULL);
	}
	c->source.ops = &ctf_ops;
	c->source.kd = kd;
	c->source.path = kvmi_image_path(img);
	c->image = img;
	if (read_container(c, &s) == 0)
		return (&c->source);
	destroy(&c->source);
	return (NULL);
}

/* Labels are pairs of a name and the last type number that it covers. */
static bool
has_label(const struct kvmi_ctf *c, const char *label)
{
	const char *name;
	uint32_t offset;

	for (offset = c->lbloff; c->objtoff - offset >= 8; offset += 8) {
		name = kvmi_ctf_string(c, kvmi_ctf_word(c, c->body + offset));
		if (name != NULL && strcmp(name, label) == 0)
			return (true);
	}
	return (false);
}

int
kvmi_ctf_adopt(struct kvmi_source *source, struct kvmi_source *parent)
{
	struct kvmi_ctf *c = ctf_of(source);
	const struct kvmi_ctf *p = ctf_of(parent);

	if (!is_child(c))
		return (damaged(c, "has no parent"));
	if (parent->ops != source->ops || is_child(p) ||
	    p->version != c->version)
		return (kvmi_error(source->kd, KVM_E_FORMAT, 0, "%s: types of "
		    "%s can't be its parent's", source->path, parent->path));
	if (c->parent_label[0] != '\0' && !has_label(p, c->parent_label))
		return (kvmi_error(source->kd, KVM_E_FORMAT, 0, "%s: its types "
		    "want those of %s labelled %s, which %s is not",
		    source->path, source->parent_name, c->parent_label,
		    parent->path));
	source->parent = parent;
	return (0);
}
