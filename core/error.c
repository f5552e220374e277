/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * error.c: the last error of a descriptor, and the two ways in which
 * kvm_open(3) lets a program learn of it.
 */
#include <errno.h>
#include <stdio.h>

#include "private.h"

static const char *const class_names[] = {
	[KVM_E_NONE] = "none",
	[KVM_E_SYS] = "sys",
	[KVM_E_FORMAT] = "format",
	[KVM_E_UNMAPPED] = "fault-unmapped",
	[KVM_E_NOTDUMPED] = "fault-not-dumped",
	[KVM_E_TRUNCATED] = "fault-truncated",
	[KVM_E_NOSYM] = "nosym",
	[KVM_E_NOTYPE] = "notype",
	[KVM_E_NOTSUP] = "notsup",
	[KVM_E_NOMEM] = "nomem",
	[KVM_E_INVAL] = "inval",
	[KVM_E_RESOLVER] = "resolver",
};

static void
set_error(kvm_t *kd, enum kvm_errclass class, kvaddr_t addr, const char *fmt,
    va_list ap)
{

	kd->error.ke_class = class;
	kd->error.ke_addr = addr;
	vsnprintf(kd->error.ke_message, sizeof(kd->error.ke_message), fmt, ap);
}

int
kvmi_error(kvm_t *kd, enum kvm_errclass class, kvaddr_t addr,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_error(kd, class, addr, fmt, ap);
	va_end(ap);
	return (-1);
}

int
kvmi_context(kvm_t *kd, const char *fmt, ...)
{
	char cause[sizeof(kd->error.ke_message)];
	char *message = kd->error.ke_message;
	va_list ap;
	size_t len;

	memcpy(cause, message, sizeof(cause));
	va_start(ap, fmt);
	vsnprintf(message, sizeof(cause), fmt, ap);
	va_end(ap);
	len = strlen(message);
	snprintf(message + len, sizeof(cause) - len, ": %s", cause);
	return (-1);
}

int
kvmi_syserr(kvm_t *kd, const char *fmt, ...)
{
	int error = errno;
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	set_error(kd, KVM_E_SYS, 0, fmt, ap);
	va_end(ap);
	len = strlen(kd->error.ke_message);
	snprintf(kd->error.ke_message + len,
	    sizeof(kd->error.ke_message) - len, ": %s", strerror(error));
	return (-1);
}

int
kvmi_nomem(kvm_t *kd, const char *what)
{

	return (kvmi_error(kd, KVM_E_NOMEM, 0, "%s: out of memory", what));
}

int
kvmi_report(kvm_t *kd)
{

	if (kd->errstr != NULL)
		fprintf(stderr, "%s: %s\n", kd->errstr, kd->error.ke_message);
	return (-1);
}

char *
kvm_geterr(kvm_t *kd)
{

	return (kd == NULL ? (char *)(uintptr_t)"" : kd->error.ke_message);
}

enum kvm_errclass
kvm_errclass(kvm_t *kd)
{

	return (kd == NULL ? KVM_E_INVAL : kd->error.ke_class);
}

kvaddr_t
kvm_erraddr(kvm_t *kd)
{

	return (kd == NULL ? 0 : kd->error.ke_addr);
}

const char *
kvm_errclass_name(enum kvm_errclass class)
{
	size_t i = (size_t)class;

	return (i < nitems_of(class_names) ? class_names[i] : "unknown");
}
