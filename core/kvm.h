/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * kvm.h: access to FreeBSD kernel memory in a crash dump, from any host.
 *
 * The first half is kvm(3) as FreeBSD documents it: a program written for
 * libkvm compiles against this header and links with -lvmcore instead of
 * -lkvm.  The second half extends it: errors with a class and an address,
 * a resolver with an argument, symbols by address, types.
 *
 * A descriptor (kvm_t) may be used by one thread at a time.  Any number of
 * descriptors, on the same or on different dumps, may be in use at once: the
 * library has no mutable global state.
 *
 * Addresses of the dumped kernel are kvaddr_t, 64 bits wide whatever the host
 * and the target are; a 32-bit target's addresses are zero-extended.  Bytes
 * read from the dump are in the target's byte order; kvm_byteorder() tells.
 */
#ifndef _KVM_H_
#define	_KVM_H_

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef _POSIX2_LINE_MAX
#define	_POSIX2_LINE_MAX	2048
#endif

#ifdef __FreeBSD__
/* What <nlist.h> includes, by a name that elfutils' port has no file of. */
#include <sys/nlist_aout.h>
#else
/*
 * nlist(3)'s structure as <nlist.h> of FreeBSD declares it.  Other hosts have
 * none, or one of another shape (elfutils): theirs is kept out.
 */
#ifdef _NLIST_H
#error "include <kvm.h> before (or instead of) <nlist.h>"
#endif
#define	_NLIST_H	1
struct nlist {
	const char	*n_name;	/* symbol name; NULL or "" ends the list */
	unsigned char	 n_type;	/* N_UNDF (0) when not found */
	char		 n_other;
	short		 n_desc;
	unsigned long	 n_value;	/* address */
};
#define	N_UNDF	0x00		/* not found */
#define	N_ABS	0x02		/* absolute */
#define	N_TEXT	0x04		/* text and read-only data */
#define	N_DATA	0x06		/* writable data */
#define	N_BSS	0x08		/* zero-filled data */
#define	N_FN	0x1e		/* file name */
#define	N_EXT	0x01		/* or-ed in: global or weak */
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The library is compiled with hidden visibility: what this header declares
 * is what it exports, and all of it.
 */
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Of vmcore: major and minor. */
#define	KVM_VERSION	"0.1"

/*
 * Write into buf, of size bytes, what the library was built with: names and
 * versions of the libraries that it uses, with commas between, and those it
 * does without.  Returns the length of the whole text, as snprintf(3) does.
 */
int	kvm_built_with(char *buf, size_t size);

typedef struct __kvm	kvm_t;
struct kinfo_proc;		/* sys/user.h: see kvm_getprocs() */
typedef uint64_t	kvaddr_t;	/* kernel virtual address */
typedef uint64_t	kpaddr_t;	/* physical address */
typedef int64_t		kssize_t;	/* kernel address difference */

/* A symbol of any target, for kvm_nlist2(). */
struct kvm_nlist {
	const char	*n_name;	/* NULL or "" ends the list */
	unsigned char	 n_type;	/* as in struct nlist */
	kvaddr_t	 n_value;
};

/*
 * One run of kernel memory, as kvm_walk_pages() reports it.  kp_prot is made
 * of KVM_PROT_*.
 */
#define	LIBKVM_WALK_PAGES_VERSION	2
struct kvm_page {
	unsigned int	 kp_version;	/* LIBKVM_WALK_PAGES_VERSION */
	kpaddr_t	 kp_paddr;	/* physical address; 0 in a dump of
					   virtual memory */
	kvaddr_t	 kp_kmap_vaddr;	/* address in the kernel map; 0: none */
	kvaddr_t	 kp_dmap_vaddr;	/* address in the direct map; 0: none */
	unsigned char	 kp_prot;	/* vm_prot_t */
	off_t		 kp_offset;	/* offset in the dump; -1: not dumped */
	size_t		 kp_len;	/* bytes */
};
#define	KVM_PROT_READ		0x01	/* VM_PROT_READ, vm/vm.h */
#define	KVM_PROT_WRITE		0x02	/* VM_PROT_WRITE */
#define	KVM_PROT_EXECUTE	0x04	/* VM_PROT_EXECUTE */

typedef int	kvm_walk_pages_cb_t(struct kvm_page *, void *);

/* ------------------------------------------------------------------------
 * kvm(3): open and close
 */

/*
 * Open the dump corefile of the kernel execfile; errors the Sun way.
 *
 * execfile NULL means the running kernel, corefile NULL its memory
 * (/dev/mem); a host that has none says so.  corefile may be /dev/null:
 * symbols resolve, reads fail.  swapfile is ignored.  flags is O_RDONLY,
 * O_WRONLY or O_RDWR and nothing else.  A dump compressed by gzip or zstd is
 * opened in place.
 *
 * errstr NULL: nothing is reported.  Otherwise each error, of this and of
 * later calls on the descriptor, is printed to stderr as "errstr: message";
 * the string must live until kvm_close().
 * Returns NULL on failure.
 */
kvm_t	*kvm_open(const char *execfile, const char *corefile,
	    const char *swapfile, int flags, const char *errstr);

/*
 * The same with errors the BSD way: nothing is printed.  A failed open fills
 * errbuf (at least _POSIX2_LINE_MAX bytes; may be NULL); later errors are
 * kept for kvm_geterr().
 */
kvm_t	*kvm_openfiles(const char *execfile, const char *corefile,
	    const char *swapfile, int flags, char *errbuf);

/*
 * As kvm_openfiles(), for a kernel of any architecture.
 *
 * resolver maps a symbol's name to its address: 0 when found, anything else
 * when not.  It is required when the dump is not native (kvm_native()), and
 * replaces the symbol table of execfile when given.  Pass kvm_elf_resolver
 * to have that symbol table used whatever the architecture.
 */
kvm_t	*kvm_open2(const char *execfile, const char *corefile, int flags,
	    char *errbuf, int (*resolver)(const char *name, kvaddr_t *addr));

/*
 * The ready resolver: recognised by kvm_open2(), which then has symbols looked
 * up in the ELF symbol table of the descriptor's own execfile.  It holds no
 * state, so it serves any number of descriptors.  Called directly, it knows no
 * symbol and returns 1.
 */
int	 kvm_elf_resolver(const char *name, kvaddr_t *addr);

/*
 * Close kd and free what belongs to it: every type, symbol and string that
 * was obtained from it.  0; or -1 with errno EINVAL when kd is NULL.
 */
int	 kvm_close(kvm_t *kd);

/*
 * Message of the last error on kd, "" if there was none or kd is NULL.
 * The string is kd's and changes with the next error.
 */
char	*kvm_geterr(kvm_t *kd);

/* ------------------------------------------------------------------------
 * kvm(3): memory
 */

/*
 * Copy nbytes at kernel address addr into buf.  The count copied, or -1 when
 * any byte of the range can't be read: not mapped, not dumped, or cut off
 * (kvm_errclass() tells them apart, kvm_erraddr() says where).  A range that
 * reaches past the end of the target's address space is an error.  Text and
 * read-only data that powerpc's kernels did not dump come from the kernel file.
 */
ssize_t	 kvm_read(kvm_t *kd, unsigned long addr, void *buf, size_t nbytes);
ssize_t	 kvm_read2(kvm_t *kd, kvaddr_t addr, void *buf, size_t nbytes);

/*
 * A dead kernel is not written: -1, KVM_E_NOTSUP.  (A live one, where the
 * host has it, is, when it was opened for writing.)
 */
ssize_t	 kvm_write(kvm_t *kd, unsigned long addr, const void *buf,
	    size_t nbytes);

/*
 * Call cb for every page of kernel memory: first what the kernel's page
 * tables map, by ascending address, pages that were not dumped included
 * (kp_offset -1); then pages that only the direct map reaches, by ascending
 * physical address.  Runs of one page each, except that the pages of a
 * superpage that lie one after the other in the dump, or are missing one
 * after the other, are one run.  cb returns 0 to stop.
 * 1 when the walk came to its end; 0 when cb stopped it, when page tables
 * could not be read, or when this kind of dump can't be walked (the latter
 * two leave an error).
 */
int	 kvm_walk_pages(kvm_t *kd, kvm_walk_pages_cb_t *cb, void *arg);

/* ------------------------------------------------------------------------
 * kvm(3): symbols
 */

/*
 * Fill in n_type and n_value of each entry of a list that ends with a NULL or
 * empty name.  A name matches a symbol that equals it, or equals it without
 * one leading "_".  Of several symbols with one name a global one is taken,
 * then a weak one, then the first local one.  Names found by the resolver
 * have n_type N_DATA | N_EXT.  A name that is not found is looked for as a
 * variable of the selected network stack (kvm_vnet_select()), and then of the
 * selected processor (kvm_dpcpu_setcpu()); and then in the same ways in the
 * files of modules that have a place (kvm_module_place()).
 * The number of names not found; -1 on error.  kvm_nlist() is for native
 * kernels and fails with KVM_E_NOTSUP for others; use kvm_nlist2().
 */
int	 kvm_nlist(kvm_t *kd, struct nlist *list);
int	 kvm_nlist2(kvm_t *kd, struct kvm_nlist *list);

/* 1 when the dump is of the host's own architecture, else 0. */
int	 kvm_native(kvm_t *kd);

/*
 * Bytes by which the kernel ran above its link address (relocatable
 * powerpc64 kernels); 0 elsewhere.  Every address that this library returns
 * is already displaced.
 */
kssize_t kvm_kerndisp(kvm_t *kd);

/* ------------------------------------------------------------------------
 * kvm(3): processors
 *
 * What needs the layout of struct pcpu takes it from the kernel's types, and
 * fails with KVM_E_NOTYPE where there are none.
 */

/*
 * The number of processors that the kernel was compiled for (mp_maxcpus), and
 * that it had (mp_ncpus).  Numbers of processors are below the former, but
 * not necessarily below the latter: there may be gaps.  -1 on error.
 */
int	 kvm_getmaxcpu(kvm_t *kd);
int	 kvm_getncpus(kvm_t *kd);

/*
 * A copy of the struct pcpu of processor cpu, in the target's layout and byte
 * order, which the caller passes to free(3).  NULL when there is no such
 * processor, (void *)-1 on error.
 */
void	*kvm_getpcpu(kvm_t *kd, int cpu);

/*
 * Let kvm_nlist() find the variables of dynamic per-CPU storage (DPCPU) as
 * processor cpu has them; first it is processor 0.  0, or -1.
 */
int	 kvm_dpcpu_setcpu(kvm_t *kd, unsigned int cpu);

/*
 * Copy size bytes of what processor cpu has behind base, a pointer that came
 * from a UMA zone with a part for each processor (UMA_ZONE_PCPU).  size, or
 * -1.  (FreeBSD's base is an unsigned long, which is the same on its 64-bit
 * hosts.)
 */
ssize_t	 kvm_read_zpcpu(kvm_t *kd, kvaddr_t base, void *buf, size_t size,
	    int cpu);

/*
 * The value of the counter(9) base: the sum over all processors.  A counter
 * of the kernel that was not set up yet is 0.  0 on error, too: only then
 * kvm_errclass() is not KVM_E_NONE afterwards.
 */
uint64_t kvm_counter_u64_fetch(kvm_t *kd, kvaddr_t base);

/* ------------------------------------------------------------------------
 * kvm(3): what the system did
 */

/*
 * Load averages over the last 1, 5 and 15 minutes: at most nelem of them.
 * How many were stored; or -1.
 */
int	 kvm_getloadavg(kvm_t *kd, double loadavg[], int nelem);

/*
 * Ticks of the statistics clock that all processors spent in user, nice,
 * system and interrupt mode and idle: 5 (CPUSTATES) numbers.  0, or -1.
 */
int	 kvm_getcptime(kvm_t *kd, long *cp_time);

/* A swap device, in pages of the target. */
struct kvm_swap {
	char	ksw_devname[32];	/* "ada0p2"; terminated, maybe cut off */
	int	ksw_used;
	int	ksw_total;
	int	ksw_flags;		/* SW_*, vm/swap_pager.h */
	int	ksw_reserved1;
	int	ksw_reserved2;
};
#define	SWIF_DEV_PREFIX	0x0002	/* "/dev/ada0p2" */

/*
 * Describe the swap devices: maxswap - 1 of them at most, and behind the last
 * one the total of all, whether there was room for them or not.  flags is 0
 * or SWIF_DEV_PREFIX.  The number of devices stored, without the total; -1 on
 * error.
 */
int	 kvm_getswapinfo(kvm_t *kd, struct kvm_swap *swap, int maxswap,
	    int flags);

/* ------------------------------------------------------------------------
 * kvm(3): processes
 */

/* What kvm_getprocs() can be asked for: sys/sysctl.h. */
#ifndef KERN_PROC_ALL
#define	KERN_PROC_ALL		0	/* all, a row for each thread */
#define	KERN_PROC_PID		1	/* by process id */
#define	KERN_PROC_PGRP		2	/* by process group id */
#define	KERN_PROC_SESSION	3	/* by session id */
#define	KERN_PROC_TTY		4	/* by number of the terminal's device */
#define	KERN_PROC_UID		5	/* by effective user id */
#define	KERN_PROC_RUID		6	/* by real user id */
#define	KERN_PROC_PROC		8	/* all, a row for each process */
#define	KERN_PROC_RGID		10	/* by real group id */
#define	KERN_PROC_GID		11	/* by effective group id */
#define	KERN_PROC_INC_THREAD	0x10	/* or-ed in: a row for each thread */
#endif

/*
 * The processes that op and arg select, those that are only the parents'
 * business any more (zombies) included, in the order of the kernel's list.
 * *cnt (may be NULL) gets their number.
 *
 * The rows are what the sysctl kern.proc would have given at that moment:
 * struct kinfo_proc in the layout that the kernel itself has for it, in the
 * target's byte order.  The type is in the kernel's types, which this call
 * needs (KVM_E_NOTYPE); its size is that of a row.  On the target's own
 * architecture and release it is what <sys/user.h> declares.
 *
 * Pointers of a kernel that crashed may lead nowhere.  What can't be read is
 * 0 in the row; lists that can't be followed any further end there.  Then
 * the rows are returned all the same, and kvm_errclass() is not KVM_E_NONE.
 *
 * The rows are kd's until the next call.  NULL on error.
 */
struct kinfo_proc *kvm_getprocs(kvm_t *kd, int op, int arg, int *cnt);

/*
 * The arguments of a process that kvm_getprocs() returned, ending in NULL, as
 * the kernel keeps a copy of them (in struct pargs).  nchr limits the number
 * of characters, NULs included; 0: no limit.  They are kd's until the next
 * call.  NULL on error: KVM_E_NOTSUP when there is no copy, which is true of
 * the kernel's own processes, and of argument lists longer than the sysctl
 * kern.ps_arg_cache_limit.
 */
char	**kvm_getargv(kvm_t *kd, const struct kinfo_proc *p, int nchr);

/*
 * The kernel keeps no copy of a process's environment: NULL, KVM_E_NOTSUP.
 */
char	**kvm_getenvv(kvm_t *kd, const struct kinfo_proc *p, int nchr);

/* ------------------------------------------------------------------------
 * Extensions: errors
 */

enum kvm_errclass {
	KVM_E_NONE,		/* no error yet */
	KVM_E_SYS,		/* a system call failed; errno's text is in it */
	KVM_E_FORMAT,		/* a file is not what it must be, or damaged */
	KVM_E_UNMAPPED,		/* no page table maps the address */
	KVM_E_NOTDUMPED,	/* mapped, but the page is not in the dump */
	KVM_E_TRUNCATED,	/* in the dump, but past the end of the file */
	KVM_E_NOSYM,		/* no such symbol */
	KVM_E_NOTYPE,		/* no such type or member, or no types at all */
	KVM_E_NOTSUP,		/* this kind of dump can't do that */
	KVM_E_NOMEM,		/* out of memory */
	KVM_E_INVAL,		/* the caller's argument is wrong */
	KVM_E_RESOLVER,		/* the resolver gave up (returned < 0) */
};

struct kvm_error {
	enum kvm_errclass	 ke_class;
	kvaddr_t		 ke_addr;	/* faulting address; else 0 */
	char			 ke_message[_POSIX2_LINE_MAX];
};

/* Class and faulting address of the last error on kd. */
enum kvm_errclass kvm_errclass(kvm_t *kd);
kvaddr_t	 kvm_erraddr(kvm_t *kd);

/*
 * The class as a word: "none", "sys", "format", "fault-unmapped",
 * "fault-not-dumped", "fault-truncated", "nosym", "notype", "notsup",
 * "nomem", "inval", "resolver"; "unknown" for any other number.
 */
const char	*kvm_errclass_name(enum kvm_errclass errclass);

/* ------------------------------------------------------------------------
 * Extensions: open
 */

/*
 * Maps name to *addr for the descriptor kd.  0: found; > 0: not found; < 0:
 * give up, the call in progress fails with KVM_E_RESOLVER.  It may read from
 * kd, and open and close other descriptors; it must not close kd.  (While
 * kvm_openx() itself runs, kd is not complete and reads from it fail.)
 */
typedef int	kvm_resolver_t(kvm_t *kd, const char *name, kvaddr_t *addr,
		    void *arg);

/*
 * Called while a compressed or encrypted dump is inflated, at most ten times a
 * second: done bytes are, of those expected (0: not known yet).  The last call
 * has done == expected.  It must not use the descriptor.
 */
typedef void	kvm_progress_t(uint64_t done, uint64_t expected, void *arg);

struct kvm_open_args {
	const char	*ka_execfile;	/* kernel; NULL: the running one */
	const char	*ka_corefile;	/* dump; NULL: the running one's memory */
	const char	*ka_errstr;	/* print errors behind this; NULL: don't */
	int		 ka_flags;	/* O_RDONLY, O_WRONLY, O_RDWR */
	unsigned int	 ka_options;	/* KVM_OPEN_* */
	kvm_resolver_t	*ka_resolver;	/* NULL: the ELF symbol table */
	void		*ka_arg;	/* passed to ka_resolver */
	const char	*ka_keyfile;	/* RSA private key, PEM; NULL */
	const char	*ka_cachedir;	/* keep the inflated dump there; NULL:
					   nowhere */
	kvm_progress_t	*ka_progress;	/* NULL: none */
	void		*ka_progress_arg;
	const char	*ka_debugfile;	/* has the kernel's DWARF; NULL: it is
					   looked for */
};

/*
 * ka_cachedir is for dumps that are compressed as a whole: the file that
 * savecore(8) wrote.  It is made if need be.  A dump that was inflated to its
 * end is kept there when it is closed, and taken from there when it is opened
 * again.  What is found by decrypting is not kept.
 */

/*
 * Open without a kernel file (ka_execfile must be NULL): the dump describes
 * itself, and addresses translate where the dump's header suffices.
 */
#define	KVM_OPEN_NOKERNEL	0x1

/*
 * Refuse a dump that is not native (kvm_native()) when ka_resolver is NULL,
 * as kvm_open2() does: KVM_E_NOTSUP.
 */
#define	KVM_OPEN_RESOLVER	0x2

/*
 * Read a minidump whose header has a newer version than any that is known as
 * if it had the newest known one, instead of refusing it (KVM_E_NOTSUP).
 */
#define	KVM_OPEN_ANYVERSION	0x4

/*
 * Open as args says; a zeroed structure asks for the defaults.  Non-native
 * dumps need no resolver here.  On failure NULL, and *err (may be NULL) is
 * filled.
 */
kvm_t	*kvm_openx(const struct kvm_open_args *args, struct kvm_error *err);

/* ------------------------------------------------------------------------
 * Extensions: what the dump is
 */

enum kvm_dump_kind {
	KVM_DUMP_NONE,		/* /dev/null: no memory */
	KVM_DUMP_MINI,		/* minidump */
	KVM_DUMP_FULL,		/* ELF image of physical memory */
	KVM_DUMP_LIVE,		/* the running kernel */
	KVM_DUMP_TEXT,		/* textdump: files, no memory */
	KVM_DUMP_ENCRYPTED,	/* of an unknown kind, for want of the key */
};

/*
 * What a dump says of itself.  Strings are the descriptor's, never NULL, ""
 * where unknown; numbers are 0 where unknown.  kd_note_* come from the
 * info.N file that savecore(8) writes beside vmcore.N.
 */
struct kvm_dump {
	enum kvm_dump_kind	 kd_kind;
	const char		*kd_arch;	/* MACHINE_ARCH: "amd64" */
	const char		*kd_compression; /* "none", "gzip", "zstd" */
	const char		*kd_container;	/* "file"; "header": behind a
						   kerneldumpheader; "device" */
	const char		*kd_encryption;	/* "none", "aes-256-cbc",
						   "chacha20", "unknown" */
	unsigned int		 kd_version;	/* of the minidump header */
	unsigned int		 kd_ptrsize;	/* bytes in a pointer */
	bool			 kd_bigendian;
	uint32_t		 kd_page_size;	/* bytes */
	uint64_t		 kd_size;	/* bytes there are, inflated */
	uint64_t		 kd_size_expected; /* bytes the headers promise */
	bool			 kd_complete;	/* false: kd_size is what is
						   inflated so far, and more
						   may follow */
	bool			 kd_truncated;	/* kd_size is final and short
						   of it */
	uint64_t		 kd_zero_tail;	/* bytes of kd_size that are not in
						   the file, taken as zeros: a
						   tail that savecore(8) left out */
	uint64_t		 kd_pages;	/* pages dumped */
	uint64_t		 kd_pages_lost;	/* of them, past the end; 0
						   until kd_complete */
	const char		*kd_damage;	/* why a stream ended early */
	kvaddr_t		 kd_kernbase;	/* start of the kernel map */
	kvaddr_t		 kd_dmapbase;	/* direct map; 0, 0: none */
	kvaddr_t		 kd_dmapend;
	uint64_t		 kd_msgbuf_offset; /* in the dump; 0: no copy */
	uint32_t		 kd_msgbuf_size; /* bytes */
	uint32_t		 kd_msgbuf_space; /* kd_msgbuf_size rounded up */
	const char		*kd_note_arch;
	const char		*kd_note_hostname;
	const char		*kd_note_version; /* kernel's version string */
	const char		*kd_note_panic;
	const char		*kd_note_time;	/* as written: local time of that host */
	const char		*kd_note_status; /* "good", "bad", "unknown" */
	const char		*kd_note_compression; /* as the kernel wrote it: "none",
						   "gzip", "zstd" */
	uint64_t		 kd_note_length; /* dump length in bytes */
};

/*
 * Fill in *dump.  0, or -1.  Nothing is inflated for it: to have a compressed
 * dump's size, truncation and damage, read past its end first
 * (kvm_read_dump() at INT64_MAX).
 */
int	 kvm_dump(kvm_t *kd, struct kvm_dump *dump);

/* Nonzero when the target is big-endian. */
int	 kvm_byteorder(kvm_t *kd);

/* Bytes in a pointer of the target: 4 or 8. */
unsigned int kvm_ptrsize(kvm_t *kd);

/* ------------------------------------------------------------------------
 * Extensions: memory
 */

/*
 * As kvm_read2(), and *done (may be NULL) gets the bytes that were copied
 * before the first one that could not be.  0 when all were, else -1.
 */
int	 kvm_read_partial(kvm_t *kd, kvaddr_t addr, void *buf, size_t nbytes,
	    size_t *done);

/*
 * Copy the NUL-terminated string at addr into buf, at most size - 1 bytes,
 * always terminated.  Its length without the NUL; size when it did not fit
 * (buf then holds its first size - 1 bytes); -1 on a fault, buf then holds
 * what was read before it.
 */
ssize_t	 kvm_read_string(kvm_t *kd, kvaddr_t addr, char *buf, size_t size);

/*
 * An integer of 1, 2, 4 or 8 bytes at addr, converted from the target's byte
 * order and zero-extended.  0, or -1.
 */
int	 kvm_read_uint(kvm_t *kd, kvaddr_t addr, size_t size, uint64_t *value);

/* A pointer-sized unsigned integer.  0, or -1. */
int	 kvm_read_ptr(kvm_t *kd, kvaddr_t addr, kvaddr_t *value);

/* Copy from physical memory.  The count, or -1. */
ssize_t	 kvm_read_phys(kvm_t *kd, kpaddr_t addr, void *buf, size_t nbytes);

/*
 * Copy bytes of the dump itself (inflated), from offset.  The count: short
 * only where the dump ends; or -1.
 */
ssize_t	 kvm_read_dump(kvm_t *kd, uint64_t offset, void *buf, size_t nbytes);

/*
 * Where addr lies: physical address, offset in the dump, bytes from there to
 * the end of its page, protection.  0; or -1 when nothing maps it.  A page
 * that was not dumped is no error here: its kp_offset is -1.
 */
int	 kvm_translate(kvm_t *kd, kvaddr_t addr, struct kvm_page *page);

/*
 * The same in another address space, such as a process's: by the page tables
 * whose topmost one is at physical address root, which is what the processor
 * has in CR3 (amd64, i386), TTBR0_EL1 without the ASID (arm64), satp (riscv64:
 * the whole register, or its PPN shifted left by 12 where the mode is the
 * kernel's), TTBR0 (arm).  Bits of root below the size of that table don't
 * matter.  Addresses in user space are as the process sees them.  The protection
 * is the process's where the page is its own; kp_kmap_vaddr is 0.
 *
 * A minidump holds a process's page tables and pages only by chance, a full
 * dump all of them: KVM_E_UNMAPPED and KVM_E_NOTDUMPED are different answers
 * here too.  KVM_E_NOTSUP where page tables are no trees (powerpc64's hashed
 * ones, mips, sparc64).
 */
int	 kvm_translate_in(kvm_t *kd, kpaddr_t root, kvaddr_t addr,
	    struct kvm_page *page);

/* kvm_read2() in that address space. */
ssize_t	 kvm_read_in(kvm_t *kd, kpaddr_t root, kvaddr_t addr, void *buf,
	    size_t nbytes);

/* ------------------------------------------------------------------------
 * Extensions: search
 */

/* What kvm_search() looks for. */
enum kvm_search_kind {
	KVM_SEARCH_BYTES,	/* ks_bytes[0 .. ks_len - 1] */
	KVM_SEARCH_WORD,	/* a word of ks_size bytes in the target's byte
				   order, from ks_value up to and including
				   ks_value + ks_span */
	KVM_SEARCH_STRINGS,	/* ks_len or more printable ASCII characters
				   that end with NUL */
};

/* Which memory it looks into; 0 means all. */
#define	KVM_SEARCH_KMAP		0x1	/* what the kernel's page tables map */
#define	KVM_SEARCH_DMAP		0x2	/* what only the direct map reaches */

struct kvm_hit {
	kvaddr_t	 kh_addr;	/* kernel map, else direct map */
	kvaddr_t	 kh_dmap_vaddr;	/* in the direct map; 0: none */
	kpaddr_t	 kh_paddr;	/* physical; as kp_paddr */
	unsigned char	 kh_prot;	/* KVM_PROT_* of its page */
};

struct kvm_search_args {
	enum kvm_search_kind	 ks_kind;
	unsigned int		 ks_memory;	/* KVM_SEARCH_KMAP, _DMAP */
	unsigned char		 ks_prot;	/* only pages with all of these
						   KVM_PROT_*; 0: any */
	unsigned int		 ks_threads;	/* 0: as many as CPUs */
	const void		*ks_bytes;
	size_t			 ks_len;	/* at most KVM_SEARCH_MAX */
	size_t			 ks_size;	/* 4 or 8; 0: a pointer's */
	uint64_t		 ks_value;
	uint64_t		 ks_span;	/* 0: ks_value only */
	size_t			 ks_align;	/* hits lie at multiples of this
						   power of two; 0: anywhere,
						   words at multiples of their
						   size */
	kvaddr_t		 ks_from;	/* hits lie from here */
	kvaddr_t		 ks_to;		/* to here, inclusive; 0: the end */
	/* After each few megabytes: bytes looked at so far.  0 stops. */
	int			(*ks_progress)(uint64_t done, void *arg);
};
#define	KVM_SEARCH_MAX		4096

/* 0 stops the search. */
typedef int	kvm_search_cb_t(const struct kvm_hit *, void *arg);

/*
 * Look for something in all dumped memory, in the order of kvm_walk_pages():
 * a page that is mapped more than once is looked at, and reports, as often.
 * What begins on one page and goes on on the next is found where both follow
 * each other in the kernel map or the direct map.  The callback runs on the
 * caller's thread and may read from kd.
 * 1 when all was searched, 0 when a callback stopped it; -1 on error, also
 * when page tables could not be read: what could be was searched.
 */
int	 kvm_search(kvm_t *kd, const struct kvm_search_args *args,
	    kvm_search_cb_t *cb, void *arg);

/* ------------------------------------------------------------------------
 * Extensions: symbols of the kernel file
 */

struct kvm_symbol {
	const char	*ks_name;	/* the descriptor's */
	kvaddr_t	 ks_value;	/* address, displaced as the kernel ran */
	uint64_t	 ks_size;	/* bytes; 0: unknown */
	unsigned char	 ks_type;	/* STT_*, elf(5) */
	unsigned char	 ks_bind;	/* STB_* */
	unsigned char	 ks_ntype;	/* as n_type in struct nlist */
	size_t		 ks_index;	/* in the symbol table */
};

/*
 * The symbol called name, exactly; the choice among several is
 * kvm_nlist()'s.  0; or -1 (KVM_E_NOSYM).
 */
int	 kvm_symbol(kvm_t *kd, const char *name, struct kvm_symbol *sym);

/*
 * The symbol that addr belongs to: the last one at or below it among
 * functions, objects and untyped labels in the same section, preferring one
 * whose size covers it, then functions and objects, then global ones.
 * Absolute symbols don't count, nor do mapping symbols ("$x").
 * 0; or -1 (KVM_E_NOSYM).  The offset into it is addr - ks_value.
 */
int	 kvm_symbol_at(kvm_t *kd, kvaddr_t addr, struct kvm_symbol *sym);

/*
 * Entry index of the symbol table, in file order; entries without a name are
 * there too.  0; or -1 when index >= kvm_symbol_count().
 */
int	 kvm_symbol_entry(kvm_t *kd, size_t index, struct kvm_symbol *sym);
size_t	 kvm_symbol_count(kvm_t *kd);

/*
 * The next symbol called name after entry *cursor (start with 0), in file
 * order: static names are not unique in a kernel.  Symbols that the file only
 * refers to are passed over.  0; or -1 when there are no more, which is no
 * error: none is recorded.
 */
int	 kvm_symbol_next(kvm_t *kd, const char *name, size_t *cursor,
	    struct kvm_symbol *sym);

/*
 * A section of the kernel file by name, as linked.  data is NULL for one
 * without contents (NOBITS); a compressed one is inflated, and size is then
 * the inflated one.  A section .debug_* that the kernel has not is that of the
 * file with its DWARF, see kvm_debug_file().  The bytes are the descriptor's.
 * 0; or -1.
 */
int	 kvm_section(kvm_t *kd, const char *name, kvaddr_t *addr,
	    const void **data, size_t *size);

/* ------------------------------------------------------------------------
 * Extensions: processors and network stacks
 */

/*
 * The address of processor cpu's struct pcpu; 0 when there is no such
 * processor, which is no error.  0, or -1.
 */
int	 kvm_pcpu_address(kvm_t *kd, int cpu, kvaddr_t *addr);

/*
 * Let kvm_nlist() find the variables of a network stack (VNET) as that at
 * vnet, a struct vnet, has them.  0 selects the one that is selected first:
 * that of the jail of the thread that crashed, or else vnet0, the system's
 * own.  0, or -1.
 */
int	 kvm_vnet_select(kvm_t *kd, kvaddr_t vnet);

/* The selected network stack; 0 on error, and when the kernel has but one. */
kvaddr_t kvm_vnet(kvm_t *kd);

/*
 * Addresses of all network stacks, at most max of them.  How many there are;
 * or -1.
 */
int	 kvm_vnet_list(kvm_t *kd, kvaddr_t *vnets, int max);

/* ------------------------------------------------------------------------
 * Extensions: types
 *
 * The types of the kernel, from the CTF in the kernel file (ctf(5)).  A type
 * is a kvm_type_t *, valid until kvm_close() and unique: two equal pointers
 * are the same type.  They are read lazily, on first use.
 */

typedef struct kvm_type	kvm_type_t;

enum kvm_kind {			/* numbers are CTF_K_*, ctf(5) */
	KVM_K_VOID,
	KVM_K_INTEGER,
	KVM_K_FLOAT,
	KVM_K_POINTER,
	KVM_K_ARRAY,
	KVM_K_FUNCTION,
	KVM_K_STRUCT,
	KVM_K_UNION,
	KVM_K_ENUM,
	KVM_K_FORWARD,		/* declared, defined nowhere */
	KVM_K_TYPEDEF,
	KVM_K_VOLATILE,
	KVM_K_CONST,
	KVM_K_RESTRICT,
};

#define	KVM_INT_SIGNED	0x1	/* CTF_INT_SIGNED */
#define	KVM_INT_CHAR	0x2	/* CTF_INT_CHAR */
#define	KVM_INT_BOOL	0x4	/* CTF_INT_BOOL */

struct kvm_member {
	const char	 *km_name;	/* "" when anonymous */
	kvm_type_t	 *km_type;
	uint64_t	  km_bitoff;	/* from the start of the struct; on
					   big-endian targets counted from the
					   most significant bit */
	unsigned int	  km_bits;	/* width of a bit-field, of which
					   km_type is the declared type;
					   0: not one */
};

struct kvm_enumerator {
	const char	*ken_name;
	int64_t		 ken_value;
};

/*
 * "ctf" when the kernel file has CTF, else "dwarf" when it or its debug file
 * has DWARF; "defined" when types were defined by kvm_type_define(), "none".
 */
const char	*kvm_type_source(kvm_t *kd);

/*
 * The type called name of that kind.  KVM_K_STRUCT, _UNION and _ENUM look
 * among tags (a definition wins over a forward declaration), KVM_K_TYPEDEF
 * among typedefs, KVM_K_INTEGER and KVM_K_FLOAT among base types, where any
 * order of C's words will do ("long unsigned int").  C's own base types are
 * always there, and so is void (KVM_K_VOID).  NULL: KVM_E_NOTYPE.
 */
kvm_type_t	*kvm_type(kvm_t *kd, enum kvm_kind kind, const char *name);

/* The type of a data or function symbol.  NULL: KVM_E_NOTYPE. */
kvm_type_t	*kvm_type_of_symbol(kvm_t *kd, const struct kvm_symbol *sym);

/*
 * All types of the source by number, from 0: for listings.  NULL for a hole
 * or a damaged record; kvm_type_count() bounds it.
 */
kvm_type_t	*kvm_type_entry(kvm_t *kd, size_t index);
size_t		 kvm_type_count(kvm_t *kd);

/*
 * Derived types: the one and only "pointer to t", and so on.  NULL: out of
 * memory, or no qualifier, or types of different descriptors.
 */
kvm_type_t	*kvm_type_pointer(kvm_type_t *t);
kvm_type_t	*kvm_type_array(kvm_type_t *t, uint64_t nelems);
kvm_type_t	*kvm_type_qualified(kvm_type_t *t, enum kvm_kind qualifier);
kvm_type_t	*kvm_type_function(kvm_type_t *result, kvm_type_t *const *params,
		    size_t nparams, bool variadic);

/*
 * Define a struct or union that the source lacks: size bytes, members as
 * given (copied); they must lie within it.  An existing definition of that
 * name is returned as it is; a forward declaration is completed.  With no
 * members and size 0 it is only declared, so that members can point to it.
 * The name "" makes a new anonymous type each time.  NULL on error.
 */
kvm_type_t	*kvm_type_define(kvm_t *kd, enum kvm_kind kind, const char *name,
		    uint64_t size, const struct kvm_member *members, size_t n);

/*
 * Properties.  kvm_type_kind() of a forward declaration whose definition is
 * known is the definition's.  kvm_type_name() is the tag or name without
 * "struct", "" when anonymous or derived.  kvm_type_size() in bytes, through
 * typedefs and qualifiers; 0 for void, functions, forwards and flexible
 * arrays.
 */
kvm_t		*kvm_type_kd(kvm_type_t *t);
enum kvm_kind	 kvm_type_kind(kvm_type_t *t);
const char	*kvm_type_name(kvm_type_t *t);
uint64_t	 kvm_type_size(kvm_type_t *t);

/*
 * What a pointer points to, an array consists of, a function returns, a
 * typedef or qualifier names.  NULL for the other kinds, and with
 * KVM_E_FORMAT when the source is damaged.
 */
kvm_type_t	*kvm_type_target(kvm_type_t *t);

/* t without typedefs, qualifiers and resolved forwards.  Never NULL. */
kvm_type_t	*kvm_type_strip(kvm_type_t *t);

/* Elements of an array; 0: flexible. */
uint64_t	 kvm_type_nelems(kvm_type_t *t);

/*
 * Of an integer or floating type: KVM_INT_* flags (0 for floating), width in
 * bits, and offset in bits of the value in its storage.  An enum is signed
 * when one of its values is negative.  These, and all below, look through
 * typedefs and qualifiers.
 */
unsigned int	 kvm_type_encoding(kvm_type_t *t);
unsigned int	 kvm_type_bits(kvm_type_t *t);
unsigned int	 kvm_type_bitoff(kvm_type_t *t);

/* Number of members, enumerators or parameters. */
size_t		 kvm_type_nmembers(kvm_type_t *t);

/* Member, enumerator, parameter i.  0 (parameter: non-NULL), or -1. */
int		 kvm_type_member(kvm_type_t *t, size_t i, struct kvm_member *m);
int		 kvm_type_enumerator(kvm_type_t *t, size_t i,
		    struct kvm_enumerator *e);
kvm_type_t	*kvm_type_param(kvm_type_t *t, size_t i);
bool		 kvm_type_variadic(kvm_type_t *t);

/*
 * The member called name, looked for inside anonymous structs and unions
 * too; km_bitoff counts from the start of t.  0; or -1 (KVM_E_NOTYPE).
 */
int		 kvm_type_find_member(kvm_type_t *t, const char *name,
		    struct kvm_member *m);

/*
 * Name of the first enumerator with that value, compared in the width of the
 * enum; or NULL.
 */
const char	*kvm_type_enum_name(kvm_type_t *t, int64_t value);

/* The enumerator called name, of any enum.  0; or -1 (KVM_E_NOTYPE). */
int		 kvm_enumerator(kvm_t *kd, const char *name, int64_t *value);

/*
 * Write the C spelling of t, declaring name ("" for a bare type name), into
 * buf: "struct proc *", "int (*fn)(void *)", "char name[20]".  As
 * snprintf(3): terminated, and the length it would need is returned.
 */
size_t		 kvm_type_spell(kvm_type_t *t, const char *name, char *buf,
		    size_t size);

/* ------------------------------------------------------------------------
 * Extensions: source lines
 *
 * From DWARF, which needs elfutils' libdw: where vmcore was built without it,
 * or it can't be loaded, KVM_E_NOTSUP.  DWARF is looked for when it is first
 * needed: in the kernel file; under the name that its .gnu_debuglink has, whose
 * CRC must match, beside the kernel, in .debug there and under /usr/lib/debug;
 * as KERNEL.debug beside it.  ka_debugfile goes before all of them, and need
 * not match.
 */

struct kvm_line {
	const char	*kl_file;	/* as the compiler knew it: a full
					   path, mostly; the descriptor's */
	unsigned int	 kl_line;	/* from 1 */
};

/*
 * The line that addr, of the kernel's own text, was compiled from.  For a
 * return address ask for the byte before, which is of the call.  0; or -1:
 * KVM_E_NOSYM when no line is known, KVM_E_NOTYPE when there is no DWARF,
 * KVM_E_FORMAT when it is damaged.
 */
int		 kvm_source_line(kvm_t *kd, kvaddr_t addr,
		    struct kvm_line *line);

/* The file that has the kernel's DWARF.  NULL on error, as above. */
const char	*kvm_debug_file(kvm_t *kd);

/*
 * What was found on the way to that file and not used, and why, or why the
 * file itself is doubtful; NULL: nothing (yet: this does not look).
 */
const char	*kvm_debug_warning(kvm_t *kd);

/* ------------------------------------------------------------------------
 * Extensions: modules
 *
 * The file of a module that the kernel has loaded.  It is the caller who knows
 * where: in the dump, a module is what struct linker_file and struct elf_file
 * say.
 */

typedef struct kvm_module kvm_module_t;

struct kvm_module_section {
	const char	*kms_name;	/* "" when damaged */
	uint32_t	 kms_type;	/* SHT_*, elf(5) */
	uint64_t	 kms_flags;	/* SHF_* */
	kvaddr_t	 kms_addr;	/* where it was placed; before that
					   what the file says */
	uint64_t	 kms_size;	/* bytes */
	bool		 kms_placed;
};

/*
 * Open the file of a module: a relocatable file or a shared object for the
 * machine of the kernel.  It is closed by kvm_close(), as are the types,
 * symbols and strings obtained from it; a path that is opened again is another
 * module.  NULL on error: KVM_E_FORMAT when the file is no such module,
 * KVM_E_SYS when it can't be read.
 */
kvm_module_t	*kvm_module_open(kvm_t *kd, const char *path);
/* The path that it was opened by. */
const char	*kvm_module_path(kvm_module_t *m);
/* Is it a relocatable file (ET_REL), whose symbols count from sections? */
bool		 kvm_module_relocatable(kvm_module_t *m);

/*
 * Section index of the file, from 0 (which is none) to the count of them - 1.
 * 0; or -1, KVM_E_INVAL.
 */
int		 kvm_module_section(kvm_module_t *m, size_t index,
		    struct kvm_module_section *section);
size_t		 kvm_module_section_count(kvm_module_t *m);

/*
 * Say that section index lies at addr.  Sections set_vnet and set_pcpu lie
 * where the kernel made room for them in its own sets of that name: then
 * kvm_nlist() knows their variables, too.  0; or -1, KVM_E_INVAL, when it is no
 * section that takes up memory.
 */
int		 kvm_module_place(kvm_module_t *m, size_t index,
		    kvaddr_t addr);

/*
 * As kvm_symbol(), kvm_symbol_at(), kvm_symbol_entry(), kvm_symbol_count(),
 * for the symbols of the module.  Those of sections that were not placed have
 * no address: the first two don't find them, and in ks_value of the third is
 * what the file says.
 */
int		 kvm_module_symbol(kvm_module_t *m, const char *name,
		    struct kvm_symbol *sym);
int		 kvm_module_symbol_at(kvm_module_t *m, kvaddr_t addr,
		    struct kvm_symbol *sym);
int		 kvm_module_symbol_entry(kvm_module_t *m, size_t index,
		    struct kvm_symbol *sym);
size_t		 kvm_module_symbol_count(kvm_module_t *m);

/*
 * As kvm_type() and kvm_type_of_symbol(): by the CTF of the module, and where
 * that has nothing, the kernel's.  A type that the module defines just as the
 * kernel does is the kernel's.  NULL on error: KVM_E_NOTYPE, KVM_E_FORMAT when
 * the module's types are damaged.
 */
kvm_type_t	*kvm_module_type(kvm_module_t *m, enum kvm_kind kind,
		    const char *name);
kvm_type_t	*kvm_module_type_of_symbol(kvm_module_t *m,
		    const struct kvm_symbol *sym);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif /* !_KVM_H_ */
