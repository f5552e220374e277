/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * dwarf.c: libdw, and what is asked of single entries (DIEs).
 *
 * libdw is loaded when the first kernel needs it: linking it would cost every
 * start, of which most find CTF, a fifth of a millisecond and some libraries.
 * It is given a file of its own rather than an Elf: where libelf is not
 * elfutils', the two would not understand each other.
 *
 * libdw checks that entries and their references lie within .debug_info, and
 * that siblings come after one another, so walks end.  It does not check that
 * strings inside .debug_info end there.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "debuginfo.h"
#include "library.h"

/* _Atomic and other wrappers that C's types here don't have. */
#define	MAX_WRAPPERS	8

/* struct kvmi_libdw, without what their names begin with. */
#define	DW_SYMBOLS(SYMBOL)						\
	SYMBOL(attr) SYMBOL(attr_integrate) SYMBOL(begin) SYMBOL(child)	\
	SYMBOL(dieoffset) SYMBOL(end) SYMBOL(errmsg) SYMBOL(formaddr)	\
	SYMBOL(formref_die) SYMBOL(formsdata) SYMBOL(formstring)	\
	SYMBOL(formudata) SYMBOL(getlocation) SYMBOL(getlocation_attr)	\
	SYMBOL(getsrc_die) SYMBOL(lineno) SYMBOL(linesrc)		\
	SYMBOL(next_unit) SYMBOL(offdie) SYMBOL(ranges)			\
	SYMBOL(siblingof) SYMBOL(tag)

#ifdef KVM_LINK_DW		/* a program that loads nothing */
const char kvmi_dwarf_built[] = "libdw";

static int
load_libdw(kvm_t *kd, struct kvmi_libdw *lib)
{

	(void)kd;
#define	LINKED(name)	lib->name = dwarf_##name;
	DW_SYMBOLS(LINKED)
#undef LINKED
	return (0);
}

static void
unload_libdw(struct kvmi_libdw *lib)
{

	(void)lib;
}
#else
const char kvmi_dwarf_built[] = "libdw (loaded when needed)";

static int
load_libdw(kvm_t *kd, struct kvmi_libdw *lib)
{
	static const char *const names[] = {
		"libdw.so.1", "libdw.so", "libdw.1.dylib", "libdw.dylib", NULL,
	};
	const struct kvmi_import imports[] = {
#define	LOADED(name)	{ "dwarf_" #name, &lib->name },
		DW_SYMBOLS(LOADED)
#undef LOADED
	};

	lib->handle = kvmi_library_load(names, imports, nitems_of(imports));
	if (lib->handle != NULL)
		return (0);
	return (kvmi_error(kd, KVM_E_NOTSUP, 0, "DWARF needs elfutils' libdw "
	    "(libdw.so.1), which can't be loaded"));
}

static void
unload_libdw(struct kvmi_libdw *lib)
{

	if (lib->handle != NULL)
		dlclose(lib->handle);
}
#endif

static int
damaged(struct kvmi_dwarf *d, const char *why)
{

	return (kvmi_error(d->kd, KVM_E_FORMAT, 0, "%s: damaged DWARF: %s",
	    d->path, why));
}

static int
add_unit(struct kvmi_dwarf *d, uint32_t die)
{
	uint32_t room, *units;

	if ((d->nunits & (d->nunits - 1)) == 0) {
		room = d->nunits == 0 ? 1 : 2 * d->nunits;
		units = realloc(d->units, room * sizeof(*units));
		if (units == NULL)
			return (kvmi_nomem(d->kd, "DWARF units"));
		d->units = units;
	}
	d->units[d->nunits++] = die;
	return (0);
}

/*
 * The DIE of the unit at offset, which ends at *next.  False: its header is
 * damaged, or it is not all there.  libdw may have taken another section than
 * kvmi_debugfile_info() did, and does not say how long that is; but it has no
 * DIE where there are no bytes.
 */
static bool
read_unit(struct kvmi_dwarf *d, Dwarf_Off offset, Dwarf_Off *next,
    Dwarf_Die *die)
{
	Dwarf_Die last;
	size_t header;

	if (d->lib.next_unit(d->dw, offset, next, &header, NULL, NULL, NULL,
	    NULL, NULL, NULL) != 0)
		return (false);
	if (*next <= offset || *next > d->ninfo)
		*next = d->ninfo;
	return (header < *next - offset &&
	    d->lib.offdie(d->dw, *next - 1, &last) != NULL &&
	    d->lib.offdie(d->dw, offset + header, die) != NULL);
}

/* Note where units begin, up to the first that is damaged. */
static int
read_units(struct kvmi_dwarf *d)
{
	Dwarf_Off next, offset = 0;
	Dwarf_Die die;
	uint32_t at;

	for (; offset < d->ninfo && read_unit(d, offset, &next, &die);
	    offset = next) {
		at = (uint32_t)d->lib.dieoffset(&die);
		d->info = (const uint8_t *)die.addr - at;
		if (add_unit(d, at) != 0)
			return (-1);
	}
	d->ninfo = (uint32_t)offset;
	return (d->nunits == 0 ? damaged(d, "no unit can be read") : 0);
}

static int
open_dwarf(struct kvmi_dwarf *d)
{
	struct kvmi_ident ident;
	struct kvmi_image *img;
	uint64_t size;

	if ((img = kvmi_debugfile_find(d)) == NULL ||
	    load_libdw(d->kd, &d->lib) != 0)
		return (-1);
	d->path = kvmi_image_path(img);
	kvmi_image_ident(img, &ident);
	d->bigendian = ident.bigendian;
	if ((size = kvmi_debugfile_info(img)) >= NO_DIE)
		return (kvmi_error(d->kd, KVM_E_NOTSUP, 0, "%s: %ju bytes of "
		    "DWARF are more than can be read (4 GB)", d->path,
		    (uintmax_t)size));
	d->ninfo = (uint32_t)size;
	if ((d->fd = open(d->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0)
		return (kvmi_syserr(d->kd, "%s", d->path));
	if ((d->dw = d->lib.begin(d->fd, DWARF_C_READ)) == NULL)
		return (damaged(d, d->lib.errmsg(-1)));
	return (read_units(d));
}

/* What a failed look may have left behind is not needed any more. */
static void
close_dwarf(struct kvmi_dwarf *d)
{

	if (d->dw != NULL)
		d->lib.end(d->dw);
	d->dw = NULL;
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
	free(d->units);
	d->units = NULL;
	d->nunits = 0;
	if (d->own != NULL)
		kvmi_image_destroy(d->own);
	d->own = NULL;
}

static struct kvmi_dwarf *
create(kvm_t *kd)
{
	struct kvmi_dwarf *d;

	if ((d = calloc(1, sizeof(*d))) == NULL) {
		kvmi_nomem(kd, "DWARF");
		return (NULL);
	}
	d->kd = kd;
	d->fd = -1;
	if (open_dwarf(d) != 0) {
		d->problem = kd->error;
		close_dwarf(d);
		if (d->problem.ke_class == KVM_E_NOMEM) {
			kvmi_dwarf_destroy(d);
			return (NULL);
		}
	}
	return (d);
}

struct kvmi_dwarf *
kvmi_dwarf_of(kvm_t *kd)
{

	if (kd->dwarf == NULL && (kd->dwarf = create(kd)) == NULL)
		return (NULL);
	if (kd->dwarf->dw != NULL)
		return (kd->dwarf);
	kd->error = kd->dwarf->problem;
	return (NULL);
}

struct kvmi_image *
kvmi_dwarf_image(kvm_t *kd)
{
	const struct kvmi_dwarf *d = kvmi_dwarf_of(kd);

	if (d == NULL || d->own != NULL)
		return (d == NULL ? NULL : d->own);
	return (kd->debug != NULL ? kd->debug : kd->image);
}

int
kvmi_dwarf_name(kvm_t *kd, const char *path)
{

	kd->debug = kvmi_image_create(kd, path);
	return (kd->debug == NULL ? -1 : 0);
}

void
kvmi_dwarf_destroy(struct kvmi_dwarf *d)
{

	if (d == NULL)
		return;
	close_dwarf(d);
	free(d->ranges);
	free(d->warning);
	unload_libdw(&d->lib);
	free(d);
}

const char *
kvm_debug_file(kvm_t *kd)
{
	const struct kvmi_dwarf *d = kvmi_dwarf_of(kd);

	return (d == NULL ? NULL : d->path);
}

const char *
kvm_debug_warning(kvm_t *kd)
{

	return (kd->dwarf == NULL ? NULL : kd->dwarf->warning);
}

bool
kvmi_die_at(struct kvmi_dwarf *d, uint32_t offset, Dwarf_Die *die)
{

	return (offset != 0 && offset < d->ninfo &&
	    d->lib.offdie(d->dw, offset, die) != NULL);
}

bool
kvmi_die_child(struct kvmi_dwarf *d, Dwarf_Die *die, Dwarf_Die *child)
{

	return (d->lib.child(die, child) == 0);
}

bool
kvmi_die_next(struct kvmi_dwarf *d, Dwarf_Die *die)
{

	return (d->lib.siblingof(die, die) == 0);
}

uint32_t
kvmi_die_offset(const struct kvmi_dwarf *d, const Dwarf_Die *die)
{
	const uint8_t *p = die->addr;

	return (p < d->info || (size_t)(p - d->info) >= d->ninfo ? NO_DIE :
	    (uint32_t)(p - d->info));
}

int
kvmi_die_tag(struct kvmi_dwarf *d, Dwarf_Die *die)
{

	return (d->lib.tag(die));
}

bool
kvmi_die_has(struct kvmi_dwarf *d, Dwarf_Die *die, unsigned int at)
{
	Dwarf_Attribute attr;

	return (d->lib.attr(die, at, &attr) != NULL);
}

/* A string in .debug_info must end there; libdw has seen to the others. */
static const char *
terminated(const struct kvmi_dwarf *d, const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	if (p < d->info || (size_t)(p - d->info) >= d->ninfo ||
	    memchr(s, '\0', d->ninfo - (size_t)(p - d->info)) == NULL)
		return (NULL);
	return (s);
}

const char *
kvmi_die_name(struct kvmi_dwarf *d, Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	const char *name;

	if (d->lib.attr_integrate(die, DW_AT_name, &attr) == NULL)
		return ("");
	if ((name = d->lib.formstring(&attr)) == NULL)
		return (NULL);
	return (attr.form == DW_FORM_string ? terminated(d, name) : name);
}

bool
kvmi_die_number(struct kvmi_dwarf *d, Dwarf_Die *die, unsigned int at,
    int64_t *value)
{
	Dwarf_Attribute attr;
	Dwarf_Sword number;
	Dwarf_Word word;

	if (d->lib.attr_integrate(die, at, &attr) == NULL)
		return (false);
	if (attr.form == DW_FORM_sdata || attr.form == DW_FORM_implicit_const) {
		if (d->lib.formsdata(&attr, &number) != 0)
			return (false);
		*value = number;
		return (true);
	}
	if (d->lib.formudata(&attr, &word) != 0)
		return (false);
	*value = (int64_t)word;
	return (true);
}

/* The one operation of a location; NULL: it is more, or damaged. */
static Dwarf_Op *
single_op(struct kvmi_dwarf *d, Dwarf_Attribute *attr)
{
	Dwarf_Op *ops;
	size_t n;

	return (d->lib.getlocation(attr, &ops, &n) == 0 && n == 1 ? ops : NULL);
}

bool
kvmi_die_address(struct kvmi_dwarf *d, Dwarf_Die *die, uint64_t *address)
{
	Dwarf_Attribute attr, indexed;
	Dwarf_Addr found;
	const Dwarf_Op *op;

	if (d->lib.attr(die, DW_AT_low_pc, &attr) != NULL) {
		if (d->lib.formaddr(&attr, &found) != 0)
			return (false);
		*address = found;
		return (true);
	}
	if (d->lib.attr(die, DW_AT_location, &attr) == NULL ||
	    (op = single_op(d, &attr)) == NULL)
		return (false);
	*address = op->number;
	if (op->atom != DW_OP_addrx && op->atom != DW_OP_GNU_addr_index)
		return (op->atom == DW_OP_addr);
	if (d->lib.getlocation_attr(&attr, op, &indexed) != 0 ||
	    d->lib.formaddr(&indexed, &found) != 0)
		return (false);
	*address = found;
	return (true);
}

bool
kvmi_die_location(struct kvmi_dwarf *d, Dwarf_Die *die, uint64_t *bytes)
{
	Dwarf_Attribute attr;
	const Dwarf_Op *op;
	Dwarf_Word word;

	*bytes = 0;
	if (d->lib.attr(die, DW_AT_data_member_location, &attr) == NULL)
		return (true);
	if (d->lib.formudata(&attr, &word) == 0) {
		*bytes = word;
		return (true);
	}
	/* DWARF 2: an expression that adds to the struct's address. */
	if ((op = single_op(d, &attr)) == NULL ||
	    op->atom != DW_OP_plus_uconst)
		return (false);
	*bytes = op->number;
	return (true);
}

/* Types that only wrap another, as seen from here. */
static bool
is_wrapper(int tag)
{

	return (tag == DW_TAG_atomic_type || tag == DW_TAG_packed_type ||
	    tag == DW_TAG_shared_type || tag == DW_TAG_immutable_type);
}

uint32_t
kvmi_die_type(struct kvmi_dwarf *d, Dwarf_Die *die)
{
	Dwarf_Die at = *die, type;
	Dwarf_Attribute attr;
	unsigned int i;
	int tag;

	for (i = 0; i < MAX_WRAPPERS; i++) {
		if (d->lib.attr_integrate(&at, DW_AT_type, &attr) == NULL)
			return (0);
		if (d->lib.formref_die(&attr, &type) == NULL)
			return (NO_DIE);
		tag = kvmi_die_tag(d, &type);
		if (tag == DW_TAG_unspecified_type)
			return (0);
		if (!is_wrapper(tag))
			return (kvmi_die_offset(d, &type));
		at = type;
	}
	return (NO_DIE);
}
