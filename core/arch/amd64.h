/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * amd64.h: constants of the amd64 kernel, each with the header it is in.
 */
#ifndef _KVM_AMD64_H_
#define	_KVM_AMD64_H_

/* sys/amd64/include/minidump.h: offsets in the dump's header */
#define	AMD64_MAGIC		"minidump FreeBSD/amd64"
#define	AMD64_HDR_VERSION	24
#define	AMD64_HDR_KERNBASE	40
#define	AMD64_HDR_DMAPBASE	48
#define	AMD64_HDR_DMAPEND	56
#define	AMD64_HDR_DUMPAVAILSIZE	64	/* from version 3 on */
#define	AMD64_HDR_SIZE		72
#define	AMD64_VERSION_PTES	1	/* page table area: one PTE a page */
#define	AMD64_VERSION_AVAIL	3	/* has dump_avail[] */
#define	AMD64_VERSION_MAX	3

/* sys/amd64/include/pmap.h, x86 page table entries */
#define	AMD64_PG_V		((uint64_t)1 << 0)
#define	AMD64_PG_RW		((uint64_t)1 << 1)
#define	AMD64_PG_PS		((uint64_t)1 << 7)
#define	AMD64_PG_NX		((uint64_t)1 << 63)
#define	AMD64_PG_FRAME		0x000ffffffffff000	/* of a page or a table */

/* sys/amd64/include/param.h, vm.h */
#define	AMD64_PAGE_SHIFT	12
#define	AMD64_PDR_SHIFT		21
#define	AMD64_PDP_SHIFT		30
#define	AMD64_PML4_SHIFT	39
#define	AMD64_PML5_SHIFT	48
#define	AMD64_NPTE		512		/* entries in any table */

/* QEMU's note of a processor: target/i386/arch_dump.c, QEMUCPUState */
#define	QEMU_NOTE		"QEMU"
#define	QEMU_CPU_CR3		416
#define	QEMU_CPU_CR4		424
#define	QEMU_CPU_SIZE		432
#define	AMD64_CR4_LA57		((uint64_t)1 << 12)	/* x86/include/specialreg.h */

/* sys/amd64/include/vmparam.h */
#define	AMD64_KERNBASE		0xffffffff80000000
#define	AMD64_KERNLOAD		0x200000	/* sys/amd64/include/vmparam.h */
#define	AMD64_VM_MIN_KERNEL	0xfffffe0000000000
#define	AMD64_DMAP_LA48		0xfffff80000000000
#define	AMD64_DMAP_LA48_END	0xfffffc0000000000
#define	AMD64_DMAP_LA57		0xff01000000000000
#define	AMD64_DMAP_LA57_END	0xff21000000000000

#endif /* !_KVM_AMD64_H_ */
