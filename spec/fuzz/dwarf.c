/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz DWARF: the input is three sections, put into a kernel file that is
 * otherwise as it should be.  It begins with the sizes, two bytes each, of
 * .debug_abbrev and .debug_line, which follow; the rest is .debug_info.
 */
#include <elf.h>

#include "look.h"

#define	NSECTIONS	7

static const char strings[] =
    "\0.debug_abbrev\0.debug_line\0.debug_info\0.symtab\0.strtab\0"
    "allproc\0hz\0panic";
static const unsigned int names[NSECTIONS] = { 0, 1, 15, 27, 39, 47, 0 };

struct kernel {
	Elf64_Ehdr	ehdr;
	Elf64_Shdr	sections[NSECTIONS];
	Elf64_Sym	symbols[4];
	char		strings[80];
};

static void
section(struct kernel *k, unsigned int i, unsigned int type, size_t offset,
    size_t size)
{
	Elf64_Shdr *s = &k->sections[i];

	s->sh_name = names[i];
	s->sh_type = type;
	s->sh_offset = offset;
	s->sh_size = size;
	s->sh_addralign = 1;
}

static void
fill(struct kernel *k, const size_t *sizes)
{
	static const Elf64_Sym symbols[] = {
		{ .st_name = 0 },
		{ .st_name = 55, .st_info = STT_OBJECT | 0x10,
		    .st_shndx = 6, .st_value = 0x1000, .st_size = 8 },
		{ .st_name = 63, .st_info = STT_OBJECT | 0x10,
		    .st_shndx = 6, .st_value = 0x2000, .st_size = 4 },
		{ .st_name = 66, .st_info = STT_FUNC | 0x10,
		    .st_shndx = 6, .st_value = 0x3000, .st_size = 16 },
	};
	size_t at = sizeof(*k);
	unsigned int i;

	memset(k, 0, sizeof(*k));
	memcpy(k->ehdr.e_ident, ELFMAG "\2\1\1\11", 8);
	k->ehdr.e_type = ET_EXEC;
	k->ehdr.e_machine = EM_X86_64;
	k->ehdr.e_version = 1;
	k->ehdr.e_ehsize = sizeof(k->ehdr);
	k->ehdr.e_shentsize = sizeof(Elf64_Shdr);
	k->ehdr.e_shnum = NSECTIONS;
	k->ehdr.e_shstrndx = 5;
	k->ehdr.e_shoff = offsetof(struct kernel, sections);
	for (i = 1; i <= 3; at += sizes[i++ - 1])
		section(k, i, SHT_PROGBITS, at, sizes[i - 1]);
	section(k, 4, SHT_SYMTAB, offsetof(struct kernel, symbols),
	    sizeof(symbols));
	k->sections[4].sh_link = 5;
	k->sections[4].sh_info = 1;
	k->sections[4].sh_entsize = sizeof(Elf64_Sym);
	section(k, 5, SHT_STRTAB, offsetof(struct kernel, strings),
	    sizeof(k->strings));
	section(k, 6, SHT_NOBITS, 0, 0x4000);
	k->sections[6].sh_flags = SHF_ALLOC;
	memcpy(k->symbols, symbols, sizeof(symbols));
	memcpy(k->strings, strings, sizeof(strings));
}

static void
look_for_lines(kvm_t *kd)
{
	struct kvm_line line;
	kvaddr_t addr;

	for (addr = 0x3000; addr < 0x3020; addr += 3)
		if (kvm_source_line(kd, addr, &line) == 0 &&
		    strlen(line.kl_file) > 1000000)
			abort();
	(void)kvm_debug_file(kd);
	(void)kvm_debug_warning(kd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvm_open_args args;
	struct fuzz_file file;
	struct kernel k;
	size_t sizes[3];
	kvm_t *kd;

	if (size < 4)
		return (0);
	sizes[0] = data[0] | data[1] << 8;
	sizes[1] = data[2] | data[3] << 8;
	data += 4;
	size -= 4;
	if (sizes[0] > size || sizes[1] > size - sizes[0])
		return (0);
	sizes[2] = size - sizes[0] - sizes[1];
	fill(&k, sizes);
	fuzz_file(&file, &k, sizeof(k));
	if (write(file.fd, data, size) != (ssize_t)size)
		abort();
	memset(&args, 0, sizeof(args));
	args.ka_execfile = file.path;
	args.ka_corefile = "/dev/null";
	kd = kvm_openx(&args, NULL);
	if (kd != NULL) {
		look(kd);
		look_for_lines(kd);
		kvm_close(kd);
	}
	close(file.fd);
	return (0);
}
