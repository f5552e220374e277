/* What kldsym(2) documents, for type-checking core/live.c on other hosts. */
#include <stddef.h>

struct kld_sym_lookup {
	int		 version;
	char		*symname;
	unsigned long	 symvalue;
	size_t		 symsize;
};
#define	KLDSYM_LOOKUP	1

int	kldsym(int, int, void *);
