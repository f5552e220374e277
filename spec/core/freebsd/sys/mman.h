/* <sys/mman.h>, mmap(2): no MAP_POPULATE, no MADV_HUGEPAGE, no mremap(). */
#ifndef _SYS_MMAN_H_
#define	_SYS_MMAN_H_

#include <sys/types.h>

#define	PROT_READ	0x01
#define	PROT_WRITE	0x02
#define	MAP_SHARED	0x0001
#define	MAP_PRIVATE	0x0002
#define	MAP_ANON	0x1000
#define	MAP_ANONYMOUS	MAP_ANON
#define	MAP_FAILED	((void *)-1)

void	*mmap(void *, size_t, int, int, int, off_t);
int	 munmap(void *, size_t);

#endif
