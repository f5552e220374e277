/* <sys/_types.h>, which gcc's <stddef.h> includes. */
typedef __SIZE_TYPE__		__size_t;
typedef __PTRDIFF_TYPE__	__ptrdiff_t;
