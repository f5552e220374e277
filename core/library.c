/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * library.c: libraries that are loaded when somebody needs them.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "library.h"

/* ISO C turns no pointer to data into one to a function: copy its bytes. */
static bool
find_all(void *handle, const struct kvmi_import *imports, unsigned int n)
{
	void *address;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if ((address = dlsym(handle, imports[i].name)) == NULL)
			return (false);
		memcpy(imports[i].slot, &address, sizeof(address));
	}
	return (true);
}

void *
kvmi_library_load(const char *const *names, const struct kvmi_import *imports,
    unsigned int n)
{
	void *handle;

	for (; *names != NULL; names++) {
		if ((handle = dlopen(*names, RTLD_NOW | RTLD_LOCAL)) == NULL)
			continue;
		if (find_all(handle, imports, n))
			return (handle);
		dlclose(handle);
	}
	return (NULL);
}
