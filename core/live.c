/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * live.c: the running kernel, on FreeBSD: mem(4), kmem(4) and kldsym(2).
 * Elsewhere there is none, and each function says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __FreeBSD__
#include <sys/param.h>
#include <sys/linker.h>
#include <sys/sysctl.h>

#include <paths.h>
#endif

#include "private.h"

#ifdef __FreeBSD__

int
kvmi_live_kernel(kvm_t *kd, char *path, size_t size)
{

	/* What getbootfile(3) asks; sysctl(3), kern.bootfile. */
	if (sysctlbyname("kern.bootfile", path, &size, NULL, 0) == -1)
		return (kvmi_syserr(kd, "sysctl kern.bootfile"));
	return (0);
}

bool
kvmi_live_is(const char *corefile)
{

	return (corefile == NULL || strcmp(corefile, _PATH_MEM) == 0);
}

int
kvmi_live_open(kvm_t *kd, int flags)
{

	kd->live_fd = open(_PATH_KMEM, flags | O_CLOEXEC);
	if (kd->live_fd == -1)
		return (kvmi_syserr(kd, "cannot open %s", _PATH_KMEM));
	kd->kind = KVM_DUMP_LIVE;
	return (0);
}

void
kvmi_live_close(kvm_t *kd)
{

	if (kd->live_fd != -1)
		close(kd->live_fd);
}

/* kmem(4) is addressed by kernel virtual address. */
ssize_t
kvmi_live_read(kvm_t *kd, kvaddr_t va, void *buf, size_t nbytes)
{
	ssize_t n;

	n = pread(kd->live_fd, buf, nbytes, (off_t)va);
	if (n != -1)
		return (n);
	kvmi_error(kd, errno == EFAULT ? KVM_E_UNMAPPED : KVM_E_SYS, va,
	    "%s: %s", _PATH_KMEM, strerror(errno));
	return (-1);
}

ssize_t
kvmi_live_write(kvm_t *kd, kvaddr_t va, const void *buf, size_t nbytes)
{
	ssize_t n;

	n = pwrite(kd->live_fd, buf, nbytes, (off_t)va);
	if (n == -1)
		kvmi_syserr(kd, "kvm_write %#jx: %s", (uintmax_t)va,
		    _PATH_KMEM);
	return (n);
}

/* The kernel linker knows the symbols of modules too. */
int
kvmi_live_symbol(kvm_t *kd, const char *name, kvaddr_t *addr)
{
	struct kld_sym_lookup lookup = { .version = sizeof(lookup) };

	lookup.symname = (char *)(uintptr_t)name;
	if (kldsym(0, KLDSYM_LOOKUP, &lookup) == 0) {
		*addr = lookup.symvalue;
		return (0);
	}
	if (errno == ENOENT)
		return (kvmi_error(kd, KVM_E_NOSYM, 0, "no symbol %s", name));
	return (kvmi_syserr(kd, "kldsym %s", name));
}

#else /* !__FreeBSD__ */

static int
no_live(kvm_t *kd, const char *what)
{

	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "%s of the running kernel: this host does not run FreeBSD; name "
	    "a file", what));
}

int
kvmi_live_kernel(kvm_t *kd, char *path, size_t size)
{

	(void)path;
	(void)size;
	return (no_live(kd, "the file"));
}

/* Another system's /dev/mem is no FreeBSD kernel's: it is looked at as any
   file is. */
bool
kvmi_live_is(const char *corefile)
{

	return (corefile == NULL);
}

int
kvmi_live_open(kvm_t *kd, int flags)
{

	(void)flags;
	return (no_live(kd, "the memory (/dev/mem)"));
}

void
kvmi_live_close(kvm_t *kd)
{

	(void)kd;
}

ssize_t
kvmi_live_read(kvm_t *kd, kvaddr_t va, void *buf, size_t nbytes)
{

	(void)va;
	(void)buf;
	(void)nbytes;
	return (no_live(kd, "the memory"));
}

ssize_t
kvmi_live_write(kvm_t *kd, kvaddr_t va, const void *buf, size_t nbytes)
{

	(void)va;
	(void)buf;
	(void)nbytes;
	return (no_live(kd, "the memory"));
}

int
kvmi_live_symbol(kvm_t *kd, const char *name, kvaddr_t *addr)
{

	(void)name;
	(void)addr;
	return (no_live(kd, "the symbols"));
}

#endif /* __FreeBSD__ */
