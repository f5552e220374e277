/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz type information: the input is a CTF section, put into a kernel file
 * that is otherwise as it should be.
 */
#include <elf.h>

#include "fuzz.h"

static const char strings[] =
    "\0.SUNW_ctf\0.symtab\0.strtab\0allproc\0hz\0panic";
#define	NAME_CTF	1
#define	NAME_SYMTAB	11
#define	NAME_STRTAB	19

struct kernel {
	Elf64_Ehdr	ehdr;
	Elf64_Shdr	sections[4];
	Elf64_Sym	symbols[4];
	char		strings[64];
};

static void
fill(struct kernel *k, size_t size)
{
	static const Elf64_Sym symbols[] = {
		{ .st_name = 0 },
		{ .st_name = 27, .st_info = STT_OBJECT | 0x10,
		    .st_shndx = 1, .st_value = 0x1000, .st_size = 8 },
		{ .st_name = 35, .st_info = STT_OBJECT | 0x10,
		    .st_shndx = 1, .st_value = 0x2000, .st_size = 4 },
		{ .st_name = 38, .st_info = STT_FUNC | 0x10,
		    .st_shndx = 1, .st_value = 0x3000, .st_size = 16 },
	};

	memset(k, 0, sizeof(*k));
	memcpy(k->ehdr.e_ident, ELFMAG "\2\1\1\11", 8);
	k->ehdr.e_type = ET_EXEC;
	k->ehdr.e_machine = EM_X86_64;
	k->ehdr.e_version = 1;
	k->ehdr.e_ehsize = sizeof(k->ehdr);
	k->ehdr.e_shentsize = sizeof(Elf64_Shdr);
	k->ehdr.e_shnum = 4;
	k->ehdr.e_shstrndx = 3;
	k->ehdr.e_shoff = offsetof(struct kernel, sections);
	k->sections[1] = (Elf64_Shdr){ .sh_name = NAME_CTF,
	    .sh_type = SHT_PROGBITS, .sh_offset = sizeof(*k), .sh_size = size,
	    .sh_link = 2, .sh_addralign = 4 };
	k->sections[2] = (Elf64_Shdr){ .sh_name = NAME_SYMTAB,
	    .sh_type = SHT_SYMTAB,
	    .sh_offset = offsetof(struct kernel, symbols),
	    .sh_size = sizeof(symbols), .sh_link = 3, .sh_info = 1,
	    .sh_entsize = sizeof(Elf64_Sym), .sh_addralign = 8 };
	k->sections[3] = (Elf64_Shdr){ .sh_name = NAME_STRTAB,
	    .sh_type = SHT_STRTAB,
	    .sh_offset = offsetof(struct kernel, strings),
	    .sh_size = sizeof(k->strings), .sh_addralign = 1 };
	memcpy(k->symbols, symbols, sizeof(symbols));
	memcpy(k->strings, strings, sizeof(strings));
}

static void
look_at(kvm_type_t *t)
{
	struct kvm_enumerator e;
	struct kvm_member m;
	char text[40];
	size_t i;

	(void)kvm_type_spell(t, "x", text, sizeof(text));
	(void)kvm_type_size(t);
	(void)kvm_type_strip(t);
	(void)kvm_type_target(t);
	(void)kvm_type_nelems(t);
	(void)kvm_type_pointer(t);
	(void)kvm_type_find_member(t, "p_pid", &m);
	(void)kvm_type_enum_name(t, 5);
	for (i = 0; i < 20; i++) {
		(void)kvm_type_member(t, i, &m);
		(void)kvm_type_enumerator(t, i, &e);
		(void)kvm_type_param(t, i);
	}
}

static void
look(kvm_t *kd)
{
	static const char *const names[] = { "allproc", "hz", "panic" };
	size_t i, n = kvm_type_count(kd);
	struct kvm_symbol sym;
	kvm_type_t *t;
	int64_t value;

	for (i = 0; i < n && i < 500; i++)
		if ((t = kvm_type_entry(kd, i)) != NULL)
			look_at(t);
	for (i = 0; i < 3; i++)
		if (kvm_symbol(kd, names[i], &sym) == 0 &&
		    (t = kvm_type_of_symbol(kd, &sym)) != NULL)
			look_at(t);
	(void)kvm_type(kd, KVM_K_STRUCT, "proc");
	(void)kvm_type(kd, KVM_K_TYPEDEF, "pid_t");
	(void)kvm_type(kd, KVM_K_INTEGER, "unsigned long");
	(void)kvm_enumerator(kd, "GREEN", &value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvm_open_args args;
	struct fuzz_file file;
	struct kernel k;
	kvm_t *kd;

	fill(&k, size);
	fuzz_file(&file, &k, sizeof(k));
	if (write(file.fd, data, size) != (ssize_t)size)
		abort();
	memset(&args, 0, sizeof(args));
	args.ka_execfile = file.path;
	args.ka_corefile = "/dev/null";
	kd = kvm_openx(&args, NULL);
	if (kd != NULL) {
		look(kd);
		kvm_close(kd);
	}
	close(file.fd);
	return (0);
}
