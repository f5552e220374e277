/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What opening costs: milliseconds, and the memory that it adds to the
 * process.  argv: kernel, core.
 */
#include <sys/resource.h>

#include <err.h>
#include <fcntl.h>
#include <string.h>

#include "kvm.h"

#include "bench.h"

/* Peak memory of this process, KiB. */
static double
peak(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ((double)ru.ru_maxrss);
}

static kvm_t *
open_it(const char *kernel, const char *core)
{
	char errbuf[_POSIX2_LINE_MAX];
	kvm_t *kd;

	kd = kvm_open2(kernel, core, O_RDONLY, errbuf, kvm_elf_resolver);
	if (kd == NULL)
		errx(1, "%s", errbuf);
	return (kd);
}

int
main(int argc, char *argv[])
{
	double before, ns;

	if (argc != 3)
		errx(2, "usage: opening kernel core");
	kvm_close(open_it(argv[1], "/dev/null"));
	before = peak();
	ns = bench_now();
	kvm_close(open_it(argv[1], argv[2]));
	bench_print("open_first_ms", (bench_now() - ns) / 1e6);
	bench_print("open_peak_kib", peak() - before);
	BENCH(ns, 4, kvm_close(open_it(argv[1], argv[2])));
	bench_print("open_ms", ns / 1e6);
	return (0);
}
