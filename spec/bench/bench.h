/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * bench.h: a clock, random numbers, and how results are printed: one line a
 * number, "name value", which run.lua puts together.
 */
#ifndef _BENCH_H_
#define	_BENCH_H_

#include <stdint.h>
#include <stdio.h>
#include <time.h>

static inline double
bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((double)ts.tv_sec * 1e9 + (double)ts.tv_nsec);
}

/* xorshift64*: the same numbers in every run. */
static inline uint64_t
bench_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return (x * 0x2545f4914f6cdd1dull);
}

static inline void
bench_print(const char *name, double value)
{

	printf("%s %.3f\n", name, value);
}

/*
 * Nanoseconds per round of body, the best of five tries of n rounds: the
 * least disturbed one is the one that says something about the code.
 */
#define	BENCH(best, n, body) do {					\
	best = 1e300;							\
	for (int try_ = 0; try_ < 5; try_++) {				\
		double start_ = bench_now();				\
		for (long round_ = 0; round_ < (long)(n); round_++) {	\
			body;						\
		}							\
		double took_ = (bench_now() - start_) / (double)(n);	\
		if (took_ < best)					\
			best = took_;					\
	}								\
} while (0)

#endif /* !_BENCH_H_ */
