/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * read.c: kernel memory by virtual and by physical address.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "private.h"

static inline uint64_t
page_size(const kvm_t *kd)
{

	return ((uint64_t)1 << kd->page_shift);
}

/* ---- physical memory */

int64_t
kvmi_phys_offset(kvm_t *kd, kpaddr_t pa, uint64_t *len)
{
	int64_t off;

	if (kd->kind == KVM_DUMP_MINI) {
		*len = page_size(kd) - (pa & (page_size(kd) - 1));
		off = kvmi_pagemap_offset(&kd->pagemap, pa);
		if (off < 0)
			*len = kvmi_pagemap_undumped(&kd->pagemap, pa);
		return (off);
	}
	if (kd->kind == KVM_DUMP_FULL)
		return (kvmi_elfcore_offset(&kd->elf, pa, len));
	return (KVMI_NOTDUMPED);
}

const uint8_t *
kvmi_phys(kvm_t *kd, kpaddr_t pa, size_t *len)
{
	uint64_t avail = 0, in_page = page_size(kd) - (pa & (page_size(kd) - 1));
	const uint8_t *p;
	int64_t off;

	off = kvmi_phys_offset(kd, pa, &avail);
	if (off < 0) {
		if (off == KVMI_CUTOFF)
			kvmi_error(kd, KVM_E_TRUNCATED, 0, "physical address "
			    "%#jx: the dump ends inside its page index",
			    (uintmax_t)pa);
		else
			kvmi_error(kd, KVM_E_NOTDUMPED, 0,
			    "physical address %#jx is not in the dump",
			    (uintmax_t)pa);
		return (NULL);
	}
	avail = avail < in_page ? avail : in_page;
	if (*len > avail)
		*len = (size_t)avail;
	p = kvmi_bytes_at(kd, &kd->bytes, (uint64_t)off, *len);
	if (p == NULL)
		kvmi_context(kd, "physical address %#jx", (uintmax_t)pa);
	return (p);
}

int
kvmi_phys_word(kvm_t *kd, kpaddr_t pa, size_t size, uint64_t *value)
{
	const uint8_t *p;
	size_t len = size;

	p = kvmi_phys(kd, pa, &len);
	if (p == NULL)
		return (-1);
	if (len < size)
		return (kvmi_error(kd, KVM_E_NOTDUMPED, 0,
		    "physical address %#jx: only %zu bytes are in the dump",
		    (uintmax_t)pa, len));
	*value = size == 8 ? kvmi_get64(p, kd->bigendian) :
	    kvmi_get32(p, kd->bigendian);
	return (0);
}

/* ---- virtual memory */

/* The address that the processor would see; -1 when there is none such. */
static int
canonical(kvm_t *kd, kvaddr_t *va)
{

	if (kd->arch != NULL)
		*va = kd->arch->canonical(kd, *va);
	if (*va > kd->va_max)
		return (kvmi_error(kd, KVM_E_UNMAPPED, *va,
		    "past the end of the address space"));
	return (0);
}

static int
translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{

	return (canonical(kd, &va) == -1 ? -1 :
	    kd->mmu->translate(kd, va, pte));
}

/* What the dump lacks may be known from elsewhere; else the error stands. */
static const uint8_t *
undumped(kvm_t *kd, kvaddr_t va, size_t *len)
{

	if (kd->arch == NULL || (kd->error.ke_class != KVM_E_UNMAPPED &&
	    kd->error.ke_class != KVM_E_NOTDUMPED &&
	    kd->error.ke_class != KVM_E_NOTSUP))
		return (NULL);
	return (kd->arch->undumped(kd, va, len));
}

#define	TLB_PAGE	((uint64_t)1 << KVMI_TLB_SHIFT)

static inline struct kvmi_tlb *
tlb_entry(const kvm_t *kd, kvaddr_t va)
{

	return (&kd->tlb[va >> KVMI_TLB_SHIFT & kd->tlb_mask]);
}

int
kvmi_tlb_init(kvm_t *kd)
{

	kd->tlb = calloc(KVMI_TLB_MIN, sizeof(*kd->tlb));
	if (kd->tlb == NULL)
		return (kvmi_nomem(kd, "translation cache"));
	kd->tlb_mask = KVMI_TLB_MIN - 1;
	return (0);
}

/* Where there is no memory for a larger one, the old one goes on. */
static void
tlb_grow(kvm_t *kd)
{
	size_t size = (kd->tlb_mask + 1) * 2;
	struct kvmi_tlb *tlb;

	kd->tlb_fills = 0;
	if (size > KVMI_TLB_MAX)
		return;
	tlb = calloc(size, sizeof(*tlb));
	if (tlb == NULL)
		return;
	free(kd->tlb);
	kd->tlb = tlb;
	kd->tlb_mask = size - 1;
}

/* page is the 4 KiB at va. */
static void
tlb_fill(kvm_t *kd, kvaddr_t va, const uint8_t *page)
{
	struct kvmi_tlb *t;

	if (kd->tlb_fills++ > kd->tlb_mask)
		tlb_grow(kd);
	t = tlb_entry(kd, va);
	t->tag = va | 1;
	t->page = page;
}

/*
 * The bytes at va, at most *len, as many as lie together in its 4 KiB.  When
 * all of these do, they go into the translation cache.
 */
static const uint8_t *
lookup_page(kvm_t *kd, kvaddr_t va, size_t *len)
{
	uint64_t off = va & (TLB_PAGE - 1);
	const struct kvmi_tlb *t = tlb_entry(kd, va);
	size_t whole = TLB_PAGE;
	struct kvmi_pte pte;
	const uint8_t *p;

	if (*len > TLB_PAGE - off)
		*len = (size_t)(TLB_PAGE - off);
	if (t->tag == ((va - off) | 1))
		return (t->page + off);
	if (translate(kd, va, &pte) == -1)
		return (undumped(kd, va, len));
	p = kvmi_phys(kd, pte.pa - off, &whole);
	if (p == NULL || whole != TLB_PAGE) {
		p = kvmi_phys(kd, pte.pa, len);
		return (p != NULL ? p : undumped(kd, va, len));
	}
	tlb_fill(kd, va - off, p);
	return (p + off);
}

/* Every fault names the address, once. */
static int
fault(kvm_t *kd, kvaddr_t va)
{

	kd->error.ke_addr = va;
	return (kvmi_context(kd, "kvm_read %#jx", (uintmax_t)va));
}

/* The running kernel moves on: nothing of it is kept. */
static int
read_live(kvm_t *kd, kvaddr_t va, uint8_t *buf, size_t nbytes, size_t *done)
{
	ssize_t n;

	for (*done = 0; *done < nbytes; *done += (size_t)n) {
		n = kvmi_live_read(kd, va + *done, buf + *done,
		    nbytes - *done);
		if (n == 0)
			kvmi_error(kd, KVM_E_UNMAPPED, 0, "not mapped");
		if (n <= 0)
			return (fault(kd, va + *done));
	}
	return (0);
}

/*
 * Copy nbytes.  Pages that lie together in the dump are gathered into a run
 * and copied at once.
 */
static int
read_range(kvm_t *kd, kvaddr_t va, uint8_t *buf, size_t nbytes, size_t *done)
{
	const uint8_t *run = NULL, *p;
	size_t at, len, runlen = 0;

	if (kd->kind == KVM_DUMP_LIVE)
		return (read_live(kd, va, buf, nbytes, done));
	*done = 0;
	for (at = 0; at < nbytes; at += len) {
		len = nbytes - at;
		if (va + at < va) {
			kvmi_error(kd, KVM_E_UNMAPPED, 0,
			    "past the end of the address space");
			p = NULL;
		} else
			p = lookup_page(kd, va + at, &len);
		if (runlen > 0 && p != run + runlen) {
			memcpy(buf + *done, run, runlen);
			*done += runlen;
			runlen = 0;
		}
		if (p == NULL)
			return (fault(kd, va + at));
		if (runlen == 0)
			run = p;
		runlen += len;
	}
	if (runlen > 0)
		memcpy(buf + *done, run, runlen);
	*done += runlen;
	return (0);
}

static int
no_descriptor(void)
{

	errno = EINVAL;
	return (-1);
}

int
kvm_read_partial(kvm_t *kd, kvaddr_t addr, void *buf, size_t nbytes,
    size_t *done)
{
	size_t here;

	if (done == NULL)
		done = &here;
	*done = 0;
	if (kd == NULL)
		return (no_descriptor());
	return (read_range(kd, addr, buf, nbytes, done));
}

/* Kept out of kvm_read2(), which saves no registers then. */
static __attribute__((__noinline__)) ssize_t
read_slow(kvm_t *kd, kvaddr_t addr, void *buf, size_t nbytes)
{
	size_t done;

	if (kd == NULL)
		return (no_descriptor());
	if (nbytes > SSIZE_MAX) {
		kvmi_error(kd, KVM_E_INVAL, addr,
		    "kvm_read: more than SSIZE_MAX bytes");
		return (kvmi_report(kd));
	}
	if (read_range(kd, addr, buf, nbytes, &done) == -1)
		return (kvmi_report(kd));
	return ((ssize_t)nbytes);
}

/* The hot path: a range inside one page that was read before. */
ssize_t
kvm_read2(kvm_t *kd, kvaddr_t addr, void *buf, size_t nbytes)
{
	uint64_t off = addr & (TLB_PAGE - 1);
	const struct kvmi_tlb *t;

	if (kd == NULL)
		return (read_slow(kd, addr, buf, nbytes));
	t = tlb_entry(kd, addr);
	if (t->tag != ((addr - off) | 1))
		return (read_slow(kd, addr, buf, nbytes));
	/* A size known to the compiler is a load and a store. */
	if (nbytes == 8 && off <= TLB_PAGE - 8) {
		memcpy(buf, t->page + off, 8);
		return (8);
	}
	if (nbytes == 4 && off <= TLB_PAGE - 4) {
		memcpy(buf, t->page + off, 4);
		return (4);
	}
	return (read_slow(kd, addr, buf, nbytes));
}

ssize_t
kvm_read(kvm_t *kd, unsigned long addr, void *buf, size_t nbytes)
{

	return (kvm_read2(kd, addr, buf, nbytes));
}

ssize_t
kvm_write(kvm_t *kd, unsigned long addr, const void *buf, size_t nbytes)
{

	ssize_t n;

	if (kd == NULL)
		return (no_descriptor());
	if (kd->kind == KVM_DUMP_LIVE) {
		n = kvmi_live_write(kd, addr, buf, nbytes);
		return (n == -1 ? kvmi_report(kd) : n);
	}
	kvmi_error(kd, KVM_E_NOTSUP, addr,
	    "kvm_write %#lx: a dead kernel is not written", addr);
	return (kvmi_report(kd));
}

/* Part of a string: at most *len bytes to buf, within one page. */
static int
copy_piece(kvm_t *kd, kvaddr_t va, char *buf, size_t *len)
{
	uint64_t left = page_size(kd) - (va & (page_size(kd) - 1));
	const uint8_t *p;

	if (kd->kind == KVM_DUMP_LIVE) {
		if (*len > left)
			*len = (size_t)left;
		return (read_live(kd, va, (uint8_t *)buf, *len, &(size_t){0}));
	}
	p = lookup_page(kd, va, len);
	if (p == NULL)
		return (fault(kd, va));
	memcpy(buf, p, *len);
	return (0);
}

ssize_t
kvm_read_string(kvm_t *kd, kvaddr_t addr, char *buf, size_t size)
{
	const char *nul;
	size_t at, len;

	if (kd == NULL || size == 0)
		return (no_descriptor());
	for (at = 0; at < size - 1; at += len) {
		/* Strings are short: don't copy pages for them. */
		len = size - 1 - at < 64 ? size - 1 - at : 64;
		if (copy_piece(kd, addr + at, buf + at, &len) == -1) {
			buf[at] = '\0';
			return (-1);
		}
		nul = memchr(buf + at, '\0', len);
		if (nul != NULL)
			return (nul - buf);
	}
	buf[size - 1] = '\0';
	return ((ssize_t)size);
}

int
kvm_read_uint(kvm_t *kd, kvaddr_t addr, size_t size, uint64_t *value)
{
	uint8_t b[8];

	if (kd == NULL)
		return (no_descriptor());
	if (size != 1 && size != 2 && size != 4 && size != 8)
		return (kvmi_error(kd, KVM_E_INVAL, addr,
		    "an integer of %zu bytes", size));
	if (kvm_read2(kd, addr, b, size) == -1)
		return (-1);
	switch (size) {
	case 1:
		*value = b[0];
		break;
	case 2:
		*value = kvmi_get16(b, kd->bigendian);
		break;
	case 4:
		*value = kvmi_get32(b, kd->bigendian);
		break;
	default:
		*value = kvmi_get64(b, kd->bigendian);
	}
	return (0);
}

int
kvm_read_ptr(kvm_t *kd, kvaddr_t addr, kvaddr_t *value)
{

	if (kd == NULL)
		return (no_descriptor());
	return (kvm_read_uint(kd, addr, kd->ptrsize, value));
}

ssize_t
kvm_read_phys(kvm_t *kd, kpaddr_t addr, void *buf, size_t nbytes)
{
	const uint8_t *p;
	size_t at, len;

	if (kd == NULL)
		return (no_descriptor());
	if (kd->elf.is_virtual)
		return (kvmi_error(kd, KVM_E_NOTSUP, addr, "the dump holds "
		    "virtual memory: it has no physical addresses"));
	for (at = 0; at < nbytes; at += len) {
		len = nbytes - at;
		p = kvmi_phys(kd, addr + at, &len);
		if (p == NULL) {
			kd->error.ke_addr = addr + at;
			return (-1);
		}
		memcpy((uint8_t *)buf + at, p, len);
	}
	return ((ssize_t)nbytes);
}

ssize_t
kvm_read_dump(kvm_t *kd, uint64_t offset, void *buf, size_t nbytes)
{
	size_t len;

	if (kd == NULL)
		return (no_descriptor());
	len = kvmi_bytes_avail(kd, &kd->bytes, offset, nbytes);
	if (len > 0)
		memcpy(buf, kd->bytes.base + offset, len);
	return ((ssize_t)len);
}

/* Describe what va, which leads to pte, is mapped to. */
static void
fill_page(kvm_t *kd, kvaddr_t va, const struct kvmi_pte *pte,
    struct kvm_page *page)
{
	uint64_t len = 0, in_page;

	in_page = page_size(kd) - (va & (page_size(kd) - 1));
	memset(page, 0, sizeof(*page));
	page->kp_version = LIBKVM_WALK_PAGES_VERSION;
	page->kp_paddr = kd->elf.is_virtual ? 0 : pte->pa;
	page->kp_prot = pte->prot;
	page->kp_offset = kvmi_phys_offset(kd, pte->pa, &len);
	if (page->kp_offset < 0)
		page->kp_offset = -1;
	page->kp_len = (size_t)(pte->len < in_page ? pte->len : in_page);
	page->kp_dmap_vaddr = kvmi_dmap_va(kd, pte->pa);
}

int
kvm_translate(kvm_t *kd, kvaddr_t addr, struct kvm_page *page)
{
	struct kvmi_pte pte;
	kvaddr_t va = addr;

	if (kd == NULL)
		return (no_descriptor());
	if (canonical(kd, &va) == -1 ||
	    kd->mmu->translate(kd, va, &pte) == -1)
		return (fault(kd, addr));
	fill_page(kd, va, &pte, page);
	page->kp_kmap_vaddr = kvmi_in_dmap(kd, va) ? 0 : va;
	return (0);
}

/* ---- other address spaces */

static int
translate_in(kvm_t *kd, kpaddr_t root, kvaddr_t va, struct kvmi_pte *pte)
{

	if (kd->arch == NULL)
		return (kd->mmu->translate(kd, va, pte));
	return (canonical(kd, &va) == -1 ? -1 :
	    kd->arch->translate_in(kd, root, va, pte));
}

static int
fault_in(kvm_t *kd, kpaddr_t root, kvaddr_t va)
{

	kd->error.ke_addr = va;
	return (kvmi_context(kd, "%#jx in the address space at %#jx",
	    (uintmax_t)va, (uintmax_t)root));
}

int
kvm_translate_in(kvm_t *kd, kpaddr_t root, kvaddr_t addr,
    struct kvm_page *page)
{
	struct kvmi_pte pte;

	if (kd == NULL)
		return (no_descriptor());
	if (translate_in(kd, root, addr, &pte) == -1)
		return (fault_in(kd, root, addr));
	fill_page(kd, addr, &pte, page);
	return (0);
}

ssize_t
kvm_read_in(kvm_t *kd, kpaddr_t root, kvaddr_t addr, void *buf,
    size_t nbytes)
{
	struct kvmi_pte pte;
	const uint8_t *p;
	size_t at, len;

	if (kd == NULL)
		return (no_descriptor());
	for (at = 0; at < nbytes; at += len) {
		if (addr + at < addr)
			return (kvmi_error(kd, KVM_E_UNMAPPED, addr + at,
			    "past the end of the address space"));
		if (translate_in(kd, root, addr + at, &pte) == -1)
			return (fault_in(kd, root, addr + at));
		len = nbytes - at;
		if (len > pte.len)
			len = (size_t)pte.len;
		p = kvmi_phys(kd, pte.pa, &len);
		if (p == NULL)
			return (fault_in(kd, root, addr + at));
		memcpy((uint8_t *)buf + at, p, len);
	}
	return ((ssize_t)nbytes);
}
