/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What kvm(3) knows of a kernel, as a C program sees it, on the kernel of
 * spec/support/tiny.lua; and what fails as FreeBSD's own tests of its library
 * expect it to.  argv: kernel, core, a folder to write to.
 */
#include <sys/param.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kvm.h"
#include "check.h"

static void
check_cpus(kvm_t *kd)
{
	unsigned char *pcpu;
	kvaddr_t addr;
	char byte;

	CHECK(kvm_getmaxcpu(kd) == 8);
	CHECK(kvm_getncpus(kd) == 2);
	CHECK(kvm_pcpu_address(kd, 1, &addr) == 0 && addr == 0);
	CHECK(kvm_getpcpu(kd, 1) == NULL);
	CHECK(kvm_getpcpu(kd, -1) == NULL);
	CHECK(kvm_pcpu_address(kd, 2, &addr) == 0 && addr != 0);
	pcpu = kvm_getpcpu(kd, 2);
	CHECK(pcpu != NULL && pcpu != (void *)(intptr_t)-1);
	CHECK(kvm_read2(kd, addr, &byte, 1) == 1 && byte == (char)pcpu[0]);
	free(pcpu);
	CHECK(kvm_read_zpcpu(kd, addr, &byte, 1, 1) == -1);
	CHECK(kvm_errclass(kd) == KVM_E_INVAL);
	CHECK(kvm_dpcpu_setcpu(kd, 1) == -1);
	CHECK(kvm_dpcpu_setcpu(kd, 2) == 0);
}

static void
check_load(kvm_t *kd)
{
	double load[4] = { -1, -1, -1, -1 };
	struct kvm_swap swap[3];
	long times[5];

	CHECK(kvm_getloadavg(kd, load, 1) == 1);
	CHECK(load[0] == 1 && load[1] == -1);
	CHECK(kvm_getloadavg(kd, load, 4) == 3 && load[3] == -1);
	CHECK(kvm_getloadavg(kd, load, 0) == 0);
	CHECK(kvm_getcptime(kd, times) == 0 && times[4] == 102);
	CHECK(kvm_getswapinfo(kd, swap, 0, 0) == -1);
	CHECK(kvm_getswapinfo(kd, swap, 1, 0) == 0);
	CHECK(swap[0].ksw_total == 1100 && swap[0].ksw_used == 75);
	CHECK(kvm_getswapinfo(kd, swap, 2, 0) == 1);
	CHECK(swap[0].ksw_total == 1000 && swap[1].ksw_total == 1100);
	CHECK(kvm_getswapinfo(kd, swap, 3, SWIF_DEV_PREFIX) == 2);
	CHECK(strcmp(swap[0].ksw_devname, "/dev/ada0p2") == 0);
	CHECK(swap[2].ksw_devname[0] == '\0' && swap[2].ksw_flags == 0);
}

static void
check_vnets(kvm_t *kd)
{
	kvaddr_t vnets[2] = { 0, 0 };

	CHECK(kvm_vnet_list(kd, NULL, 0) == 2);
	CHECK(kvm_vnet_list(kd, vnets, 1) == 2);
	CHECK(vnets[0] != 0 && vnets[1] == 0);
	CHECK(kvm_vnet_select(kd, vnets[0]) == 0);
	CHECK(kvm_vnet(kd) == vnets[0]);
	CHECK(kvm_vnet_select(kd, 0) == 0);
	CHECK(kvm_vnet(kd) != vnets[0]);
}

static void
check_procs(kvm_t *kd)
{
	struct kinfo_proc *kp;
	char **argv;
	int n = -1;

	kp = kvm_getprocs(kd, KERN_PROC_PROC, 0, &n);
	CHECK(kp != NULL && n == 4);
	CHECK(kvm_errclass(kd) == KVM_E_NONE);
	argv = kvm_getargv(kd, kp, 0);
	CHECK(argv != NULL && strcmp(argv[2], "echo") == 0);
	CHECK(argv != NULL && argv[3] == NULL);
	CHECK(kvm_getenvv(kd, kp, 0) == NULL);
	CHECK(kvm_errclass(kd) == KVM_E_NOTSUP);
	CHECK(kvm_getprocs(kd, KERN_PROC_PID, 4711, &n) != NULL && n == 0);
	CHECK(kvm_getprocs(kd, KERN_PROC_ALL, 0, NULL) != NULL);
	CHECK(kvm_getprocs(kd, 99, 0, &n) == NULL);
	CHECK(kvm_errclass(kd) == KVM_E_INVAL);
}

/* FreeBSD's forget what they know for a NULL descriptor; these know nothing. */
static void
check_null(void)
{
	kvaddr_t addr;

	CHECK(kvm_getmaxcpu(NULL) == 0);
	CHECK(kvm_getncpus(NULL) == 0);
	CHECK(kvm_getpcpu(NULL, 0) == NULL);
	CHECK(kvm_pcpu_address(NULL, 0, &addr) == -1);
	CHECK(kvm_dpcpu_setcpu(NULL, 0) == 0);
	CHECK(kvm_read_zpcpu(NULL, 0, NULL, 0, 0) == -1);
	CHECK(kvm_counter_u64_fetch(NULL, 0) == 0);
	CHECK(kvm_getloadavg(NULL, NULL, 0) == -1);
	CHECK(kvm_getcptime(NULL, NULL) == 0);
	CHECK(kvm_getswapinfo(NULL, NULL, 0, 0) == 0);
	CHECK(kvm_vnet(NULL) == 0);
	CHECK(kvm_vnet_select(NULL, 0) == -1);
	CHECK(kvm_vnet_list(NULL, NULL, 0) == -1);
	CHECK(kvm_getprocs(NULL, KERN_PROC_ALL, 0, NULL) == NULL);
	CHECK(kvm_getargv(NULL, NULL, 0) == NULL);
	CHECK(kvm_getenvv(NULL, NULL, 0) == NULL);
	errno = 0;
	CHECK(kvm_close(NULL) == -1 && errno == EINVAL);
	CHECK(kvm_geterr(NULL)[0] == '\0');
}

/* A file that is missing, or is something else, in either place. */
static void
check_negative(const char *folder)
{
	static const char *const names[][2] = {
		{ NULL, "/nonexistent" }, { "/nonexistent", "/dev/zero" },
		{ NULL, "TEXT" }, { "TEXT", "/bin/sh" }, { "TEXT", "TEXT" },
	};
	char errbuf[_POSIX2_LINE_MAX], text[1024];
	const char *pair[2];
	size_t i, j;
	FILE *f;

	(void)snprintf(text, sizeof(text), "%s/some-text", folder);
	f = fopen(text, "w");
	CHECK(f != NULL && fputs("this is a text file", f) >= 0 &&
	    fclose(f) == 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (j = 0; j < 2; j++)
			pair[j] = names[i][j] != NULL &&
			    strcmp(names[i][j], "TEXT") == 0 ? text :
			    names[i][j];
		CHECK(kvm_open(pair[0], pair[1], NULL, O_RDONLY, NULL) ==
		    NULL);
		CHECK(kvm_open2(pair[0], pair[1], O_RDONLY, NULL, NULL) ==
		    NULL);
		errbuf[0] = '\0';
		CHECK(kvm_open2(pair[0], pair[1], O_RDONLY, errbuf, NULL) ==
		    NULL);
		CHECK(errbuf[0] != '\0');
		errbuf[0] = '\0';
		CHECK(kvm_openfiles(pair[0], pair[1], NULL, O_RDONLY,
		    errbuf) == NULL);
		CHECK(errbuf[0] != '\0');
	}
}

int
main(int argc, char *argv[])
{
	char errbuf[_POSIX2_LINE_MAX];
	kvm_t *kd;

	if (argc != 4)
		return (2);
	check_null();
	check_negative(argv[3]);
	kd = kvm_open2(argv[1], argv[2], O_RDONLY, errbuf, kvm_elf_resolver);
	CHECK(kd != NULL);
	if (kd == NULL)
		return (1);
	check_cpus(kd);
	check_load(kd);
	check_vnets(kd);
	check_procs(kd);
	CHECK(kvm_close(kd) == 0);
	return (check_failures != 0);
}
