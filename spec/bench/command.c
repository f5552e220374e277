/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How long a command takes from exec to exit, best of some runs, and its peak
 * memory.  argv: how often, then the command; its output goes to /dev/null.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

static void
run(char *argv[], struct rusage *ru)
{
	int null, status;
	pid_t pid;

	pid = vfork();
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, ru) < 0)
		err(1, "%s", argv[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		errx(1, "%s: status 0x%x", argv[0], (unsigned)status);
}

int
main(int argc, char *argv[])
{
	double best = 1e300, ns;
	struct rusage ru;
	long peak = 0;
	int i;

	if (argc < 3)
		errx(2, "usage: command times command ...");
	for (i = 0; i < atoi(argv[1]); i++) {
		ns = bench_now();
		run(argv + 2, &ru);
		ns = bench_now() - ns;
		if (ns < best)
			best = ns;
		if (ru.ru_maxrss > peak)
			peak = ru.ru_maxrss;
	}
	bench_print("command_ms", best / 1e6);
	bench_print("command_peak_kib", (double)peak);
	return (0);
}
