/* <unistd.h>: no get_nprocs(), lseek64() or copy of the environment. */
#ifndef _UNISTD_H_
#define	_UNISTD_H_

#include <sys/types.h>

#define	STDIN_FILENO	0
#define	STDOUT_FILENO	1
#define	STDERR_FILENO	2
#define	F_OK		0
#define	R_OK		0x04
#define	_SC_PAGESIZE	47
#define	_SC_PAGE_SIZE	_SC_PAGESIZE
#define	_SC_NPROCESSORS_ONLN	58
#ifndef SEEK_SET
#define	SEEK_SET	0
#define	SEEK_CUR	1
#define	SEEK_END	2
#endif

int	 access(const char *, int);
int	 close(int);
int	 fsync(int);
int	 ftruncate(int, off_t);
uid_t	 geteuid(void);
int	 getpagesize(void);
pid_t	 getpid(void);
int	 isatty(int);
off_t	 lseek(int, off_t, int);
ssize_t	 pread(int, void *, size_t, off_t);
ssize_t	 pwrite(int, const void *, size_t, off_t);
ssize_t	 read(int, void *, size_t);
ssize_t	 readlink(const char *restrict, char *restrict, size_t);
long	 sysconf(int);
int	 unlink(const char *);
ssize_t	 write(int, const void *, size_t);
int	 mkstemp(char *);

#endif
