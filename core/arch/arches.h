/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Every architecture, in probe order.  Included with KVMI_ARCH defined.
 */
KVMI_ARCH(amd64)
