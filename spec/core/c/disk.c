/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A dump on a disk of FreeBSD: a file that says of itself that it is a
 * character device and has no size, can't be mapped, and is asked for its size
 * by ioctl(2).  argv: the file; prints what the dump is contained in, and the
 * dump.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* No other system has it. */
#define	DIOCGMEDIASIZE	0x40086481UL

#include "../../../core/disk.c"

static ino_t disk;

int
fstat(int fd, struct stat *st)
{

	if (fstatat(fd, "", st, AT_EMPTY_PATH) == -1)
		return (-1);
	if (st->st_ino == disk) {
		st->st_mode = (st->st_mode & ~(mode_t)S_IFMT) | S_IFCHR;
		st->st_size = 0;
	}
	return (0);
}

int
ioctl(int fd, unsigned long request, ...)
{
	struct stat st;
	va_list ap;

	if (request != DIOCGMEDIASIZE || fstatat(fd, "", &st,
	    AT_EMPTY_PATH) == -1 || st.st_ino != disk) {
		errno = ENOTTY;
		return (-1);
	}
	va_start(ap, request);
	*va_arg(ap, off_t *) = st.st_size;
	va_end(ap);
	return (0);
}

int
main(int argc, char *argv[])
{
	static char bytes[1 << 16];
	struct kvm_open_args args = { .ka_options = KVM_OPEN_NOKERNEL };
	struct kvm_error error;
	struct kvm_dump dump;
	struct stat st;
	uint64_t offset;
	ssize_t n;
	kvm_t *kd;

	if (argc != 2 || stat(argv[1], &st) == -1)
		return (2);
	disk = st.st_ino;
	args.ka_corefile = argv[1];
	if ((kd = kvm_openx(&args, &error)) == NULL) {
		(void)fprintf(stderr, "%s\n", error.ke_message);
		return (1);
	}
	if (kvm_dump(kd, &dump) == -1)
		return (1);
	printf("%s %s\n", dump.kd_container, dump.kd_note_status);
	for (offset = 0; offset < dump.kd_size; offset += (uint64_t)n) {
		n = kvm_read_dump(kd, offset, bytes,
		    dump.kd_size - offset < sizeof(bytes) ?
		    (size_t)(dump.kd_size - offset) : sizeof(bytes));
		if (n <= 0)
			return (1);
		fwrite(bytes, 1, (size_t)n, stdout);
	}
	return (kvm_close(kd) == 0 ? 0 : 1);
}
