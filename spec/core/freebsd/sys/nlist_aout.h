/* <sys/nlist_aout.h>: it takes all of these names. */
#ifndef _SYS_NLIST_AOUT_H_
#define	_SYS_NLIST_AOUT_H_

struct nlist {
	const char	*n_name;
	unsigned char	 n_type;
	char		 n_other;
	short		 n_desc;
	unsigned long	 n_value;
};
#define	n_hash	n_desc
#define	N_UNDF	0x00
#define	N_ABS	0x02
#define	N_TEXT	0x04
#define	N_DATA	0x06
#define	N_BSS	0x08
#define	N_INDR	0x0a
#define	N_SIZE	0x0c
#define	N_COMM	0x12
#define	N_FN	0x1e
#define	N_WARN	0x1e
#define	N_EXT	0x01
#define	N_TYPE	0x1e
#define	N_STAB	0xe0

#endif
