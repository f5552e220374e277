/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * proc.c: kvm_getprocs(3): processes as struct kinfo_proc, and their
 * arguments.
 */
#include <stdlib.h>

#include "proc.h"

#define	P_CONTROLT	0x00000002	/* sys/proc.h, p_flag */
#define	PRS_NEW		0		/* sys/proc.h, p_state */
/* More rows than a kernel has threads; each is about a kilobyte. */
#define	ROWS_MAX	(1u << 20)
/* ARG_MAX is 512 KiB, and what is cached is shorter: ps_arg_cache_limit. */
#define	ARGS_MAX	(1u << 20)

/* ---- which are asked for */

struct request {
	struct kvmi_kproc	 k;
	int			 op;		/* without INC_THREAD */
	uint64_t		 arg;
	bool			 threads;	/* a row for each */
};

/* Numbers are compared as the 32 bits that an int has. */
static bool
same(const struct request *r, uint64_t value)
{

	return ((uint32_t)value == (uint32_t)r->arg);
}

static uint64_t
group(const struct kvmi_kproc *k)
{
	kvaddr_t cred = kvmi_pget(k, F_P_UCRED, k->p);
	uint64_t gid = 0;

	if (k->ps->f[F_CR_GID].size != 0)
		return (kvmi_pget(k, F_CR_GID, cred));
	(void)kvmi_word(k->kd, kvmi_pget(k, F_CR_GROUPS, cred), 4, &gid);
	return (gid);
}

static bool
has_tty(const struct request *r, kvaddr_t session)
{
	kvaddr_t tty = kvmi_pget(&r->k, F_S_TTYP, session);

	return ((r->k.flag & P_CONTROLT) != 0 && tty != 0 &&
	    same(r, kvmi_tty_device(r->k.kd, r->k.ps, tty)));
}

static bool
matches(const struct request *r)
{
	const struct kvmi_kproc *k = &r->k;
	kvaddr_t cred = kvmi_pget(k, F_P_UCRED, k->p);
	kvaddr_t pgrp = kvmi_pget(k, F_P_PGRP, k->p);
	kvaddr_t session = kvmi_pget(k, F_PG_SESSION, pgrp);

	switch (r->op) {
	case KERN_PROC_PID:
		return (same(r, kvmi_pget(k, F_P_PID, k->p)));
	case KERN_PROC_PGRP:
		return (pgrp != 0 && same(r, kvmi_pget(k, F_PG_ID, pgrp)));
	case KERN_PROC_SESSION:
		return (session != 0 &&
		    same(r, kvmi_pget(k, F_S_SID, session)));
	case KERN_PROC_TTY:
		return (session != 0 && has_tty(r, session));
	case KERN_PROC_UID:
		return (cred != 0 && same(r, kvmi_pget(k, F_CR_UID, cred)));
	case KERN_PROC_RUID:
		return (cred != 0 && same(r, kvmi_pget(k, F_CR_RUID, cred)));
	case KERN_PROC_RGID:
		return (cred != 0 && same(r, kvmi_pget(k, F_CR_RGID, cred)));
	case KERN_PROC_GID:
		return (cred != 0 && same(r, group(k)));
	default:
		return (true);
	}
}

static int
check_op(kvm_t *kd, int op)
{

	switch (op & ~KERN_PROC_INC_THREAD) {
	case KERN_PROC_ALL:
	case KERN_PROC_PID:
	case KERN_PROC_PGRP:
	case KERN_PROC_SESSION:
	case KERN_PROC_TTY:
	case KERN_PROC_UID:
	case KERN_PROC_RUID:
	case KERN_PROC_RGID:
	case KERN_PROC_GID:
	case KERN_PROC_PROC:
		return (0);
	}
	return (kvmi_error(kd, KVM_E_INVAL, 0,
	    "kvm_getprocs: unknown operation %#x", (unsigned int)op));
}

/* ---- rows */

static int
new_row(kvm_t *kd, struct kvmi_procs *ps, uint8_t **row)
{
	uint8_t *more;
	size_t room;

	if (ps->nrows >= ROWS_MAX)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "there are too many processes and threads"));
	if (ps->nrows == ps->room) {
		room = ps->room == 0 ? 64 : ps->room * 2;
		more = realloc(ps->rows, room * ps->row_size);
		if (more == NULL)
			return (kvmi_nomem(kd, "struct kinfo_proc"));
		ps->rows = more;
		ps->room = room;
	}
	*row = ps->rows + ps->nrows++ * ps->row_size;
	return (0);
}

/* A row for each thread: the process's, with what is the thread's own. */
static int
add_threads(struct request *r)
{
	struct kvmi_procs *ps = r->k.ps;
	const size_t first = ps->nrows - 1;
	size_t i;

	for (i = 0; i < ps->ntds; i++) {
		if (i > 0 && new_row(r->k.kd, ps, &r->k.row) == -1)
			return (-1);
		if (i > 0)
			memcpy(r->k.row, ps->rows + first * ps->row_size,
			    ps->row_size);
		kvmi_kthread_fill(&r->k, ps->tds[i], true);
	}
	return (0);
}

static int
add_proc(void *arg, kvaddr_t p)
{
	struct request *r = arg;
	struct kvmi_kproc *k = &r->k;

	k->p = p;
	k->flag = kvmi_pget(k, F_P_FLAG, p);
	k->state = kvmi_pget(k, F_P_STATE, p);
	if (k->state == PRS_NEW || !matches(r))
		return (0);
	if (kvmi_find_threads(k->kd, k->ps, p) == -1 ||
	    new_row(k->kd, k->ps, &k->row) == -1)
		return (-1);
	kvmi_kproc_fill(k);
	return (r->threads ? add_threads(r) : 0);
}

/* What does not change between calls. */
static struct kvmi_procs *
procs_of(kvm_t *kd)
{
	struct kvmi_procs *ps;

	if (kd->procs != NULL)
		return (kd->procs);
	ps = calloc(1, sizeof(*ps));
	if (ps == NULL) {
		kvmi_nomem(kd, "processes");
		return (NULL);
	}
	if (kvmi_procs_fields(kd, ps) == -1) {
		kvmi_procs_destroy(ps);
		return (NULL);
	}
	return (kd->procs = ps);
}

void
kvmi_procs_destroy(struct kvmi_procs *ps)
{

	if (ps == NULL)
		return;
	kvmi_addrset_deinit(&ps->seen);
	free(ps->tds);
	free(ps->rows);
	free(ps->argv);
	free(ps);
}

static int
getprocs_dead(kvm_t *kd, int op, int arg)
{
	struct request r = { .k = { .kd = kd } };
	int rc;

	if (check_op(kd, op) == -1 || (r.k.ps = procs_of(kd)) == NULL)
		return (-1);
	r.op = op & ~KERN_PROC_INC_THREAD;
	r.arg = (uint32_t)arg;
	r.threads = op == KERN_PROC_ALL || (op & KERN_PROC_INC_THREAD) != 0;
	r.k.ps->nrows = 0;
	if (kvmi_procs_clocks(kd, r.k.ps) == -1)
		return (-1);
	rc = kvmi_each_proc(kd, r.k.ps, add_proc, &r);
	kvmi_addrset_deinit(&r.k.ps->seen);
	return (rc);
}

struct kinfo_proc *
kvm_getprocs(kvm_t *kd, int op, int arg, int *cnt)
{
	struct kvmi_procs *ps;
	uint8_t *row;

	if (kd == NULL)
		return (NULL);
	kvmi_forget(kd);
	if (getprocs_dead(kd, op, arg) == -1) {
		kvmi_report(kd);
		return (NULL);
	}
	ps = kd->procs;
	if (cnt != NULL)
		*cnt = (int)ps->nrows;
	/* None is an answer, and NULL none. */
	if (ps->nrows == 0 && new_row(kd, ps, &row) == -1) {
		kvmi_report(kd);
		return (NULL);
	}
	return ((struct kinfo_proc *)(void *)ps->rows);
}

/* ---- arguments */

/* Make ps->argv anew: room for n pointers, a NULL, and len bytes of text. */
static char **
new_vector(kvm_t *kd, struct kvmi_procs *ps, size_t n, size_t len)
{

	free(ps->argv);
	ps->argv = malloc((n + 1) * sizeof(char *) + len + 1);
	if (ps->argv == NULL)
		kvmi_nomem(kd, "arguments");
	return (ps->argv);
}

static size_t
count_strings(const char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += text[i] == '\0' || i + 1 == len;
	return (n);
}

/* Pointers to the strings, which were put behind them. */
static void
point(char **argv, size_t n, size_t len)
{
	char *text = (char *)(argv + n + 1);
	size_t i;

	text[len] = '\0';
	for (i = 0; i < n; i++) {
		argv[i] = text;
		text += strlen(text) + 1;
	}
	argv[n] = NULL;
}

/* The length of what the kernel has of the arguments.  0, or -1. */
static int
args_length(kvm_t *kd, const struct kvmi_procs *ps, kvaddr_t args, int nchr,
    size_t *len)
{
	uint64_t n;

	if (ps->f[F_AR_LENGTH].size == 0 || ps->f[F_AR_ARGS].size == 0)
		return (kvmi_error(kd, KVM_E_NOTYPE, 0,
		    "struct pargs has no member 'ar_length' or 'ar_args'"));
	if (kvmi_field_read(kd, &ps->f[F_AR_LENGTH], args, &n) == -1)
		return (kvmi_context(kd, "struct pargs"));
	if (n > ARGS_MAX)
		return (kvmi_error(kd, KVM_E_FORMAT, args, "struct pargs at "
		    "%#jx: %ju bytes of arguments", (uintmax_t)args,
		    (uintmax_t)n));
	/* nchr counts the last string's NUL, too. */
	*len = (size_t)(nchr > 0 && n > (uint64_t)nchr - 1 ?
	    (uint64_t)nchr - 1 : n);
	return (0);
}

static char **
read_args(kvm_t *kd, struct kvmi_procs *ps, kvaddr_t args, int nchr)
{
	char *text, **argv = NULL;
	size_t len = 0, n;

	if (args_length(kd, ps, args, nchr, &len) == -1)
		return (NULL);
	if ((text = malloc(len + 1)) == NULL) {
		kvmi_nomem(kd, "arguments");
		return (NULL);
	}
	if (kvm_read_partial(kd, kvmi_wrap(kd, args + ps->f[F_AR_ARGS].off),
	    text, len, NULL) == -1)
		kvmi_context(kd, "arguments");
	else {
		n = count_strings(text, len);
		argv = new_vector(kd, ps, n, len);
		if (argv != NULL) {
			memcpy(argv + n + 1, text, len);
			point(argv, n, len);
		}
	}
	free(text);
	return (argv);
}

char **
kvm_getargv(kvm_t *kd, const struct kinfo_proc *p, int nchr)
{
	struct kvmi_procs *ps;
	char **argv = NULL;
	kvaddr_t args;
	uint64_t pid;

	if (kd == NULL || (ps = procs_of(kd)) == NULL)
		return (NULL);
	args = kvmi_field_get(kd, &ps->f[F_KI_ARGS], p);
	pid = kvmi_field_get(kd, &ps->f[F_KI_PID], p);
	if (args == 0)
		kvmi_error(kd, KVM_E_NOTSUP, 0, "process %d: the kernel keeps "
		    "no copy of its arguments", (int)pid);
	else if ((argv = read_args(kd, ps, args, nchr)) == NULL)
		kvmi_context(kd, "process %d", (int)pid);
	if (argv == NULL)
		kvmi_report(kd);
	return (argv);
}

char **
kvm_getenvv(kvm_t *kd, const struct kinfo_proc *p, int nchr)
{

	(void)p;
	(void)nchr;
	if (kd == NULL)
		return (NULL);
	kvmi_error(kd, KVM_E_NOTSUP, 0, "kvm_getenvv: the kernel keeps no "
	    "copy of a process's environment");
	kvmi_report(kd);
	return (NULL);
}
