/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * kthread.c: what struct kinfo_proc says of a thread, as fill_kinfo_thread()
 * in kern/kern_proc.c has it.
 */
#include "proc.h"

#define	P_STOPPED	0x000e0000	/* sys/proc.h, p_flag: by a signal, a
					   debugger, or for one thread */
enum { PRS_NEW, PRS_NORMAL, PRS_ZOMBIE };	/* sys/proc.h, p_state */
/* sys/proc.h, td_state */
enum { TDS_INACTIVE, TDS_INHIBITED, TDS_CAN_RUN, TDS_RUNQ, TDS_RUNNING };
#define	TDI_SLEEPING	0x0002		/* sys/proc.h, td_inhibitors */
#define	TDI_LOCK	0x0008
/* sys/proc.h, ki_stat */
enum { SIDL = 1, SRUN, SSLEEP, SSTOP, SZOMB, SWAIT, SLOCK };
#define	KI_LOCKBLOCK	0x00000004	/* sys/user.h, ki_kiflag */
#define	NOCPU		(-1)		/* sys/param.h */
#define	NOCPU_OLD	255
#define	MAXCPU_OLD	254
#define	FSHIFT		11		/* sys/param.h: of fixpt_t */
#define	FSCALE		(1 << FSHIFT)
#define	SCHED_TICK_SECS	10		/* kern/sched_ule.c */
#define	SCHED_TICK_SHIFT	10

static unsigned int
status(const struct kvmi_kproc *k, uint64_t state, uint64_t inhibitors)
{

	if (k->state != PRS_NORMAL)
		return (k->state == PRS_ZOMBIE ? SZOMB : SIDL);
	if (state == TDS_CAN_RUN || state == TDS_RUNQ || state == TDS_RUNNING)
		return (SRUN);
	if ((k->flag & P_STOPPED) != 0)
		return (SSTOP);
	if ((inhibitors & TDI_SLEEPING) != 0)
		return (SSLEEP);
	return ((inhibitors & TDI_LOCK) != 0 ? SLOCK : SWAIT);
}

/* Fields of one byte, from when no system had 255 processors. */
static uint64_t
old_cpu(uint64_t cpu)
{
	int32_t n = (int32_t)cpu;

	return (n == NOCPU ? NOCPU_OLD : n > MAXCPU_OLD ? MAXCPU_OLD :
	    (uint64_t)n);
}

static void
fill_cpus(const struct kvmi_kproc *k, kvaddr_t td)
{
	uint64_t last = kvmi_pget(k, F_TD_LASTCPU, td);
	uint64_t on = kvmi_pget(k, F_TD_ONCPU, td);

	kvmi_pput(k, F_KI_LASTCPU, last);
	kvmi_pput(k, F_KI_ONCPU, on);
	kvmi_pput(k, F_KI_LASTCPU_OLD, old_cpu(last));
	kvmi_pput(k, F_KI_ONCPU_OLD, old_cpu(on));
}

/* A thread's name is longer than its field; another one has the rest. */
static void
fill_name(const struct kvmi_kproc *k, kvaddr_t td)
{
	const struct kvmi_field *f = &k->ps->f[F_TD_NAME];
	const uint32_t size = k->ps->f[F_KI_TDNAME].size;
	kvaddr_t name = kvmi_wrap(k->kd, td + f->off);
	char text[64] = "";

	if (f->size == 0 || size == 0)
		return;
	kvmi_pcopy(k, F_TD_NAME, td, F_KI_TDNAME);
	(void)kvm_read_string(k->kd, name, text,
	    f->size < sizeof(text) ? f->size : sizeof(text));
	kvmi_pstring(k, strlen(text) >= size ? kvmi_wrap(k->kd,
	    name + size - 1) : 0, F_KI_MORETDNAME);
}

static void
fill_lock(const struct kvmi_kproc *k, kvaddr_t td, uint64_t inhibitors)
{
	uint64_t flags = kvmi_field_get(k->kd, &k->ps->f[F_KI_KIFLAG], k->row);
	kvaddr_t name = 0;

	flags &= ~(uint64_t)KI_LOCKBLOCK;
	if ((inhibitors & TDI_LOCK) != 0) {
		flags |= KI_LOCKBLOCK;
		name = kvmi_pget(k, F_TD_LOCKNAME, td);
	}
	kvmi_pput(k, F_KI_KIFLAG, flags);
	kvmi_pstring(k, name, F_KI_LOCKNAME);
}

static void
fill_same(const struct kvmi_kproc *k, kvaddr_t td)
{
	static const int same[][2] = {
		{ F_TD_WCHAN, F_KI_WCHAN }, { F_TD_PRIORITY, F_KI_PRI_LEVEL },
		{ F_TD_BASE_PRI, F_KI_PRI_NATIVE },
		{ F_TD_USER_PRI, F_KI_PRI_USER },
		{ F_TD_PRI_CLASS, F_KI_PRI_CLASS },
		{ F_TD_FLAGS, F_KI_TDFLAGS }, { F_TD_TID, F_KI_TID },
		{ F_TD_PCB, F_KI_PCB }, { F_TD_KSTACK, F_KI_KSTACK },
	};
	size_t i;

	for (i = 0; i < nitems_of(same); i++)
		kvmi_pput(k, same[i][1], kvmi_pget(k, same[i][0], td));
	kvmi_pput(k, F_KI_TDADDR, td);
	kvmi_pcopy(k, F_TD_SIGMASK, td, F_KI_SIGMASK);
	kvmi_pstring(k, kvmi_pget(k, F_TD_WMESG, td), F_KI_WMESG);
}

/* ---- share of a processor */

/*
 * The scheduler's part of a thread lies behind it, or (11) at td_sched.
 */
static kvaddr_t
sched_of(const struct kvmi_kproc *k, kvaddr_t td)
{

	if (k->ps->f[F_TD_SCHED].size != 0)
		return (kvmi_pget(k, F_TD_SCHED, td));
	return (kvmi_wrap(k->kd, td + k->ps->thread_size));
}

/*
 * ULE counts the ticks that a thread ran (shifted) in a window of about ten
 * seconds from ts_ftick to ts_ltick, which is brought up to date whenever
 * somebody asks, as here.
 */
static uint32_t
ule_share(const struct kvmi_kproc *k, kvaddr_t ts, bool running)
{
	const uint32_t now = (uint32_t)k->ps->ticks;
	const uint64_t hz = (uint32_t)k->ps->hz;
	const uint64_t target = hz * SCHED_TICK_SECS;
	uint32_t last = (uint32_t)kvmi_pget(k, F_TS_LTICK, ts);
	uint32_t first = (uint32_t)kvmi_pget(k, F_TS_FTICK, ts);
	uint64_t ran = (uint32_t)kvmi_pget(k, F_TS_TICKS, ts);
	const uint32_t since = now - last, span = last - first;

	if (since >= target)
		ran = running ? target << SCHED_TICK_SHIFT : 0;
	else {
		if (now - first >= target + hz && span != 0)
			ran = ran / span * (target - since);
		if (running)
			ran += (uint64_t)since << SCHED_TICK_SHIFT;
	}
	ran = (ran >> SCHED_TICK_SHIFT) / SCHED_TICK_SECS;
	ran = ran < hz ? ran : hz;
	return ((uint32_t)(FSCALE * (FSCALE * ran / hz) >> FSHIFT));
}

void
kvmi_kthread_cpu(const struct kvmi_kproc *k, kvaddr_t td, uint32_t *pctcpu,
    uint32_t *estcpu)
{
	kvaddr_t ts = sched_of(k, td);
	bool running = kvmi_pget(k, F_TD_STATE, td) == TDS_RUNNING;

	*pctcpu = (uint32_t)kvmi_pget(k, F_TS_PCTCPU, ts);
	*estcpu = (uint32_t)kvmi_pget(k, F_TS_ESTCPU, ts);
	if (k->ps->f[F_TS_TICKS].size != 0 && k->ps->hz > 0)
		*pctcpu = ule_share(k, ts, running);
}

void
kvmi_kthread_fill(const struct kvmi_kproc *k, kvaddr_t td, bool as_row)
{
	uint64_t inhibitors = kvmi_pget(k, F_TD_INHIBITORS, td);
	int32_t since = (int32_t)((uint32_t)k->ps->ticks -
	    (uint32_t)kvmi_pget(k, F_TD_SLPTICK, td));
	uint32_t pctcpu, estcpu;

	fill_same(k, td);
	fill_name(k, td);
	fill_lock(k, td, inhibitors);
	fill_cpus(k, td);
	kvmi_pput(k, F_KI_STAT, status(k, kvmi_pget(k, F_TD_STATE, td),
	    inhibitors));
	if (k->ps->hz > 0)
		kvmi_pput(k, F_KI_SLPTIME,
		    (uint64_t)(int64_t)(since / k->ps->hz));
	if (!as_row)
		return;
	kvmi_pcopy(k, F_TD_SIGLIST, td, F_KI_SIGLIST);
	kvmi_kthread_cpu(k, td, &pctcpu, &estcpu);
	kvmi_pput(k, F_KI_PCTCPU, pctcpu);
	kvmi_pput(k, F_KI_ESTCPU, estcpu);
	kvmi_pput(k, F_KI_COW, kvmi_pget(k, F_TD_COW, td));
	kvmi_ktime_thread(k, td);
}
