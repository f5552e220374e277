/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz.h: what the fuzzers share.  The library opens files: an input becomes
 * one, without touching a disk.
 */
#ifndef _FUZZ_H_
#define	_FUZZ_H_

#include <sys/mman.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvm.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct fuzz_file {
	int	fd;
	char	path[32];
};

static inline void
fuzz_file(struct fuzz_file *f, const void *data, size_t size)
{

	f->fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (f->fd == -1 || write(f->fd, data, size) != (ssize_t)size)
		abort();
	snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
}

/* Read where reading may go wrong, and take what comes. */
static inline void
fuzz_read(kvm_t *kd, kvaddr_t va)
{
	struct kvm_page page;
	char buf[5000], text[100];
	uint64_t value;

	(void)kvm_read2(kd, va, buf, sizeof(buf));
	(void)kvm_read_partial(kd, va - 100, buf, 200, NULL);
	(void)kvm_read_string(kd, va, text, sizeof(text));
	(void)kvm_read_uint(kd, va + 5, 8, &value);
	(void)kvm_read_phys(kd, va, buf, sizeof(buf));
	(void)kvm_translate(kd, va, &page);
}

#endif /* !_FUZZ_H_ */
