/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where symbols come from.  argv: kernel, core, value of the int `hz'.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "kvm.h"

#include "check.h"

#define	MADE_UP	0x123456789abcull

static int
one_name(const char *name, kvaddr_t *addr)
{

	if (strcmp(name, "made_up") != 0)
		return (1);
	*addr = MADE_UP;
	return (0);
}

struct story {
	kvm_t	*kd;
	int	 calls;
	int	 answer;
};

static int
tell(kvm_t *kd, const char *name, kvaddr_t *addr, void *arg)
{
	struct story *s = arg;
	struct kvm_symbol sym;

	s->calls++;
	s->kd = kd;
	if (s->answer != 0)
		return (s->answer);
	if (kvm_symbol(kd, name, &sym) != 0)
		return (1);
	*addr = sym.ks_value;
	return (0);
}

static void
check_plain(const char *kernel, const char *core)
{
	struct kvm_nlist nl[] = { { .n_name = "made_up" },
	    { .n_name = "hz", .n_type = 7, .n_value = 7 }, { 0 } };
	kvm_t *kd;

	kd = kvm_open2(kernel, core, O_RDONLY, NULL, one_name);
	CHECK(kd != NULL);
	if (kd == NULL)
		return;
	CHECK(kvm_nlist2(kd, nl) == 1);
	CHECK(nl[0].n_value == MADE_UP);
	CHECK(nl[0].n_type == (N_DATA | N_EXT));
	CHECK(nl[1].n_type == N_UNDF && nl[1].n_value == 0);
	CHECK(kvm_close(kd) == 0);
}

static void
check_elf(const char *kernel, const char *core, int hz)
{
	struct kvm_nlist nl[] = { { .n_name = "hz" }, { 0 } };
	kvaddr_t addr;
	uint64_t value;
	kvm_t *kd;

	CHECK(kvm_elf_resolver("hz", &addr) == 1);
	kd = kvm_open2(kernel, core, O_RDONLY, NULL, kvm_elf_resolver);
	CHECK(kd != NULL);
	if (kd == NULL)
		return;
	CHECK(kvm_nlist2(kd, nl) == 0);
	CHECK(kvm_read_uint(kd, nl[0].n_value, 4, &value) == 0);
	CHECK(value == (uint64_t)hz);
	CHECK(kvm_close(kd) == 0);
}

static void
check_cookie(const char *kernel, const char *core)
{
	struct kvm_nlist nl[] = { { .n_name = "hz" },
	    { .n_name = "no_such_symbol" }, { 0 } };
	struct story s = { 0 };
	struct kvm_open_args args = { .ka_execfile = kernel,
	    .ka_corefile = core, .ka_resolver = tell, .ka_arg = &s };
	struct kvm_error err;
	kvm_t *kd;
	int before;

	kd = kvm_openx(&args, &err);
	CHECK(kd != NULL);
	if (kd == NULL)
		return;
	before = s.calls;
	CHECK(kvm_nlist2(kd, nl) == 1);
	/* The missing one also as a variable of a vnet, and of a CPU. */
	CHECK(s.calls == before + 4);
	CHECK(s.kd == kd);
	s.answer = -1;
	CHECK(kvm_nlist2(kd, nl) == -1);
	CHECK(kvm_errclass(kd) == KVM_E_RESOLVER);
	CHECK(kvm_close(kd) == 0);
}

int
main(int argc, char *argv[])
{

	if (argc != 4)
		return (2);
	check_plain(argv[1], argv[2]);
	check_elf(argv[1], argv[2], atoi(argv[3]));
	check_cookie(argv[1], argv[2]);
	return (check_failures != 0);
}
