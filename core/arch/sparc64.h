/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * sparc64.h: constants of the sparc64 kernel, each with the header it is in.
 */
#ifndef _KVM_SPARC64_H_
#define	_KVM_SPARC64_H_

/* sys/sparc64/include/kerneldump.h: offsets in the dump, big-endian */
#define	SPARC64_HDR_SIZE	0	/* of it all, regions included */
#define	SPARC64_HDR_TSB_PA	8
#define	SPARC64_HDR_TSB_SIZE	16	/* bytes */
#define	SPARC64_HDR_TSB_MASK	24
#define	SPARC64_HDR_NREGIONS	32
#define	SPARC64_HDR_REGIONS	40
#define	SPARC64_HDR_ALIGN	512
#define	SPARC64_REGION		24	/* bytes in a region's entry */
#define	SPARC64_REGION_PA	0
#define	SPARC64_REGION_SIZE	8
#define	SPARC64_REGION_OFFS	16	/* in the dump */

#define	SPARC64_PAGE_SHIFT	13	/* sys/sparc64/include/param.h */

/* sys/sparc64/include/vmparam.h: the direct map reaches to the end */
#define	SPARC64_DIRECT		0xfffff80000000000

/* sys/sparc64/include/tte.h, tsb.h: an entry of the kernel's TSB */
#define	SPARC64_TTE		32	/* bytes */
#define	SPARC64_TTE_VPN		0
#define	SPARC64_TTE_DATA	8
#define	SPARC64_VPN_SIZE	0x3	/* page size, in the tag */
#define	SPARC64_VPN_SHIFT	2	/* page number, behind it */
#define	SPARC64_TD_V		((uint64_t)1 << 63)
#define	SPARC64_TD_SIZE_SHIFT	61
#define	SPARC64_TD_SIZE		0x3
#define	SPARC64_SIZE_BITS	3	/* each size is 8 times the last */
#define	SPARC64_TD_PA		((((uint64_t)1 << 30) - 1) << 13)
#define	SPARC64_TD_EXEC		((uint64_t)1 << 11)	/* software's */
#define	SPARC64_TD_SW		((uint64_t)1 << 8)	/* software's */
#define	SPARC64_TD_W		((uint64_t)1 << 1)

#endif /* !_KVM_SPARC64_H_ */
