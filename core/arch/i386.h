/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * i386.h: constants of the i386 kernel, each with the header it is in.
 */
#ifndef _KVM_I386_H_
#define	_KVM_I386_H_

/* sys/i386/include/minidump.h: offsets in the dump's header */
#define	I386_MAGIC		"minidump FreeBSD/i386"
#define	I386_HDR_VERSION	24
#define	I386_HDR_KERNBASE	40
#define	I386_HDR_PAEMODE	44
#define	I386_HDR_DUMPAVAILSIZE	48	/* from version 2 on */
#define	I386_HDR_SIZE		52
#define	I386_VERSION_AVAIL	2	/* has dump_avail[] */
#define	I386_VERSION_MAX	2

/* sys/i386/include/pmap.h, sys/x86/include/x86_var.h: page table entries */
#define	I386_PG_V		((uint64_t)1 << 0)
#define	I386_PG_RW		((uint64_t)1 << 1)
#define	I386_PG_PS		((uint64_t)1 << 7)
#define	I386_PG_FRAME		0xfffff000		/* not PAE */
#define	I386_PG_FRAME_PAE	0x000ffffffffff000
#define	I386_PG_NX		((uint64_t)1 << 63)	/* PAE */

/* sys/i386/include/param.h, pmap_pae.h, pmap_nopae.h */
#define	I386_PAGE_SHIFT		12
#define	I386_PDR_SHIFT		22		/* not PAE: 4 MB */
#define	I386_PDR_SHIFT_PAE	21		/* 2 MB */
#define	I386_PDP_SHIFT_PAE	30

#define	I386_VA_MAX		0xffffffff
/* sys/i386/include/vmparam.h up to FreeBSD 11, unless configured */
#define	I386_KERNBASE_3G	0xc0000000

#endif /* !_KVM_I386_H_ */
