/* <fcntl.h>: flock(2) is here, too; no O_TMPFILE, O_LARGEFILE, F_SETPIPE_SZ. */
#ifndef _FCNTL_H_
#define	_FCNTL_H_

#include <sys/types.h>

#define	O_RDONLY	0x0000
#define	O_WRONLY	0x0001
#define	O_RDWR		0x0002
#define	O_ACCMODE	0x0003
#define	O_NONBLOCK	0x0004
#define	O_APPEND	0x0008
#define	O_NOFOLLOW	0x0100
#define	O_CREAT		0x0200
#define	O_TRUNC		0x0400
#define	O_EXCL		0x0800
#define	O_NOCTTY	0x8000
#define	O_DIRECTORY	0x00020000
#define	O_CLOEXEC	0x00100000
#define	F_GETFD		1
#define	F_SETFD		2
#define	FD_CLOEXEC	1
#define	LOCK_SH		0x01
#define	LOCK_EX		0x02
#define	LOCK_NB		0x04
#define	LOCK_UN		0x08
/* For programs too, without _KERNEL. */
#define	FREAD		0x0001
#define	FWRITE		0x0002
#define	FAPPEND		O_APPEND

int	open(const char *, int, ...);
int	fcntl(int, int, ...);
int	flock(int, int);

#endif
