/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz the kernel file: ELF headers, sections, symbols by name and by address.
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
	close(kernel.fd);
	return (0);
}
