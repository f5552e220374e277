/* <sys/endian.h>, some of which <sys/types.h> brings along. */
#ifndef _SYS_ENDIAN_H_
#define	_SYS_ENDIAN_H_

#define	_LITTLE_ENDIAN	1234
#define	_BIG_ENDIAN	4321
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define	_BYTE_ORDER	_BIG_ENDIAN
#else
#define	_BYTE_ORDER	_LITTLE_ENDIAN
#endif
#define	LITTLE_ENDIAN	_LITTLE_ENDIAN
#define	BIG_ENDIAN	_BIG_ENDIAN
#define	BYTE_ORDER	_BYTE_ORDER

/* Macros: nothing else may have these names. */
#define	bswap16(x)	__builtin_bswap16(x)
#define	bswap32(x)	__builtin_bswap32(x)
#define	bswap64(x)	__builtin_bswap64(x)
#define	htobe32(x)	bswap32(x)
#define	be32toh(x)	bswap32(x)

#endif
