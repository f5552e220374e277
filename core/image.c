/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * image.c: a kernel or module as an ELF file: what it is, its sections.
 *
 * The file is mapped and stays where it is: a kernel with debugging data is
 * hundreds of megabytes, often sparse, and little of it is ever touched.
 * libelf reads the headers, of either class and byte order, and is done; it
 * checks few of the numbers in them, so every offset and size is checked here
 * before it is used.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "image.h"

/* Older elf.h lack these; the numbers are the gABI's (ELF-32 and -64). */
#define	SECTION_COMPRESSED	0x800		/* SHF_COMPRESSED */
#define	COMPRESS_ZLIB		1		/* ELFCOMPRESS_ZLIB */
#define	COMPRESS_ZSTD		2		/* ELFCOMPRESS_ZSTD */

/*
 * Deflate shrinks nothing to less than 1/1032 (zlib's technical notes); zstd
 * could in theory, but not what anybody keeps in a kernel file.
 */
#define	MAX_RATIO	1032

static int
not_this(kvm_t *kd, const char *path, const char *why)
{

	return (kvmi_error(kd, KVM_E_FORMAT, 0, "%s: %s", path, why));
}

/* Map the file that fd is open on.  fd is not needed afterwards. */
static int
map_fd(struct kvmi_image *img, int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) != 0)
		return (kvmi_syserr(img->kd, "%s", img->path));
	if (S_ISDIR(st.st_mode))
		return (not_this(img->kd, img->path, "is a directory"));
	if (!S_ISREG(st.st_mode))
		return (not_this(img->kd, img->path, "not a regular file"));
	if (st.st_size == 0)
		return (not_this(img->kd, img->path, "empty file"));
	if ((uint64_t)st.st_size > SIZE_MAX)
		return (not_this(img->kd, img->path,
		    "too large for this host's address space"));
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return (kvmi_syserr(img->kd, "%s: mmap", img->path));
	img->base = p;
	img->size = (size_t)st.st_size;
	return (0);
}

/* O_NONBLOCK: a FIFO must not keep us waiting before it is refused. */
static int
map_file(struct kvmi_image *img)
{
	int error, fd;

	fd = open(img->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return (kvmi_syserr(img->kd, "%s", img->path));
	error = map_fd(img, fd);
	close(fd);
	return (error);
}

static int
read_ident(struct kvmi_image *img, Elf *elf, GElf_Ehdr *eh)
{

	if (gelf_getehdr(elf, eh) == NULL)
		return (not_this(img->kd, img->path, "damaged ELF header"));
	img->ident.class = eh->e_ident[EI_CLASS];
	img->ident.bigendian = eh->e_ident[EI_DATA] == ELFDATA2MSB;
	img->ident.machine = eh->e_machine;
	img->ident.type = eh->e_type;
	img->ident.flags = eh->e_flags;
	return (0);
}

static int
read_section(struct kvmi_image *img, Elf *elf, uint32_t i,
    struct kvmi_elfsect *s, uint32_t *name)
{
	GElf_Shdr sh;
	Elf_Scn *scn;

	if ((scn = elf_getscn(elf, i)) == NULL ||
	    gelf_getshdr(scn, &sh) == NULL)
		return (kvmi_error(img->kd, KVM_E_FORMAT, 0,
		    "%s: header of section %u can't be read", img->path, i));
	s->name = "";
	s->type = sh.sh_type;
	s->link = sh.sh_link;
	s->flags = sh.sh_flags;
	s->addr = sh.sh_addr;
	s->offset = sh.sh_offset;
	s->size = sh.sh_size;
	*name = sh.sh_name;
	return (0);
}

/* names[i] is where the name of section i begins, in section strndx. */
static void
name_sections(struct kvmi_image *img, const uint32_t *names, size_t strndx)
{
	const struct kvmi_elfsect *s;
	const char *table;
	size_t len;
	uint32_t i;

	if (strndx >= img->nsections)
		return;
	s = &img->sections[strndx];
	if (s->type == SHT_NOBITS ||
	    kvmi_beyond(s->offset, s->size, img->size))
		return;
	table = (const char *)img->base + s->offset;
	len = kvmi_strings(table, s->size);
	for (i = 0; i < img->nsections; i++)
		if (names[i] < len)
			img->sections[i].name = table + names[i];
}

static int
read_sections(struct kvmi_image *img, Elf *elf, size_t n)
{
	uint32_t i, *names;
	size_t strndx;
	int error = 0;

	img->sections = calloc(n, sizeof(*img->sections));
	names = calloc(n, sizeof(*names));
	if (img->sections == NULL || names == NULL) {
		free(names);
		return (kvmi_nomem(img->kd, img->path));
	}
	for (i = 0; i < n && error == 0; i++)
		error = read_section(img, elf, i, &img->sections[i], &names[i]);
	img->nsections = (uint32_t)n;
	if (error == 0 && elf_getshdrstrndx(elf, &strndx) == 0)
		name_sections(img, names, strndx);
	free(names);
	return (error);
}

/*
 * The section headers must lie in the file, all of them, before libelf makes
 * room for as many as the file claims to have.
 */
static int
check_headers(struct kvmi_image *img)
{
	const uint8_t *b = img->base;
	bool be, wide;
	uint64_t n, off;

	if (img->size < 64)		/* an Elf64_Ehdr */
		return (not_this(img->kd, img->path, "damaged ELF header"));
	be = b[EI_DATA] == ELFDATA2MSB;
	wide = b[EI_CLASS] == ELFCLASS64;
	off = wide ? kvmi_get64(b + 40, be) : kvmi_get32(b + 32, be);
	n = kvmi_get16(b + (wide ? 60 : 48), be);
	if (off == 0)
		return (0);
	if (n == 0 && !kvmi_beyond(off, wide ? 64 : 40, img->size))
		n = wide ? kvmi_get64(b + off + 32, be) :
		    kvmi_get32(b + off + 20, be);
	if (n > img->size ||
	    kvmi_beyond(off, (n == 0 ? 1 : n) * (wide ? 64 : 40), img->size))
		return (kvmi_error(img->kd, KVM_E_FORMAT, 0, "%s: truncated: "
		    "its %ju section headers at %#jx reach past its end (%#jx)",
		    img->path, (uintmax_t)n, (uintmax_t)off,
		    (uintmax_t)img->size));
	return (0);
}

static int
read_elf(struct kvmi_image *img, Elf *elf)
{
	GElf_Ehdr eh;
	size_t n;

	if (elf_kind(elf) != ELF_K_ELF)
		return (not_this(img->kd, img->path, "not an ELF file"));
	if (read_ident(img, elf, &eh) != 0)
		return (-1);
	if (elf_getshdrnum(elf, &n) != 0 || n >= UINT32_MAX)
		return (not_this(img->kd, img->path,
		    "damaged ELF header: number of sections"));
	return (n == 0 ? 0 : read_sections(img, elf, n));
}

static int
read_file(struct kvmi_image *img)
{
	Elf *elf;
	int error;

	if (img->size < EI_NIDENT || memcmp(img->base, ELFMAG, SELFMAG) != 0)
		return (not_this(img->kd, img->path, "not an ELF file"));
	if (check_headers(img) != 0)
		return (-1);
	if (elf_version(EV_CURRENT) == EV_NONE)
		return (not_this(img->kd, img->path, elf_errmsg(-1)));
	/* libelf does not write to a file that it was told to read. */
	elf = elf_memory((char *)(uintptr_t)img->base, img->size);
	if (elf == NULL)
		return (not_this(img->kd, img->path, elf_errmsg(-1)));
	error = read_elf(img, elf);
	elf_end(elf);
	return (error);
}

struct kvmi_image *
kvmi_image_create(kvm_t *kd, const char *path)
{
	struct kvmi_image *img;

	if ((img = calloc(1, sizeof(*img))) == NULL ||
	    (img->path = strdup(path)) == NULL) {
		kvmi_nomem(kd, path);
		goto bad;
	}
	img->kd = kd;
	if (map_file(img) != 0 || read_file(img) != 0)
		goto bad;
	return (img);
bad:
	kvmi_image_destroy(img);
	return (NULL);
}

void
kvmi_image_destroy(struct kvmi_image *img)
{
	uint32_t i;

	if (img == NULL)
		return;
	kvmi_symtab_deinit(&img->symtab);
	for (i = 0; i < img->nsections; i++)
		free(img->sections[i].inflated);
	free(img->sections);
	if (img->base != NULL)
		munmap((void *)(uintptr_t)img->base, img->size);
	free(img->path);
	free(img);
}

void
kvmi_image_ident(const struct kvmi_image *img, struct kvmi_ident *ident)
{

	*ident = img->ident;
}

const char *
kvmi_image_path(const struct kvmi_image *img)
{

	return (img->path);
}

size_t
kvmi_strings(const char *table, size_t size)
{

	while (size > 0 && table[size - 1] != '\0')
		size--;
	return (size);
}

static void *
inflate_buffer(kvm_t *kd, const char *what, size_t insize, uint64_t outsize)
{
	void *out;

	if (outsize / MAX_RATIO > insize || outsize > SIZE_MAX) {
		kvmi_error(kd, KVM_E_FORMAT, 0, "%s: %zu compressed bytes "
		    "can't hold the %ju they are said to", what, insize,
		    (uintmax_t)outsize);
		return (NULL);
	}
	if ((out = malloc(outsize == 0 ? 1 : (size_t)outsize)) == NULL)
		kvmi_nomem(kd, what);
	return (out);
}

void *
kvmi_inflate(kvm_t *kd, const char *what, const void *in, size_t insize,
    uint64_t outsize)
{
	uLongf got = (uLongf)outsize;
	void *out;
	int error;

	if ((out = inflate_buffer(kd, what, insize, outsize)) == NULL)
		return (NULL);
	error = got != outsize || insize != (uLong)insize ? Z_BUF_ERROR :
	    uncompress(out, &got, in, (uLong)insize);
	if (error == Z_OK && got == outsize)
		return (out);
	free(out);
	if (error == Z_MEM_ERROR)
		kvmi_nomem(kd, what);
	else
		kvmi_error(kd, KVM_E_FORMAT, 0, "%s: damaged zlib stream "
		    "(%zu bytes, should inflate to %ju)", what, insize,
		    (uintmax_t)outsize);
	return (NULL);
}

/* With a context of its own: what is short of memory is told from damage, and
   <zstd_errors.h>, which FreeBSD's base system lacks, is not needed. */
static void *
inflate_zstd(kvm_t *kd, const char *what, const void *in, size_t insize,
    uint64_t outsize)
{
	ZSTD_DCtx *context;
	void *out;
	size_t got;

	if ((out = inflate_buffer(kd, what, insize, outsize)) == NULL)
		return (NULL);
	if ((context = ZSTD_createDCtx()) == NULL) {
		free(out);
		kvmi_nomem(kd, what);
		return (NULL);
	}
	got = ZSTD_decompressDCtx(context, out, (size_t)outsize, in, insize);
	ZSTD_freeDCtx(context);
	if (got == outsize)
		return (out);
	free(out);
	kvmi_error(kd, KVM_E_FORMAT, 0, "%s: damaged zstd stream "
	    "(%zu bytes, should inflate to %ju)", what, insize,
	    (uintmax_t)outsize);
	return (NULL);
}

/* Inflate a section whose contents begin with an Elf_Chdr. */
static int
inflate_section(struct kvmi_image *img, struct kvmi_elfsect *s)
{
	const uint8_t *p = img->base + s->offset;
	bool be = img->ident.bigendian, wide = img->ident.class == ELFCLASS64;
	size_t header = wide ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr);
	char what[256];
	uint64_t size;
	uint32_t type;

	if (s->size < header)
		return (kvmi_error(img->kd, KVM_E_FORMAT, 0,
		    "%s: section %s: no room for its compression header",
		    img->path, s->name));
	snprintf(what, sizeof(what), "%s: section %s", img->path, s->name);
	type = kvmi_get32(p, be);
	size = wide ? kvmi_get64(p + 8, be) : kvmi_get32(p + 4, be);
	if (type == COMPRESS_ZLIB)
		s->inflated = kvmi_inflate(img->kd, what, p + header,
		    (size_t)s->size - header, size);
	else if (type == COMPRESS_ZSTD)
		s->inflated = inflate_zstd(img->kd, what, p + header,
		    (size_t)s->size - header, size);
	else
		return (kvmi_error(img->kd, KVM_E_FORMAT, 0,
		    "%s: unknown compression %u", what, type));
	s->inflated_size = (size_t)size;
	return (s->inflated == NULL ? -1 : 0);
}

static int
section_contents(struct kvmi_image *img, struct kvmi_elfsect *s,
    struct kvmi_section *out)
{

	if (kvmi_beyond(s->offset, s->size, img->size))
		return (kvmi_error(img->kd, KVM_E_FORMAT, 0, "%s: section %s: "
		    "%#jx bytes at %#jx reach past the file's end (%#jx)",
		    img->path, s->name, (uintmax_t)s->size,
		    (uintmax_t)s->offset, (uintmax_t)img->size));
	if ((s->flags & SECTION_COMPRESSED) == 0) {
		out->data = img->base + s->offset;
		return (0);
	}
	if (s->inflated == NULL && inflate_section(img, s) != 0)
		return (-1);
	out->data = s->inflated;
	out->size = s->inflated_size;
	return (0);
}

int
kvmi_image_section_at(struct kvmi_image *img, uint32_t index,
    struct kvmi_section *out)
{
	struct kvmi_elfsect *s;

	if (index == 0 || index >= img->nsections)
		return (1);
	s = &img->sections[index];
	out->name = s->name;
	out->index = index;
	out->type = s->type;
	out->link = s->link;
	out->flags = s->flags;
	out->addr = s->addr;
	out->data = NULL;
	out->size = (size_t)s->size;
	if (s->type == SHT_NOBITS || s->type == SHT_NULL)
		return (0);
	return (section_contents(img, s, out));
}

bool
kvmi_image_is_placed(const struct kvmi_image *img, uint32_t index)
{

	return (!img->is_module || index >= img->nsections ||
	    img->sections[index].placed);
}

/* Symbols of a relocatable file count from their section's start. */
int
kvmi_image_place(struct kvmi_image *img, uint32_t index, kvaddr_t addr)
{
	struct kvmi_elfsect *s;

	if (index == 0 || index >= img->nsections ||
	    (img->sections[index].flags & SHF_ALLOC) == 0)
		return (1);
	s = &img->sections[index];
	s->bias = img->ident.type == ET_REL ? addr : s->bias + addr - s->addr;
	s->addr = addr;
	s->placed = true;
	kvmi_symtab_forget(&img->symtab);
	return (0);
}

int
kvmi_image_section(struct kvmi_image *img, const char *name,
    struct kvmi_section *out)
{
	uint32_t i;

	for (i = 1; i < img->nsections; i++)
		if (strcmp(img->sections[i].name, name) == 0)
			return (kvmi_image_section_at(img, i, out));
	return (1);
}

const uint8_t *
kvmi_image_text(struct kvmi_image *img, kvaddr_t addr, size_t *len)
{
	const struct kvmi_elfsect *s;
	uint64_t left, off;
	uint32_t i;

	for (i = 1; i < img->nsections; i++) {
		s = &img->sections[i];
		if (s->type == SHT_NOBITS || addr < s->addr ||
		    addr - s->addr >= s->size ||
		    (s->flags & (SHF_ALLOC | SHF_WRITE | SECTION_COMPRESSED)) !=
		    SHF_ALLOC ||
		    kvmi_beyond(s->offset, s->size, img->size))
			continue;
		off = addr - s->addr;
		left = s->size - off;
		if (*len > left)
			*len = (size_t)left;
		return (img->base + s->offset + off);
	}
	return (NULL);
}
