/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz type information: the input is a CTF section, put into a kernel file
 * that is otherwise as it should be.
 */
#include <elf.h>

#include "look.h"

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
