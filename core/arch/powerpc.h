/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * powerpc.h: constants of the 32-bit powerpc kernel, each with the header it
 * is in.
 */
#ifndef _KVM_POWERPC_H_
#define	_KVM_POWERPC_H_

#define	PPC_VA_MAX		0xffffffff	/* sys/powerpc/include/vmparam.h,
						   VM_MAX_ADDRESS */

#endif /* !_KVM_POWERPC_H_ */
