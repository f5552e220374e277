/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * disk.c: dump devices of hosts whose disks are character devices, which can't
 * be mapped: FreeBSD.  What a dump takes of one is copied as a pipe is; where
 * that begins, the header in the last sector tells.
 */
#include <sys/ioctl.h>
#if __has_include(<sys/disk.h>)
#include <sys/disk.h>
#endif

#include <unistd.h>

#include "private.h"

/* DIOCGMEDIASIZE: disk(4).  Their st_size is 0, and lseek(2) knows no end. */
static uint64_t
media_size(int fd)
{
#ifdef DIOCGMEDIASIZE
	off_t size;

	if (ioctl(fd, DIOCGMEDIASIZE, &size) == 0 && size > 0)
		return ((uint64_t)size);
#endif
	(void)fd;
	return (0);
}

/* What precedes the end of the medium: header, key, dump, header; or, of a
   textdump, which is written backwards, dump and header.  0: nonsense. */
static uint64_t
taken(const struct kvmi_header *h, uint64_t sector, uint64_t size)
{
	uint64_t n;

	if (h->extent > size || h->length > size || h->keysize > size)
		return (0);
	n = h->text ? h->length + sector :
	    h->extent + h->keysize + 2 * sector;
	return (n > size ? 0 : n);
}

bool
kvmi_disk_seek(int fd)
{
	static const unsigned int sectors[] = KVMI_SECTORS;
	uint8_t last[KVMI_SECTOR_MAX];
	uint64_t n, size = media_size(fd);
	struct kvmi_header h;
	size_t i;

	if (size < sizeof(last) || pread(fd, last, sizeof(last),
	    (off_t)(size - sizeof(last))) != (ssize_t)sizeof(last))
		return (false);
	for (i = 0; i < nitems_of(sectors); i++) {
		if (!kvmi_header_parse(last + sizeof(last) - sectors[i], &h) ||
		    (n = taken(&h, sectors[i], size)) == 0)
			continue;
		return (lseek(fd, (off_t)(size - n), SEEK_SET) != -1);
	}
	return (false);
}
