/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * cache.c: inflated dumps that are kept, so that the next open is instant.
 *
 * A folder holds them under names that are made of what identifies the
 * compressed file: device, inode, size, time of modification, form.  One that
 * was changed has another name, and what its old one leads to is never asked
 * for again.  A file gets its name when it is complete, and ends in a mark
 * that says how long it is.  Until then it has a name of its own and a lock:
 * what has no lock was left by somebody who is gone, and is removed.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "private.h"

#define	PART		".part."	/* in the names of incomplete files */
#define	MARK		"vmcore inflated"
#define	MARK_SIZE	(sizeof(MARK) + 8)

struct kvmi_cache {
	char	*part;			/* its name so far */
	char	 path[];		/* its name when it is complete */
};

/* The folder, made if need be: only its owner may look into dumps. */
static int
make_folder(kvm_t *kd, const char *dir)
{
	char path[PATH_MAX];
	char *p;

	if (strlen(dir) >= sizeof(path))
		return (kvmi_error(kd, KVM_E_INVAL, 0, "the name of the cache "
		    "is too long"));
	strcpy(path, dir);
	for (p = path + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		(void)mkdir(path, 0700);
	}
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return (kvmi_syserr(kd, "cannot make the cache %s", dir));
	return (0);
}

/* Remove what others began and did not live to complete. */
static void
sweep(const char *dir)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *d = opendir(dir);
	int fd;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (strncmp(entry->d_name, "vmcore-", 7) != 0 ||
		    strstr(entry->d_name, PART) == NULL ||
		    snprintf(path, sizeof(path), "%s/%s", dir,
		    entry->d_name) >= (int)sizeof(path))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd == -1)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlink(path);
		close(fd);
	}
	if (d != NULL)
		closedir(d);
}

static uint64_t
nanoseconds(const struct stat *st)
{

#ifdef __APPLE__
	return ((uint64_t)st->st_mtimespec.tv_nsec);
#else
	return ((uint64_t)st->st_mtim.tv_nsec);
#endif
}

struct kvmi_cache *
kvmi_cache_create(kvm_t *kd, const char *dir, int fd, const char *form)
{
	struct kvmi_cache *c;
	size_t size = strlen(dir) + 160;
	struct stat st;

	if (fstat(fd, &st) == -1) {
		kvmi_syserr(kd, "fstat");
		return (NULL);
	}
	if (make_folder(kd, dir) == -1)
		return (NULL);
	c = malloc(sizeof(*c) + size);
	if (c == NULL) {
		kvmi_nomem(kd, "cache");
		return (NULL);
	}
	c->part = NULL;
	snprintf(c->path, size, "%s/vmcore-%jx-%jx-%jx-%jx.%jx.%s", dir,
	    (uintmax_t)st.st_dev, (uintmax_t)st.st_ino, (uintmax_t)st.st_size,
	    (uintmax_t)st.st_mtime, (uintmax_t)nanoseconds(&st), form);
	sweep(dir);
	return (c);
}

/* Does the file end in the mark that says it is complete? */
static bool
is_complete(int fd, uint64_t size)
{
	uint8_t mark[MARK_SIZE];

	return (size > MARK_SIZE &&
	    pread(fd, mark, MARK_SIZE, (off_t)(size - MARK_SIZE)) ==
	    (ssize_t)MARK_SIZE && memcmp(mark, MARK, sizeof(MARK)) == 0 &&
	    kvmi_get64(mark + sizeof(MARK), true) == size - MARK_SIZE);
}

int
kvmi_cache_lookup(const struct kvmi_cache *c, uint64_t *size)
{
	struct stat st;
	int fd;

	fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return (-1);
	/* What others may write to is not to be trusted. */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
	    is_complete(fd, (uint64_t)st.st_size)) {
		*size = (uint64_t)st.st_size - MARK_SIZE;
		return (fd);
	}
	close(fd);
	return (-1);
}

int
kvmi_cache_begin(kvm_t *kd, struct kvmi_cache *c)
{
	size_t size = strlen(c->path) + sizeof(PART) + 8;
	int fd;

	c->part = malloc(size);
	if (c->part == NULL)
		return (kvmi_nomem(kd, "cache"));
	snprintf(c->part, size, "%s" PART "XXXXXX", c->path);
	fd = mkstemp(c->part);
	if (fd == -1) {
		kvmi_syserr(kd, "cannot make a file in the cache: %s",
		    c->part);
		free(c->part);
		c->part = NULL;
		return (-1);
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)flock(fd, LOCK_EX | LOCK_NB);
	return (fd);
}

void
kvmi_cache_complete(struct kvmi_cache *c, int fd, uint64_t size)
{
	uint8_t mark[MARK_SIZE];
	unsigned int i;

	if (c->part == NULL)
		return;
	memcpy(mark, MARK, sizeof(MARK));
	for (i = 0; i < 8; i++)
		mark[sizeof(MARK) + i] = (uint8_t)(size >> (56 - 8 * i));
	if (pwrite(fd, mark, MARK_SIZE, (off_t)size) != (ssize_t)MARK_SIZE ||
	    fsync(fd) == -1 || rename(c->part, c->path) == -1)
		return;		/* there will be no cached dump, that is all */
	free(c->part);
	c->part = NULL;
}

void
kvmi_cache_destroy(struct kvmi_cache *c)
{

	if (c->part != NULL)
		unlink(c->part);
	free(c->part);
	free(c);
}
