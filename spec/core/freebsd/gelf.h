/* <gelf.h> of elftoolchain. */
#ifndef _GELF_H_
#define	_GELF_H_

#include <libelf.h>

typedef Elf64_Addr	GElf_Addr;
typedef Elf64_Half	GElf_Half;
typedef Elf64_Off	GElf_Off;
typedef Elf64_Sword	GElf_Sword;
typedef Elf64_Sxword	GElf_Sxword;
typedef Elf64_Word	GElf_Word;
typedef Elf64_Xword	GElf_Xword;
typedef Elf64_Ehdr	GElf_Ehdr;
typedef Elf64_Phdr	GElf_Phdr;
typedef Elf64_Shdr	GElf_Shdr;
typedef Elf64_Sym	GElf_Sym;
#define	GELF_ST_BIND	ELF64_ST_BIND
#define	GELF_ST_TYPE	ELF64_ST_TYPE

GElf_Ehdr	*gelf_getehdr(Elf *, GElf_Ehdr *);
GElf_Phdr	*gelf_getphdr(Elf *, int, GElf_Phdr *);
GElf_Shdr	*gelf_getshdr(Elf_Scn *, GElf_Shdr *);

#endif
