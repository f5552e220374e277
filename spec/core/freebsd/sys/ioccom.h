/* <sys/ioccom.h>: the request of ioctl(2) is an unsigned long. */
#ifndef _SYS_IOCCOM_H_
#define	_SYS_IOCCOM_H_

#define	_IOR(g, n, t)	(0x40000000UL | ((sizeof(t) & 0x1fff) << 16) | \
			    ((g) << 8) | (n))
int	ioctl(int, unsigned long, ...);

#endif
