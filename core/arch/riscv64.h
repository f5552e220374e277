/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * riscv64.h: constants of the riscv64 kernel, each with the header it is in.
 */
#ifndef _KVM_RISCV64_H_
#define	_KVM_RISCV64_H_

/* sys/riscv/include/minidump.h: offsets in the dump's header */
#define	RISCV_MAGIC		"minidump FreeBSD/riscv"
#define	RISCV_HDR_VERSION	24
#define	RISCV_HDR_KERNBASE	40
#define	RISCV_HDR_DMAPPHYS	48
#define	RISCV_HDR_DMAPBASE	56
#define	RISCV_HDR_DMAPEND	64
#define	RISCV_HDR_DUMPAVAILSIZE	72	/* from version 2 on */
#define	RISCV_HDR_SIZE		80
#define	RISCV_VERSION_AVAIL	2	/* has dump_avail[] */
#define	RISCV_VERSION_MAX	2

/* sys/riscv/include/vmparam.h */
#define	RISCV_VM_MIN_KERNEL	0xffffffc000000000	/* VM_MIN_KERNEL_ADDRESS */

/* sys/riscv/include/pte.h: page table entries */
#define	RISCV_PTE_V		((uint64_t)1 << 0)
#define	RISCV_PTE_R		((uint64_t)1 << 1)
#define	RISCV_PTE_W		((uint64_t)1 << 2)
#define	RISCV_PTE_X		((uint64_t)1 << 3)
#define	RISCV_PTE_RWX		(RISCV_PTE_R | RISCV_PTE_W | RISCV_PTE_X)
#define	RISCV_PTE_PPN_SHIFT	10	/* PTE_PPN0_S: bits 53 to 10 */
#define	RISCV_PTE_PPN_MASK	(((uint64_t)1 << 44) - 1)
#define	RISCV_PAGE_SHIFT	12

/*
 * RISC-V privileged architecture, Svnapot: with N, and all reserved bits
 * clear, a PPN that ends in 1000 stands for 16 pages.  (T-HEAD's processors
 * use bits 63 to 59 for memory attributes, and bit 60 on all memory.)
 */
#define	RISCV_PTE_N		((uint64_t)1 << 63)
#define	RISCV_PTE_RESERVED	((uint64_t)0x7f << 54)
#define	RISCV_NAPOT_MASK	0xf
#define	RISCV_NAPOT_64K		0x8
#define	RISCV_NAPOT_SHIFT	16

/* sys/riscv/include/riscvreg.h: the register satp */
#define	RISCV_SATP_MODE_SHIFT	60
#define	RISCV_SATP_SV39		8
#define	RISCV_SATP_SV48		9
#define	RISCV_SATP_PPN_MASK	(((uint64_t)1 << 44) - 1)

/* sys/riscv/include/pmap.h: the variable pmap_mode */
#define	RISCV_PMAP_MODE_SV48	1	/* PMAP_MODE_SV48 */

#endif /* !_KVM_RISCV64_H_ */
