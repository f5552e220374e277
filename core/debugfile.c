/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * debugfile.c: which file has the kernel's DWARF.
 *
 * FreeBSD takes it out of the kernel into kernel.debug, and leaves the name of
 * that and a checksum behind, in .gnu_debuglink (objcopy(1)).  The name is
 * looked for where debuggers look: beside the kernel, in .debug there, and
 * under /usr/lib/debug.
 */
#include <sys/param.h>

#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "debuginfo.h"

#ifndef MAXPATHLEN
#define	MAXPATHLEN	4096
#endif

#define	DEBUGLINK	".gnu_debuglink"
#define	DEBUGDIR	"/usr/lib/debug"
#define	COMPRESSED	0x800		/* SHF_COMPRESSED, gABI */

/* Bytes that section s holds when it is inflated. */
static uint64_t
inflated_size(const struct kvmi_image *img, const struct kvmi_elfsect *s)
{
	const bool be = img->ident.bigendian;
	const uint8_t *p;

	if (kvmi_beyond(s->offset, s->size, img->size) ||
	    s->type == SHT_NOBITS)
		return (0);
	p = img->base + s->offset;
	/* .zdebug_info: "ZLIB", and the size, which is always big-endian. */
	if (s->name[1] == 'z')
		return (s->size < 12 ? 0 : kvmi_get64(p + 4, true));
	if ((s->flags & COMPRESSED) == 0)
		return (s->size);
	if (img->ident.class == ELFCLASS64)
		return (s->size < 24 ? 0 : kvmi_get64(p + 8, be));
	return (s->size < 12 ? 0 : kvmi_get32(p + 4, be));
}

uint64_t
kvmi_debugfile_info(const struct kvmi_image *img)
{
	uint32_t i;

	for (i = 1; i < img->nsections; i++)
		if (strcmp(img->sections[i].name, ".debug_info") == 0 ||
		    strcmp(img->sections[i].name, ".zdebug_info") == 0)
			return (inflated_size(img, &img->sections[i]));
	return (0);
}

/* The first file that is doubtful is worth a word; the rest is not. */
static void
warn(struct kvmi_dwarf *d, const char *path, const char *what,
    const char *why)
{
	size_t size = strlen(path) + strlen(what) + strlen(why) + 32;

	if (d->warning == NULL && (d->warning = malloc(size)) != NULL)
		snprintf(d->warning, size, "debug file %s is %s: %s", path,
		    what, why);
}

static void
pass_over(struct kvmi_dwarf *d, const char *path, const char *why)
{

	warn(d, path, "not used", why);
}

/* What the kernel says of its debug file. */
struct link {
	const char	*name;		/* NULL: nothing */
	uint32_t	 crc;
};

/*
 * Is img what the link means?  Else say why not.  The file that the caller
 * named may be of another build: that is for them to know.
 */
static bool
belongs(struct kvmi_dwarf *d, const struct kvmi_image *img,
    const struct link *link)
{
	const struct kvmi_ident *a = &d->kd->image->ident, *b = &img->ident;
	char why[160];
	uint32_t crc;

	if (a->class != b->class || a->machine != b->machine ||
	    a->bigendian != b->bigendian) {
		pass_over(d, img->path, "it is of another machine");
		return (false);
	}
	if (kvmi_debugfile_info(img) == 0) {
		pass_over(d, img->path, "it has no DWARF (.debug_info)");
		return (false);
	}
	if (link->name == NULL)
		return (true);
	crc = (uint32_t)crc32_z(0, img->base, img->size);
	if (crc == link->crc)
		return (true);
	snprintf(why, sizeof(why), "it is not the one of this kernel: its CRC "
	    "is %#x, " DEBUGLINK " says %#x", crc, link->crc);
	if (img == d->kd->debug)
		warn(d, img->path, "doubtful", why);
	else
		pass_over(d, img->path, why);
	return (img == d->kd->debug);
}

/* The file at path, if it is there and the right one. */
static struct kvmi_image *
try_path(struct kvmi_dwarf *d, const char *path, const struct link *link)
{
	struct kvmi_image *img;

	if (access(path, F_OK) != 0)
		return (NULL);
	if ((img = kvmi_image_create(d->kd, path)) == NULL) {
		if (d->kd->error.ke_class == KVM_E_NOMEM)
			d->nomem = true;
		pass_over(d, path, d->kd->error.ke_message);
		return (NULL);
	}
	if (belongs(d, img, link))
		return (d->own = img);
	kvmi_image_destroy(img);
	return (NULL);
}

/* A name with a folder in it could mean any file. */
static void
read_link(struct kvmi_dwarf *d, struct link *link)
{
	struct kvmi_image *img = d->kd->image;
	struct kvmi_section s;
	size_t at;

	link->name = NULL;
	if (kvmi_image_section(img, DEBUGLINK, &s) != 0 || s.data == NULL ||
	    memchr(s.data, '\0', s.size) == NULL)
		return;
	at = (strlen((const char *)s.data) + 4) & ~(size_t)3;
	if (at == 4 || kvmi_beyond(at, 4, s.size) ||
	    strchr((const char *)s.data, '/') != NULL)
		return;
	link->name = (const char *)s.data;
	link->crc = kvmi_get32((const uint8_t *)s.data + at,
	    img->ident.bigendian);
}

/* The folder of the kernel file, as given or with all links followed. */
static void
folder_of(const char *path, bool real, char *folder)
{
	char *slash;

	if (!real || realpath(path, folder) == NULL)
		snprintf(folder, MAXPATHLEN, "%s", path);
	if ((slash = strrchr(folder, '/')) != NULL)
		slash[slash == folder ? 1 : 0] = '\0';
	else
		snprintf(folder, MAXPATHLEN, ".");
}

static struct kvmi_image *
try_link(struct kvmi_dwarf *d, const struct link *link)
{
	static const struct {
		const char	*before, *after;
		bool		 real;
	} places[] = {
		{ "", "/", false },
		{ "", "/.debug/", false },
		{ DEBUGDIR, "/", true },
	};
	const char *kernel = kvmi_image_path(d->kd->image);
	char folder[MAXPATHLEN], path[MAXPATHLEN];
	struct kvmi_image *img = NULL;
	size_t i;
	int n;

	for (i = 0; img == NULL && i < nitems_of(places); i++) {
		folder_of(kernel, places[i].real, folder);
		n = snprintf(path, sizeof(path), "%s%s%s%s", places[i].before,
		    folder, places[i].after, link->name);
		if (n > 0 && (size_t)n < sizeof(path))
			img = try_path(d, path, link);
	}
	return (img);
}

/* Say that there is no DWARF, and what there was instead. */
static struct kvmi_image *
none(struct kvmi_dwarf *d)
{

	if (d->nomem)
		kvmi_nomem(d->kd, "debug file");
	else
		kvmi_error(d->kd, KVM_E_NOTYPE, 0, "no DWARF for %s: %s",
		    kvmi_image_path(d->kd->image), d->warning != NULL ?
		    d->warning : "it has none (.debug_info), and no debug "
		    "file was found");
	return (NULL);
}

struct kvmi_image *
kvmi_debugfile_find(struct kvmi_dwarf *d)
{
	kvm_t *kd = d->kd;
	struct kvmi_image *img = NULL;
	char path[MAXPATHLEN];
	struct link link;
	int n;

	if (kd->image == NULL) {
		kvmi_error(kd, KVM_E_NOTYPE, 0, "no kernel file was opened");
		return (NULL);
	}
	read_link(d, &link);
	if (kd->debug != NULL)
		return (belongs(d, kd->debug, &link) ? kd->debug :
		    none(d));
	if (kvmi_debugfile_info(kd->image) != 0)
		return (kd->image);
	if (link.name != NULL && (img = try_link(d, &link)) != NULL)
		return (img);
	n = snprintf(path, sizeof(path), "%s.debug",
	    kvmi_image_path(kd->image));
	if (n > 0 && (size_t)n < sizeof(path))
		img = try_path(d, path, &link);
	return (img != NULL ? img : none(d));
}
