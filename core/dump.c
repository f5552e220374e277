/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * dump.c: kvm_dump(): what is known of a dump without looking into it.
 */
#include <errno.h>

#include "private.h"

/* Bytes up to the end of the last segment in the file. */
static uint64_t
segments_end(const struct kvmi_elfcore *elf)
{
	uint64_t end = 0;
	size_t i;

	for (i = 0; i < elf->nsegments; i++)
		if (elf->segments[i].offset + elf->segments[i].filesz > end)
			end = elf->segments[i].offset +
			    elf->segments[i].filesz;
	return (end);
}

uint64_t
kvmi_size_expected(const kvm_t *kd)
{
	const struct kvmi_pagemap *pm = &kd->pagemap;

	if (kd->kind == KVM_DUMP_FULL)
		return (segments_end(&kd->elf));
	if (kd->kind != KVM_DUMP_MINI)
		return (0);
	/* Without its page index the dump does not know. */
	return (pm->sparse_off == 0 ? kd->mini.sparse_off :
	    pm->sparse_off + (pm->npages << pm->page_shift));
}

static void
describe_mini(kvm_t *kd, struct kvm_dump *d)
{
	const struct kvmi_pagemap *pm = &kd->pagemap;
	const struct kvmi_minidump *m = &kd->mini;
	uint64_t here;

	d->kd_version = m->version;
	d->kd_page_size = m->page_size;
	d->kd_kernbase = m->kernbase;
	d->kd_dmapbase = m->dmapbase;
	d->kd_dmapend = m->dmapend;
	d->kd_msgbuf_offset = m->msgbuf_off;
	d->kd_msgbuf_size = (uint32_t)m->msgbuf_size;
	d->kd_msgbuf_space = (uint32_t)(m->avail_off - m->msgbuf_off);
	d->kd_pages = pm->npages;
	here = pm->sparse_off == 0 || d->kd_size <= pm->sparse_off ? 0 :
	    (d->kd_size - pm->sparse_off) >> pm->page_shift;
	if (d->kd_complete && here < pm->npages)
		d->kd_pages_lost = pm->npages - here;
	/* A page index that is cut off does not know how many there were. */
	d->kd_truncated = d->kd_complete &&
	    (d->kd_size < d->kd_size_expected || pm->nbits_here < pm->nbits);
}

/* The first layer from the top that is compressed. */
static const char *
compression_of(const struct kvmi_bytes *b)
{

	for (; b != NULL; b = b->under)
		if (b->form == kvmi_codec_gzip.name ||
		    b->form == kvmi_codec_zstd.name)
			return (b->form);
	return ("none");
}

static void
describe_full(kvm_t *kd, struct kvm_dump *d)
{
	const struct kvmi_segment *s;
	uint64_t end, lost;
	size_t i;

	d->kd_page_size = (uint32_t)1 << kd->page_shift;
	for (i = 0; i < kd->elf.nsegments; i++) {
		s = &kd->elf.segments[i];
		end = s->offset + s->filesz;
		lost = end <= d->kd_size ? 0 : end - d->kd_size;
		d->kd_pages += s->filesz >> kd->page_shift;
		d->kd_pages_lost += (lost < s->filesz ? lost : s->filesz) >>
		    kd->page_shift;
	}
	if (!d->kd_complete)
		d->kd_pages_lost = 0;
	d->kd_dmapbase = kd->mini.dmapbase;
	d->kd_dmapend = kd->mini.dmapend;
	d->kd_kernbase = kd->mini.kernbase;
	d->kd_truncated = d->kd_complete && d->kd_size < d->kd_size_expected;
}

int
kvm_dump(kvm_t *kd, struct kvm_dump *d)
{

	if (kd == NULL) {
		errno = EINVAL;
		return (-1);
	}
	memset(d, 0, sizeof(*d));
	d->kd_kind = kd->kind;
	d->kd_arch = kd->arch_name;
	d->kd_compression = compression_of(&kd->bytes);
	d->kd_container = kd->container;
	d->kd_encryption = kd->encryption;
	d->kd_ptrsize = kd->ptrsize;
	d->kd_bigendian = kd->bigendian;
	d->kd_note_arch = kd->note.arch;
	d->kd_note_hostname = kd->note.hostname;
	d->kd_note_version = kd->note.version;
	d->kd_note_panic = kd->note.panic;
	d->kd_note_time = kd->note.time;
	d->kd_note_status = kd->note.status;
	d->kd_note_compression = kd->note.compression;
	d->kd_note_length = kd->note.length;
	d->kd_damage = kd->bytes.damage;
	d->kd_complete = kd->bytes.stream == NULL;
	if (kd->kind == KVM_DUMP_NONE)
		return (0);
	d->kd_size = kvmi_bytes_known(&kd->bytes);
	d->kd_zero_tail = kd->bytes.zeros;
	d->kd_size_expected = kvmi_size_expected(kd);
	if (d->kd_size_expected == 0 && d->kd_complete)
		d->kd_size_expected = d->kd_size;
	if (kd->kind == KVM_DUMP_MINI)
		describe_mini(kd, d);
	else if (kd->kind == KVM_DUMP_FULL)
		describe_full(kd, d);
	return (0);
}
