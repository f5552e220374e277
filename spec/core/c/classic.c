/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A program as it would be written for libkvm: open, kvm_nlist, kvm_read,
 * close.  Prints the value of the kernel's int `hz'.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "kvm.h"

#include "check.h"

int
main(int argc, char *argv[])
{
	struct nlist nl[] = {
		{ .n_name = "_hz" },
		{ .n_name = "no_such_symbol", .n_type = 99, .n_value = 99 },
		{ .n_name = "" },
	};
	kvm_t *kd;
	int hz;

	if (argc != 3)
		return (2);
	kd = kvm_open(argv[1], argv[2], NULL, O_RDONLY, argv[0]);
	if (kd == NULL)
		return (1);
	CHECK(kvm_native(kd) == 1);
	CHECK(kvm_kerndisp(kd) == 0);
	CHECK(kvm_nlist(kd, nl) == 1);
	CHECK((nl[0].n_type & ~N_EXT) == N_DATA);
	CHECK(nl[1].n_type == N_UNDF && nl[1].n_value == 0);
	CHECK(kvm_read(kd, nl[0].n_value, &hz, sizeof(hz)) == sizeof(hz));
	printf("hz = %d\n", hz);
	CHECK(kvm_close(kd) == 0);
	return (check_failures != 0);
}
