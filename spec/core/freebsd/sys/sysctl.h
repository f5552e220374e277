/* What sysctl(3) documents, for type-checking core/live.c on other hosts. */
#include <stddef.h>

int	sysctlbyname(const char *, void *, size_t *, const void *, size_t);
