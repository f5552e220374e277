/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * proclist.c: which processes and threads there are.
 */
#include <stdlib.h>

#include "proc.h"

/* PID_MAX is 99999, and threads are numbered up to 2^31; but nobody has this
   many of them: a list that goes on is one that was made to. */
#define	ADDRESSES_MAX	(1u << 21)
/* Members of process groups that are looked at to count jobs, and their
   relatives.  A group's processes are mostly next to each other. */
#define	STEPS_MAX	(1u << 22)
/* hashinit(9) makes a quarter of maxproc, in a power of two. */
#define	BUCKETS_MAX	(1u << 20)

/* Enter an address: 1 when it is a new one, 0 when the list is a circle. */
static int
enter(kvm_t *kd, struct kvmi_procs *ps, kvaddr_t at)
{

	if (ps->seen.used >= ADDRESSES_MAX)
		return (kvmi_error(kd, KVM_E_FORMAT, at,
		    "the lists of processes and threads have no end"));
	return (kvmi_addrset_add(kd, &ps->seen, at));
}

/* The state of a walk through all processes. */
struct walk {
	struct kvmi_procs	*ps;
	kvmi_addr_cb_t		*cb;
	void			*arg;
	size_t			 found;
	size_t			 again;		/* of them, in the hash */
	bool			 stopped;	/* for good */
	bool			 failed;	/* ... and without a result */
};

static int
stop(struct walk *w, int rc)
{

	w->stopped = w->failed = true;
	return (rc);
}

/* Is there memory at all?  Count the process; or false with an error. */
static bool
is_process(kvm_t *kd, struct walk *w, kvaddr_t at)
{
	uint64_t state;

	if (kvmi_field_read(kd, &w->ps->f[F_P_STATE], at, &state) == -1) {
		kvmi_context(kd, "process at %#jx", (uintmax_t)at);
		return (false);
	}
	w->found++;
	return (true);
}

/*
 * Follow a list of processes from its first one.  0; or -1 with an error,
 * which ends just this list unless w->stopped.
 */
static int
walk_list(kvm_t *kd, struct walk *w, kvaddr_t at)
{
	uint64_t to;
	int rc;

	for (; at != 0; at = to) {
		rc = enter(kd, w->ps, at);
		if (rc == -1)
			return (stop(w, -1));
		if (rc == 0)
			return (kvmi_error(kd, KVM_E_FORMAT, at, "the list "
			    "of processes comes back to %#jx", (uintmax_t)at));
		if (!is_process(kd, w, at))
			return (-1);
		if ((rc = w->cb(w->arg, at)) != 0)
			return (stop(w, rc));
		if (kvmi_field_read(kd, &w->ps->f[F_P_LIST], at, &to) == -1)
			return (kvmi_context(kd, "process at %#jx",
			    (uintmax_t)at));
	}
	return (0);
}

/* The list behind a variable; none when this kernel has no such. */
static int
walk_variable(kvm_t *kd, struct walk *w, const char *name)
{
	kvaddr_t addr, first;
	int found = kvmi_optional(kd, name, &addr);

	if (found != 0)
		return (found == -1 ? stop(w, -1) : 0);
	if (kvmi_word(kd, addr, kd->ptrsize, &first) == -1)
		return (kvmi_context(kd, "variable %s", name));
	return (walk_list(kd, w, first));
}

static int
hash_circle(kvm_t *kd, struct walk *w, kvaddr_t at)
{

	w->stopped = true;
	return (kvmi_error(kd, KVM_E_FORMAT, at, "the hash of processes comes "
	    "back to %#jx", (uintmax_t)at));
}

/*
 * One bucket of the hash.  Its processes were mostly seen before, but each is
 * in one bucket only: by that it shows when there are circles.
 */
static int
walk_bucket(kvm_t *kd, struct walk *w, kvaddr_t at)
{
	uint64_t to;
	int rc;

	for (; at != 0; at = to) {
		rc = enter(kd, w->ps, at);
		if (rc == -1)
			return (stop(w, -1));
		if (rc == 0 && w->again++ > w->found)
			return (hash_circle(kd, w, at));
		if (rc == 1 && !is_process(kd, w, at))
			return (-1);
		if (rc == 1 && (rc = w->cb(w->arg, at)) != 0)
			return (stop(w, rc));
		if (kvmi_field_read(kd, &w->ps->f[F_P_HASH], at, &to) == -1)
			return (kvmi_context(kd, "process at %#jx",
			    (uintmax_t)at));
	}
	return (0);
}

static int
hash_geometry(kvm_t *kd, struct walk *w, kvaddr_t *table, uint64_t *mask)
{
	kvaddr_t at_table, at_mask;
	int found = kvmi_optional(kd, "pidhashtbl", &at_table);

	*table = 0;
	if (found == 0)
		found = kvmi_optional(kd, "pidhash", &at_mask);
	if (found != 0)
		return (found == -1 ? stop(w, -1) : 0);
	if (kvmi_word(kd, at_table, kd->ptrsize, table) == -1 ||
	    kvmi_word(kd, at_mask, kd->ptrsize, mask) == -1)
		return (kvmi_context(kd, "the hash of processes"));
	if (*mask >= BUCKETS_MAX || (*mask & (*mask + 1)) != 0)
		return (kvmi_error(kd, KVM_E_FORMAT, 0, "the hash of "
		    "processes: %#jx is no mask", (uintmax_t)*mask));
	return (0);
}

/* Zombies are in no other place since 13. */
static int
walk_hash(kvm_t *kd, struct walk *w)
{
	kvaddr_t table, first;
	uint64_t i, mask = 0;
	int rc = 0;

	if (w->ps->f[F_P_HASH].size == 0)
		return (0);
	if (hash_geometry(kd, w, &table, &mask) == -1)
		return (-1);
	for (i = 0; table != 0 && i <= mask && !w->stopped; i++) {
		if (kvmi_word(kd, kvmi_wrap(kd, table + i * kd->ptrsize),
		    kd->ptrsize, &first) == -1)
			return (kvmi_context(kd, "the hash of processes"));
		if (walk_bucket(kd, w, first) != 0)
			rc = -1;
	}
	return (rc);
}

int
kvmi_each_proc(kvm_t *kd, struct kvmi_procs *ps, kvmi_addr_cb_t *cb, void *arg)
{
	struct walk w = { .ps = ps, .cb = cb, .arg = arg };
	int rc;

	kvmi_addrset_deinit(&ps->seen);
	ps->steps = STEPS_MAX;
	ps->jobc_pgrp = 0;
	rc = walk_variable(kd, &w, "allproc");
	if (!w.stopped && walk_variable(kd, &w, "zombproc") != 0)
		rc = -1;
	if (!w.stopped && walk_hash(kd, &w) != 0)
		rc = -1;
	if (w.found == 0 && rc == 0)
		rc = kvmi_error(kd, KVM_E_NOSYM, 0, "there are no processes: "
		    "neither behind allproc nor behind pidhashtbl");
	/* What was found stands, whatever came then. */
	return (w.failed || w.found == 0 ? rc : 0);
}

static int
add_thread(kvm_t *kd, struct kvmi_procs *ps, kvaddr_t td)
{
	kvaddr_t *more;
	size_t room;

	if (ps->ntds == ps->tdroom) {
		room = ps->tdroom == 0 ? 64 : ps->tdroom * 2;
		more = realloc(ps->tds, room * sizeof(*more));
		if (more == NULL)
			return (kvmi_nomem(kd, "a list of threads"));
		ps->tds = more;
		ps->tdroom = room;
	}
	ps->tds[ps->ntds++] = td;
	return (0);
}

int
kvmi_find_threads(kvm_t *kd, struct kvmi_procs *ps, kvaddr_t p)
{
	uint64_t td = kvmi_get(kd, ps, F_P_THREADS, p);
	int rc;

	for (ps->ntds = 0; td != 0;
	    td = kvmi_get(kd, ps, F_TD_PLIST, td)) {
		rc = enter(kd, ps, td);
		if (rc == 0)
			kvmi_error(kd, KVM_E_FORMAT, td, "the list of threads "
			    "of the process at %#jx comes back to %#jx",
			    (uintmax_t)p, (uintmax_t)td);
		if (rc != 1)
			return (rc);
		if (add_thread(kd, ps, td) == -1)
			return (-1);
	}
	return (0);
}
