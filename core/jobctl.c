/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * jobctl.c: a process's parent, group, session and terminal.
 */
#include "proc.h"

#define	P_CONTROLT	0x00000002	/* sys/proc.h, p_flag */
#define	P_TRACED	0x00000800
#define	P_TREE_ORPHANED		0x00000001	/* p_treeflag */
#define	P_TREE_FIRST_ORPHAN	0x00000002
#define	P_TREE_GRPEXITED	0x00000008
#define	KI_CTTY		0x00000001	/* sys/user.h, ki_kiflag */
#define	KI_SLEADER	0x00000002
#define	NO_PID		UINT64_C(100000) /* sys/proc.h */

/* One more struct is looked at; false when the lists seem to have no end. */
static bool
step(const struct kvmi_kproc *k, kvaddr_t at)
{

	if (at == 0)
		return (false);
	if (k->ps->steps == 0) {
		kvmi_error(k->kd, KVM_E_FORMAT, at,
		    "the lists of process groups have no end");
		return (false);
	}
	k->ps->steps--;
	return (true);
}

/*
 * The parent that p was born to, also while a debugger is its parent: then p
 * is on its true parent's list of orphans, whose head is found by going back
 * from p (kern/kern_exit.c, proc_realparent()).
 */
static kvaddr_t
true_parent(const struct kvmi_kproc *k, kvaddr_t p)
{
	const struct kvmi_field *f = k->ps->f;
	uint64_t flags = kvmi_pget(k, F_P_TREEFLAG, p), pid, prev;
	kvaddr_t pptr;

	if ((flags & P_TREE_ORPHANED) == 0) {
		pptr = kvmi_pget(k, F_P_PPTR, p);
		pid = kvmi_pget(k, F_P_OPPID, p);
		return (pid == 0 || pid == kvmi_pget(k, F_P_PID, pptr) ?
		    pptr : k->ps->initproc);
	}
	while (step(k, p)) {
		prev = kvmi_pget(k, F_P_ORPHAN_PREV, p);
		if (prev == 0 || (flags & P_TREE_FIRST_ORPHAN) != 0)
			return (prev == 0 ? 0 : kvmi_wrap(k->kd,
			    prev - f[F_P_ORPHANS].off));
		/* prev is the address of the le_next before. */
		p = kvmi_wrap(k->kd, prev - f[F_P_ORPHAN].off);
		flags = kvmi_pget(k, F_P_TREEFLAG, p);
	}
	return (0);
}

void
kvmi_kproc_parent(const struct kvmi_kproc *k)
{
	kvaddr_t pptr = kvmi_pget(k, F_P_PPTR, k->p);
	uint64_t pid = kvmi_pget(k, F_P_PID, pptr);

	if (pptr == 0)
		return;
	if ((k->flag & P_TRACED) == 0) {
		kvmi_pput(k, F_KI_PPID, pid);
		return;
	}
	kvmi_pput(k, F_KI_PPID, kvmi_pget(k, F_P_OPPID, k->p));
	kvmi_pput(k, F_KI_TRACER, pid);
}

/* ---- job control: how many members of a group have a parent outside */

/* Whoever inherits the children of a process that left its group. */
static kvaddr_t
reaper(const struct kvmi_kproc *k, kvaddr_t p)
{
	kvaddr_t next;

	while (step(k, p)) {
		p = kvmi_pget(k, F_P_REAPER, p);
		next = kvmi_pget(k, F_P_REAPER, p);
		if (next == p || (kvmi_pget(k, F_P_TREEFLAG, p) &
		    P_TREE_GRPEXITED) == 0)
			break;
	}
	return (p);
}

static bool
counts(const struct kvmi_kproc *k, kvaddr_t p, kvaddr_t pgrp)
{
	kvaddr_t parent, group;

	if ((kvmi_pget(k, F_P_TREEFLAG, p) & P_TREE_GRPEXITED) != 0 ||
	    kvmi_pget(k, F_P_PPTR, p) == 0)
		return (false);
	parent = true_parent(k, p);
	if (kvmi_pget(k, F_P_PPTR, parent) != 0 &&
	    (kvmi_pget(k, F_P_TREEFLAG, parent) & P_TREE_GRPEXITED) != 0)
		parent = reaper(k, parent);
	group = kvmi_pget(k, F_P_PGRP, parent);
	return (group != pgrp && group != 0 &&
	    kvmi_pget(k, F_PG_SESSION, group) ==
	    kvmi_pget(k, F_PG_SESSION, pgrp));
}

/* Until 13 the kernel kept this number. */
static uint64_t
job_count(const struct kvmi_kproc *k, kvaddr_t pgrp)
{
	kvaddr_t p;
	uint64_t n = 0;

	if (k->ps->f[F_PG_JOBC].size != 0)
		return (kvmi_pget(k, F_PG_JOBC, pgrp));
	if (k->ps->jobc_pgrp == pgrp)
		return (k->ps->jobc);
	p = kvmi_pget(k, F_PG_MEMBERS, pgrp);
	for (; step(k, p); p = kvmi_pget(k, F_P_PGLIST, p))
		n += counts(k, p, pgrp);
	k->ps->jobc_pgrp = pgrp;
	k->ps->jobc = n;
	return (n);
}

/* ---- terminals */

/* A device's number is its inode in devfs: fs/devfs/devfs_vnops.c. */
uint64_t
kvmi_tty_device(kvm_t *kd, const struct kvmi_procs *ps, kvaddr_t tty)
{
	const struct kvmi_field *f = ps->f;
	kvaddr_t dev = kvmi_get(kd, ps, F_T_DEV, tty);

	if (dev == 0 || f[F_CDP_INODE].size == 0)
		return (UINT64_MAX);
	return (kvmi_get(kd, ps, F_CDP_INODE,
	    kvmi_wrap(kd, dev - f[F_CDP_C].off)));
}

static void
fill_tty(const struct kvmi_kproc *k, kvaddr_t tty)
{
	kvaddr_t pgrp, session;
	uint64_t dev = UINT64_MAX;

	if (tty != 0 && (k->flag & P_CONTROLT) != 0) {
		dev = kvmi_tty_device(k->kd, k->ps, tty);
		pgrp = kvmi_pget(k, F_T_PGRP, tty);
		kvmi_pput(k, F_KI_TPGID, pgrp == 0 ? NO_PID :
		    kvmi_pget(k, F_PG_ID, pgrp));
		session = kvmi_pget(k, F_T_SESSION, tty);
		kvmi_pput(k, F_KI_TSID, kvmi_pget(k, F_S_SID, session));
	}
	kvmi_pput(k, F_KI_TDEV, dev);
	kvmi_pput(k, F_KI_TDEV11, dev);
}

static uint64_t
fill_session(const struct kvmi_kproc *k, kvaddr_t session)
{
	uint64_t flags = 0;

	kvmi_pput(k, F_KI_SID, kvmi_pget(k, F_S_SID, session));
	kvmi_pcopy(k, F_S_LOGIN, session, F_KI_LOGIN);
	if (kvmi_pget(k, F_S_TTYVP, session) != 0)
		flags |= KI_CTTY;
	if (kvmi_pget(k, F_S_LEADER, session) == k->p)
		flags |= KI_SLEADER;
	kvmi_pput(k, F_KI_KIFLAG, flags);
	return (kvmi_pget(k, F_S_TTYP, session));
}

void
kvmi_kproc_pgrp(const struct kvmi_kproc *k)
{
	kvaddr_t pgrp = kvmi_pget(k, F_P_PGRP, k->p);
	kvaddr_t session = kvmi_pget(k, F_PG_SESSION, pgrp), tty = 0;

	if (pgrp == 0) {
		fill_tty(k, 0);
		return;
	}
	kvmi_pput(k, F_KI_PGID, kvmi_pget(k, F_PG_ID, pgrp));
	kvmi_pput(k, F_KI_JOBC, job_count(k, pgrp));
	if (session != 0)
		tty = fill_session(k, session);
	fill_tty(k, tty);
}
