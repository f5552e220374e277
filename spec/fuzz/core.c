/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz the dump: what it is wrapped in, its header, page index and page
 * tables, every translation, the walk.  There is no kernel file; symbols are
 * where seeds.lua puts them.
 */
#include "fuzz.h"

#define	SYMBOLS	0xffffffff80201000	/* also in seeds.lua */

/* What architectures ask for, in the order in which it lies in memory. */
static const char *const names[] = {
	"KPML4phys", "kernphys", "la57", "KPML5phys", "dmaplimit",
	"pmap_lpa_enabled", "pmap_mode", "mmu_radix", "hw_direct_map",
	"moea64_large_page_shift", "version", "ostype", "osrelease",
	"IdlePTD", "IdlePDPT", "pae_mode", "IdlePTD_pae", "IdlePTD_nopae",
	"kernel_l1pa", "pagetable_l0_ttbr1", "pagetable_l1", "pagetable_l0",
};

static int
resolve(kvm_t *kd, const char *name, kvaddr_t *addr, void *arg)
{
	size_t i;

	(void)kd;
	(void)arg;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0) {
			*addr = SYMBOLS + i * 16;
			return (0);
		}
	return (1);
}

struct visit {
	kvaddr_t	last;
	unsigned int	n;
};

static int
visit(struct kvm_page *page, void *arg)
{
	struct visit *v = arg;

	v->last = page->kp_kmap_vaddr != 0 ? page->kp_kmap_vaddr :
	    page->kp_dmap_vaddr;
	return (++v->n < 2000);
}

static void
explore(kvm_t *kd)
{
	static const kvaddr_t places[] = { 0, 0x800000, 0xc0000000, 0xfffff000,
	    0xffffffff80201000, 0xfffffe0000000000, 0xfffff80000000000,
	    0xffff000000000000, 0xffffffc000000000, 0xc000000000000000,
	    0xffffa00000000000, 0xffffffffffffff00 };
	struct visit v = { 0, 0 };
	struct kvm_page page;
	struct kvm_dump d;
	char buf[100];
	size_t i;

	(void)kvm_dump(kd, &d);
	(void)kvm_walk_pages(kd, visit, &v);
	fuzz_read(kd, v.last);
	fuzz_read(kd, d.kd_kernbase);
	fuzz_read(kd, d.kd_dmapbase);
	fuzz_read(kd, d.kd_dmapend);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		fuzz_read(kd, places[i]);
	(void)kvm_translate_in(kd, 0x200000, v.last, &page);
	(void)kvm_read_in(kd, 0x200000, 0x400000, buf, sizeof(buf));
	(void)kvm_read_dump(kd, d.kd_size - 10, buf, sizeof(buf));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvm_open_args args;
	struct fuzz_file core;
	unsigned int i;
	kvm_t *kd;

	fuzz_file(&core, data, size);
	for (i = 0; i < 2; i++) {
		memset(&args, 0, sizeof(args));
		args.ka_corefile = core.path;
		args.ka_options = KVM_OPEN_NOKERNEL;
		args.ka_resolver = i == 0 ? NULL : resolve;
		kd = kvm_openx(&args, NULL);
		if (kd == NULL)
			continue;
		explore(kd);
		kvm_close(kd);
	}
	close(core.fd);
	return (0);
}
