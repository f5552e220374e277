/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * arm.h: constants of the 32-bit arm kernel, each with the header it is in.
 */
#ifndef _KVM_ARM_H_
#define	_KVM_ARM_H_

/* sys/arm/include/minidump.h: offsets in the dump's header */
#define	ARM_MAGIC		"minidump FreeBSD/arm"
#define	ARM_HDR_VERSION		24
#define	ARM_HDR_KERNBASE	40
#define	ARM_HDR_ARCH		44	/* __ARM_ARCH; 0 in early version 1 */
#define	ARM_HDR_MMUFORMAT	48	/* likewise */
#define	ARM_HDR_DUMPAVAILSIZE	52	/* from version 2 on */
#define	ARM_HDR_SIZE		56
#define	ARM_VERSION_AVAIL	2	/* has dump_avail[] */
#define	ARM_VERSION_MAX		2
#define	ARM_MMU_UNKNOWN		0	/* MINIDUMP_MMU_FORMAT_UNKNOWN */
#define	ARM_MMU_V4		1	/* MINIDUMP_MMU_FORMAT_V4 */
#define	ARM_MMU_V6		2	/* MINIDUMP_MMU_FORMAT_V6 */
#define	ARM_MMU_V6_LPAE		3	/* MINIDUMP_MMU_FORMAT_V6_LPAE */
#define	ARM_ARCH_V6		6	/* the first with the V6 format */
#define	ARM_ARCH_V7		7

/* sys/arm/include/pte.h, pte-v4.h: level 1 descriptors, 1 MB each */
#define	ARM_L1_SHIFT		20
#define	ARM_L1_TYPE_MASK	0x3
#define	ARM_L1_TABLE		0x1		/* L1_TYPE_C: of 256 entries */
#define	ARM_L1_TABLE_FRAME	0xfffffc00	/* L1_C_ADDR_MASK */
#define	ARM_L1_SECTION		0x2		/* L1_TYPE_S */
#define	ARM_L1_SECTION_FRAME	0xfff00000	/* L1_S_ADDR_MASK */
#define	ARM_L1_SUPER		0x00040000	/* L1_S_SUPERSEC: one of 16 */
#define	ARM_L1_SUPER_SHIFT	24
#define	ARM_L1_V4_W		0x00000400	/* AP: the kernel may write */
#define	ARM_L1_V6_XN		0x00000010	/* PTE1_NX */
#define	ARM_L1_V6_RO		0x00002000	/* PTE1_RO, TEX1 */

/* The same headers: level 2 descriptors, 4 KB each */
#define	ARM_PAGE_SHIFT		12
#define	ARM_L2_TYPE_MASK	0x3
#define	ARM_L2_INVALID		0x0		/* L2_TYPE_INV */
#define	ARM_L2_LARGE		0x1		/* L2_TYPE_L: one of 16 */
#define	ARM_L2_LARGE_SHIFT	16
#define	ARM_L2_V4_TINY		0x3		/* L2_TYPE_T: 1 KB, unused */
#define	ARM_L2_FRAME		0xfffff000	/* L2_S_FRAME */
#define	ARM_L2_V4_W		0x00000010	/* AP0: the kernel may write */
#define	ARM_L2_V6_XN		0x00000001	/* PTE2_NX */
#define	ARM_L2_V6_RO		0x00000080	/* PTE2_RO, TEX1 */

#define	ARM_VA_MAX		0xffffffff
#define	ARM_L1_TABLE_SIZE	0x4000		/* L1_TABLE_SIZE */

#endif /* !_KVM_ARM_H_ */
