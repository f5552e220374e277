/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Re-entrancy: a descriptor per thread, on two different dumps, and two
 * descriptors turn by turn in one thread.
 * argv: kernel, core, hz; kernel, core, hz.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>

#include "kvm.h"

#include "check.h"

#define	NTHREADS	6
#ifndef ROUNDS
#define	ROUNDS		2000
#endif

struct job {
	pthread_t	 thread;
	char		**dump;		/* kernel, core, hz */
	int		 failures;
};

static kvm_t *
open_dump(char **dump)
{

	return (kvm_open2(dump[0], dump[1], O_RDONLY, NULL,
	    kvm_elf_resolver));
}

/* Whether kd's hz is what dump says, a failed read in between included. */
static int
right(kvm_t *kd, char **dump)
{
	struct kvm_nlist nl[] = { { .n_name = "hz" }, { 0 } };
	kvm_type_t *t;
	uint64_t value;

	if (kvm_nlist2(kd, nl) != 0 ||
	    kvm_read_uint(kd, 0x2000, 4, &value) != -1 ||
	    kvm_erraddr(kd) != 0x2000 ||
	    kvm_read_uint(kd, nl[0].n_value, 4, &value) != 0)
		return (0);
	t = kvm_type(kd, KVM_K_STRUCT, "proc");
	return (t != NULL && kvm_type_kd(t) == kd &&
	    value == strtoull(dump[2], NULL, 10));
}

static void *
work(void *arg)
{
	struct job *job = arg;
	kvm_t *kd;
	int i;

	kd = open_dump(job->dump);
	if (kd == NULL) {
		job->failures++;
		return (NULL);
	}
	for (i = 0; i < ROUNDS; i++)
		if (!right(kd, job->dump))
			job->failures++;
	if (kvm_close(kd) != 0)
		job->failures++;
	return (NULL);
}

static void
check_threads(char *argv[])
{
	struct job jobs[NTHREADS] = { 0 };
	int i;

	for (i = 0; i < NTHREADS; i++) {
		jobs[i].dump = argv + (i % 2) * 3;
		CHECK(pthread_create(&jobs[i].thread, NULL, work,
		    &jobs[i]) == 0);
	}
	for (i = 0; i < NTHREADS; i++) {
		CHECK(pthread_join(jobs[i].thread, NULL) == 0);
		CHECK(jobs[i].failures == 0);
	}
}

static void
check_two_at_once(char *argv[])
{
	kvm_t *a, *b;
	int i;

	a = open_dump(argv);
	b = open_dump(argv + 3);
	CHECK(a != NULL && b != NULL);
	for (i = 0; i < 10; i++)
		CHECK(right(a, argv) && right(b, argv + 3));
	CHECK(kvm_close(a) == 0);
	CHECK(right(b, argv + 3));
	CHECK(kvm_close(b) == 0);
}

int
main(int argc, char *argv[])
{

	if (argc != 7)
		return (2);
	check_two_at_once(argv + 1);
	check_threads(argv + 1);
	return (check_failures != 0);
}
