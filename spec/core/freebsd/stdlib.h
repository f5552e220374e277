/* <stdlib.h>: no qsort_r() as GNU has it, no secure_getenv(). */
#ifndef _STDLIB_H_
#define	_STDLIB_H_

#include <sys/types.h>

#define	EXIT_FAILURE	1
#define	EXIT_SUCCESS	0

_Noreturn void	 abort(void);
void	*bsearch(const void *, const void *, size_t, size_t,
	    int (*)(const void *, const void *));
void	*calloc(size_t, size_t);
_Noreturn void	 exit(int);
void	 free(void *);
char	*getenv(const char *);
void	*malloc(size_t);
int	 mkstemp(char *);
void	 qsort(void *, size_t, size_t, int (*)(const void *, const void *));
void	*realloc(void *, size_t);
void	*reallocarray(void *, size_t, size_t);
void	*reallocf(void *, size_t);
char	*realpath(const char *restrict, char *restrict);
unsigned long long
	 strtoull(const char *restrict, char **restrict, int);
unsigned long
	 strtoul(const char *restrict, char **restrict, int);

#endif
