/* <dlfcn.h>: dlopen(3) is in libc; no RTLD_DEEPBIND before 13. */
#define	RTLD_LAZY	1
#define	RTLD_NOW	2
#define	RTLD_GLOBAL	0x100
#define	RTLD_LOCAL	0

int		 dlclose(void *);
char		*dlerror(void);
void		*dlopen(const char *, int);
void		*dlsym(void *restrict, const char *restrict);
