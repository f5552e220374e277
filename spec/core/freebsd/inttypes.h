/* <inttypes.h>. */
#include <stdint.h>

#ifdef __LP64__
#define	PRI64	"l"
#else
#define	PRI64	"ll"
#endif
#define	PRIu64	PRI64 "u"
#define	PRIx64	PRI64 "x"
#define	PRId64	PRI64 "d"

uintmax_t	strtoumax(const char *, char **, int);
