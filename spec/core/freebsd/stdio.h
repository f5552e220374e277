/* <stdio.h>: the standard streams are macros; no fopencookie(). */
#ifndef _STDIO_H_
#define	_STDIO_H_

#include <stdarg.h>
#include <sys/types.h>

typedef struct __sFILE FILE;
extern FILE *__stdinp, *__stdoutp, *__stderrp;
#define	stdin	__stdinp
#define	stdout	__stdoutp
#define	stderr	__stderrp
#define	EOF	(-1)
#define	BUFSIZ	1024
#ifndef SEEK_SET
#define	SEEK_SET	0
#define	SEEK_CUR	1
#define	SEEK_END	2
#endif
#define	__printflike(f, a)	__attribute__((__format__(__printf__, f, a)))

int	 asprintf(char **, const char *, ...) __printflike(2, 3);
void	 clearerr(FILE *);
int	 fclose(FILE *);
int	 fflush(FILE *);
int	 fileno(FILE *);
FILE	*fopen(const char *restrict, const char *restrict);
int	 fprintf(FILE *restrict, const char *restrict, ...) __printflike(2, 3);
int	 fputs(const char *restrict, FILE *restrict);
size_t	 fwrite(const void *restrict, size_t, size_t, FILE *restrict);
int	 getc(FILE *);
int	 printf(const char *restrict, ...) __printflike(1, 2);
int	 rename(const char *, const char *);
int	 snprintf(char *restrict, size_t, const char *restrict, ...)
	    __printflike(3, 4);
int	 vasprintf(char **, const char *, va_list) __printflike(2, 0);
int	 vsnprintf(char *restrict, size_t, const char *restrict, va_list)
	    __printflike(3, 0);

#endif
