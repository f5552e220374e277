/* <sys/param.h>: it takes many short names. */
#ifndef _SYS_PARAM_H_
#define	_SYS_PARAM_H_

#include <sys/types.h>
#include <sys/cdefs.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>

#define	__FreeBSD_version	1400097
#define	BSD		199506
#define	MAXPATHLEN	PATH_MAX
#define	MAXCOMLEN	19
#define	PAGE_SHIFT	12
#define	PAGE_SIZE	(1 << PAGE_SHIFT)
#define	PAGE_MASK	(PAGE_SIZE - 1)
#define	NBBY		8
#define	howmany(x, y)	(((x) + ((y) - 1)) / (y))
#define	nitems(x)	(sizeof((x)) / sizeof((x)[0]))
#define	rounddown(x, y)	(((x) / (y)) * (y))
#define	roundup(x, y)	((((x) + ((y) - 1)) / (y)) * (y))
#define	roundup2(x, y)	(((x) + ((y) - 1)) & (~((y) - 1)))
#define	powerof2(x)	((((x) - 1) & (x)) == 0)
#define	MIN(a, b)	(((a) < (b)) ? (a) : (b))
#define	MAX(a, b)	(((a) > (b)) ? (a) : (b))
#define	setbit(a, i)	((a)[(i) / NBBY] |= 1 << ((i) % NBBY))
#define	isset(a, i)	((a)[(i) / NBBY] & (1 << ((i) % NBBY)))
#define	ptoa(x)		((unsigned long)(x) << PAGE_SHIFT)
#define	btoc(x)		(((x) + PAGE_MASK) >> PAGE_SHIFT)

#endif
