/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Every architecture, in probe order.  Included with KVMI_ARCH defined.
 */
KVMI_ARCH(amd64)
KVMI_ARCH(powerpc64)
KVMI_ARCH(powerpc)
KVMI_ARCH(mips)
KVMI_ARCH(sparc64)
KVMI_ARCH(arm64)
KVMI_ARCH(riscv64)
KVMI_ARCH(i386)
KVMI_ARCH(arm)
