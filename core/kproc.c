/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * kproc.c: struct kinfo_proc of a process, as fill_kinfo_proc() in
 * kern/kern_proc.c makes it.
 */
#include "proc.h"

#define	P_JAILED	0x01000000	/* sys/proc.h: in ki_flag only */
#define	P_INMEM		0x10000000
#define	PS_INMEM	0x00001		/* sys/proc.h, ki_sflag */
#define	PRS_NEW		0		/* sys/proc.h, p_state */
#define	PRS_ZOMBIE	2
#define	SZOMB		5		/* sys/proc.h, ki_stat */
#define	TDI_SWAPPED	0x0004		/* sys/proc.h, td_inhibitors; until 15 */
#define	CRED_FLAG_CAPMODE	0x00000001	/* sys/ucred.h */
#define	KI_CRF_CAPABILITY_MODE	0x00000001	/* sys/user.h, ki_cr_flags */
#define	KI_CRF_GRP_OVERFLOW	0x80000000
#define	NOTEXT		256		/* bytes of a string behind a pointer */

void
kvmi_pput_in(const struct kvmi_kproc *k, int outer, int inner, uint64_t value)
{
	const struct kvmi_field *o = &k->ps->f[outer];
	struct kvmi_field f = k->ps->f[inner];

	if (kvmi_beyond(f.off, f.size, o->size))
		return;
	f.off += o->off;
	kvmi_field_put(k->kd, &f, k->row, value);
}

void
kvmi_pput_time(const struct kvmi_kproc *k, int outer, int inner, int64_t sec,
    int64_t usec)
{
	static const int parts[] = { F_TV_SEC, F_TV_USEC };
	const struct kvmi_field *o = &k->ps->f[outer];
	uint32_t base = inner == -1 ? 0 : k->ps->f[inner].off;
	struct kvmi_field f;
	size_t i;

	if (inner != -1 && k->ps->f[inner].size == 0)
		return;
	for (i = 0; i < nitems_of(parts); i++) {
		f = k->ps->f[parts[i]];
		if (kvmi_beyond((uint64_t)base + f.off, f.size, o->size))
			continue;
		f.off += o->off + base;
		kvmi_field_put(k->kd, &f, k->row,
		    (uint64_t)(i == 0 ? sec : usec));
	}
}

/* Text ends in a NUL even where it is cut off; what is no text is copied. */
static void
put_bytes(const struct kvmi_kproc *k, int to, const void *bytes, size_t n)
{
	const struct kvmi_field *f = &k->ps->f[to];

	memcpy(k->row + f->off, bytes, n < f->size ? n : f->size);
}

static void
put_text(const struct kvmi_kproc *k, int to, const char *text)
{
	const struct kvmi_field *f = &k->ps->f[to];
	size_t len = strlen(text);

	if (f->size == 0)
		return;
	memset(k->row + f->off, 0, f->size);
	put_bytes(k, to, text, len < f->size ? len : f->size - 1);
}

void
kvmi_pstring(const struct kvmi_kproc *k, kvaddr_t addr, int to)
{
	char text[NOTEXT] = "";

	if (addr != 0)
		(void)kvm_read_string(k->kd, addr, text, sizeof(text));
	put_text(k, to, text);
}

/* Is the field of the row an array of characters? */
static bool
is_text(int to)
{

	return (to == F_KI_LOGIN || to == F_KI_COMM || to == F_KI_LOGINCLASS ||
	    to == F_KI_TDNAME);
}

void
kvmi_pcopy(const struct kvmi_kproc *k, int from, kvaddr_t base, int to)
{
	const struct kvmi_field *f = &k->ps->f[from];
	char bytes[NOTEXT + 1];
	size_t n = f->size < NOTEXT ? f->size : NOTEXT;

	if (base == 0 || kvm_read_partial(k->kd, kvmi_wrap(k->kd,
	    base + f->off), bytes, n, NULL) == -1)
		return;
	bytes[n] = '\0';
	if (is_text(to))
		put_text(k, to, bytes);
	else
		put_bytes(k, to, bytes, n);
}

/* What is the same in struct proc and in the row. */
static void
fill_same(const struct kvmi_kproc *k)
{
	static const int same[][2] = {
		{ F_P_ARGS, F_KI_ARGS }, { F_P_TEXTVP, F_KI_TEXTVP },
		{ F_P_TRACEVP, F_KI_TRACEP },
		{ F_P_TRACEFLAG, F_KI_TRACEFLAG },
		{ F_P_FD, F_KI_FD }, { F_P_PD, F_KI_PD },
		{ F_P_VMSPACE, F_KI_VMSPACE }, { F_P_FLAG2, F_KI_FLAG2 },
		{ F_P_PID, F_KI_PID }, { F_P_NICE, F_KI_NICE },
		{ F_P_FIBNUM, F_KI_FIBNUM }, { F_P_ACFLAG, F_KI_ACFLAG },
		{ F_P_LOCK, F_KI_LOCK }, { F_P_NUMTHREADS, F_KI_NUMTHREADS },
		{ F_P_XSTAT, F_KI_XSTAT },
	};
	kvaddr_t ktr = kvmi_pget(k, F_P_KTR, k->p);
	size_t i;

	for (i = 0; i < nitems_of(same); i++)
		kvmi_pput(k, same[i][1], kvmi_pget(k, same[i][0], k->p));
	kvmi_pput(k, F_KI_STRUCTSIZE, k->ps->row_size);
	kvmi_pput(k, F_KI_PADDR, k->p);
	if (ktr != 0)
		kvmi_pput(k, F_KI_TRACEP, kvmi_pget(k, F_KTR_VP, ktr));
	/* As wait(2) has it: W_EXITCODE(). */
	if (k->ps->f[F_P_XEXIT].size != 0)
		kvmi_pput(k, F_KI_XSTAT,
		    kvmi_pget(k, F_P_XEXIT, k->p) << 8 |
		    kvmi_pget(k, F_P_XSIG, k->p));
	kvmi_pcopy(k, F_P_COMM, k->p, F_KI_COMM);
	kvmi_pcopy(k, F_P_SIGLIST, k->p, F_KI_SIGLIST);
}

/*
 * The groups, the effective one first: since 15 that has its own member, and
 * cr_groups holds the others only.
 */
static uint64_t
fill_groups(const struct kvmi_kproc *k, kvaddr_t cred)
{
	const struct kvmi_field *f = &k->ps->f[F_KI_GROUPS];
	bool own = k->ps->f[F_CR_GID].size != 0;
	uint64_t n = kvmi_pget(k, F_CR_NGROUPS, cred) + own, gid, i;
	kvaddr_t groups = kvmi_pget(k, F_CR_GROUPS, cred);
	struct kvmi_field one = { .size = 4, .is_scalar = true };
	uint64_t room = f->size / one.size, flags = 0;

	if (n > room) {
		n = room;
		flags = KI_CRF_GRP_OVERFLOW;
	}
	for (i = 0; i < n; i++) {
		gid = kvmi_pget(k, F_CR_GID, cred);
		if (i > 0 || !own)
			(void)kvmi_word(k->kd, kvmi_wrap(k->kd, groups +
			    (i - own) * one.size), one.size, &gid);
		one.off = f->off + (uint32_t)i * one.size;
		kvmi_field_put(k->kd, &one, k->row, gid);
	}
	kvmi_pput(k, F_KI_NGROUPS, n);
	return (flags);
}

/*
 * Whoever is in a jail has its number, as root outside sees it; 0 means the
 * system itself.
 */
static void
fill_jail(struct kvmi_kproc *k, kvaddr_t cred)
{
	kvaddr_t prison = kvmi_pget(k, F_CR_PRISON, cred);
	uint64_t id = kvmi_pget(k, F_PR_ID, prison);

	if (prison == 0 || (k->ps->prison0 != 0 ? prison == k->ps->prison0 :
	    id == 0))
		return;
	kvmi_pput(k, F_KI_FLAG, k->flag | P_JAILED);
	kvmi_pput(k, F_KI_JID, id);
}

static void
fill_cred(struct kvmi_kproc *k)
{
	static const int same[][2] = {
		{ F_CR_UID, F_KI_UID }, { F_CR_RUID, F_KI_RUID },
		{ F_CR_SVUID, F_KI_SVUID }, { F_CR_RGID, F_KI_RGID },
		{ F_CR_SVGID, F_KI_SVGID },
	};
	kvaddr_t cred = kvmi_pget(k, F_P_UCRED, k->p), class;
	uint64_t flags;
	size_t i;

	if (cred == 0)
		return;
	for (i = 0; i < nitems_of(same); i++)
		kvmi_pput(k, same[i][1], kvmi_pget(k, same[i][0], cred));
	flags = fill_groups(k, cred);
	if ((kvmi_pget(k, F_CR_FLAGS, cred) & CRED_FLAG_CAPMODE) != 0)
		flags |= KI_CRF_CAPABILITY_MODE;
	kvmi_pput(k, F_KI_CR_FLAGS, flags);
	class = kvmi_pget(k, F_CR_LOGINCLASS, cred);
	if (class != 0)
		kvmi_pcopy(k, F_LC_NAME, class, F_KI_LOGINCLASS);
	fill_jail(k, cred);
}

static uint64_t
stack_pages(const struct kvmi_kproc *k)
{
	uint64_t pages = 0;
	size_t i;

	for (i = 0; i < k->ps->ntds; i++)
		if ((kvmi_pget(k, F_TD_INHIBITORS, k->ps->tds[i]) &
		    TDI_SWAPPED) == 0)
			pages += kvmi_pget(k, F_TD_KSTACK_PAGES,
			    k->ps->tds[i]);
	return (pages);
}

static void
fill_memory(const struct kvmi_kproc *k)
{
	static const int same[][2] = {
		{ F_VM_SIZE, F_KI_SIZE }, { F_VM_SWRSS, F_KI_SWRSS },
		{ F_VM_TSIZE, F_KI_TSIZE }, { F_VM_DSIZE, F_KI_DSIZE },
		{ F_VM_SSIZE, F_KI_SSIZE },
	};
	kvaddr_t vm = kvmi_pget(k, F_P_VMSPACE, k->p);
	size_t i;

	if (k->state == PRS_ZOMBIE) {
		kvmi_pput(k, F_KI_STAT, SZOMB);
		return;
	}
	if (vm == 0 || k->state == PRS_NEW)
		return;
	for (i = 0; i < nitems_of(same); i++)
		kvmi_pput(k, same[i][1], kvmi_pget(k, same[i][0], vm));
	kvmi_pput(k, F_KI_RSSIZE, kvmi_pget(k, F_VM_RESIDENT, vm) +
	    stack_pages(k));
}

static void
fill_behind(const struct kvmi_kproc *k)
{
	kvaddr_t sigacts = kvmi_pget(k, F_P_SIGACTS, k->p);
	kvaddr_t sysent = kvmi_pget(k, F_P_SYSENT, k->p);

	kvmi_pcopy(k, F_PS_SIGIGNORE, sigacts, F_KI_SIGIGNORE);
	kvmi_pcopy(k, F_PS_SIGCATCH, sigacts, F_KI_SIGCATCH);
	kvmi_pstring(k, kvmi_pget(k, F_SV_NAME, sysent), F_KI_EMUL);
}

/* What is summed up over all threads. */
static void
fill_sums(const struct kvmi_kproc *k)
{
	uint32_t pctcpu = 0, estcpu = 0, pct, est;
	uint64_t cow = 0;
	size_t i;

	for (i = 0; i < k->ps->ntds; i++) {
		kvmi_kthread_cpu(k, k->ps->tds[i], &pct, &est);
		pctcpu += pct;
		estcpu += est;
		cow += kvmi_pget(k, F_TD_COW, k->ps->tds[i]);
	}
	kvmi_pput(k, F_KI_PCTCPU, pctcpu);
	kvmi_pput(k, F_KI_ESTCPU, estcpu);
	kvmi_pput(k, F_KI_COW, cow);
}

void
kvmi_kproc_fill(struct kvmi_kproc *k)
{

	memset(k->row, 0, k->ps->row_size);
	kvmi_kproc_pgrp(k);
	fill_same(k);
	kvmi_pput(k, F_KI_FLAG, k->flag);
	fill_cred(k);
	fill_behind(k);
	fill_memory(k);
	kvmi_pput(k, F_KI_SFLAG, (k->flag & P_INMEM) != 0 ? PS_INMEM : 0);
	kvmi_kproc_parent(k);
	kvmi_ktime_proc(k);
	if (k->ps->ntds > 0)
		kvmi_kthread_fill(k, k->ps->tds[0], false);
	fill_sums(k);
}
