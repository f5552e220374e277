/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * powerpc.c: 32-bit powerpc, AIM and Book-E alike.  There are no minidumps:
 * the kernel writes an ELF file of its data, its message buffer and its
 * mapped memory by virtual address.  Its text is in the kernel file.
 */
#include <elf.h>

#include "../private.h"
#include "powerpc.h"

static int
powerpc_full(kvm_t *kd)
{

	kd->va_max = PPC_VA_MAX;
	kd->mmu = &kvmi_mmu_direct;
	if (!kd->elf.is_virtual)
		return (0);
	kvmi_elfcore_displacement(kd);
	kd->mmu = &kvmi_mmu_virtual;
	return (0);
}

static bool
powerpc_kernel(const struct kvmi_ident *ident)
{

	return (ident->class == ELFCLASS32 && ident->machine == EM_PPC &&
	    ident->bigendian &&
	    (ident->type == ET_EXEC || ident->type == ET_DYN));
}

static bool
powerpc_native(const kvm_t *kd)
{

	(void)kd;
#if defined(__powerpc__) && !defined(__powerpc64__)
	return (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
#else
	return (false);
#endif
}

const struct kvmi_arch kvmi_arch_powerpc = {
	.name = "powerpc",
	.magic = "",
	.kernel = powerpc_kernel,
	.native = powerpc_native,
	.minidump = kvmi_minidump_none,
	.headerless = kvmi_headerless_none,
	.full = powerpc_full,
	.canonical = kvmi_canonical_none,
	.translate_in = kvmi_translate_in_none,
	.undumped = kvmi_undumped_text,
};
