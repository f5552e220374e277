/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * arch.c: what the architectures share.
 */
#include "private.h"

kvaddr_t
kvmi_canonical_none(const kvm_t *kd, kvaddr_t va)
{

	(void)kd;
	return (va);
}

int
kvmi_minidump_none(kvm_t *kd)
{

	return (kvmi_error(kd, KVM_E_NOTSUP, 0, "there are no minidumps of %s",
	    kd->arch->name));
}

bool
kvmi_headerless_none(kvm_t *kd)
{

	(void)kd;
	return (false);
}

const uint8_t *
kvmi_undumped_none(kvm_t *kd, kvaddr_t va, size_t *len)
{

	(void)kd;
	(void)va;
	(void)len;
	return (NULL);
}

const uint8_t *
kvmi_undumped_text(kvm_t *kd, kvaddr_t va, size_t *len)
{

	if (kd->image == NULL)
		return (NULL);
	va -= (uint64_t)kd->kerndisp;
	return (kvmi_image_text(kd->image,
	    kd->ptrsize == 4 ? (uint32_t)va : va, len));
}

int
kvmi_full_none(kvm_t *kd)
{

	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "full (ELF) dumps of %s: FreeBSD writes none that hold a page "
	    "table to translate with", kd->arch->name));
}

int
kvmi_translate_in_none(kvm_t *kd, kpaddr_t root, kvaddr_t va,
    struct kvmi_pte *pte)
{

	(void)root;
	(void)pte;
	return (kvmi_error(kd, KVM_E_NOTSUP, va,
	    "the page tables of %s are not of the kind that can be walked "
	    "from a root", kd->arch->name));
}

static int
none_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{

	(void)pte;
	return (kvmi_error(kd, KVM_E_UNMAPPED, va,
	    "this descriptor has no memory behind it"));
}

static int
none_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{

	(void)cb;
	(void)arg;
	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "this descriptor has no memory behind it"));
}

const struct kvmi_mmu kvmi_mmu_none = {
	.translate = none_translate,
	.walk = none_walk,
};

static int
no_tables(kvm_t *kd, kvaddr_t va)
{

	return (kvmi_error(kd, KVM_E_NOTSUP, va,
	    "a full dump of %s holds no page table to translate with",
	    kd->arch_name));
}

static int
direct_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{

	return (kvmi_direct(kd, va, pte) ? 0 : no_tables(kd, va));
}

static int
direct_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{

	(void)cb;
	(void)arg;
	return (no_tables(kd, 0));
}

const struct kvmi_mmu kvmi_mmu_direct = {
	.translate = direct_translate,
	.walk = direct_walk,
};

const uint8_t *
kvmi_minidump_header(kvm_t *kd, unsigned int at, size_t size, unsigned int max)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;

	h = kvmi_bytes_at(kd, &kd->bytes, 0, size);
	if (h == NULL) {
		kvmi_context(kd, "minidump header");
		return (NULL);
	}
	m->version = kvmi_get32(h + at, kd->bigendian);
	if (m->version > max && (kd->options & KVM_OPEN_ANYVERSION) != 0)
		m->version = max;
	if (m->version < 1 || m->version > max) {
		kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "%s minidump header version %u: 1 to %u are known",
		    kd->arch_name, m->version, max);
		return (NULL);
	}
	m->msgbuf_size = kvmi_get32(h + at + 4, kd->bigendian);
	m->bitmap_size = kvmi_get32(h + at + 8, kd->bigendian);
	m->pmap_size = kvmi_get32(h + at + 12, kd->bigendian);
	return (h);
}

/*
 * Each section starts on a page boundary, in this order (minidump_machdep.c
 * of every architecture).  Sizes are 32 bits wide, so nothing overflows.
 */
int
kvmi_minidump_layout(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	uint64_t off = m->page_size;

	m->bigendian = kd->bigendian;
	m->msgbuf_off = off;
	off += kvmi_roundup(m->msgbuf_size, m->page_size);
	m->avail_off = off;
	off += kvmi_roundup(m->avail_size, m->page_size);
	m->bitmap_off = off;
	off += kvmi_roundup(m->bitmap_size, m->page_size);
	m->pmap_off = off;
	off += kvmi_roundup(m->pmap_size, m->page_size);
	m->sparse_off = off;
	for (kd->page_shift = 0; m->page_size >> kd->page_shift > 1;)
		kd->page_shift++;
	return (kvmi_pagemap_init(kd, &kd->pagemap, m));
}

int
kvmi_match_byteorder(kvm_t *kd)
{
	struct kvmi_ident ident;

	if (kd->image == NULL)
		return (0);
	kvmi_image_ident(kd->image, &ident);
	if (ident.bigendian == kd->bigendian)
		return (0);
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "%s is not a kernel for this dump: it is %s-endian, the dump is "
	    "%s-endian", kvmi_image_path(kd->image),
	    ident.bigendian ? "big" : "little",
	    kd->bigendian ? "big" : "little"));
}

/* Header versions are small: the wrong byte order makes them huge. */
#define	VERSION_SANE	16

int
kvmi_minidump_byteorder(kvm_t *kd, uint64_t off)
{
	uint32_t little, big;
	const uint8_t *p;

	p = kvmi_bytes_at(kd, &kd->bytes, off, 4);
	if (p == NULL)
		return (kvmi_context(kd, "minidump header"));
	little = kvmi_get32(p, false);
	big = kvmi_get32(p, true);
	if ((little - 1 < VERSION_SANE) == (big - 1 < VERSION_SANE))
		return (kvmi_error(kd, KVM_E_NOTSUP, 0, "%s minidump header "
		    "version %u (or %u, were it little-endian)",
		    kd->arch->name, big, little));
	kd->bigendian = big - 1 < VERSION_SANE;
	return (kvmi_match_byteorder(kd));
}

int
kvmi_pmap_word(kvm_t *kd, uint64_t index, size_t size, uint64_t *value)
{
	const struct kvmi_minidump *m = &kd->mini;
	const uint8_t *p;

	if (index >= m->pmap_size / size)
		return (kvmi_error(kd, KVM_E_UNMAPPED, 0,
		    "past the end of the dump's page table area"));
	p = kvmi_bytes_at(kd, &kd->bytes, m->pmap_off + index * size, size);
	if (p == NULL)
		return (kvmi_context(kd, "page table area, entry %#jx",
		    (uintmax_t)index));
	*value = size == 8 ? kvmi_get64(p, kd->bigendian) :
	    kvmi_get32(p, kd->bigendian);
	return (0);
}

/* Where va leads without the help of the translation cache, as bytes. */
static const uint8_t *
variable_bytes(kvm_t *kd, const char *name, size_t size)
{
	struct kvmi_pte pte;
	const uint8_t *p;
	kvaddr_t va;
	size_t len = size;

	if (kvmi_lookup(kd, name, &va) == -1 ||
	    kd->mmu->translate(kd, va, &pte) == -1)
		return (NULL);
	p = kvmi_phys(kd, pte.pa, &len);
	return (len < size ? NULL : p);
}

bool
kvmi_variable(kvm_t *kd, const char *name, size_t size, uint64_t *value)
{
	struct kvm_error saved = kd->error;
	const uint8_t *p;

	if (kd->image == NULL && kd->resolver == NULL && kd->resolver2 == NULL)
		return (false);
	p = variable_bytes(kd, name, size);
	kd->error = saved;
	if (p == NULL)
		return (false);
	*value = size == 8 ? kvmi_get64(p, kd->bigendian) :
	    size == 4 ? kvmi_get32(p, kd->bigendian) : p[0];
	return (true);
}
