/* <termios.h>: tcgetwinsize() and struct winsize, since 13. */
typedef unsigned int	tcflag_t;
