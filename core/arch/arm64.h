/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * arm64.h: constants of the arm64 kernel, each with the header it is in.
 */
#ifndef _KVM_ARM64_H_
#define	_KVM_ARM64_H_

/* sys/arm64/include/minidump.h: offsets in the dump's header */
#define	ARM64_MAGIC		"minidump FreeBSD/arm64"
#define	ARM64_HDR_VERSION	24
#define	ARM64_HDR_KERNBASE	40
#define	ARM64_HDR_DMAPPHYS	48
#define	ARM64_HDR_DMAPBASE	56
#define	ARM64_HDR_DMAPEND	64
#define	ARM64_HDR_DUMPAVAILSIZE	72	/* from version 2 on */
#define	ARM64_HDR_FLAGS		76	/* from version 3 on */
#define	ARM64_HDR_SIZE		80
#define	ARM64_VERSION_AVAIL	2	/* has dump_avail[] */
#define	ARM64_VERSION_FLAGS	3	/* has flags */
#define	ARM64_VERSION_MAX	3
#define	ARM64_FLAG_PS_MASK	0x3	/* MINIDUMP_FLAG_PS_MASK */
#define	ARM64_FLAG_PS_4K	0x0	/* MINIDUMP_FLAG_PS_4K */
#define	ARM64_FLAG_PS_16K	0x1	/* MINIDUMP_FLAG_PS_16K */

/* sys/arm64/include/vmparam.h */
#define	ARM64_VM_MIN_KERNEL	0xffff000000000000	/* VM_MIN_KERNEL_ADDRESS */

/* sys/arm64/include/pte.h: descriptors of the translation tables */
#define	ARM64_DESCR_MASK	0x3	/* ATTR_DESCR_MASK */
#define	ARM64_BLOCK		0x1	/* L1_BLOCK, L2_BLOCK */
#define	ARM64_TABLE		0x3	/* L0_TABLE ...; L3_PAGE */
#define	ARM64_ATTR_AP_USER	((uint64_t)1 << 6)
#define	ARM64_ATTR_AP_RO	((uint64_t)1 << 7)
#define	ARM64_ATTR_SH		((uint64_t)3 << 8)	/* ATTR_SH_MASK */
#define	ARM64_ATTR_PXN		((uint64_t)1 << 53)	/* ATTR_S1_PXN */
#define	ARM64_ATTR_UXN		((uint64_t)1 << 54)	/* ATTR_S1_UXN */
#define	ARM64_ADDRESS		0x0003fffffffff000	/* bits 49 to 12 */
/* With LPA2, bits 51 and 50 of the address stand where SH was. */
#define	ARM64_LPA2_SHIFT	(50 - 8)

#define	ARM64_PAGE_SHIFT_4K	12
#define	ARM64_PAGE_SHIFT_16K	14

/* A tagged pointer's bits 63 to 48 are as bit 55 is (TBI, PAC). */
#define	ARM64_SIGN_BIT		55
#define	ARM64_VA_BITS		48

#endif /* !_KVM_ARM64_H_ */
