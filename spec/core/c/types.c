/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Types and symbols through the C API.  argv: kernel, core.
 */
#include <fcntl.h>
#include <string.h>

#include "kvm.h"

#include "check.h"

static void
check_struct(kvm_t *kd)
{
	struct kvm_member m;
	kvm_type_t *t, *p;
	char buf[8], text[64];

	t = kvm_type(kd, KVM_K_STRUCT, "proc");
	CHECK(t != NULL);
	if (t == NULL)
		return;
	CHECK(kvm_type_kind(t) == KVM_K_STRUCT);
	CHECK(strcmp(kvm_type_name(t), "proc") == 0);
	CHECK(kvm_type_size(t) == 32);
	CHECK(kvm_type_nmembers(t) == 3);
	CHECK(kvm_type_find_member(t, "p_comm", &m) == 0);
	CHECK(m.km_bitoff == 12 * 8 && m.km_bits == 0);
	CHECK(kvm_type_spell(m.km_type, "x", text, sizeof(text)) == 10);
	CHECK(strcmp(text, "char x[20]") == 0);
	CHECK(kvm_type_find_member(t, "p_nothing", &m) == -1);
	CHECK(kvm_errclass(kd) == KVM_E_NOTYPE);
	CHECK(kvm_type_member(t, 0, &m) == 0);
	p = kvm_type_pointer(t);
	CHECK(p == m.km_type);
	CHECK(kvm_type_target(p) == t);
	CHECK(kvm_type_size(p) == kvm_ptrsize(kd));
	CHECK(kvm_type_spell(p, "", buf, sizeof(buf)) ==
	    strlen("struct proc *"));
	CHECK(strcmp(buf, "struct ") == 0);
	CHECK(kvm_type_member(t, 3, &m) == -1);
	CHECK(kvm_type(kd, KVM_K_STRUCT, "nothing") == NULL);
}

static void
check_symbols(kvm_t *kd)
{
	struct kvm_symbol sym, at;
	size_t cursor = 0;
	kvm_type_t *t;

	CHECK(kvm_symbol(kd, "allproc", &sym) == 0);
	CHECK(kvm_symbol_at(kd, sym.ks_value + 3, &at) == 0);
	CHECK(strcmp(at.ks_name, "allproc") == 0);
	CHECK(kvm_symbol_next(kd, "allproc", &cursor, &at) == 0);
	CHECK(at.ks_index == sym.ks_index);
	CHECK(kvm_symbol_next(kd, "allproc", &cursor, &at) == -1);
	CHECK(kvm_symbol_entry(kd, kvm_symbol_count(kd), &at) == -1);
	t = kvm_type_of_symbol(kd, &sym);
	CHECK(t != NULL && kvm_type_kind(t) == KVM_K_POINTER);
	CHECK(kvm_symbol(kd, "nothing", &sym) == -1);
	CHECK(kvm_errclass(kd) == KVM_E_NOSYM);
}

static void
check_dump(kvm_t *kd)
{
	struct kvm_dump d;
	struct kvm_page page;
	struct kvm_symbol sym;
	char a[4], b[4], text[16];
	kvaddr_t p;

	CHECK(kvm_dump(kd, &d) == 0);
	CHECK(d.kd_kind == KVM_DUMP_MINI);
	CHECK(strcmp(d.kd_arch, "amd64") == 0);
	CHECK(!d.kd_bigendian && !kvm_byteorder(kd));
	CHECK(!d.kd_truncated && d.kd_pages > 0);
	CHECK(kvm_symbol(kd, "hz", &sym) == 0);
	CHECK(kvm_translate(kd, sym.ks_value, &page) == 0);
	CHECK(kvm_read2(kd, sym.ks_value, a, 4) == 4);
	CHECK(kvm_read_phys(kd, page.kp_paddr, b, 4) == 4);
	CHECK(memcmp(a, b, 4) == 0);
	CHECK(kvm_read_dump(kd, (uint64_t)page.kp_offset, b, 4) == 4);
	CHECK(memcmp(a, b, 4) == 0);
	CHECK(kvm_symbol(kd, "allproc", &sym) == 0);
	CHECK(kvm_read_ptr(kd, sym.ks_value, &p) == 0);
	CHECK(kvm_read_string(kd, p + 12, text, sizeof(text)) == 4);
	CHECK(strcmp(text, "init") == 0);
	CHECK(kvm_read_string(kd, p + 12, text, 3) == 3);
	CHECK(strcmp(text, "in") == 0);
}

int
main(int argc, char *argv[])
{
	kvm_t *kd;

	if (argc != 3)
		return (2);
	kd = kvm_open(argv[1], argv[2], NULL, O_RDONLY, argv[0]);
	if (kd == NULL)
		return (1);
	CHECK(strcmp(kvm_type_source(kd), "ctf") == 0);
	check_struct(kd);
	check_symbols(kd);
	check_dump(kd);
	CHECK(kvm_close(kd) == 0);
	return (check_failures != 0);
}
