/* <limits.h>, as far as the compiler's own leaves it to the system. */
#ifndef _LIMITS_H_
#define	_LIMITS_H_

#define	PATH_MAX		1024
#define	_POSIX2_LINE_MAX	2048
#define	SSIZE_MAX		__PTRDIFF_MAX__
#define	OFF_MAX			__INT64_MAX__

#endif
