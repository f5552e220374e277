/* <sys/stat.h>, stat(2). */
#ifndef _SYS_STAT_H_
#define	_SYS_STAT_H_

#include <sys/types.h>
#include <time.h>

struct stat {
	dev_t		st_dev;
	ino_t		st_ino;
	nlink_t		st_nlink;
	mode_t		st_mode;
	__INT16_TYPE__	st_padding0;
	uid_t		st_uid;
	gid_t		st_gid;
	__INT32_TYPE__	st_padding1;
	dev_t		st_rdev;
	struct timespec	st_atim, st_mtim, st_ctim, st_birthtim;
	off_t		st_size;
	blkcnt_t	st_blocks;
	blksize_t	st_blksize;
	__UINT32_TYPE__	st_flags;
	__UINT64_TYPE__	st_gen;
};
#define	st_atime	st_atim.tv_sec
#define	st_mtime	st_mtim.tv_sec
#define	st_ctime	st_ctim.tv_sec
#define	st_birthtime	st_birthtim.tv_sec

#define	S_IFMT		0170000
#define	S_ISDIR(m)	(((m) & S_IFMT) == 0040000)
#define	S_ISCHR(m)	(((m) & S_IFMT) == 0020000)
#define	S_ISBLK(m)	(((m) & S_IFMT) == 0060000)
#define	S_ISREG(m)	(((m) & S_IFMT) == 0100000)
#define	S_ISFIFO(m)	(((m) & S_IFMT) == 0010000)
#define	S_IWGRP		0000020
#define	S_IWOTH		0000002

int	fstat(int, struct stat *);
int	stat(const char *, struct stat *);
int	mkdir(const char *, mode_t);

#endif
