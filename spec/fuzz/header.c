/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz what is said of a dump: the input is a kerneldumpheader with what
 * follows it (its parity is made right, else none would get past it), and an
 * info.N.
 */
#include "fuzz.h"
#include "private.h"

static char folder[] = "/tmp/fuzz-header.XXXXXX";
static char core[64], info[64];

static void
cleanup(void)
{

	unlink(core);
	unlink(info);
	rmdir(folder);
}

static void
put(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(data, 1, size, f) != size)
		abort();
	fclose(f);
}

static void
fix_parity(uint8_t *head)
{
	uint8_t parity[4] = { 0, 0, 0, 0 };
	size_t i;

	for (i = 0; i < KVMI_HEADER_SIZE - 4; i++)
		parity[i % 4] ^= head[i];
	memcpy(head + KVMI_HEADER_SIZE - 4, parity, 4);
}

static void
look(void)
{
	struct kvm_open_args args;
	struct kvm_dump d;
	kvm_t *kd;

	memset(&args, 0, sizeof(args));
	args.ka_corefile = core;
	args.ka_options = KVM_OPEN_NOKERNEL;
	kd = kvm_openx(&args, NULL);
	if (kd == NULL)
		return;
	(void)kvm_dump(kd, &d);
	fuzz_read(kd, d.kd_dmapbase);
	kvm_close(kd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct kvmi_header h;
	uint8_t *copy;

	if (!ready) {
		if (mkdtemp(folder) == NULL)
			abort();
		snprintf(core, sizeof(core), "%s/vmcore.0", folder);
		snprintf(info, sizeof(info), "%s/info.0", folder);
		atexit(cleanup);
		ready = true;
	}
	copy = malloc(size + 1);
	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	if (size >= KVMI_HEADER_SIZE) {
		fix_parity(copy);
		(void)kvmi_header_parse(copy, &h);
		/* As on a device: the last sector is the first one again. */
		if (size >= 2 * KVMI_HEADER_SIZE && (size & 1) != 0)
			memcpy(copy + size - KVMI_HEADER_SIZE, copy,
			    KVMI_HEADER_SIZE);
	}
	put(core, copy, size);
	put(info, data, size);
	look();
	free(copy);
	return (0);
}
