/* <openssl/rsa.h>: paddings.  What 3 has as a function is a macro in 1.1.1. */
#include <openssl/evp.h>

#define	RSA_PKCS1_PADDING	1
#define	RSA_PKCS1_OAEP_PADDING	4
#define	EVP_PKEY_CTRL_RSA_PADDING	0x1001
#define	EVP_PKEY_CTX_set_rsa_padding(ctx, pad) \
	RSA_pkey_ctx_ctrl(ctx, -1, EVP_PKEY_CTRL_RSA_PADDING, pad, NULL)
