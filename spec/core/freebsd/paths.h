/* What <paths.h> of FreeBSD has, for type-checking core/live.c. */
#define	_PATH_MEM	"/dev/mem"
#define	_PATH_KMEM	"/dev/kmem"
