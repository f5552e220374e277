/* <openssl/rsa.h>: paddings. */
#include <openssl/evp.h>

#define	RSA_PKCS1_PADDING	1
#define	RSA_PKCS1_OAEP_PADDING	4
