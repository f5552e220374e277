/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * progress.c: the bar that openx{progress = true} asks for.  It is drawn from
 * inside reads, where no Lua may run.
 */
#include <time.h>
#include <unistd.h>

#include "bind/bind.h"

#define	AFTER	1000		/* milliseconds: what is quicker needs none */
#define	WIDTH	30		/* of the bar, in columns */
#define	ERASE	"\r\033[K"	/* ECMA-48: EL */

static uint64_t
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

void
bind_progress_erase(struct bind_progress *p)
{

	if (p->shown)
		fputs(ERASE, stderr);
	p->shown = false;
}

static void
draw(uint64_t done, uint64_t expected)
{
	char bar[WIDTH + 1];
	unsigned int i, full, percent;

	if (expected == 0) {
		fprintf(stderr, "\rinflating: %ju MB", (uintmax_t)done >> 20);
		return;
	}
	if (done > expected)
		done = expected;
	percent = (unsigned int)((double)done * 100 / (double)expected);
	full = percent * WIDTH / 100;
	for (i = 0; i < WIDTH; i++)
		bar[i] = i < full ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\rinflating [%s] %u%%", bar, percent);
}

void
bind_progress(uint64_t done, uint64_t expected, void *arg)
{
	struct bind_progress *p = arg;

	if (p->since == 0)
		p->since = milliseconds();
	if (done == expected)
		bind_progress_erase(p);
	else if (milliseconds() - p->since >= AFTER && isatty(STDERR_FILENO)) {
		draw(done, expected);
		p->shown = true;
	}
	fflush(stderr);
}
