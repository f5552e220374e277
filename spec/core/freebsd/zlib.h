/* <zlib.h> of the base system, 1.2.11 or newer. */
#include <stddef.h>

typedef unsigned char	Byte, Bytef;
typedef unsigned int	uInt;
typedef unsigned long	uLong, uLongf;
typedef struct {
	const Bytef	*next_in;
	uInt		 avail_in;
	uLong		 total_in;
	Bytef		*next_out;
	uInt		 avail_out;
	uLong		 total_out;
	const char	*msg;
	void		*state, *zalloc, *zfree, *opaque;
	int		 data_type;
	uLong		 adler, reserved;
} z_stream;
#define	Z_NO_FLUSH	0
#define	Z_OK		0
#define	Z_STREAM_END	1
#define	Z_DATA_ERROR	(-3)
#define	Z_MEM_ERROR	(-4)
#define	Z_BUF_ERROR	(-5)

int		 inflateInit2(z_stream *, int);
int		 inflateReset(z_stream *);
int		 inflate(z_stream *, int);
int		 inflateEnd(z_stream *);
int		 uncompress(Bytef *, uLongf *, const Bytef *, uLong);
uLong		 crc32_z(uLong, const Bytef *, size_t);
const char	*zlibVersion(void);
