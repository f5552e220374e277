/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * check.h: the least a test program needs.  A failed CHECK is reported and
 * counted; main() returns check_failures != 0.
 */
#ifndef _CHECK_H_
#define	_CHECK_H_

#include <stdio.h>

static int check_failures;

#define	CHECK(e) do {							\
	if (!(e)) {							\
		fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,	\
		    __LINE__, #e);					\
		check_failures++;					\
	}								\
} while (0)

#endif /* !_CHECK_H_ */
