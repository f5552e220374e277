/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * image.h: an ELF file as image.c, symtab.c and ctf.c see it: the kernel's, or
 * a module's.
 */
#ifndef _KVM_IMAGE_H_
#define	_KVM_IMAGE_H_

#include "private.h"
#include "index.h"

/* One symbol, as its table has it. */
struct kvmi_elfsym {
	uint32_t	 name;		/* offset in the string table */
	uint32_t	 section;	/* SHN_*; SHN_XINDEX looked up */
	unsigned char	 type, bind;	/* STT_*, STB_* */
	uint64_t	 value, size;
};

/*
 * The symbol table: .symtab, or .dynsym where there is none.  Records stay
 * where they lie in the file; the indexes are made on first use.
 */
struct kvmi_symtab {
	bool			 located;
	const uint8_t		*records;
	uint32_t		 count;		/* 0: no symbol table */
	unsigned int		 section;	/* its number */
	const char		*strings;	/* all of them terminated */
	size_t			 nstrings;	/* bytes */
	const uint8_t		*xindex;	/* SHT_SYMTAB_SHNDX */
	size_t			 nxindex;
	struct kvmi_hash	 names;
	void			*names_mem;	/* NULL: not made yet */
	uint32_t		*order;		/* by address; NULL: not made */
	uint32_t		*outer;		/* see symaddr.c */
	uint32_t		 norder;
};

struct kvmi_elfsect {
	const char	*name;		/* "" when damaged */
	uint32_t	 type, link;
	uint64_t	 flags, addr, offset, size;
	bool		 placed;	/* in memory: addr is where */
	uint64_t	 bias;		/* then: from a symbol's value to its
					   address */
	void		*inflated;	/* contents of a compressed one */
	size_t		 inflated_size;
};

struct kvmi_image {
	kvm_t			*kd;
	char			*path;
	const uint8_t		*base;		/* the file, mapped */
	size_t			 size;
	struct kvmi_ident	 ident;
	bool			 is_module;	/* only sections that were
						   placed have addresses */
	struct kvmi_elfsect	*sections;
	uint32_t		 nsections;
	struct kvmi_symtab	 symtab;
};

/* Section number index, with its contents.  As kvmi_image_section(). */
int	kvmi_image_section_at(struct kvmi_image *, uint32_t index,
	    struct kvmi_section *);

/*
 * Section number index of a module begins at addr.  0; or 1: it is none that
 * takes up memory.
 */
int	kvmi_image_place(struct kvmi_image *, uint32_t index, kvaddr_t addr);
/* Does section number index, or what is in none, have an address? */
bool	kvmi_image_is_placed(const struct kvmi_image *, uint32_t index);

/*
 * The strings of a table of size bytes that are terminated inside it: how
 * many of its bytes they take.
 */
size_t	kvmi_strings(const char *table, size_t size);

/*
 * Inflate one zlib stream (RFC 1950) into exactly outsize bytes.  what it is
 * goes into the error.  NULL on error; else the caller frees it.
 */
void	*kvmi_inflate(kvm_t *, const char *what, const void *in, size_t insize,
	    uint64_t outsize);

/* Find the symbol table.  0 (there may be none); or -1: it is damaged. */
int	kvmi_symtab_locate(struct kvmi_image *);
void	kvmi_symtab_deinit(struct kvmi_symtab *);
/* Addresses have changed: forget the index by address. */
void	kvmi_symtab_forget(struct kvmi_symtab *);
/*
 * Symbol i < count as it stands, one of a module with its address; its name,
 * "" when damaged.
 */
void	kvmi_symtab_read(const struct kvmi_image *, uint32_t i,
	    struct kvmi_elfsym *);
const char *kvmi_symtab_name(const struct kvmi_symtab *, uint32_t offset);
/* Global before weak before local; any other binding is at least not local. */
int	kvmi_bind_rank(unsigned char bind);

#endif /* !_KVM_IMAGE_H_ */
