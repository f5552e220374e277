/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * proc.h: kvm_getprocs() and what it is made of.
 *
 * procfield.c	the members it looks at; the kernel's clocks
 * addrset.c	addresses that were seen: lists of a damaged kernel are circles
 * proclist.c	which processes and threads there are
 * jobctl.c	process groups, sessions, terminals, parents
 * kproc.c	struct kinfo_proc of a process
 * kthread.c	... of a thread
 * ktime.c	times and other resources that were used
 * proc.c	the calls of kvm.h
 *
 * A kernel that crashed may have damaged any pointer.  What can't be read is
 * left 0, the error stays in the descriptor, and the rest is looked at.  So
 * nearly all functions here return nothing.
 */
#ifndef _KVM_PROC_H_
#define	_KVM_PROC_H_

#include "field.h"

enum {
#define	FIELD(name, type, path)	F_##name,
#include "procfields.h"
#undef FIELD
	F_COUNT
};

/* A set of addresses, none of them 0. */
struct kvmi_addrset {
	kvaddr_t	*slots;
	size_t		 size;		/* a power of two; or 0 */
	size_t		 used;
};

/* 1: addr is new; 0: it was there; -1: out of memory. */
int	kvmi_addrset_add(kvm_t *, struct kvmi_addrset *, kvaddr_t addr);
void	kvmi_addrset_deinit(struct kvmi_addrset *);

struct kvmi_procs {
	struct kvmi_field f[F_COUNT];
	size_t		 thread_size;	/* of struct thread; 0: unknown */
	size_t		 row_size;	/* of struct kinfo_proc */
	uint8_t		*rows;		/* kvm_getprocs()'s result */
	size_t		 nrows, room;	/* in rows */
	struct kvmi_addrset seen;
	kvaddr_t	*tds;		/* threads of the process at hand */
	size_t		 ntds, tdroom;
	char		**argv;		/* kvm_getargv()'s result */
	/* The kernel's clocks, at the last call. */
	int32_t		 ticks, hz;
	uint64_t	 tick_frequency;	/* cpu_ticks() a second */
	int64_t		 boot_sec, boot_usec;
	kvaddr_t	 prison0, initproc;	/* 0: unknown */
	/* jobctl.c: the last group's ki_jobc, and how much is left to do. */
	kvaddr_t	 jobc_pgrp;
	uint64_t	 jobc;
	unsigned int	 steps;
};

/* A process that is being described. */
struct kvmi_kproc {
	kvm_t			*kd;
	struct kvmi_procs	*ps;
	kvaddr_t		 p;	/* the struct proc */
	uint64_t		 flag;	/* p_flag */
	uint64_t		 state;	/* p_state */
	uint8_t			*row;	/* the struct kinfo_proc */
};

/* The value of a field of the struct at base; 0 where base is. */
uint64_t kvmi_get(kvm_t *, const struct kvmi_procs *, int field,
	    kvaddr_t base);
static inline uint64_t
kvmi_pget(const struct kvmi_kproc *k, int field, kvaddr_t base)
{

	return (kvmi_get(k->kd, k->ps, field, base));
}

static inline void
kvmi_pput(const struct kvmi_kproc *k, int field, uint64_t value)
{

	kvmi_field_put(k->kd, &k->ps->f[field], k->row, value);
}

/* Store in a member of a struct in the row: ki_rusage, ki_start. */
void	kvmi_pput_in(const struct kvmi_kproc *, int outer, int inner,
	    uint64_t value);
/* The same in a timeval of outer: one of rusage, or (-1) outer itself. */
void	kvmi_pput_time(const struct kvmi_kproc *, int outer, int inner,
	    int64_t sec, int64_t usec);
/* Copy bytes of a field of the struct at base, or the string behind addr. */
void	kvmi_pcopy(const struct kvmi_kproc *, int from, kvaddr_t base, int to);
void	kvmi_pstring(const struct kvmi_kproc *, kvaddr_t addr, int to);

/* procfield.c: find what there is; clocks.  0, or -1. */
int	kvmi_procs_fields(kvm_t *, struct kvmi_procs *);
int	kvmi_procs_clocks(kvm_t *, struct kvmi_procs *);

/* Called with each process; nonzero ends the walk. */
typedef int	kvmi_addr_cb_t(void *arg, kvaddr_t);
/*
 * All processes: those of allproc in its order; then those that are on
 * zombproc, or only in the hash by pid.  0, what cb returned, or -1.
 */
int	kvmi_each_proc(kvm_t *, struct kvmi_procs *, kvmi_addr_cb_t *, void *);
/* Fill in ps->tds for the process at p.  0; or -1: out of memory. */
int	kvmi_find_threads(kvm_t *, struct kvmi_procs *, kvaddr_t p);

/* jobctl.c: ki_ppid, and what concerns process group and session. */
void	kvmi_kproc_parent(const struct kvmi_kproc *);
void	kvmi_kproc_pgrp(const struct kvmi_kproc *);
/* The device number of a session's terminal; all ones when it has none. */
uint64_t kvmi_tty_device(kvm_t *, const struct kvmi_procs *, kvaddr_t tty);

/* kproc.c: all that is common to the threads of a process. */
void	kvmi_kproc_fill(struct kvmi_kproc *);
/*
 * kthread.c: what is a thread's own; as_row: also what a row for a thread has
 * instead of its process's.
 */
void	kvmi_kthread_fill(const struct kvmi_kproc *, kvaddr_t td, bool as_row);
/* ki_pctcpu and ki_estcpu of a thread. */
void	kvmi_kthread_cpu(const struct kvmi_kproc *, kvaddr_t td,
	    uint32_t *pctcpu, uint32_t *estcpu);
/* ktime.c: of a process; of a thread. */
void	kvmi_ktime_proc(const struct kvmi_kproc *);
void	kvmi_ktime_thread(const struct kvmi_kproc *, kvaddr_t td);

#endif /* !_KVM_PROC_H_ */
