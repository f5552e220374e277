/* <openssl/pem.h>. */
#include <openssl/evp.h>
