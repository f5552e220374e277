/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * mips.h: constants of the mips kernels, each with the header it is in.
 */
#ifndef _KVM_MIPS_H_
#define	_KVM_MIPS_H_

/* sys/mips/include/minidump.h: offsets in the dump's header */
#define	MIPS_MAGIC		"minidump FreeBSD/mips"
#define	MIPS_HDR_VERSION	24
#define	MIPS_HDR_KERNBASE	40
#define	MIPS_HDR_DUMPAVAILSIZE	64	/* from version 2 on */
#define	MIPS_HDR_SIZE		72
#define	MIPS_VERSION_AVAIL	2	/* has dump_avail[] */
#define	MIPS_VERSION_MAX	2

/* sys/mips/include/elf.h: the n32 ABI */
#define	MIPS_EF_ABI2		0x20

#define	MIPS_PAGE_SHIFT		12	/* sys/mips/include/param.h */

/* sys/mips/include/cpuregs.h: memory that is not mapped by the TLB */
#define	MIPS32_KSEG0		0x80000000
#define	MIPS32_KSEG1		0xa0000000
#define	MIPS32_KSEG2		0xc0000000
#define	MIPS_KSEG_MASK		0x1fffffff	/* of KSEG0 and KSEG1 */
#define	MIPS64_KSEG0		0xffffffff80000000
#define	MIPS64_KSEG2		0xffffffffc0000000
#define	MIPS_XKPHYS		0x8000000000000000
#define	MIPS_XKPHYS_END		0xc000000000000000
#define	MIPS_XKPHYS_MASK	0x07ffffffffffffff /* bits 61:59: caching */
#define	MIPS_XKPHYS_CACHED	0x9800000000000000 /* the kernel's direct map */
#define	MIPS_XKPHYS_CACHED_END	0xa000000000000000
#define	MIPS64_KERNEL_END	0xffffffffffffc000 /* vmparam.h, sign-extended */
#define	MIPS32_VA_MAX		0xffffffff

/* sys/mips/include/pte.h */
#define	MIPS_PTE_V		0x2
#define	MIPS_PTE_PFN_SHIFT	6
#define	MIPS32_PTE_PFN		0x1fffffc0
#define	MIPS64_PTE_PFN		0x3ffffffc0
#define	MIPS32_PTE_RO		((uint64_t)1 << 29)	/* software's bit */
#define	MIPS64_PTE_RO		((uint64_t)1 << 55)

#endif /* !_KVM_MIPS_H_ */
