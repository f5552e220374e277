/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How long a command takes from exec to exit, best of some runs, its peak
 * memory, and what of that is its own: the rest are pages of mapped files.
 * argv: how often, then the command; its output goes to /dev/null.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

static pid_t
start(char *argv[])
{
	pid_t pid;
	int null;

	pid = vfork();
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		err(1, "%s", argv[0]);
	return (pid);
}

static void
run(char *argv[], struct rusage *ru)
{
	int status;

	if (wait4(start(argv), &status, 0, ru) < 0)
		err(1, "%s", argv[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		errx(1, "%s: status 0x%x", argv[0], (unsigned)status);
}

/* Anonymous memory of a process, KiB; 0 where nothing tells (proc(5)). */
static long
anonymous(pid_t pid)
{
	char line[256], path[64];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return (0);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "RssAnon: %ld", &kib) == 1)
			break;
	fclose(f);
	return (kib);
}

/* The most that was seen, looking again and again in a run of its own. */
static long
private_peak(char *argv[])
{
	const struct timespec pause = { 0, 200000 };
	long kib, peak = 0;
	pid_t pid = start(argv);

	while (waitpid(pid, NULL, WNOHANG) == 0) {
		kib = anonymous(pid);
		if (kib > peak)
			peak = kib;
		nanosleep(&pause, NULL);
	}
	return (peak);
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
	bench_print("command_private_kib", (double)private_peak(argv + 2));
	return (0);
}
