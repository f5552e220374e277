/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How fast symbols are found by name and by address, next to a linear search
 * over the same table.  argv: kernel.
 */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "kvm.h"

#include "bench.h"

#define	NQUERIES	4096

static kvm_t *kd;
static struct kvm_symbol *all;
static size_t nall;
static struct kvm_symbol queries[NQUERIES];

static void
load(void)
{
	uint64_t seed = 88172645463325252ull;
	struct kvm_symbol sym;
	size_t i;

	all = calloc(kvm_symbol_count(kd), sizeof(*all));
	if (all == NULL)
		err(1, NULL);
	for (i = 0; i < kvm_symbol_count(kd); i++)
		if (kvm_symbol_entry(kd, i, &sym) == 0 &&
		    sym.ks_name[0] != '\0' && sym.ks_value != 0)
			all[nall++] = sym;
	if (nall == 0)
		errx(1, "no symbols");
	for (i = 0; i < NQUERIES; i++)
		queries[i] = all[bench_random(&seed) % nall];
}

static size_t
linear(const char *name)
{
	size_t i;

	for (i = 0; i < nall; i++)
		if (strcmp(all[i].ks_name, name) == 0)
			break;
	return (i);
}

int
main(int argc, char *argv[])
{
	char errbuf[_POSIX2_LINE_MAX];
	struct kvm_symbol sym;
	size_t i = 0, sum = 0;
	double ns;

	if (argc != 2)
		errx(2, "usage: symbols kernel");
	kd = kvm_open2(argv[1], "/dev/null", O_RDONLY, errbuf,
	    kvm_elf_resolver);
	if (kd == NULL)
		errx(1, "%s", errbuf);
	ns = bench_now();
	(void)kvm_symbol(kd, "no such symbol", &sym);
	bench_print("first_symbol_ms", (bench_now() - ns) / 1e6);
	load();
	bench_print("nsymbols", (double)nall);
	BENCH(ns, NQUERIES * 16, (void)kvm_symbol(kd,
	    queries[i++ % NQUERIES].ks_name, &sym); sum += sym.ks_index);
	bench_print("symbol_ns", ns);
	BENCH(ns, NQUERIES * 16, (void)kvm_symbol_at(kd,
	    queries[i++ % NQUERIES].ks_value, &sym); sum += sym.ks_index);
	bench_print("symbol_at_ns", ns);
	BENCH(ns, 256, sum += linear(queries[i++ % NQUERIES].ks_name));
	bench_print("symbol_linear_ns", ns);
	if (sum == 1)
		puts("");
	free(all);
	kvm_close(kd);
	return (0);
}
