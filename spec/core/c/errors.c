/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How each open function reports an error.  argv: the way, kernel, core.
 * What is printed to stderr is the library's; stdout says what came back.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "kvm.h"

static int
report(kvm_t *kd, const char *errbuf)
{
	char byte;

	if (kd == NULL) {
		printf("NULL [%s]\n", errbuf);
		return (0);
	}
	printf("[%s]", kvm_geterr(kd));
	printf(" %d", (int)kvm_read2(kd, 8, &byte, 1));
	printf(" %s [%s]\n", kvm_errclass_name(kvm_errclass(kd)),
	    kvm_geterr(kd));
	return (kvm_close(kd));
}

static kvm_t *
open_by(const char *way, const char *kernel, const char *core, char *errbuf)
{
	struct kvm_open_args args = { .ka_execfile = kernel,
	    .ka_corefile = core, .ka_errstr = "extended" };

	if (strcmp(way, "sun") == 0)
		return (kvm_open(kernel, core, NULL, O_RDONLY, "prefix"));
	if (strcmp(way, "silent") == 0)
		return (kvm_open(kernel, core, NULL, O_RDONLY, NULL));
	if (strcmp(way, "files") == 0)
		return (kvm_openfiles(kernel, core, NULL, O_RDONLY, errbuf));
	if (strcmp(way, "nobuf") == 0)
		return (kvm_openfiles(kernel, core, NULL, O_RDONLY, NULL));
	if (strcmp(way, "x") == 0)
		return (kvm_openx(&args, NULL));
	return (kvm_open2(kernel, core, O_RDONLY, errbuf, NULL));
}

int
main(int argc, char *argv[])
{
	char errbuf[_POSIX2_LINE_MAX] = "";

	if (argc != 4)
		return (2);
	return (report(open_by(argv[1], argv[2], argv[3], errbuf), errbuf));
}
