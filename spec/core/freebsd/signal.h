/* <signal.h>, sigaction(2). */
#ifndef _SIGNAL_H_
#define	_SIGNAL_H_

typedef long	sig_atomic_t;		/* int on 32-bit machines */
typedef struct {
	unsigned int	__bits[4];
} sigset_t;
struct __siginfo;
struct sigaction {
	union {
		void	(*__sa_handler)(int);
		void	(*__sa_sigaction)(int, struct __siginfo *, void *);
	} __sigaction_u;
	int		sa_flags;
	sigset_t	sa_mask;
};
#define	sa_handler	__sigaction_u.__sa_handler
#define	SA_RESTART	0x0002
#define	SIG_DFL		((void (*)(int))0)
#define	SIG_IGN		((void (*)(int))1)
#define	SIGINT		2
#define	SIGPIPE		13

int	raise(int);
int	sigaction(int, const struct sigaction *restrict,
	    struct sigaction *restrict);
int	sigemptyset(sigset_t *);
void	(*signal(int, void (*)(int)))(int);

#endif
