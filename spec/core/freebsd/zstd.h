/* <zstd.h>, of the port or of the base system (private/zstd), which lacks
   <zstd_errors.h>. */
#include <stddef.h>

typedef struct ZSTD_DCtx_s ZSTD_DCtx, ZSTD_DStream;
typedef struct { const void *src; size_t size, pos; } ZSTD_inBuffer;
typedef struct { void *dst; size_t size, pos; } ZSTD_outBuffer;

ZSTD_DStream	*ZSTD_createDStream(void);
size_t		 ZSTD_freeDStream(ZSTD_DStream *);
size_t		 ZSTD_initDStream(ZSTD_DStream *);
size_t		 ZSTD_decompressStream(ZSTD_DStream *, ZSTD_outBuffer *,
		    ZSTD_inBuffer *);
ZSTD_DCtx	*ZSTD_createDCtx(void);
size_t		 ZSTD_freeDCtx(ZSTD_DCtx *);
size_t		 ZSTD_decompressDCtx(ZSTD_DCtx *, void *, size_t,
		    const void *, size_t);
unsigned int	 ZSTD_isError(size_t);
const char	*ZSTD_getErrorName(size_t);
const char	*ZSTD_versionString(void);
