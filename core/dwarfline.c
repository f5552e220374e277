/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * dwarfline.c: from addresses to lines of source.
 *
 * The first question makes an index of where the text of each unit lies; a
 * unit's line table is read when an address of it is asked for, and kept by
 * libdw.
 */
#include <stdlib.h>

#include "debuginfo.h"
#include "field.h"

/* More pieces of text than a kernel has: units may share lists of them. */
#define	MAX_RANGES	(1u << 22)

/* While the index is made. */
struct work {
	uint32_t	room;		/* of d->ranges */
	uint32_t	left;		/* pieces that may still be read */
};

static int
add_range(struct kvmi_dwarf *d, uint32_t unit, uint64_t start, uint64_t end,
    struct work *w)
{
	struct kvmi_dwrange *ranges;
	uint32_t n;

	if (d->nranges == w->room) {
		n = w->room == 0 ? 256 : 2 * w->room;
		ranges = realloc(d->ranges, n * sizeof(*ranges));
		if (ranges == NULL)
			return (-1);
		d->ranges = ranges;
		w->room = n;
	}
	d->ranges[d->nranges++] = (struct kvmi_dwrange){ start, end, unit };
	return (0);
}

static int
add_unit(struct kvmi_dwarf *d, uint32_t unit, struct work *w)
{
	Dwarf_Addr base, end, start;
	ptrdiff_t offset = 0;
	Dwarf_Die die;

	if (!kvmi_die_at(d, unit, &die))
		return (0);
	for (; w->left > 0; w->left--) {
		offset = d->lib.ranges(&die, offset, &base, &start, &end);
		if (offset <= 0)
			break;
		if (start < end && add_range(d, unit, start, end, w) != 0)
			return (-1);
	}
	return (0);
}

static int
by_start(const void *a, const void *b)
{
	const struct kvmi_dwrange *x = a, *y = b;

	return (x->start < y->start ? -1 : x->start > y->start);
}

static int
index_ranges(struct kvmi_dwarf *d)
{
	struct work w = { .left = MAX_RANGES };
	uint32_t i;

	if (d->ranges != NULL)
		return (0);
	for (i = 0; i < d->nunits; i++)
		if (add_unit(d, d->units[i], &w) != 0)
			goto bad;
	if (d->ranges == NULL && add_range(d, 0, 0, 0, &w) != 0)
		goto bad;
	qsort(d->ranges, d->nranges, sizeof(*d->ranges), by_start);
	return (0);
bad:
	free(d->ranges);
	d->ranges = NULL;
	d->nranges = 0;
	return (kvmi_nomem(d->kd, "source lines"));
}

/* The unit whose text addr is in; 0: none. */
static uint32_t
unit_at(const struct kvmi_dwarf *d, uint64_t addr)
{
	uint32_t low = 0, high = d->nranges, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (d->ranges[middle].start <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return (low > 0 && addr < d->ranges[low - 1].end ?
	    d->ranges[low - 1].unit : 0);
}

static bool
find_line(struct kvmi_dwarf *d, uint64_t addr, struct kvm_line *line)
{
	Dwarf_Line *found;
	Dwarf_Die die;
	uint32_t unit;
	int number;

	if ((unit = unit_at(d, addr)) == 0 || !kvmi_die_at(d, unit, &die) ||
	    (found = d->lib.getsrc_die(&die, addr)) == NULL ||
	    d->lib.lineno(found, &number) != 0 || number <= 0)
		return (false);
	line->kl_line = (unsigned int)number;
	line->kl_file = d->lib.linesrc(found, NULL, NULL);
	return (line->kl_file != NULL);
}

int
kvm_source_line(kvm_t *kd, kvaddr_t addr, struct kvm_line *line)
{
	const uint64_t linked = kvmi_wrap(kd, addr - (uint64_t)kd->kerndisp);
	struct kvmi_dwarf *d;

	if ((d = kvmi_dwarf_of(kd)) == NULL || index_ranges(d) != 0)
		return (-1);
	if (find_line(d, linked, line))
		return (0);
	return (kvmi_error(kd, KVM_E_NOSYM, addr, "%s has no source line for "
	    "%#jx", d->path, (uintmax_t)addr));
}
