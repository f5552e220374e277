/* <string.h>: no strchrnul() before 14, no mempcpy(), rawmemchr(); strerror_r() is POSIX's. */
#ifndef _STRING_H_
#define	_STRING_H_

#include <sys/types.h>

void	*memchr(const void *, int, size_t);
int	 memcmp(const void *, const void *, size_t);
void	*memcpy(void *restrict, const void *restrict, size_t);
void	*memmem(const void *, size_t, const void *, size_t);
void	*memmove(void *, const void *, size_t);
void	*memrchr(const void *, int, size_t);
void	*memset(void *, int, size_t);
char	*stpcpy(char *restrict, const char *restrict);
char	*strcat(char *restrict, const char *restrict);
char	*strchr(const char *, int);
int	 strcmp(const char *, const char *);
char	*strcpy(char *restrict, const char *restrict);
size_t	 strcspn(const char *, const char *);
char	*strdup(const char *);
char	*strerror(int);
int	 strerror_r(int, char *, size_t);
size_t	 strlcat(char *restrict, const char *restrict, size_t);
size_t	 strlcpy(char *restrict, const char *restrict, size_t);
size_t	 strlen(const char *);
char	*strncat(char *restrict, const char *restrict, size_t);
int	 strncmp(const char *, const char *, size_t);
char	*strncpy(char *restrict, const char *restrict, size_t);
char	*strndup(const char *, size_t);
size_t	 strnlen(const char *, size_t);
char	*strrchr(const char *, int);
size_t	 strspn(const char *, const char *);
char	*strstr(const char *, const char *);

#endif
