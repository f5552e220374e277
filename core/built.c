/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * built.c: what the library was built with.
 */
#include <stdio.h>

#include <libelf.h>
#include <zlib.h>
#include <zstd.h>

/* elftoolchain's libelf may have elfutils beside it: see who wrote <libelf.h>. */
#if defined(_LIBELF_H) && __has_include(<elfutils/version.h>)
#include <elfutils/version.h>
#endif

#include "private.h"

int
kvm_built_with(char *buf, size_t size)
{
#ifdef _LIBELF_H_
	char elf[32] = "libelf (elftoolchain)";
#else
	char elf[32] = "libelf";
#endif

#ifdef _ELFUTILS_VERSION
	(void)snprintf(elf, sizeof(elf), "libelf 0.%d (elfutils)",
	    _ELFUTILS_VERSION);
#endif
	return (snprintf(buf, size, "%s, zlib %s, zstd %s, %s, %s", elf,
	    zlibVersion(), ZSTD_versionString(), kvmi_crypt_built,
	    kvmi_dwarf_built));
}
