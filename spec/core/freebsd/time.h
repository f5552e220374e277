/* <time.h>. */
#ifndef _TIME_H_
#define	_TIME_H_

#include <sys/types.h>

struct timespec {
	time_t	tv_sec;
	long	tv_nsec;
};
struct tm {
	int	 tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday,
		 tm_yday, tm_isdst;
	long	 tm_gmtoff;
	char	*tm_zone;
};
typedef int	clockid_t;
#define	CLOCK_REALTIME	0
#define	CLOCK_MONOTONIC	4

int		 clock_gettime(clockid_t, struct timespec *);
struct tm	*gmtime_r(const time_t *restrict, struct tm *restrict);
size_t		 strftime(char *restrict, size_t, const char *restrict,
		    const struct tm *restrict);

#endif
