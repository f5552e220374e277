/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Prints what kvm_walk_pages() reports, a page a line: physical address,
 * kernel map, direct map, protection, offset, length.
 * argv: kernel, core, and how many pages to take (0: all).
 */
#include <fcntl.h>
#include <stdlib.h>

#include "kvm.h"

#include "check.h"

struct count {
	int	 left;		/* 0: no limit */
};

static int
print_page(struct kvm_page *p, void *arg)
{
	struct count *c = arg;

	CHECK(p->kp_version == LIBKVM_WALK_PAGES_VERSION);
	printf("%jx %jx %jx %x %jd %zu\n", (uintmax_t)p->kp_paddr,
	    (uintmax_t)p->kp_kmap_vaddr, (uintmax_t)p->kp_dmap_vaddr,
	    p->kp_prot, (intmax_t)p->kp_offset, p->kp_len);
	return (c->left == 0 || --c->left > 0);
}

int
main(int argc, char *argv[])
{
	struct count c;
	kvm_t *kd;
	int limit;

	if (argc != 4)
		return (2);
	kd = kvm_open(argv[1], argv[2], NULL, O_RDONLY, argv[0]);
	if (kd == NULL)
		return (1);
	limit = c.left = atoi(argv[3]);
	CHECK(kvm_walk_pages(kd, print_page, &c) == (limit == 0));
	CHECK(kvm_close(kd) == 0);
	return (check_failures != 0);
}
