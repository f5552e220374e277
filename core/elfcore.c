/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * elfcore.c: full dumps.  An ELF core file whose PT_LOAD headers carry
 * physical memory by physical address (sys/kern/kern_dump.c).  FreeBSD
 * writes them with EI_OSABI 255 and e_version 0, which strict ELF readers
 * refuse, and they may be compressed: so they are read here, through bytes.c.
 *
 * On powerpc the kernel dumps some of its virtual memory instead: p_paddr is
 * all ones then (sys/powerpc/include/dump.h).  Its segments are looked up by
 * virtual address, which stands in for the physical one.
 */
#include <stdlib.h>

#include <elf.h>

#include "private.h"

/* Program header type of the kernel's displacement: sys/elf_common.h. */
#define	PT_DUMP_DELTA	0x6fb5d000

/* Offsets of the fields, by class (gABI, chapters 4 and 5). */
struct layout {
	unsigned int	ehsize, phoff, phentsize, phnum;
	unsigned int	phdr_size, offset, vaddr, paddr, filesz, memsz, align;
	unsigned int	word;		/* bytes in an address */
};

static const struct layout layout32 = {
	.ehsize = sizeof(Elf32_Ehdr),
	.phoff = offsetof(Elf32_Ehdr, e_phoff),
	.phentsize = offsetof(Elf32_Ehdr, e_phentsize),
	.phnum = offsetof(Elf32_Ehdr, e_phnum),
	.phdr_size = sizeof(Elf32_Phdr),
	.offset = offsetof(Elf32_Phdr, p_offset),
	.vaddr = offsetof(Elf32_Phdr, p_vaddr),
	.paddr = offsetof(Elf32_Phdr, p_paddr),
	.filesz = offsetof(Elf32_Phdr, p_filesz),
	.memsz = offsetof(Elf32_Phdr, p_memsz),
	.align = offsetof(Elf32_Phdr, p_align),
	.word = 4,
};

static const struct layout layout64 = {
	.ehsize = sizeof(Elf64_Ehdr),
	.phoff = offsetof(Elf64_Ehdr, e_phoff),
	.phentsize = offsetof(Elf64_Ehdr, e_phentsize),
	.phnum = offsetof(Elf64_Ehdr, e_phnum),
	.phdr_size = sizeof(Elf64_Phdr),
	.offset = offsetof(Elf64_Phdr, p_offset),
	.vaddr = offsetof(Elf64_Phdr, p_vaddr),
	.paddr = offsetof(Elf64_Phdr, p_paddr),
	.filesz = offsetof(Elf64_Phdr, p_filesz),
	.memsz = offsetof(Elf64_Phdr, p_memsz),
	.align = offsetof(Elf64_Phdr, p_align),
	.word = 8,
};

static uint64_t
get_word(const uint8_t *p, const struct layout *l, bool be)
{

	return (l->word == 8 ? kvmi_get64(p, be) : kvmi_get32(p, be));
}

static int
check_ident(kvm_t *kd, struct kvmi_elfcore *elf, const uint8_t *ehdr)
{
	unsigned int type;

	elf->class = ehdr[EI_CLASS];
	elf->bigendian = ehdr[EI_DATA] == ELFDATA2MSB;
	if ((elf->class != ELFCLASS32 && elf->class != ELFCLASS64) ||
	    (ehdr[EI_DATA] != ELFDATA2LSB && !elf->bigendian))
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "ELF header: class %u, data encoding %u", elf->class,
		    ehdr[EI_DATA]));
	/* e_type and e_machine lie alike in both classes. */
	type = kvmi_get16(ehdr + offsetof(Elf64_Ehdr, e_type),
	    elf->bigendian);
	elf->machine = kvmi_get16(ehdr + offsetof(Elf64_Ehdr, e_machine),
	    elf->bigendian);
	if (type != ET_CORE)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "an ELF file of type %u, not a core file", type));
	return (0);
}

static int
add_segment(kvm_t *kd, struct kvmi_elfcore *elf, const uint8_t *ph,
    const struct layout *l)
{
	bool be = elf->bigendian;
	uint32_t type = kvmi_get32(ph, be);
	struct kvmi_segment *s;

	if (type == PT_DUMP_DELTA) {
		elf->has_delta = true;
		s = &elf->delta;
	} else if (type == PT_NOTE)
		s = &elf->notes;
	else if (type == PT_LOAD)
		s = &elf->segments[elf->nsegments];
	else
		return (0);
	s->offset = get_word(ph + l->offset, l, be);
	s->va = get_word(ph + l->vaddr, l, be);
	s->pa = get_word(ph + l->paddr, l, be);
	s->filesz = get_word(ph + l->filesz, l, be);
	s->size = get_word(ph + l->memsz, l, be);
	s->align = get_word(ph + l->align, l, be);
	if (type != PT_LOAD || s->size == 0)
		return (0);
	if (elf->nsegments == 0)
		elf->is_virtual = s->pa ==
		    (l->word == 8 ? UINT64_MAX : UINT32_MAX);
	if (elf->is_virtual)
		s->pa = s->va;
	if (s->filesz > s->size || s->offset > INT64_MAX - s->size ||
	    s->pa > UINT64_MAX - s->size)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "PT_LOAD %zu: %#jx bytes at %#jx of the file, %#jx at "
		    "address %#jx", elf->nsegments,
		    (uintmax_t)s->filesz, (uintmax_t)s->offset,
		    (uintmax_t)s->size, (uintmax_t)s->pa));
	elf->nsegments++;
	return (0);
}

static int
compare_segments(const void *a, const void *b)
{
	const struct kvmi_segment *x = a, *y = b;

	return (x->pa < y->pa ? -1 : x->pa > y->pa);
}

/* Emulators write memory once for each mapping of it: keep what is new. */
static void
drop_overlaps(struct kvmi_elfcore *elf)
{
	uint64_t end = 0, skip;
	struct kvmi_segment s;
	size_t i, n = 0;

	for (i = 0; i < elf->nsegments; i++) {
		s = elf->segments[i];
		skip = n > 0 && s.pa < end ? end - s.pa : 0;
		if (skip > 0 && skip >= s.filesz)
			continue;
		s.pa += skip;
		s.va += skip;
		s.offset += skip;
		s.filesz -= skip;
		s.size -= skip;
		elf->segments[n++] = s;
		end = s.pa + s.filesz;
	}
	elf->nsegments = n;
}

void
kvmi_elfcore_sort(struct kvmi_elfcore *elf)
{

	qsort(elf->segments, elf->nsegments, sizeof(*elf->segments),
	    compare_segments);
	drop_overlaps(elf);
}

static int
read_phdrs(kvm_t *kd, struct kvmi_elfcore *elf, uint64_t start,
    const uint8_t *ehdr, const struct layout *l)
{
	uint64_t phoff = get_word(ehdr + l->phoff, l, elf->bigendian);
	size_t i, n = kvmi_get16(ehdr + l->phnum, elf->bigendian);
	unsigned int size = kvmi_get16(ehdr + l->phentsize, elf->bigendian);
	const uint8_t *ph;

	if (size < l->phdr_size)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "program headers of %u bytes", size));
	if (phoff > UINT64_MAX - start)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "program headers at %#jx", (uintmax_t)phoff));
	ph = kvmi_bytes_at(kd, &kd->bytes, start + phoff, n * size);
	if (ph == NULL)
		return (kvmi_context(kd, "program headers"));
	elf->segments = calloc(n + 1, sizeof(*elf->segments));
	if (elf->segments == NULL)
		return (kvmi_nomem(kd, "program headers"));
	for (i = 0; i < n; i++)
		if (add_segment(kd, elf, ph + i * size, l) == -1)
			return (-1);
	for (i = 0; i < elf->nsegments; i++)
		elf->segments[i].offset += start;
	elf->notes.offset += start;
	kvmi_elfcore_sort(elf);
	return (0);
}

int
kvmi_elfcore_init(kvm_t *kd, struct kvmi_elfcore *elf, uint64_t start)
{
	const struct layout *l;
	const uint8_t *ehdr;

	memset(elf, 0, sizeof(*elf));
	ehdr = kvmi_bytes_at(kd, &kd->bytes, start, sizeof(Elf32_Ehdr));
	if (ehdr == NULL || check_ident(kd, elf, ehdr) == -1)
		return (kvmi_context(kd, "full dump"));
	l = elf->class == ELFCLASS64 ? &layout64 : &layout32;
	ehdr = kvmi_bytes_at(kd, &kd->bytes, start, l->ehsize);
	if (ehdr == NULL || read_phdrs(kd, elf, start, ehdr, l) == -1) {
		kvmi_elfcore_deinit(elf);
		return (kvmi_context(kd, "full dump"));
	}
	return (0);
}

void
kvmi_elfcore_deinit(struct kvmi_elfcore *elf)
{

	free(elf->segments);
	memset(elf, 0, sizeof(*elf));
}

/* gABI, chapter 5: name size, descriptor size, type; both padded to words. */
#define	NOTE_HEADER	12
#define	NOTES_MAX	65536		/* bytes that are looked at */

const uint8_t *
kvmi_elfcore_note(kvm_t *kd, const char *name, size_t size)
{
	const struct kvmi_segment *notes = &kd->elf.notes;
	size_t at, avail, namesz, descsz, skip;
	const uint8_t *p;

	avail = kvmi_bytes_avail(kd, &kd->bytes, notes->offset,
	    notes->filesz < NOTES_MAX ? notes->filesz : NOTES_MAX);
	for (at = 0; avail - at >= NOTE_HEADER; at += NOTE_HEADER + skip) {
		p = kd->bytes.base + notes->offset + at;
		namesz = kvmi_get32(p, kd->elf.bigendian);
		descsz = kvmi_get32(p + 4, kd->elf.bigendian);
		skip = kvmi_roundup(namesz, 4) + kvmi_roundup(descsz, 4);
		if (skip > avail - at - NOTE_HEADER)
			break;
		if (descsz >= size && namesz == strlen(name) + 1 &&
		    memcmp(p + NOTE_HEADER, name, namesz) == 0)
			return (p + NOTE_HEADER + kvmi_roundup(namesz, 4));
	}
	return (NULL);
}

/* Segments are sorted by address; the last one that begins at or below pa. */
static const struct kvmi_segment *
find_segment(const struct kvmi_elfcore *elf, kpaddr_t pa)
{
	size_t lo = 0, hi = elf->nsegments, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (elf->segments[mid].pa <= pa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo == 0 ? NULL : &elf->segments[lo - 1]);
}

int64_t
kvmi_elfcore_offset(const struct kvmi_elfcore *elf, kpaddr_t pa,
    uint64_t *len)
{
	const struct kvmi_segment *s = find_segment(elf, pa);
	const struct kvmi_segment *end = elf->segments + elf->nsegments;
	const struct kvmi_segment *next = s == NULL ? elf->segments : s + 1;

	/* Bytes of p_memsz beyond p_filesz were not written. */
	if (s == NULL || pa - s->pa >= s->filesz) {
		*len = next == end ? UINT64_MAX - pa : next->pa - pa;
		return (KVMI_NOTDUMPED);
	}
	*len = s->filesz - (pa - s->pa);
	if (next != end && next->pa - pa < *len)
		*len = next->pa - pa;
	return ((int64_t)(s->offset + (pa - s->pa)));
}

/* ---- pages by number */

/*
 * Whole pages that kvmi_elfcore_offset() finds in the segment and that are
 * not past the end of the dump: where segments overlap, the later one has it.
 */
static uint64_t
count_pages(const struct kvmi_segment *s, const struct kvmi_segment *next,
    uint64_t dumpsize, unsigned int shift)
{
	uint64_t size = s->filesz, mask = ((uint64_t)1 << shift) - 1;
	uint64_t first = (s->pa >> shift) + ((s->pa & mask) != 0), end;

	if (s->offset >= dumpsize)
		return (0);
	if (size > dumpsize - s->offset)
		size = dumpsize - s->offset;
	if (next != NULL && size > next->pa - s->pa)
		size = next->pa - s->pa;
	end = (s->pa + size) >> shift;
	return (end > first ? end - first : 0);
}

int
kvmi_elfcore_number(kvm_t *kd, struct kvmi_elfcore *elf, uint64_t *npages)
{
	uint64_t size = kvmi_bytes_size(kd, &kd->bytes), n = 0;
	struct kvmi_segment *s;
	size_t i;

	for (i = 0; i < elf->nsegments; i++) {
		s = &elf->segments[i];
		s->index = n;
		s->npages = count_pages(s, i + 1 < elf->nsegments ? s + 1 :
		    NULL, size, kd->page_shift);
		n += s->npages;
	}
	/* No page of the file stands for many: numbers stay in proportion. */
	if (n > (size >> kd->page_shift) + elf->nsegments)
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "the dump's segments show the same bytes at many physical "
		    "addresses"));
	*npages = n;
	return (0);
}

static uint64_t
first_page(const struct kvmi_segment *s, unsigned int shift)
{

	return ((s->pa + (((uint64_t)1 << shift) - 1)) >> shift);
}

uint64_t
kvmi_elfcore_page(const struct kvmi_elfcore *elf, kpaddr_t pa,
    unsigned int shift, uint64_t *index)
{
	const struct kvmi_segment *s = find_segment(elf, pa);
	uint64_t page = pa >> shift, first;

	*index = 0;
	if (s == NULL)
		return (0);
	first = first_page(s, shift);
	if (page < first || page - first >= s->npages)
		return (0);
	*index = s->index + (page - first);
	return (s->npages - (page - first));
}

bool
kvmi_elfcore_next(const struct kvmi_elfcore *elf, unsigned int shift,
    uint64_t index, kpaddr_t *pa)
{
	size_t lo = 0, hi = elf->nsegments, mid;
	const struct kvmi_segment *s;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		s = &elf->segments[mid];
		if (index < s->index)
			hi = mid;
		else if (index - s->index >= s->npages)
			lo = mid + 1;
		else {
			*pa = (first_page(s, shift) + (index - s->index)) <<
			    shift;
			return (true);
		}
	}
	return (false);
}

/* ---- dumps of virtual memory */

static int
virtual_translate(kvm_t *kd, kvaddr_t va, struct kvmi_pte *pte)
{
	const struct kvmi_segment *s = find_segment(&kd->elf, va);

	if (s == NULL || va - s->pa >= s->size)
		return (kvmi_error(kd, KVM_E_UNMAPPED, va,
		    "not in the part of the kernel's memory that this dump "
		    "holds"));
	pte->pa = va;
	pte->len = s->size - (va - s->pa);
	pte->prot = KVM_PROT_READ | KVM_PROT_WRITE;
	return (0);
}

/* Each segment is one run. */
static int
virtual_walk(kvm_t *kd, kvmi_walk_cb_t *cb, void *arg)
{
	const struct kvmi_segment *s;
	struct kvmi_pte pte;
	size_t i;
	int error = 0;

	for (i = 0; i < kd->elf.nsegments && error == 0; i++) {
		s = &kd->elf.segments[i];
		pte.pa = s->pa;
		pte.len = s->filesz;
		pte.prot = KVM_PROT_READ | KVM_PROT_WRITE;
		error = cb(kd, s->pa, &pte, arg);
	}
	return (error);
}

/* A symbol that the linker sets, which kernels have with or without a "_". */
static bool
linker_symbol(kvm_t *kd, const char *name, uint64_t *value)
{
	struct kvm_symbol sym;

	if (kvmi_image_symbol(kd->image, name, &sym) != 0 &&
	    kvmi_image_symbol(kd->image, name + 1, &sym) != 0)
		return (false);
	*value = sym.ks_value;
	return (true);
}

/* The segment is from the page of etext to that of end: pmap_scan_init(). */
void
kvmi_elfcore_displacement(kvm_t *kd)
{
	uint64_t page = (uint64_t)1 << kd->page_shift, etext, end;
	const struct kvmi_segment *s;
	size_t i;

	if (kd->image == NULL || !linker_symbol(kd, "_etext", &etext) ||
	    !linker_symbol(kd, "_end", &end))
		return;
	etext &= ~(page - 1);
	for (i = 0; i < kd->elf.nsegments; i++) {
		s = &kd->elf.segments[i];
		if (s->size != kvmi_roundup(end, page) - etext)
			continue;
		kd->kerndisp = (kssize_t)(s->va - etext);
		return;
	}
}

const struct kvmi_mmu kvmi_mmu_virtual = {
	.translate = virtual_translate,
	.walk = virtual_walk,
};
