/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How fast memory is searched by one thread, next to adding up the words of
 * the same file.  argv: kernel, core.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <string.h>

#include "kvm.h"

#include "bench.h"

#define	ROUNDS	3

static int
count_page(struct kvm_page *page, void *arg)
{
	uint64_t *bytes = arg;

	if (page->kp_offset >= 0)
		*bytes += page->kp_len;
	return (1);
}

static int
count_hit(const struct kvm_hit *hit, void *arg)
{

	(void)hit;
	++*(uint64_t *)arg;
	return (1);
}

/* The best of several rounds, in bytes a nanosecond. */
static double
speed(kvm_t *kd, struct kvm_search_args *args, uint64_t bytes)
{
	double best = 0, t;
	uint64_t hits;
	int i;

	args->ks_threads = 1;
	for (i = 0; i < ROUNDS; i++) {
		hits = 0;
		t = bench_now();
		if (kvm_search(kd, args, count_hit, &hits) != 1)
			errx(1, "%s", kvm_geterr(kd));
		t = (double)bytes / (bench_now() - t);
		best = t > best ? t : best;
	}
	return (best);
}

static double
load_speed(const char *path)
{
	const volatile uint64_t *p;
	double best = 0, t;
	struct stat st;
	size_t i, n;
	int fd, round;

	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0)
		err(1, "%s", path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	n = (size_t)st.st_size / sizeof(*p);
	for (round = 0; round < ROUNDS; round++) {
		t = bench_now();
		for (i = 0; i < n; i++)
			(void)p[i];
		t = (double)n * sizeof(*p) / (bench_now() - t);
		best = t > best ? t : best;
	}
	return (best);
}

int
main(int argc, char **argv)
{
	struct kvm_open_args args = { 0 };
	struct kvm_search_args word = { .ks_kind = KVM_SEARCH_WORD,
	    .ks_value = 0xfffff8001b9c5d40 };
	struct kvm_search_args range = { .ks_kind = KVM_SEARCH_WORD,
	    .ks_value = 0xfffff8001b9c5d40, .ks_span = 511 };
	struct kvm_search_args bytes = { .ks_kind = KVM_SEARCH_BYTES,
	    .ks_bytes = "no such Text", .ks_len = 12 };
	struct kvm_error error;
	uint64_t n = 0;
	kvm_t *kd;

	if (argc != 3)
		errx(1, "usage: search kernel core");
	args.ka_execfile = argv[1];
	args.ka_corefile = argv[2];
	kd = kvm_openx(&args, &error);
	if (kd == NULL)
		errx(1, "%s", error.ke_message);
	kvm_walk_pages(kd, count_page, &n);
	bench_print("searched_gb", (double)n / 1e9);
	bench_print("word_gbs", speed(kd, &word, n));
	bench_print("range_gbs", speed(kd, &range, n));
	bench_print("bytes_gbs", speed(kd, &bytes, n));
	bench_print("load_gbs", load_speed(argv[2]));
	kvm_close(kd);
	return (0);
}
