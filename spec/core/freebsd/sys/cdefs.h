/* <sys/cdefs.h>: names that a program can't use for itself. */
#define	__BEGIN_DECLS
#define	__END_DECLS
#define	__unused	__attribute__((__unused__))
#define	__used		__attribute__((__used__))
#define	__packed	__attribute__((__packed__))
#define	__aligned(x)	__attribute__((__aligned__(x)))
#define	__section(x)	__attribute__((__section__(x)))
#define	__predict_true(x)	__builtin_expect((x), 1)
#define	__predict_false(x)	__builtin_expect((x), 0)
#define	__containerof(x, s, m)	((s *)(void *)((char *)(x) - offsetof(s, m)))
#define	__CONCAT(x, y)	x ## y
#define	__STRING(x)	#x
