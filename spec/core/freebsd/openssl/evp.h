/* <openssl/evp.h>, 1.1.1 or 3, as far as core/crypt.c names it. */
#ifndef OPENSSL_EVP_H
#define	OPENSSL_EVP_H

#include <stddef.h>

typedef struct bio_st		BIO;
typedef struct engine_st	ENGINE;
typedef struct evp_cipher_st	EVP_CIPHER;
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct evp_pkey_st	EVP_PKEY;
typedef struct evp_pkey_ctx_st	EVP_PKEY_CTX;
typedef int	pem_password_cb(char *, int, int, void *);

#define	EVP_PKEY_RSA		6

#endif
