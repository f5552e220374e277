/* <libelf.h>: what elftoolchain's has in common with elfutils'. */
#ifndef _LIBELF_H_
#define	_LIBELF_H_

#include <sys/types.h>
#include <elf.h>

typedef struct _Elf	Elf;
typedef struct _Elf_Scn	Elf_Scn;
typedef struct _Elf_Data Elf_Data;
typedef enum { ELF_K_NONE, ELF_K_AR, ELF_K_COFF, ELF_K_ELF } Elf_Kind;

int		 elf_end(Elf *);
const char	*elf_errmsg(int);
int		 elf_errno(void);
Elf_Scn		*elf_getscn(Elf *, size_t);
int		 elf_getphdrnum(Elf *, size_t *);
int		 elf_getshdrnum(Elf *, size_t *);
int		 elf_getshdrstrndx(Elf *, size_t *);
Elf_Kind	 elf_kind(Elf *);
Elf		*elf_memory(char *, size_t);
unsigned int	 elf_version(unsigned int);

#endif
