/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ctfrecord.c: the records of a CTF container (ctf(5), sys/ctf.h).
 *
 * kvmi_ctf_length() makes sure that what a record announces lies within the
 * type section.  ctf.c numbers only records that passed, so decoding them
 * need not look again.
 */
#include "ctf.h"
#include "types.h"

#define	CTF_EXTERNAL	0x80000000u	/* string of the ELF file */
/* Sizes that don't fit the short field, and structs with 64-bit offsets. */
#define	V2_LARGE	0xffffu		/* CTF_LSIZE_SENT */
#define	V3_LARGE	0xffffffffu
#define	V2_BIG_STRUCT	0x2000u		/* CTF_LSTRUCT_THRESH */
#define	V3_BIG_STRUCT	0x20000000u

/* 64-bit numbers are stored upper half first, whatever the byte order. */
static uint64_t
double_word(const struct kvmi_ctf *c, const uint8_t *p)
{

	return ((uint64_t)kvmi_ctf_word(c, p) << 32 | kvmi_ctf_word(c, p + 4));
}

const char *
kvmi_ctf_string(const struct kvmi_ctf *c, uint32_t ref)
{
	uint32_t offset = ref & ~CTF_EXTERNAL;

	if (ref == 0)
		return ("");
	if ((ref & CTF_EXTERNAL) != 0)
		return (offset < c->nelfstrings ?
		    c->elfstrings + offset : NULL);
	return (offset < c->nstrings ? c->strings + offset : NULL);
}

void
kvmi_ctf_info(const struct kvmi_ctf *c, const uint8_t *p,
    struct kvmi_record *r)
{
	uint32_t info;

	info = kvmi_ctf_number(c, p);
	if (c->version == 2) {
		r->kind = (enum kvm_kind)(info >> 11);
		r->root = (info & 0x400) != 0;
		r->n = info & 0x3ff;
	} else {
		r->kind = (enum kvm_kind)(info >> 26);
		r->root = (info & 0x2000000) != 0;
		r->n = info & 0xffffff;
	}
}

/*
 * What begins every record: kind, size or ref, and where its data begin.  At
 * most left bytes may be touched.  Length of the head; 0: it has no room.
 */
static unsigned int
read_head(const struct kvmi_ctf *c, const uint8_t *p, uint64_t left,
    struct kvmi_record *r)
{
	const unsigned int wide = kvmi_ctf_unit(c), len = 4 + 2 * wide;

	if (left < len)
		return (0);
	kvmi_ctf_info(c, p + 4, r);
	r->ref = kvmi_ctf_number(c, p + 4 + wide);
	r->size = r->ref;
	r->data = p + len;
	if (r->ref != (c->version == 2 ? V2_LARGE : V3_LARGE))
		return (len);
	if (left < len + 8)
		return (0);
	r->size = double_word(c, p + len);
	r->data += 8;
	return (len + 8);
}

static unsigned int
member_size(const struct kvmi_ctf *c, const struct kvmi_record *r)
{

	if (r->size >= (c->version == 2 ? V2_BIG_STRUCT : V3_BIG_STRUCT))
		return (16);
	return (c->version == 2 ? 8 : 12);
}

/* Bytes of data that follow a record's head. */
static uint64_t
data_size(const struct kvmi_ctf *c, const struct kvmi_record *r)
{
	const uint64_t n = r->n;

	switch (r->kind) {
	case KVM_K_INTEGER:
	case KVM_K_FLOAT:
		return (4);
	case KVM_K_ARRAY:
		return (2 * kvmi_ctf_unit(c) + 4);
	case KVM_K_FUNCTION:
		return ((n * kvmi_ctf_unit(c) + 3) & ~(uint64_t)3);
	case KVM_K_STRUCT:
	case KVM_K_UNION:
		return (n * member_size(c, r));
	case KVM_K_ENUM:
		return (n * 8);
	default:
		return (0);
	}
}

/* A record of no known kind has no known length either. */
uint64_t
kvmi_ctf_length(const struct kvmi_ctf *c, uint32_t offset,
    struct kvmi_record *r)
{
	uint64_t left = c->stroff - offset;
	uint64_t data;
	unsigned int head;

	if ((head = read_head(c, c->body + offset, left, r)) == 0 ||
	    r->kind > KVM_K_RESTRICT)
		return (0);
	data = data_size(c, r);
	return (data > left - head ? 0 : head + data);
}

/* CTF_INT_ENCODING and friends: what, where and how wide. */
static void
read_encoding(const struct kvmi_ctf *c, struct kvmi_record *r)
{
	uint32_t encoding = kvmi_ctf_word(c, r->data);

	r->bits = encoding & 0xffff;
	r->bitoff = encoding >> 16 & 0xff;
	if (r->kind == KVM_K_INTEGER)
		r->encoding = encoding >> 24 &
		    (KVM_INT_SIGNED | KVM_INT_CHAR | KVM_INT_BOOL);
}

/*
 * ctfmerge(1) leaves the kind of a forward declaration 0: those are structs.
 */
static void
read_forward(struct kvmi_record *r)
{

	r->tag = KVM_K_STRUCT;
	if (r->ref == KVM_K_UNION || r->ref == KVM_K_ENUM)
		r->tag = (enum kvm_kind)r->ref;
}

bool
kvmi_ctf_record(const struct kvmi_ctf *c, uint32_t i, struct kvmi_record *r)
{
	const uint8_t *p = c->body + c->offsets[i - 1];
	const unsigned int wide = kvmi_ctf_unit(c);

	memset(r, 0, sizeof(*r));
	read_head(c, p, c->stroff - c->offsets[i - 1], r);
	r->name = kvmi_ctf_string(c, kvmi_ctf_word(c, p));
	switch (r->kind) {
	case KVM_K_INTEGER:
	case KVM_K_FLOAT:
		read_encoding(c, r);
		break;
	case KVM_K_ARRAY:
		r->n = 0;
		r->ref = kvmi_ctf_number(c, r->data);
		r->nelems = kvmi_ctf_word(c, r->data + 2 * wide);
		break;
	case KVM_K_FUNCTION:
		kvmi_ctf_varargs(c, r);
		break;
	case KVM_K_FORWARD:
		read_forward(r);
		break;
	default:
		break;
	}
	return (r->name != NULL);
}

/* A last parameter of type 0 is the "..." of C. */
void
kvmi_ctf_varargs(const struct kvmi_ctf *c, struct kvmi_record *r)
{

	if (r->n > 0 && kvmi_ctf_param(c, r, r->n - 1) == 0) {
		r->variadic = true;
		r->n--;
	}
}

uint32_t
kvmi_ctf_param(const struct kvmi_ctf *c, const struct kvmi_record *r,
    uint32_t i)
{

	return (kvmi_ctf_number(c, r->data + (size_t)i * kvmi_ctf_unit(c)));
}

/* The three shapes of a member are drawn in ctf(5). */
bool
kvmi_ctf_member(const struct kvmi_ctf *c, struct kvmi_record *r,
    struct kvmi_recmember *m)
{
	const unsigned int wide = kvmi_ctf_unit(c), size = member_size(c, r);
	const uint8_t *p = r->data;

	r->data += size;
	m->bits = 0;
	m->name = kvmi_ctf_string(c, kvmi_ctf_word(c, p));
	m->ref = kvmi_ctf_number(c, p + 4);
	if (size == 16)
		m->bitoff = double_word(c, p + 8);
	else
		m->bitoff = kvmi_ctf_number(c, p + 4 + wide);
	return (m->name != NULL);
}

bool
kvmi_ctf_read_enumerator(const struct kvmi_ctf *c, const uint8_t *p,
    struct kvm_enumerator *e)
{

	e->ken_name = kvmi_ctf_string(c, kvmi_ctf_word(c, p));
	e->ken_value = (int32_t)kvmi_ctf_word(c, p + 4);
	return (e->ken_name != NULL);
}
