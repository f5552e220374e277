/* <sys/file.h>: for programs, no more than these. */
#include <fcntl.h>
#include <unistd.h>
