/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * nocrypt.c: stands in for crypt.c where there is no libcrypto.
 */
#include "private.h"

const char kvmi_crypt_built[] = "no libcrypto";

int
kvmi_decrypt(kvm_t *kd, const char *keyfile, const uint8_t *blob, size_t size)
{

	(void)keyfile;
	(void)blob;
	(void)size;
	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "the dump is encrypted, and this vmcore was built without "
	    "OpenSSL's libcrypto"));
}
