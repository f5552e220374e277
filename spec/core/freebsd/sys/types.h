/* <sys/types.h>: sizes as sys/_types.h and machine/_types.h have them. */
#ifndef _SYS_TYPES_H_
#define	_SYS_TYPES_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/endian.h>

typedef __INT64_TYPE__		off_t;
typedef __UINT64_TYPE__		dev_t, ino_t, nlink_t;
typedef __UINT16_TYPE__		mode_t;
typedef __UINT32_TYPE__		uid_t, gid_t;
typedef __INT32_TYPE__		pid_t, blksize_t;
typedef __INT64_TYPE__		blkcnt_t;
#ifdef __i386__
typedef __INT32_TYPE__		time_t;
#else
typedef __INT64_TYPE__		time_t;
#endif
typedef __PTRDIFF_TYPE__	ssize_t;
typedef unsigned char		u_char;
typedef unsigned short		u_short;
typedef unsigned int		u_int;
typedef unsigned long		u_long;

/* Since FreeBSD 11.1: what <kvm.h> names, too. */
typedef __UINT64_TYPE__		kpaddr_t, kvaddr_t, ksize_t;
typedef __INT64_TYPE__		kssize_t;

#endif
