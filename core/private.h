/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * private.h: what crosses files inside the core.  Everything here is called
 * kvmi_* and hidden from the linker; nothing in bind/ but testing.c may
 * include it.
 *
 * How a read travels: read.c looks the page up in its translation cache; on
 * a miss the architecture's translate() turns the virtual address into a
 * physical one, of which pagemap.c (minidumps) or elfcore.c (full ones) knows
 * the offset in the dump, and bytes.c gives the bytes.  Only bytes.c knows
 * what the dump is stored in.
 */
#ifndef _KVM_PRIVATE_H_
#define	_KVM_PRIVATE_H_

#include <stdarg.h>
#include <string.h>

#include "bytes.h"
#include "kvm.h"
#include "words.h"

/*
 * The library is built with hidden visibility; kvm.h's names are exported.
 */
#define	KVMI_PRINTF(f, a)	__attribute__((__format__(__printf__, f, a)))

#define	nitems_of(a)	(sizeof(a) / sizeof((a)[0]))

/* ---- physical memory: pagemap.c and elfcore.c -------------------------- */

/*
 * A minidump's sections, as its header gives them: offsets and lengths in the
 * dump.  Each architecture's init() fills this in for kvmi_pagemap_init().
 */
struct kvmi_minidump {
	uint32_t	 version;
	uint32_t	 page_size;
	unsigned int	 word_size;	/* of the bitmap's words: 4 or 8 */
	bool		 bigendian;
	uint64_t	 msgbuf_off, msgbuf_size;
	uint64_t	 avail_off, avail_size;	/* dump_avail[]; size 0: none */
	uint64_t	 bitmap_off, bitmap_size;
	uint64_t	 pmap_off, pmap_size;
	unsigned int	 pmap_level;	/* of kd->tables: its entries' level */
	bool		 unpadded;	/* kernels of this kind leave the page
					   table area unpadded */
	uint64_t	 sparse_off;
	kvaddr_t	 kernbase, dmapbase, dmapend;
	kpaddr_t	 dmapphys;
};

/* One range of dump_avail[] (FORMATS: bits of a range are consecutive). */
struct kvmi_range {
	uint64_t	 first;		/* page number of its first page */
	uint64_t	 npages;
	uint64_t	 bit;		/* bitmap index of its first page */
};

/* The page index of a minidump: physical address -> offset in the dump. */
struct kvmi_pagemap {
	const uint8_t		*bitmap;
	uint32_t		*ranks;		/* set bits before each block */
	uint64_t		 nbits;		/* as the header says */
	uint64_t		 nbits_here;	/* of them, in the file */
	uint64_t		 npages;	/* set bits */
	struct kvmi_range	*ranges;	/* by address */
	struct kvmi_range	*by_bit;	/* the same, as in dump_avail[] */
	size_t			 nranges;
	unsigned int		 page_shift;
	unsigned int		 word_size;	/* of the bitmap's words */
	bool			 bigendian;
	uint64_t		 sparse_off;
};

int	kvmi_pagemap_init(kvm_t *, struct kvmi_pagemap *,
	    const struct kvmi_minidump *);
void	kvmi_pagemap_deinit(struct kvmi_pagemap *);
/* Results of kvmi_phys_offset() that are no offset. */
#define	KVMI_NOTDUMPED	(-1)
#define	KVMI_CUTOFF	(-2)	/* the page index ends before this page */
/*
 * Bytes from pa on, of which nothing is in the dump (KVMI_NOTDUMPED, or
 * KVMI_CUTOFF all of them) as at pa: at least to the end of its page.
 */
uint64_t kvmi_pagemap_undumped(const struct kvmi_pagemap *, kpaddr_t pa);
/* Offset in the dump of the byte at pa, or one of the above. */
int64_t	kvmi_pagemap_offset(const struct kvmi_pagemap *, kpaddr_t pa);
/* The next dumped page at or above page bit *bit: its physical address. */
bool	kvmi_pagemap_next(const struct kvmi_pagemap *, uint64_t *bit,
	    kpaddr_t *pa);
/* Bitmap index of pa's page; false when no range holds it. */
bool	kvmi_pagemap_bit(const struct kvmi_pagemap *, kpaddr_t pa,
	    uint64_t *bit);
bool	kvmi_pagemap_test(const struct kvmi_pagemap *, uint64_t bit);

/* A loadable segment of a full dump. */
struct kvmi_segment {
	kpaddr_t	 pa;
	kvaddr_t	 va;
	uint64_t	 size;		/* bytes of memory */
	uint64_t	 filesz;	/* of them, in the file */
	uint64_t	 offset;	/* in the dump */
	uint64_t	 align;
	uint64_t	 index;		/* kvmi_elfcore_number(): of its first
					   whole page, counted through */
	uint64_t	 npages;
};

/* The program headers of a full dump: physical address -> offset. */
struct kvmi_elfcore {
	unsigned int		 class;		/* ELFCLASS32, ELFCLASS64 */
	unsigned int		 machine;
	bool			 bigendian;
	bool			 is_virtual;	/* holds virtual memory: each
						   segment's pa is its va */
	struct kvmi_segment	*segments;	/* PT_LOAD, by pa */
	size_t			 nsegments;
	bool			 has_delta;	/* PT_DUMP_DELTA was there */
	struct kvmi_segment	 delta;
	struct kvmi_segment	 notes;		/* PT_NOTE; filesz 0: none */
};

int	kvmi_elfcore_init(kvm_t *, struct kvmi_elfcore *, uint64_t start);
void	kvmi_elfcore_deinit(struct kvmi_elfcore *);
/* The descriptor of the first note of that name, of at least size bytes; NULL
   when there is none. */
const uint8_t *kvmi_elfcore_note(kvm_t *, const char *name, size_t size);
/*
 * Set kd->kerndisp from a dump of virtual memory: the kernel's data is one of
 * its segments, and the kernel file says where that was linked.
 */
void	kvmi_elfcore_displacement(kvm_t *);
/* Bring the segments into the order that look-ups need. */
void	kvmi_elfcore_sort(struct kvmi_elfcore *);
/*
 * Offset of pa, or KVMI_NOTDUMPED; *len gets the number of bytes from there
 * on that lie in the dump one after the other, or are not in it.
 */
int64_t	kvmi_elfcore_offset(const struct kvmi_elfcore *, kpaddr_t pa,
	    uint64_t *len);
/* Number the dump's pages, for those who visit them all.  0, or -1. */
int	kvmi_elfcore_number(kvm_t *, struct kvmi_elfcore *, uint64_t *npages);
/* As kvmi_pagemap_bit() and kvmi_pagemap_next(), by those numbers; the former
   gives the number of pages from there on that are numbered through. */
uint64_t kvmi_elfcore_page(const struct kvmi_elfcore *, kpaddr_t pa,
	    unsigned int page_shift, uint64_t *index);
bool	kvmi_elfcore_next(const struct kvmi_elfcore *, unsigned int page_shift,
	    uint64_t index, kpaddr_t *pa);

/* ---- dumphdr.c, note.c, container.c: what is around the dump ------------ */

/* struct kerneldumpheader (sys/kerneldump.h), any version, decoded. */
#define	KVMI_HEADER_SIZE	512
struct kvmi_header {
	bool		 text;		/* of a textdump */
	bool		 cleared;	/* savecore(8) has taken the dump */
	bool		 bad;		/* its parity is wrong, or it is not
					   the one at the dump's other end */
	unsigned int	 version;	/* of this header: 1 to 4 */
	uint64_t	 length;	/* bytes of the dump as stored */
	uint64_t	 extent;	/* bytes set aside for it */
	uint64_t	 time;		/* seconds since the epoch */
	uint32_t	 keysize;	/* bytes of the key that precedes it */
	uint32_t	 blocksize;	/* bytes this header takes up */
	char		 arch[13], hostname[65], versionstring[193],
			 panic[193];
};

/* Decode the KVMI_HEADER_SIZE bytes at p; false when they are no header.  One
   whose parity is wrong is decoded all the same. */
bool	kvmi_header_parse(const uint8_t *p, struct kvmi_header *);

/* What is known of the dump from beside it.  Strings are its own; "" where
   nobody says. */
struct kvmi_note {
	char	*text;			/* what the strings below point into */
	const char *arch, *hostname, *version, *panic, *time, *status,
		   *compression;
	uint64_t length;
};

/* Nothing is known. */
void	kvmi_note_clear(struct kvmi_note *);
/* From info.N, where there is one. */
void	kvmi_note_init(struct kvmi_note *, const char *corefile);
/* From a kerneldumpheader, which is what info.N was written from. */
int	kvmi_note_header(kvm_t *, struct kvmi_note *,
	    const struct kvmi_header *);
void	kvmi_note_deinit(struct kvmi_note *);
/*
 * The name of the file called stem (info, key) that goes with corefile: for
 * vmcore.3.zst it is stem.3, for a vmcore without a number stem, then stem.0.
 * which counts the candidates; false when there are no more.
 */
bool	kvmi_sibling(const char *corefile, const char *stem,
	    unsigned int which, char *path, size_t size);

/*
 * Take off what the dump is wrapped in (compression, kerneldumpheaders, a
 * dump device, encryption) until kd->bytes begins with the dump itself.
 * kd->kind is set where that is something else than kernel memory.  0, or -1.
 */
int	kvmi_container_open(kvm_t *, const struct kvm_open_args *);

/*
 * live.c: the running kernel.  What fails sets an error; on hosts other than
 * FreeBSD everything fails.
 */
int	kvmi_live_kernel(kvm_t *, char *path, size_t size);	/* its file */
bool	kvmi_live_is(const char *corefile);
int	kvmi_live_open(kvm_t *, int flags);
void	kvmi_live_close(kvm_t *);
ssize_t	kvmi_live_read(kvm_t *, kvaddr_t, void *, size_t);
ssize_t	kvmi_live_write(kvm_t *, kvaddr_t, const void *, size_t);
int	kvmi_live_symbol(kvm_t *, const char *, kvaddr_t *);

/*
 * rawmem.c: a dump without a header that may be physical memory.  open: kd
 * has a kernel file; kd->elf is made to hold all memory as one segment from
 * physical address 0.  describe: it has none; only kd->note is filled.  1 when
 * it may be memory, 0 when not, -1 with an error.
 */
int	kvmi_rawmem_open(kvm_t *);
int	kvmi_rawmem_describe(kvm_t *);
/*
 * Where in the dump's bytes the kernel's va lies, by the place of its version
 * string: for memory whose page tables are still to be found.  0, or -1.
 */
int	kvmi_rawmem_image(kvm_t *, kvaddr_t va, uint64_t *off);

/* What kvm_built_with() says of the next one. */
extern const char kvmi_crypt_built[];
/* crypt.c, or nocrypt.c where there is no libcrypto: put the decrypted form
   on top of kd->bytes.  blob is the kerneldumpkey, size bytes. */
int	kvmi_decrypt(kvm_t *, const char *keyfile, const uint8_t *blob,
	    size_t size);

/* dump.c: bytes of the dump, by its headers; 0 when they don't say (yet). */
uint64_t kvmi_size_expected(const kvm_t *);

/* ---- image.c: the kernel as an ELF file -------------------------------- */

struct kvmi_image;

struct kvmi_ident {		/* what probes ask of a kernel */
	unsigned int	class;		/* ELFCLASS32, ELFCLASS64 */
	unsigned int	machine;	/* EM_* */
	unsigned int	type;		/* ET_* */
	unsigned int	flags;		/* e_flags */
	bool		bigendian;
};

/*
 * Open path.  NULL with an error: missing, unreadable, empty, not an ELF
 * file.  Symbols and sections are indexed on first use.  Values are as
 * linked: kvmi_symbol_displace() is for those who hand them out.
 *
 * The look-ups return 0; 1 when there is no such thing, and then record no
 * error; or -1 with an error (damaged tables, out of memory).
 */
struct kvmi_image *kvmi_image_create(kvm_t *, const char *path);
void	kvmi_image_destroy(struct kvmi_image *);
void	kvmi_image_ident(const struct kvmi_image *, struct kvmi_ident *);
const char *kvmi_image_path(const struct kvmi_image *);
/* Of one name the best that has an address: see kvmi_image_is_placed(). */
int	kvmi_image_symbol(struct kvmi_image *, const char *name,
	    struct kvm_symbol *);
int	kvmi_image_symbol_at(struct kvmi_image *, kvaddr_t,
	    struct kvm_symbol *);
int	kvmi_image_symbol_entry(struct kvmi_image *, size_t,
	    struct kvm_symbol *);
int	kvmi_image_symbol_next(struct kvmi_image *, const char *, size_t *,
	    struct kvm_symbol *);
size_t	kvmi_image_symbol_count(struct kvmi_image *);
/* symbol.c: add kd->kerndisp to a symbol's value unless it is absolute. */
void	kvmi_symbol_displace(const kvm_t *, struct kvm_symbol *);
/* The other way round: what the kernel file says. */
uint64_t kvmi_symbol_linked(const kvm_t *, const struct kvm_symbol *);
/*
 * What the file has at a linked address of text or other read-only data: at
 * most *len bytes, as many as the section holds; *len gets that number.  NULL
 * when no such section holds it (no error is recorded).
 */
const uint8_t *kvmi_image_text(struct kvmi_image *, kvaddr_t, size_t *len);

struct kvmi_section {
	const char	*name;
	unsigned int	 index, type, link;
	uint64_t	 flags, addr;
	const void	*data;		/* NULL: NOBITS; inflated if need be */
	size_t		 size;
};
int	kvmi_image_section(struct kvmi_image *, const char *name,
	    struct kvmi_section *);

/* ---- type.c, ctf.c: type information ----------------------------------- */

struct kvmi_types;		/* the type graph of a descriptor */

/* Made on the first question about types; ctf.c reads .SUNW_ctf then. */
struct kvmi_types *kvmi_types_create(kvm_t *);
void	kvmi_types_destroy(struct kvmi_types *);

/*
 * dwarf.c, dwarftype.c; or nodwarf.c.  The kernel's DWARF as a source of types
 * (source.h); NULL with an error, KVM_E_NOTYPE when there is none.
 */
extern const char kvmi_dwarf_built[];
struct kvmi_dwarf;
struct kvmi_source;
struct kvmi_source *kvmi_dwtypes_create(kvm_t *);
/* Let the DWARF be that of the file at path.  0, or -1. */
int	kvmi_dwarf_name(kvm_t *, const char *path);
void	kvmi_dwarf_destroy(struct kvmi_dwarf *);
/* The file that has the kernel's DWARF; NULL with an error: none. */
struct kvmi_image	*kvmi_dwarf_image(kvm_t *);

/* module.c: close the files of all modules. */
void	kvmi_modules_destroy(kvm_t *);

/* ---- architectures ------------------------------------------------------ */

/* Where a virtual address leads. */
struct kvmi_pte {
	kpaddr_t	 pa;		/* of the address itself */
	uint64_t	 len;		/* bytes mapped alike from pa on */
	unsigned char	 prot;		/* KVM_PROT_* */
};

/* One mapped run that an architecture's walk() found; nonzero return stops. */
typedef int	kvmi_walk_cb_t(kvm_t *, kvaddr_t va, const struct kvmi_pte *,
		    void *arg);

/*
 * How one kind of dump of one architecture is translated.
 *
 * translate: 0 and *pte; or -1 with KVM_E_UNMAPPED, or the error that reading
 * a page table gave.  walk: every mapping of the kernel map by ascending
 * address, without the direct map; 0, what cb returned, or -1 with an error
 * when part of the page tables could not be read (the rest is walked all the
 * same).  Neither may assume anything about the dump that minidump() or
 * full() has not checked.
 */
struct kvmi_mmu {
	int	(*translate)(kvm_t *, kvaddr_t, struct kvmi_pte *);
	int	(*walk)(kvm_t *, kvmi_walk_cb_t *, void *);
};

/*
 * An architecture.  To add one:
 *  1. core/arch/X.h: its constants, each with the header it comes from.
 *  2. core/arch/X.c: its struct kvmi_arch, called kvmi_arch_X.  Where its
 *     page tables are trees of tables, radix.h does all but decode an entry.
 *  3. one line in core/arch/arches.h, in probe order.
 *  4. one line in the Makefile (ARCHES).
 *  5. spec/core/arch/X_spec.lua: the table of cases, then its oddities.
 *
 * magic is what a minidump of it begins with, NUL included; "" when it has
 * no minidumps.  No pointer is NULL: what an architecture can't do is a
 * function that says so.
 */
struct kvmi_arch {
	const char	*name;		/* MACHINE_ARCH; minidump() and full()
					   set kd->arch_name to a variant's */
	char		 magic[32];
	/* Is a kernel with this ELF header of this architecture? */
	bool		(*kernel)(const struct kvmi_ident *);
	/* Is the host of this architecture (and byte order)? */
	bool		(*native)(const kvm_t *);
	/* Read a minidump's header: fill kd->mini, kd->bigendian,
	   kd->ptrsize, kd->va_max, kd->mmu. */
	int		(*minidump)(kvm_t *);
	/* Is the dump, which has neither magic nor an ELF header, in a format
	   of this architecture's own?  full() reads it then. */
	bool		(*headerless)(kvm_t *);
	/* Prepare a full dump (kd->elf is ready, unless headerless): the
	   same fields. */
	int		(*full)(kvm_t *);
	/* Bring an address into canonical form (tags stripped). */
	kvaddr_t	(*canonical)(const kvm_t *, kvaddr_t);
	/* As kvmi_mmu's translate, in the address space at root. */
	int		(*translate_in)(kvm_t *, kpaddr_t root, kvaddr_t,
			    struct kvmi_pte *);
	/* Memory at va that the dump does not hold and something else does:
	   at most *len bytes; *len gets their number.  NULL: none. */
	const uint8_t	*(*undumped)(kvm_t *, kvaddr_t va, size_t *len);
};

/* Building blocks for the table above (arch.c). */
kvaddr_t kvmi_canonical_none(const kvm_t *, kvaddr_t);
int	kvmi_minidump_none(kvm_t *);
bool	kvmi_headerless_none(kvm_t *);
int	kvmi_full_none(kvm_t *);
int	kvmi_translate_in_none(kvm_t *, kpaddr_t, kvaddr_t, struct kvmi_pte *);
const uint8_t *kvmi_undumped_none(kvm_t *, kvaddr_t, size_t *);
/* Text and read-only data from the kernel file. */
const uint8_t *kvmi_undumped_text(kvm_t *, kvaddr_t, size_t *);
/*
 * For architectures of either byte order: set kd->bigendian by the header's
 * version, a word at off.  It must agree with the kernel file.  0, or -1.
 */
int	kvmi_minidump_byteorder(kvm_t *, uint64_t off);
/* The kernel file, where there is one, must have the dump's byte order. */
int	kvmi_match_byteorder(kvm_t *);
/*
 * Begin with a minidump's header of size bytes, which it returns: read the
 * version, which stands at offset at and is known up to max, and behind it
 * the sizes of the message buffer, the bitmap and the page table area, as on
 * every architecture.  NULL, with an error.
 */
const uint8_t *kvmi_minidump_header(kvm_t *, unsigned int at, size_t size,
	    unsigned int max);
/*
 * Lay out the sections that every minidump has, one after the other from the
 * page after the header: needs the sizes, fills in the offsets.  Then the
 * page map.  0, or -1.
 */
int	kvmi_minidump_layout(kvm_t *);
/* The mmu of a descriptor without memory: every read fails and says why. */
extern const struct kvmi_mmu kvmi_mmu_none;
/* The mmu of a full dump without page tables: the direct map, if any. */
extern const struct kvmi_mmu kvmi_mmu_direct;
/* The mmu of a full dump of virtual memory (elfcore.c). */
extern const struct kvmi_mmu kvmi_mmu_virtual;

/*
 * Mappings that were found in no order, to be walked by ascending address
 * (gather.c).  Zero it before the first kvmi_gather_add().
 */
struct kvmi_mapping {
	kvaddr_t	 va;
	struct kvmi_pte	 pte;
};

struct kvmi_gather {
	struct kvmi_mapping	*list;
	size_t			 n, size;
};

int	kvmi_gather_add(kvm_t *, struct kvmi_gather *, kvaddr_t va,
	    const struct kvmi_pte *);
/* Visit them, each address once.  0, or what cb returned.  Frees the list. */
int	kvmi_gather_walk(kvm_t *, struct kvmi_gather *, kvmi_walk_cb_t *,
	    void *);

/*
 * The value of a kernel variable of 1, 4 or 8 bytes, for what a dump's header
 * does not say.  false when there is no symbol by that name, or no memory
 * behind it; the descriptor's error is left as it was.
 */
bool	kvmi_variable(kvm_t *, const char *name, size_t size, uint64_t *value);

#define	KVMI_ARCH(name)	extern const struct kvmi_arch kvmi_arch_##name;
#include "arch/arches.h"
#undef KVMI_ARCH

/* ---- the descriptor ------------------------------------------------------ */

/*
 * The translation cache: direct-mapped, one entry for 4 KiB of virtual address
 * space (no target has smaller pages).  tag is the address of the 4 KiB with
 * the lowest bit set, 0 when empty.  It begins small, for who looks at a few
 * structures, and doubles when it is filled over and over, up to where it
 * covers a gigabyte.
 */
#define	KVMI_TLB_SHIFT	12
#define	KVMI_TLB_MIN	((size_t)1 << 10)	/* entries */
#define	KVMI_TLB_MAX	((size_t)1 << 18)

struct kvmi_tlb {
	uint64_t	 tag;
	const uint8_t	*page;
};

struct __kvm {
	struct kvmi_tlb		*tlb;
	size_t			 tlb_mask;	/* entries - 1 */
	size_t			 tlb_fills;	/* since it had that size */
	unsigned int		 page_shift;
	kvaddr_t		 va_max;	/* last address there is */
	const struct kvmi_mmu	*mmu;
	const struct kvmi_arch	*arch;		/* NULL: no memory */
	const struct kvmi_radix	*tables;	/* radix.h; NULL: no trees */
	kpaddr_t		 root;		/* of a full dump's kernel map */
	const char		*arch_name;	/* MACHINE_ARCH; "" */
	void			*arch_data;	/* its own, on the heap; NULL */
	enum kvm_dump_kind	 kind;
	bool			 bigendian;
	unsigned int		 ptrsize;
	kssize_t		 kerndisp;
	struct kvmi_bytes	 bytes;
	struct kvmi_minidump	 mini;		/* KVM_DUMP_MINI */
	struct kvmi_pagemap	 pagemap;	/* KVM_DUMP_MINI */
	struct kvmi_elfcore	 elf;		/* KVM_DUMP_FULL */
	struct kvmi_note	 note;
	const char		*container;	/* "file", "header", "device" */
	const char		*encryption;	/* "none" or the cipher */
	struct kvmi_image	*image;		/* NULL: no kernel file */
	struct kvmi_image	*debug;		/* its debug file; NULL: to be
						   looked for */
	struct kvmi_dwarf	*dwarf;		/* NULL: not asked for yet */
	kvm_module_t		*modules;	/* files that were opened */
	struct kvmi_types	*types;		/* NULL: not asked for yet */
	struct kvmi_pcpus	*pcpus;		/* the same */
	struct kvmi_procs	*procs;		/* the same */
	unsigned int		 dpcpu_cpu;	/* kvm_dpcpu_setcpu()'s */
	kvaddr_t		 vnet;		/* selected; 0: none yet */
	kvaddr_t		 vnet_base;	/* its vnet_data_base */
	kvm_resolver_t		*resolver;	/* NULL: image's symbols */
	void			*resolver_arg;
	int			(*resolver2)(const char *, kvaddr_t *);
	int			 live_fd;	/* KVM_DUMP_LIVE: kmem(4); -1 */
	const char		*cachedir;	/* while opening; NULL */
	kvm_progress_t		*progress;	/* NULL: nobody asks */
	void			*progress_arg;
	uint64_t		 progress_next;	/* not before: milliseconds */
	const char		*errstr;	/* kvm_open()'s; else NULL */
	int			 flags;		/* O_RDONLY, ... */
	unsigned int		 options;	/* KVM_OPEN_* */
	struct kvm_error	 error;
};

/* ---- error.c ------------------------------------------------------------- */

/*
 * Record an error; always returns -1.  The first cause stands: callers that
 * pass a failure on use kvmi_context(), which prepends "context: ".
 */
int	kvmi_error(kvm_t *, enum kvm_errclass, kvaddr_t, const char *fmt, ...)
	    KVMI_PRINTF(4, 5);
int	kvmi_context(kvm_t *, const char *fmt, ...) KVMI_PRINTF(2, 3);
/* KVM_E_SYS with errno's text behind the message. */
int	kvmi_syserr(kvm_t *, const char *fmt, ...) KVMI_PRINTF(2, 3);
int	kvmi_nomem(kvm_t *, const char *what);
/*
 * What a function of kvm(3) does last when it fails: print the error if the
 * descriptor was opened the Sun way.  Returns -1.  The extensions only
 * record their errors.
 */
int	kvmi_report(kvm_t *);

/* ---- pages.c --------------------------------------------------------------- */

bool	kvmi_in_dmap(const kvm_t *, kvaddr_t);
/* What va is by the direct map; false when it is not in there. */
bool	kvmi_direct(const kvm_t *, kvaddr_t va, struct kvmi_pte *);
/* The direct map's address of pa; 0 when it has none. */
kvaddr_t kvmi_dmap_va(const kvm_t *, kpaddr_t);

/* ---- proc.c ---------------------------------------------------------------- */

void	kvmi_procs_destroy(struct kvmi_procs *);

/* ---- read.c, nlist.c ----------------------------------------------------- */

/*
 * The bytes of physical memory at pa: at most *len of them, as many as lie
 * together within the page; *len gets that number.  NULL on error.
 */
const uint8_t *kvmi_phys(kvm_t *, kpaddr_t pa, size_t *len);
/* A word of 4 or 8 bytes of physical memory: a page table entry.  0, or -1. */
int	kvmi_phys_word(kvm_t *, kpaddr_t pa, size_t size, uint64_t *);
/*
 * Offset in the dump, or KVMI_NOTDUMPED, KVMI_CUTOFF; no error is set.  *len
 * gets the number of bytes of which the same is true, at least to the end of
 * the page in a minidump.
 */
int64_t	kvmi_phys_offset(kvm_t *, kpaddr_t, uint64_t *len);
/* An entry of the minidump's page table area.  0, or -1. */
int	kvmi_pmap_word(kvm_t *, uint64_t index, size_t size, uint64_t *);
/* Make the translation cache.  0, or -1. */
int	kvmi_tlb_init(kvm_t *);
/* Address of a symbol, through the resolver; -1: KVM_E_NOSYM or worse. */
int	kvmi_lookup(kvm_t *, const char *name, kvaddr_t *);

#endif /* !_KVM_PRIVATE_H_ */
