/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The arguments that kvm(3) accepts and refuses.  argv: kernel, core.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kvm.h"

#include "check.h"

static const char *kernel, *core;

static void
check_missing_files(void)
{
	char errbuf[_POSIX2_LINE_MAX];

	errbuf[0] = '\0';
	CHECK(kvm_open2(NULL, "/nonexistent", O_RDONLY, NULL, NULL) == NULL);
	CHECK(kvm_open2("/nonexistent", core, O_RDONLY, errbuf, NULL) == NULL);
	CHECK(strstr(errbuf, "/nonexistent") != NULL);
	CHECK(kvm_open(NULL, "/nonexistent", NULL, O_RDONLY, NULL) == NULL);
	CHECK(kvm_openfiles(NULL, NULL, NULL, O_RDONLY, NULL) == NULL);
	errbuf[0] = '\0';
	CHECK(kvm_openfiles(kernel, "/nonexistent", NULL, O_RDONLY, errbuf) ==
	    NULL);
	CHECK(strstr(errbuf, "/nonexistent") != NULL);
}

static void
check_flags(void)
{
	static const int bad[] = { O_RDONLY | O_CREAT, O_RDWR | O_EXCL, 3,
	    O_RDONLY | O_TRUNC, -1, O_RDWR | O_NONBLOCK, 1 << 30 };
	char errbuf[_POSIX2_LINE_MAX];
	size_t i;
	kvm_t *kd;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		errbuf[0] = '\0';
		CHECK(kvm_open2(kernel, core, bad[i], errbuf, NULL) == NULL);
		CHECK(errbuf[0] != '\0');
		CHECK(kvm_openfiles(kernel, core, NULL, bad[i], NULL) == NULL);
		CHECK(kvm_open(kernel, core, NULL, bad[i], NULL) == NULL);
	}
	for (i = 0; i < 3; i++) {
		kd = kvm_open2(kernel, core, (int[]){ O_RDONLY, O_WRONLY,
		    O_RDWR }[i], NULL, NULL);
		CHECK(kd != NULL);
		CHECK(kvm_close(kd) == 0);
	}
}

static void
check_null(void)
{

	errno = 0;
	CHECK(kvm_close(NULL) == -1);
	CHECK(errno == EINVAL);
	CHECK(strcmp(kvm_geterr(NULL), "") == 0);
	CHECK(strcmp(kvm_errclass_name(KVM_E_TRUNCATED),
	    "fault-truncated") == 0);
	CHECK(strcmp(kvm_errclass_name((enum kvm_errclass)99),
	    "unknown") == 0);
}

static void
check_devnull(void)
{
	struct kvm_nlist nl[] = { { .n_name = "hz" }, { .n_name = NULL } };
	kvm_t *kd;
	char c;

	kd = kvm_openfiles(kernel, "/dev/null", NULL, O_RDONLY, NULL);
	CHECK(kd != NULL);
	if (kd == NULL)
		return;
	CHECK(kvm_nlist2(kd, nl) == 0);
	CHECK(kvm_read2(kd, nl[0].n_value, &c, 1) == -1);
	CHECK(kvm_geterr(kd)[0] != '\0');
	CHECK(kvm_close(kd) == 0);
}

static void
check_read_edges(void)
{
	struct kvm_nlist nl[] = { { .n_name = "hz" }, { .n_name = NULL } };
	kvaddr_t last = ~(kvaddr_t)0;
	uint64_t value;
	char buf[8];
	kvm_t *kd;

	kd = kvm_openfiles(kernel, core, "/swapfile/is/ignored", O_RDWR, NULL);
	CHECK(kd != NULL);
	if (kd == NULL)
		return;
	CHECK(strcmp(kvm_geterr(kd), "") == 0);
	CHECK(kvm_errclass(kd) == KVM_E_NONE);
	CHECK(kvm_nlist2(kd, nl) == 0);
	CHECK(kvm_read2(kd, nl[0].n_value, buf, 0) == 0);
	CHECK(kvm_read2(kd, last, buf, 2) == -1);
	CHECK(kvm_read2(kd, last - 3, buf, 8) == -1);
	CHECK(kvm_read2(kd, nl[0].n_value, buf, SIZE_MAX) == -1);
	CHECK(kvm_read_uint(kd, nl[0].n_value, 3, &value) == -1);
	CHECK(kvm_errclass(kd) == KVM_E_INVAL);
	CHECK(kvm_read2(kd, 0x1000, buf, 1) == -1);
	CHECK(kvm_errclass(kd) == KVM_E_UNMAPPED);
	CHECK(kvm_erraddr(kd) == 0x1000);
	CHECK(kvm_write(kd, nl[0].n_value, buf, 1) == -1);
	CHECK(kvm_errclass(kd) == KVM_E_NOTSUP);
	CHECK(kvm_close(kd) == 0);
}

int
main(int argc, char *argv[])
{

	if (argc != 3)
		return (2);
	kernel = argv[1];
	core = argv[2];
	check_missing_files();
	check_flags();
	check_null();
	check_devnull();
	check_read_edges();
	return (check_failures != 0);
}
