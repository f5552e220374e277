/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * rawtables.c: page tables in physical memory that nobody described.  The
 * kernel is found by its version string, its tables by their symbols, and
 * where memory begins by what one table says of another.
 */
#include "radix.h"

/* Where in the dump's bytes something of the kernel's image lies. */
struct image {
	kvaddr_t	version;
	uint64_t	off;		/* of version */
};

static bool
is_raw(const kvm_t *kd)
{

	return (strcmp(kd->container, "raw") == 0);
}

/* The physical address of the dump's byte at off; false when it has none. */
static bool
address_of(const kvm_t *kd, uint64_t off, kpaddr_t *pa)
{
	const struct kvmi_segment *s;
	size_t i;

	for (i = 0; i < kd->elf.nsegments; i++) {
		s = &kd->elf.segments[i];
		if (off >= s->offset && off - s->offset < s->filesz) {
			*pa = s->pa + (off - s->offset);
			return (true);
		}
	}
	return (false);
}

/* The offset of a symbol's place; false when there is no such symbol. */
static bool
place_of(kvm_t *kd, const struct image *image, const char *name, uint64_t *off)
{
	kvaddr_t va;

	if (kvmi_lookup(kd, name, &va) == -1)
		return (false);
	*off = image->off + (va - image->version);
	return (true);
}

/* Memory begins where the root's entry and the table's place agree. */
static bool
find_base(kvm_t *kd, const struct image *image,
    const struct kvmi_rawtables *t, uint64_t root)
{
	const struct kvmi_level *top = &t->tables->level[0];
	struct kvmi_segment *s = &kd->elf.segments[0];
	uint64_t below, mask = ((uint64_t)1 << top->bits) - 1;
	struct kvmi_pte pte = { .len = (uint64_t)1 << top->shift };
	const uint8_t *p;

	if (!place_of(kd, image, t->below, &below))
		return (false);
	p = kvmi_bytes_at(kd, &kd->bytes, root +
	    (image->version >> top->shift & mask) * t->tables->entry,
	    t->tables->entry);
	if (p == NULL || t->tables->decode(kd, top->shift,
	    kvmi_get64(p, kd->bigendian), &pte) != KVMI_TABLE)
		return (false);
	s->pa = pte.pa - below;
	return (pte.pa >= below && s->pa <= UINT64_MAX - s->size &&
	    (s->pa & (((uint64_t)1 << t->page_shift) - 1)) == 0);
}

/* Do these tables map the kernel to where it is? */
static bool
try_tables(kvm_t *kd, const struct image *image,
    const struct kvmi_rawtables *t)
{
	struct kvmi_pte pte = { .len = 0 };
	uint64_t root;
	kpaddr_t here;

	kd->page_shift = t->page_shift;
	if (!place_of(kd, image, t->root, &root) ||
	    (is_raw(kd) && !find_base(kd, image, t, root)) ||
	    !address_of(kd, root, &kd->root) ||
	    !address_of(kd, image->off, &here) ||
	    kvmi_radix_translate(kd, t->tables, kd->root, image->version,
	    &pte) == -1)
		return (false);
	kd->tables = t->tables;
	return (pte.pa == here);
}

/*
 * The direct map: dmap_phys_base, dmap_phys_max, dmap_max_addr of pmap.c.  It
 * began elsewhere in older releases; its end says where.
 */
static void
set_dmap(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	uint64_t base, max, end;

	if (!kvmi_variable(kd, "dmap_phys_base", 8, &base) ||
	    !kvmi_variable(kd, "dmap_phys_max", 8, &max) ||
	    !kvmi_variable(kd, "dmap_max_addr", 8, &end) ||
	    max <= base || end < max - base)
		return;
	m->dmapphys = base;
	m->dmapbase = end - (max - base);
	m->dmapend = end;
}

int
kvmi_rawmem_tables(kvm_t *kd, const struct kvmi_rawtables *t, size_t n)
{
	struct image image;
	size_t i;

	if (kd->elf.nsegments == 0 ||
	    kvmi_lookup(kd, "version", &image.version) == -1 ||
	    kvmi_rawmem_image(kd, image.version, &image.off) == -1)
		return (kvmi_context(kd, "kernel page tables"));
	for (i = 0; i < n; i++)
		if (try_tables(kd, &image, &t[i])) {
			kd->mmu = &kvmi_mmu_full;
			set_dmap(kd);
			return (0);
		}
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "kernel page tables: nothing that %s could be maps the kernel to "
	    "where it is in this memory (is this the right kernel file?)",
	    t[0].root));
}
