/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * kvm.h needs nothing before it, may come twice, and is C++ as well.
 */
#include "kvm.h"
#include "kvm.h"

int	main(void);

int
main(void)
{

	return (kvm_close(NULL) != -1);
}
