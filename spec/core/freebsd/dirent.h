/* <dirent.h>, directory(3). */
#include <sys/types.h>

struct dirent {
	ino_t		d_fileno;
	off_t		d_off;
	__UINT16_TYPE__	d_reclen;
	__UINT8_TYPE__	d_type, d_pad0;
	__UINT16_TYPE__	d_namlen, d_pad1;
	char		d_name[256];
};
#define	d_ino	d_fileno
typedef struct _dirdesc DIR;

DIR		*opendir(const char *);
struct dirent	*readdir(DIR *);
int		 closedir(DIR *);
