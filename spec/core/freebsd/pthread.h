/* <pthread.h>. */
typedef struct pthread		*pthread_t;
typedef struct pthread_attr	*pthread_attr_t;

int	pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *),
	    void *);
int	pthread_join(pthread_t, void **);
