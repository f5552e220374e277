/* <sys/ioctl.h>, tty(4). */
#include <sys/ioccom.h>

struct winsize {
	unsigned short	ws_row, ws_col, ws_xpixel, ws_ypixel;
};
#define	TIOCGWINSZ	_IOR('t', 104, struct winsize)
