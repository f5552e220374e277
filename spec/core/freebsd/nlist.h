/* <nlist.h>. */
#ifndef _NLIST_H_
#define	_NLIST_H_

#include <sys/nlist_aout.h>

int	nlist(const char *, struct nlist *);

#endif
