/* <stdint.h>: SIZE_MAX and others are what the compiler says. */
#ifndef _STDINT_H_
#define	_STDINT_H_

typedef __INT8_TYPE__		int8_t;
typedef __INT16_TYPE__		int16_t;
typedef __INT32_TYPE__		int32_t;
typedef __INT64_TYPE__		int64_t;
typedef __UINT8_TYPE__		uint8_t;
typedef __UINT16_TYPE__		uint16_t;
typedef __UINT32_TYPE__		uint32_t;
typedef __UINT64_TYPE__		uint64_t;
typedef int8_t			int_least8_t;
typedef int16_t			int_least16_t;
typedef int32_t			int_least32_t, int_fast8_t, int_fast16_t, int_fast32_t;
typedef int64_t			int_least64_t, int_fast64_t;
typedef uint8_t			uint_least8_t;
typedef uint16_t		uint_least16_t;
typedef uint32_t		uint_least32_t, uint_fast8_t, uint_fast16_t,
				uint_fast32_t;
typedef uint64_t		uint_least64_t, uint_fast64_t;
typedef __INTPTR_TYPE__		intptr_t;
typedef __UINTPTR_TYPE__	uintptr_t;
typedef __INTMAX_TYPE__		intmax_t;
typedef __UINTMAX_TYPE__	uintmax_t;

#define	INT8_MIN	(-0x7f - 1)
#define	INT16_MIN	(-0x7fff - 1)
#define	INT32_MIN	(-0x7fffffff - 1)
#define	INT64_MIN	(-__INT64_MAX__ - 1)
#define	INT8_MAX	__INT8_MAX__
#define	INT16_MAX	__INT16_MAX__
#define	INT32_MAX	__INT32_MAX__
#define	INT64_MAX	__INT64_MAX__
#define	UINT8_MAX	__UINT8_MAX__
#define	UINT16_MAX	__UINT16_MAX__
#define	UINT32_MAX	__UINT32_MAX__
#define	UINT64_MAX	__UINT64_MAX__
#define	UINTPTR_MAX	__UINTPTR_MAX__
#define	INTPTR_MAX	__INTPTR_MAX__
#define	INTMAX_MAX	__INTMAX_MAX__
#define	UINTMAX_MAX	__UINTMAX_MAX__
#define	PTRDIFF_MAX	__PTRDIFF_MAX__
#define	SIZE_MAX	__SIZE_MAX__
#define	INT64_C(c)	c ## LL
#define	UINT64_C(c)	c ## ULL

#endif
