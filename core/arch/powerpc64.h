/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * powerpc64.h: constants of the powerpc64 kernel, each with the header it is
 * in.
 */
#ifndef _KVM_POWERPC64_H_
#define	_KVM_POWERPC64_H_

/* sys/powerpc/include/minidump.h: offsets in the dump's header */
#define	PPC64_MAGIC		"minidump FreeBSD/powerpc64"
#define	PPC64_HDR_MMU_NAME	32
#define	PPC64_MMU_NAME_SIZE	32
#define	PPC64_HDR_VERSION	64
#define	PPC64_HDR_KERNBASE	80
#define	PPC64_HDR_DMAPBASE	96
#define	PPC64_HDR_DMAPEND	104	/* the last byte */
#define	PPC64_HDR_HW_DIRECT_MAP	112
#define	PPC64_HDR_STARTKERNEL	120
#define	PPC64_HDR_ENDKERNEL	128
#define	PPC64_HDR_DUMPAVAILSIZE	136	/* from version 2 on */
#define	PPC64_HDR_SIZE		144
#define	PPC64_VERSION_AVAIL	2	/* has dump_avail[] */
#define	PPC64_VERSION_MAX	2

/* sys/powerpc/include/param.h, vmparam.h; sys/conf/Makefile.powerpc */
#define	PPC64_PAGE_SHIFT	12
#define	PPC64_DMAP_BASE		0xc000000000000000
#define	PPC64_DMAP_MAX		0xc007ffffffffffff
#define	PPC64_KERNBASE		0x100100	/* where the kernel is linked */
#define	PPC64_KERNTEXT		0x100000	/* the page of it */
#define	PPC64_LOAD_MAX		0x40000000	/* no loader puts it above */

/* sys/powerpc/include/slb.h: a segment's number from its address */
#define	PPC64_SEGMENT_SHIFT	28
#define	PPC64_ESID_BITS		36
#define	PPC64_VSID_HASH		0x13bb
#define	PPC64_VSID_UNHASH	0x614fb973ull	/* its inverse modulo 2^36 */
#define	PPC64_VSID_MASK		(((uint64_t)1 << PPC64_ESID_BITS) - 1)
#define	PPC64_VSID_KERNEL	0x1000000000

/* sys/powerpc/include/pte.h: the hashed page table */
#define	PPC64_PTEG_SIZE		128		/* a group: 8 PTEs */
#define	PPC64_PTEG_PTES		8
#define	PPC64_PTE_SIZE		16
#define	PPC64_HTAB_MIN		0x40000		/* Power ISA, book III, 5.7.7 */
#define	PPC64_HASH_VSID		0x7fffffffff
#define	PPC64_LARGE_SHIFT	24
#define	PPC64_HI_VALID		0x1
#define	PPC64_HI_HID		0x2		/* in its secondary group */
#define	PPC64_HI_BIG		0x4		/* a large page */
#define	PPC64_HI_B		0xc000000000000000 /* 0: 256 MB segments */
#define	PPC64_HI_VSID		0x3ffffffffffff000
#define	PPC64_HI_VSID_SHIFT	12
#define	PPC64_HI_API		0xf80		/* page index, top 5 bits */
#define	PPC64_HI_API_SHIFT	7
#define	PPC64_API_SHIFT		23		/* where they are in a va */
#define	PPC64_LO_RPGN		0x0ffffffffffff000
#define	PPC64_LO_RPGN_LARGE	0x0fffffffff000000
#define	PPC64_LO_PP		0x3
#define	PPC64_LO_BW		0x2		/* read and write */
#define	PPC64_LO_NOEXEC		0x4

/* sys/powerpc/aim/mmu_radix.c, sys/powerpc/include/pte.h: the radix tree */
#define	PPC64_RADIX_ROOT_SIZE	65536
#define	PPC64_RADIX_ROOT_SHIFT	39
#define	PPC64_RADIX_ROOT_BITS	13
#define	PPC64_RADIX_BITS	9		/* of the other levels */
#define	PPC64_RPTE_VALID	0x8000000000000000
#define	PPC64_RPTE_LEAF		0x4000000000000000
#define	PPC64_RPTE_RPN		0x00fffffffffff000
#define	PPC64_RPDE_NEXT		0x00ffffffffffff00
#define	PPC64_RPTE_W		0x2
#define	PPC64_RPTE_X		0x1

#endif /* !_KVM_POWERPC64_H_ */
