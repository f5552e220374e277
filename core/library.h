/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * library.h: libraries that are loaded when somebody needs them.
 */
#ifndef _KVM_LIBRARY_H_
#define	_KVM_LIBRARY_H_

/* A function that is wanted, and where its address goes. */
struct kvmi_import {
	const char	*name;
	void		*slot;		/* a pointer to a function */
};

/*
 * Load the first of these libraries that is on this machine and has all that
 * is wanted.  names ends with NULL; n is the number of imports.  A handle for
 * dlclose(3), or NULL: there is none.
 */
void	*kvmi_library_load(const char *const *names,
	    const struct kvmi_import *, unsigned int n);

#endif /* !_KVM_LIBRARY_H_ */
