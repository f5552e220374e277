/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz compressed dumps: streams are read through, in any order.
 */
#include "fuzz.h"

#define	ENOUGH	(16 << 20)	/* a small input can inflate to terabytes */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvm_open_args args;
	struct fuzz_file core;
	struct kvm_dump d;
	uint64_t off;
	char buf[3000];
	kvm_t *kd;

	fuzz_file(&core, data, size);
	memset(&args, 0, sizeof(args));
	args.ka_corefile = core.path;
	args.ka_options = KVM_OPEN_NOKERNEL;
	kd = kvm_openx(&args, NULL);
	if (kd != NULL) {
		(void)kvm_read_dump(kd, 100000, buf, sizeof(buf));
		(void)kvm_read_dump(kd, 5, buf, sizeof(buf));
		for (off = 0; off < ENOUGH; off += 1 << 20)
			if (kvm_read_dump(kd, off, buf, sizeof(buf)) <= 0)
				break;
		(void)kvm_read_dump(kd, UINT64_MAX - 10, buf, sizeof(buf));
		if (off < ENOUGH)
			(void)kvm_dump(kd, &d);
		kvm_close(kd);
	}
	close(core.fd);
	return (0);
}
