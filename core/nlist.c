/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * nlist.c: names to addresses, as kvm_nlist(3) has it.
 */
#include <errno.h>
#include <stdio.h>

#include "module.h"
#include "pcpu.h"

/* Longer than any name of a variable in the kernel. */
#define	PREFIXED_MAX	256

/* The resolver that kvm_open2() recognises and never calls. */
int
kvm_elf_resolver(const char *name, kvaddr_t *addr)
{

	(void)name;
	(void)addr;
	return (1);
}

static int
no_symbol(kvm_t *kd, const char *name)
{

	return (kvmi_error(kd, KVM_E_NOSYM, 0, "no symbol %s", name));
}

/* The symbol table's answer, where the kernel ran. */
static int
ask_image(kvm_t *kd, const char *name, struct kvm_nlist *nl)
{
	struct kvm_symbol sym;

	if (kd->image == NULL)
		return (kvmi_error(kd, KVM_E_NOSYM, 0,
		    "no symbol %s: there is no kernel file", name));
	if (kvm_symbol(kd, name, &sym) == -1)
		return (-1);
	nl->n_value = sym.ks_value;
	nl->n_type = sym.ks_ntype;
	return (0);
}

static int
ask_running(kvm_t *kd, const char *name, struct kvm_nlist *nl)
{

	if (kvmi_live_symbol(kd, name, &nl->n_value) == -1)
		return (-1);
	nl->n_type = N_DATA | N_EXT;
	return (0);
}

static int
ask_resolver(kvm_t *kd, const char *name, struct kvm_nlist *nl)
{
	kvaddr_t addr = 0;
	int error;

	if (kd->resolver != NULL)
		error = kd->resolver(kd, name, &addr, kd->resolver_arg);
	else
		error = kd->resolver2(name, &addr) == 0 ? 0 : 1;
	if (error < 0)
		return (kvmi_error(kd, KVM_E_RESOLVER, 0,
		    "symbol %s: the resolver failed", name));
	if (error > 0)
		return (no_symbol(kd, name));
	nl->n_value = addr;
	nl->n_type = N_DATA | N_EXT;
	return (0);
}

static int
ask(kvm_t *kd, const char *name, struct kvm_nlist *nl)
{

	if (kd->resolver != NULL || kd->resolver2 != NULL)
		return (ask_resolver(kd, name, nl));
	if (kd->kind == KVM_DUMP_LIVE)
		return (ask_running(kd, name, nl));
	return (ask_image(kd, name, nl));
}

/* One that knows symbols: 0, or -1. */
typedef int	oracle_t(kvm_t *, const char *name, struct kvm_nlist *);

/* As it is, else without one leading underscore (a.out's C names). */
static int
resolve_plain(kvm_t *kd, oracle_t *oracle, const char *name,
    struct kvm_nlist *nl)
{

	if (oracle(kd, name, nl) == 0)
		return (0);
	if (kd->error.ke_class != KVM_E_NOSYM || name[0] != '_' ||
	    name[1] == '\0')
		return (-1);
	return (oracle(kd, name + 1, nl));
}

/*
 * A variable of which there are many, by its symbol in a linker set; place
 * turns the address there into that of one of them.
 */
static int
resolve_in_set(kvm_t *kd, oracle_t *oracle, const char *prefix,
    const char *name, int (*place)(kvm_t *, kvaddr_t *), struct kvm_nlist *nl)
{
	char symbol[PREFIXED_MAX];

	name += name[0] == '_';
	if (snprintf(symbol, sizeof(symbol), "%s%s", prefix, name) >=
	    (int)sizeof(symbol))
		return (no_symbol(kd, name));
	if (oracle(kd, symbol, nl) == -1)
		return (-1);
	if (place(kd, &nl->n_value) == -1)
		return (kvmi_context(kd, "symbol %s", symbol));
	return (0);
}

/* A failure other than that there is no such symbol is final. */
static int
resolve_by(kvm_t *kd, oracle_t *oracle, const char *name, struct kvm_nlist *nl)
{

	if (resolve_plain(kd, oracle, name, nl) == 0)
		return (0);
	if (kd->error.ke_class == KVM_E_NOSYM && resolve_in_set(kd, oracle,
	    "vnet_entry_", name, kvmi_vnet_address, nl) == 0)
		return (0);
	if (kd->error.ke_class == KVM_E_NOSYM && resolve_in_set(kd, oracle,
	    "pcpu_entry_", name, kvmi_dpcpu_address, nl) == 0)
		return (0);
	return (-1);
}

/* The kernel's own come first. */
static int
resolve(kvm_t *kd, const char *name, struct kvm_nlist *nl)
{

	if (resolve_by(kd, ask, name, nl) == 0)
		return (0);
	if (kd->error.ke_class == KVM_E_NOSYM && kd->modules != NULL &&
	    resolve_by(kd, kvmi_module_lookup, name, nl) == 0)
		return (0);
	nl->n_type = N_UNDF;
	nl->n_value = 0;
	return (kd->error.ke_class == KVM_E_NOSYM ? no_symbol(kd, name) : -1);
}

int
kvmi_lookup(kvm_t *kd, const char *name, kvaddr_t *addr)
{
	struct kvm_nlist nl;

	if (ask(kd, name, &nl) == -1)
		return (-1);
	*addr = nl.n_value;
	return (0);
}

int
kvm_nlist2(kvm_t *kd, struct kvm_nlist *list)
{
	int missing = 0;

	if (kd == NULL) {
		errno = EINVAL;
		return (-1);
	}
	for (; list->n_name != NULL && list->n_name[0] != '\0'; list++) {
		list->n_type = N_UNDF;
		list->n_value = 0;
		if (resolve(kd, list->n_name, list) == 0)
			continue;
		if (kd->error.ke_class != KVM_E_NOSYM)
			return (kvmi_report(kd));
		missing++;
	}
	return (missing);
}

int
kvm_nlist(kvm_t *kd, struct nlist *list)
{
	struct kvm_nlist nl[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	int missing = 0, one;

	if (kd == NULL) {
		errno = EINVAL;
		return (-1);
	}
	if (!kvm_native(kd)) {
		kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "kvm_nlist: the dump is not of this host's architecture; "
		    "use kvm_nlist2");
		return (kvmi_report(kd));
	}
	for (; list->n_name != NULL && list->n_name[0] != '\0'; list++) {
		nl[0].n_name = list->n_name;
		one = kvm_nlist2(kd, nl);
		if (one == -1)
			return (-1);
		list->n_type = nl[0].n_type;
		list->n_value = (unsigned long)nl[0].n_value;
		missing += one;
	}
	return (missing);
}
