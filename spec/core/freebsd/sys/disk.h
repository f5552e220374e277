/* <sys/disk.h>: disks are character devices, asked for their size. */
#include <sys/types.h>
#include <sys/ioccom.h>

#define	DIOCGSECTORSIZE	_IOR('d', 128, u_int)
#define	DIOCGMEDIASIZE	_IOR('d', 129, off_t)
