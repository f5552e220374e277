/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * amd64.c: minidumps (versions 1 to 3) and full dumps of amd64, the latter
 * with four and with five levels of page tables.
 */
#include <elf.h>

#include "../radix.h"
#include "amd64.h"

static unsigned char
prot_of(uint64_t pte)
{

	return ((unsigned char)(KVM_PROT_READ |
	    ((pte & AMD64_PG_RW) != 0 ? KVM_PROT_WRITE : 0) |
	    ((pte & AMD64_PG_NX) == 0 ? KVM_PROT_EXECUTE : 0)));
}

static enum kvmi_entry
decode(kvm_t *kd, unsigned int shift, uint64_t entry, struct kvmi_pte *pte)
{

	(void)kd;
	pte->pa = entry & AMD64_PG_FRAME;
	if ((entry & AMD64_PG_V) == 0)
		return (KVMI_ABSENT);
	if (shift != AMD64_PAGE_SHIFT && ((entry & AMD64_PG_PS) == 0 ||
	    shift > AMD64_PDP_SHIFT))
		return (KVMI_TABLE);
	/* The low bits of a superpage's frame hold other things (PAT). */
	pte->pa &= ~(pte->len - 1);
	pte->prot = prot_of(entry);
	return (KVMI_LEAF);
}

static const struct kvmi_radix tables_la48 = {
	.entry = 8,
	.sign = AMD64_PML4_SHIFT + 8,
	.nlevels = 4,
	.level = {
		{ "PML4E", AMD64_PML4_SHIFT, 9 },
		{ "PDPE", AMD64_PDP_SHIFT, 9 },
		{ "PDE", AMD64_PDR_SHIFT, 9 },
		{ "PTE", AMD64_PAGE_SHIFT, 9 },
	},
	.decode = decode,
};

static const struct kvmi_radix tables_la57 = {
	.entry = 8,
	.sign = AMD64_PML5_SHIFT + 8,
	.nlevels = 5,
	.level = {
		{ "PML5E", AMD64_PML5_SHIFT, 9 },
		{ "PML4E", AMD64_PML4_SHIFT, 9 },
		{ "PDPE", AMD64_PDP_SHIFT, 9 },
		{ "PDE", AMD64_PDR_SHIFT, 9 },
		{ "PTE", AMD64_PAGE_SHIFT, 9 },
	},
	.decode = decode,
};

/* ---- minidumps */

static int
amd64_minidump(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	const uint8_t *h;

	kd->ptrsize = 8;
	h = kvmi_minidump_header(kd, AMD64_HDR_VERSION, AMD64_HDR_SIZE,
	    AMD64_VERSION_MAX);
	if (h == NULL)
		return (-1);
	m->page_size = 1 << AMD64_PAGE_SHIFT;
	m->word_size = 8;
	m->kernbase = kvmi_get64(h + AMD64_HDR_KERNBASE, false);
	m->dmapbase = kvmi_get64(h + AMD64_HDR_DMAPBASE, false);
	m->dmapend = kvmi_get64(h + AMD64_HDR_DMAPEND, false);
	if (m->version >= AMD64_VERSION_AVAIL)
		m->avail_size = kvmi_get32(h + AMD64_HDR_DUMPAVAILSIZE, false);
	/* Four levels can't reach the direct map of five. */
	kd->tables = m->dmapbase != 0 &&
	    m->dmapbase >> tables_la48.sign != UINT64_MAX >> tables_la48.sign ?
	    &tables_la57 : &tables_la48;
	/* The page table area: PTEs in version 1, later PDEs. */
	m->pmap_level = kd->tables->nlevels -
	    (m->version == AMD64_VERSION_PTES ? 1 : 2);
	kd->mmu = &kvmi_mmu_minidump;
	return (kvmi_minidump_layout(kd));
}

/* ---- full dumps */

/*
 * Where a kernel symbol lies in physical memory before there are page tables
 * to ask: the kernel is one piece, loaded at load.
 */
static int
read_symbol(kvm_t *kd, const char *name, size_t size, kpaddr_t load,
    uint64_t *value)
{
	kvaddr_t va;

	if (kvmi_lookup(kd, name, &va) == -1)
		return (-1);
	if (va < AMD64_KERNBASE)
		return (kvmi_error(kd, KVM_E_FORMAT, va,
		    "symbol %s at %#jx is not in the kernel's own range",
		    name, (uintmax_t)va));
	if (kvmi_phys_word(kd, va - AMD64_KERNBASE - AMD64_KERNLOAD + load,
	    size, value) == -1)
		return (kvmi_context(kd, "symbol %s", name));
	return (0);
}

/* Would a kernel loaded at load have page tables that map it? */
static bool
maps_itself(kvm_t *kd, kpaddr_t load)
{
	uint64_t root, slot;

	return (read_symbol(kd, "KPML4phys", 8, load, &root) == 0 &&
	    kvmi_phys_word(kd, (root & AMD64_PG_FRAME) +
	    (AMD64_NPTE - 1) * 8, 8, &slot) == 0 &&
	    (slot & AMD64_PG_V) != 0);
}

/* Would it say itself that it is loaded there? */
static bool
loaded_at(kvm_t *kd, kpaddr_t load)
{
	uint64_t kernphys;

	return (read_symbol(kd, "kernphys", 8, load, &kernphys) == 0 &&
	    kernphys == load && maps_itself(kd, load));
}

/*
 * FreeBSD 13.1 to 14 load the kernel where there is room and do not tell the
 * dump where: look for the place at which the kernel's variable kernphys
 * holds that very place.  It is aligned to 2 MB and below 4 GB.
 */
static int
search_load(kvm_t *kd, kpaddr_t *load)
{
	kpaddr_t at;

	for (at = AMD64_KERNLOAD; at < (kpaddr_t)1 << 32; at += AMD64_KERNLOAD)
		if (loaded_at(kd, at)) {
			*load = at;
			return (0);
		}
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "cannot find where the kernel was loaded: no place in the dump "
	    "agrees with kernphys (is this the right kernel file?)"));
}

static int
find_load(kvm_t *kd, kpaddr_t *load)
{
	kvaddr_t va;

	if (kd->elf.has_delta) {
		*load = kd->elf.delta.pa;
		return (0);
	}
	if (kvmi_lookup(kd, "kernphys", &va) == 0)
		return (search_load(kd, load));
	if (kd->error.ke_class != KVM_E_NOSYM)
		return (-1);
	*load = AMD64_KERNLOAD;
	if (maps_itself(kd, *load))
		return (0);
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "the kernel's page tables are not where it is always loaded, at "
	    "physical address %#jx (is this the right kernel file?)",
	    (uintmax_t)*load));
}

/* Is the dumped kernel running with five levels?  The variable says. */
static int
read_la57(kvm_t *kd, kpaddr_t load, bool *la57)
{
	uint64_t value;

	*la57 = false;
	if (read_symbol(kd, "la57", 4, load, &value) == -1)
		return (kd->error.ke_class == KVM_E_NOSYM ? 0 : -1);
	*la57 = value != 0;
	return (0);
}

/* The page tables at root; the direct map as far as it can reach. */
static void
set_tables(kvm_t *kd, kpaddr_t root, bool la57)
{
	struct kvmi_minidump *m = &kd->mini;

	kd->root = root;
	kd->tables = la57 ? &tables_la57 : &tables_la48;
	kd->mmu = &kvmi_mmu_full;
	m->kernbase = AMD64_VM_MIN_KERNEL;
	m->dmapbase = la57 ? AMD64_DMAP_LA57 : AMD64_DMAP_LA48;
	m->dmapend = la57 ? AMD64_DMAP_LA57_END : AMD64_DMAP_LA48_END;
}

static int
tables_by_symbols(kvm_t *kd)
{
	struct kvmi_minidump *m = &kd->mini;
	kpaddr_t load = 0, root;
	bool la57 = false;
	uint64_t limit;

	if (find_load(kd, &load) == -1 || read_la57(kd, load, &la57) == -1 ||
	    read_symbol(kd, la57 ? "KPML5phys" : "KPML4phys", 8, load,
	    &root) == -1)
		return (kvmi_context(kd, "kernel page tables"));
	set_tables(kd, root, la57);
	if (read_symbol(kd, "dmaplimit", 8, load, &limit) == 0 &&
	    limit > 0 && limit < m->dmapend - m->dmapbase)
		m->dmapend = m->dmapbase + limit;
	return (0);
}

/*
 * An emulator's dump also tells what the processors had in their registers.
 * Any kernel's CR3 maps the kernel.
 */
static bool
tables_by_note(kvm_t *kd)
{
	const uint8_t *cpu;
	uint64_t slot;
	kpaddr_t root;

	cpu = kvmi_elfcore_note(kd, QEMU_NOTE, QEMU_CPU_SIZE);
	if (cpu == NULL)
		return (false);
	root = kvmi_get64(cpu + QEMU_CPU_CR3, false) & AMD64_PG_FRAME;
	if (kvmi_phys_word(kd, root + (((uint64_t)1 << 9) - 1) * 8, 8,
	    &slot) == -1 || (slot & AMD64_PG_V) == 0)
		return (false);
	set_tables(kd, root, (kvmi_get64(cpu + QEMU_CPU_CR4, false) &
	    AMD64_CR4_LA57) != 0);
	return (true);
}

static int
amd64_full(kvm_t *kd)
{
	bool symbols = kd->image != NULL || kd->resolver != NULL ||
	    kd->resolver2 != NULL;

	kd->tables = &tables_la48;
	if (symbols && tables_by_symbols(kd) == 0)
		return (0);
	if (symbols && kd->error.ke_class == KVM_E_RESOLVER)
		return (-1);
	/* Without either there is physical memory only. */
	return (tables_by_note(kd) || !symbols ? 0 : -1);
}

static bool
amd64_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS64 && ident->machine == EM_X86_64 &&
	    ident->type == ET_EXEC);
}

static bool
amd64_native(const kvm_t *kd)
{

	(void)kd;
#if defined(__x86_64__)
	return (true);
#else
	return (false);
#endif
}

const struct kvmi_arch kvmi_arch_amd64 = {
	.name = "amd64",
	.magic = AMD64_MAGIC,
	.kernel = amd64_kernel,
	.native = amd64_native,
	.minidump = amd64_minidump,
	.headerless = kvmi_headerless_none,
	.full = amd64_full,
	.canonical = kvmi_canonical_none,
	.translate_in = kvmi_translate_in_tables,
	.undumped = kvmi_undumped_none,
};
