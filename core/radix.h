/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * radix.h: page tables that are trees of tables, as most processors have
 * them.  An architecture describes its tables once: the levels, and what an
 * entry means.  From that description come the translation of minidumps,
 * whose page table area is one level of such a tree laid out flat; that of
 * full dumps, which hold the whole tree; and that of any other address space
 * (kvm_translate_in()).
 */
#ifndef _KVM_RADIX_H_
#define	_KVM_RADIX_H_

#include "private.h"

/* What an entry of a table is. */
enum kvmi_entry {
	KVMI_ABSENT,		/* it maps nothing */
	KVMI_TABLE,		/* it leads to a table of the next level */
	KVMI_LEAF,		/* it maps memory */
};

struct kvmi_level {
	const char	*name;	/* what its entries are called: "PDE" */
	unsigned int	 shift;	/* an entry maps 1 << shift bytes */
	unsigned int	 bits;	/* a table has 1 << bits entries */
};

#define	KVMI_LEVELS	5	/* no processor has more */

/*
 * decode() says what an entry is that stands at the level with that shift.
 * Of a table it sets pte->pa; of a leaf pte->pa to the first byte of what it
 * maps and pte->prot, and it may enlarge pte->len, which is 1 << shift, when
 * the entry is one of several that map one larger page together.  pte->pa is
 * a multiple of pte->len.
 */
struct kvmi_radix {
	unsigned int	  entry;	/* bytes in an entry: 4 or 8 */
	unsigned int	  sign;		/* from this bit up, the bits of an
					   address are all alike */
	unsigned int	  nlevels;
	struct kvmi_level level[KVMI_LEVELS];	/* the root's first */
	enum kvmi_entry	(*decode)(kvm_t *, unsigned int shift,
			    uint64_t entry, struct kvmi_pte *);
};

/*
 * Where va leads in the tree whose root table is at physical address root;
 * the low bits of root, below the size of that table, are ignored.
 */
int	kvmi_radix_translate(kvm_t *, const struct kvmi_radix *,
	    kpaddr_t root, kvaddr_t va, struct kvmi_pte *);

/*
 * How the dumps of an architecture with such tables are translated.  Both go
 * by kd->tables, the minidump by kd->mini.pmap_level, the full dump by
 * kd->root.
 */
extern const struct kvmi_mmu kvmi_mmu_minidump, kvmi_mmu_full;
/* Slot translate_in of such an architecture: by kd->tables. */
int	kvmi_translate_in_tables(kvm_t *, kpaddr_t root, kvaddr_t,
	    struct kvmi_pte *);

/*
 * Physical memory that nobody described (rawmem.c), of an architecture whose
 * kernel keeps its first page tables in its own image: root is the symbol of
 * the root table, below that of the table that its entry for the kernel leads
 * to.  The first form that maps the kernel to where it is found is taken:
 * kd->tables, kd->root, kd->page_shift and, when it was unknown, where memory
 * begins.  Then the direct map, by the kernel's variables.  0, or -1.
 */
struct kvmi_rawtables {
	const struct kvmi_radix	*tables;
	unsigned int		 page_shift;
	const char		*root, *below;
};

int	kvmi_rawmem_tables(kvm_t *, const struct kvmi_rawtables *, size_t n);

#endif /* !_KVM_RADIX_H_ */
