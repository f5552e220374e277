/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz the kernel file, and the same as the file of a module: ELF headers,
 * sections, symbols by name and by address.
 */
#include "fuzz.h"

static void
symbols(kvm_t *kd)
{
	struct kvm_symbol sym, other;
	size_t i, n = kvm_symbol_count(kd), cursor = 0;

	for (i = 0; i < n && i < 300; i++) {
		if (kvm_symbol_entry(kd, i, &sym) == -1)
			continue;
		(void)kvm_symbol(kd, sym.ks_name, &other);
		(void)kvm_symbol_at(kd, sym.ks_value + 1, &other);
		(void)kvm_type_of_symbol(kd, &sym);
	}
	(void)kvm_symbol(kd, "allproc", &sym);
	(void)kvm_symbol_at(kd, 0xffffffff80200010, &sym);
	for (i = 0; i < 300 && kvm_symbol_next(kd, "hz", &cursor, &sym) == 0;
	    i++)
		continue;
}

static void
sections(kvm_t *kd)
{
	static const char *const names[] = { ".text", ".data", ".bss",
	    ".SUNW_ctf", ".symtab", "nothing" };
	const void *data;
	kvaddr_t addr;
	size_t size;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)kvm_section(kd, names[i], &addr, &data, &size);
}

static void
module_symbols(kvm_module_t *m)
{
	struct kvm_symbol sym, other;
	size_t i, n = kvm_module_symbol_count(m);

	for (i = 0; i < n && i < 300; i++) {
		if (kvm_module_symbol_entry(m, i, &sym) == -1)
			continue;
		(void)kvm_module_symbol(m, sym.ks_name, &other);
		(void)kvm_module_symbol_at(m, sym.ks_value + 1, &other);
		(void)kvm_module_type_of_symbol(m, &sym);
	}
	(void)kvm_module_type(m, KVM_K_STRUCT, "proc");
}

/* As a module of a kernel that is not here. */
static void
module(const char *path)
{
	struct kvm_nlist list[] = { { .n_name = "hz" }, { .n_name = NULL } };
	struct kvm_module_section section;
	struct kvm_open_args args;
	kvm_module_t *m;
	kvm_t *kd;
	size_t i;

	memset(&args, 0, sizeof(args));
	args.ka_corefile = "/dev/null";
	args.ka_options = KVM_OPEN_NOKERNEL;
	if ((kd = kvm_openx(&args, NULL)) == NULL)
		return;
	if ((m = kvm_module_open(kd, path)) != NULL) {
		for (i = 0; kvm_module_section(m, i, &section) == 0; i++)
			(void)kvm_module_place(m, i,
			    0xffffffff82000000 + 4096 * i);
		module_symbols(m);
		(void)kvm_nlist2(kd, list);
	}
	kvm_close(kd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvm_nlist list[] = { { .n_name = "allproc" },
	    { .n_name = "_hz" }, { .n_name = NULL } };
	struct kvm_open_args args;
	struct fuzz_file kernel;
	kvm_t *kd;

	fuzz_file(&kernel, data, size);
	memset(&args, 0, sizeof(args));
	args.ka_execfile = kernel.path;
	args.ka_corefile = "/dev/null";
	kd = kvm_openx(&args, NULL);
	if (kd != NULL) {
		symbols(kd);
		sections(kd);
		(void)kvm_nlist2(kd, list);
		(void)kvm_type(kd, KVM_K_STRUCT, "proc");
		kvm_close(kd);
	}
	module(kernel.path);
	close(kernel.fd);
	return (0);
}
