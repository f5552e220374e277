/* <elf.h>: sys/elf_common.h, elf32.h and elf64.h, as of FreeBSD 13.0: no
   ELFCOMPRESS_ZSTD, no PT_DUMP_DELTA. */
#ifndef _SYS_ELF_COMMON_H_
#define	_SYS_ELF_COMMON_H_

#include <sys/types.h>

#define	EI_CLASS	4
#define	EI_DATA		5
#define	EI_OSABI	7
#define	EI_NIDENT	16
#define	ELFMAG		"\177ELF"
#define	SELFMAG		4
#define	EV_NONE		0
#define	EV_CURRENT	1
#define	ELFCLASSNONE	0
#define	ELFCLASS32	1
#define	ELFCLASS64	2
#define	ELFDATA2LSB	1
#define	ELFDATA2MSB	2
#define	ET_REL		1
#define	ET_EXEC		2
#define	ET_DYN		3
#define	ET_CORE		4
#define	EM_386		3
#define	EM_MIPS		8
#define	EM_PPC		20
#define	EM_PPC64	21
#define	EM_ARM		40
#define	EM_SPARCV9	43
#define	EM_X86_64	62
#define	EM_AARCH64	183
#define	EM_RISCV	243
#define	PT_LOAD		1
#define	PT_NOTE		4
#define	SHN_UNDEF	0
#define	SHN_ABS		0xfff1
#define	SHN_COMMON	0xfff2
#define	SHN_XINDEX	0xffff
#define	SHT_NULL	0
#define	SHT_PROGBITS	1
#define	SHT_SYMTAB	2
#define	SHT_STRTAB	3
#define	SHT_NOBITS	8
#define	SHT_DYNSYM	11
#define	SHT_SYMTAB_SHNDX 18
#define	SHF_WRITE	0x1
#define	SHF_ALLOC	0x2
#define	SHF_TLS		0x400
#define	SHF_COMPRESSED	0x800
#define	STB_LOCAL	0
#define	STB_GLOBAL	1
#define	STB_WEAK	2
#define	STT_NOTYPE	0
#define	STT_OBJECT	1
#define	STT_FUNC	2
#define	STT_FILE	4
#define	STT_GNU_IFUNC	10
#define	ELFCOMPRESS_ZLIB 1

typedef uint32_t	Elf32_Addr, Elf32_Off, Elf32_Word;
typedef uint16_t	Elf32_Half;
typedef int32_t		Elf32_Sword;
typedef uint64_t	Elf64_Addr, Elf64_Off, Elf64_Xword;
typedef uint32_t	Elf64_Word;
typedef uint16_t	Elf64_Half;
typedef int32_t		Elf64_Sword;
typedef int64_t		Elf64_Sxword;

/* The structures of both classes have the same names of members. */
typedef struct {
	unsigned char	e_ident[EI_NIDENT];
	Elf32_Half	e_type, e_machine;
	Elf32_Word	e_version;
	Elf32_Addr	e_entry;
	Elf32_Off	e_phoff, e_shoff;
	Elf32_Word	e_flags;
	Elf32_Half	e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum,
			e_shstrndx;
} Elf32_Ehdr;
typedef struct {
	unsigned char	e_ident[EI_NIDENT];
	Elf64_Half	e_type, e_machine;
	Elf64_Word	e_version;
	Elf64_Addr	e_entry;
	Elf64_Off	e_phoff, e_shoff;
	Elf64_Word	e_flags;
	Elf64_Half	e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum,
			e_shstrndx;
} Elf64_Ehdr;
typedef struct {
	Elf32_Word	p_type;
	Elf32_Off	p_offset;
	Elf32_Addr	p_vaddr, p_paddr;
	Elf32_Word	p_filesz, p_memsz, p_flags, p_align;
} Elf32_Phdr;
typedef struct {
	Elf64_Word	p_type, p_flags;
	Elf64_Off	p_offset;
	Elf64_Addr	p_vaddr, p_paddr;
	Elf64_Xword	p_filesz, p_memsz, p_align;
} Elf64_Phdr;
typedef struct {
	Elf32_Word	sh_name, sh_type, sh_flags;
	Elf32_Addr	sh_addr;
	Elf32_Off	sh_offset;
	Elf32_Word	sh_size, sh_link, sh_info, sh_addralign, sh_entsize;
} Elf32_Shdr;
typedef struct {
	Elf64_Word	sh_name, sh_type;
	Elf64_Xword	sh_flags;
	Elf64_Addr	sh_addr;
	Elf64_Off	sh_offset;
	Elf64_Xword	sh_size;
	Elf64_Word	sh_link, sh_info;
	Elf64_Xword	sh_addralign, sh_entsize;
} Elf64_Shdr;
typedef struct {
	Elf32_Word	st_name;
	Elf32_Addr	st_value;
	Elf32_Word	st_size;
	unsigned char	st_info, st_other;
	Elf32_Half	st_shndx;
} Elf32_Sym;
typedef struct {
	Elf64_Word	st_name;
	unsigned char	st_info, st_other;
	Elf64_Half	st_shndx;
	Elf64_Addr	st_value;
	Elf64_Xword	st_size;
} Elf64_Sym;
typedef struct {
	Elf32_Word	ch_type, ch_size, ch_addralign;
} Elf32_Chdr;
typedef struct {
	Elf64_Word	ch_type, ch_reserved;
	Elf64_Xword	ch_size, ch_addralign;
} Elf64_Chdr;
#define	ELF32_ST_BIND(i)	((i) >> 4)
#define	ELF32_ST_TYPE(i)	((i) & 0xf)
#define	ELF64_ST_BIND(i)	((i) >> 4)
#define	ELF64_ST_TYPE(i)	((i) & 0xf)

#endif
