/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * built.c: what the library was built with.
 */
#include <stdio.h>

#include <libelf.h>
#include <zlib.h>
#include <zstd.h>

#if __has_include(<elfutils/version.h>)
#include <elfutils/version.h>
#endif

#include "private.h"

int
kvm_built_with(char *buf, size_t size)
{
	char elf[32] = "libelf";

#ifdef _ELFUTILS_VERSION
	(void)snprintf(elf, sizeof(elf), "libelf 0.%d (elfutils)",
	    _ELFUTILS_VERSION);
#endif
	return (snprintf(buf, size, "%s, zlib %s, zstd %s, %s, %s", elf,
	    zlibVersion(), ZSTD_versionString(), kvmi_crypt_built,
	    kvmi_dwarf_built));
}
