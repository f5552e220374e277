/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * crypt.c: dumps that the kernel encrypted (dumpon(8) -k).  The cipher's key
 * is in a blob beside the dump, itself encrypted to an RSA key
 * (sys/kerneldump.h, struct kerneldumpkey; decryptcore(8)).
 *
 * OpenSSL's libcrypto is loaded when the first such dump is opened: few are,
 * and linking it would cost every start some milliseconds and megabytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "library.h"
#include "private.h"

/* struct kerneldumpkey */
#define	KDK_ENCRYPTION		0	/* KERNELDUMP_ENC_* */
#define	KDK_IV			1	/* 32 bytes */
#define	KDK_KEYSIZE		33	/* u32, big-endian */
#define	KDK_KEY			37
#define	KERNELDUMP_ENC_AES_256_CBC	1
#define	KERNELDUMP_ENC_CHACHA20		2

#define	KEY_PLAIN_MAX		1024	/* of what RSA gives back */
#define	CIPHER_KEY		32	/* bytes of it that are the key */
#define	BLOCK			16	/* AES; at most so much is held back */

/* What is used of libcrypto; functions only, in 1.1.1 as in 3. */
struct crypto {
	BIO	*(*BIO_new_file)(const char *, const char *);
	int	 (*BIO_free)(BIO *);
	EVP_PKEY *(*PEM_read_bio_PrivateKey)(BIO *, EVP_PKEY **,
		    pem_password_cb *, void *);
	void	 (*EVP_PKEY_free)(EVP_PKEY *);
	EVP_PKEY_CTX *(*EVP_PKEY_CTX_new)(EVP_PKEY *, ENGINE *);
	void	 (*EVP_PKEY_CTX_free)(EVP_PKEY_CTX *);
	int	 (*EVP_PKEY_decrypt_init)(EVP_PKEY_CTX *);
	int	 (*EVP_PKEY_CTX_ctrl)(EVP_PKEY_CTX *, int, int, int, int,
		    void *);
	int	 (*EVP_PKEY_decrypt)(EVP_PKEY_CTX *, unsigned char *, size_t *,
		    const unsigned char *, size_t);
	EVP_CIPHER_CTX *(*EVP_CIPHER_CTX_new)(void);
	void	 (*EVP_CIPHER_CTX_free)(EVP_CIPHER_CTX *);
	int	 (*EVP_CIPHER_CTX_set_padding)(EVP_CIPHER_CTX *, int);
	int	 (*EVP_DecryptInit_ex)(EVP_CIPHER_CTX *, const EVP_CIPHER *,
		    ENGINE *, const unsigned char *, const unsigned char *);
	int	 (*EVP_DecryptUpdate)(EVP_CIPHER_CTX *, unsigned char *, int *,
		    const unsigned char *, int);
	const EVP_CIPHER *(*EVP_aes_256_cbc)(void);
	const EVP_CIPHER *(*EVP_chacha20)(void);
};

/* A dump's cipher: the codec's argument. */
struct cipher {
	unsigned int	encryption;
	uint8_t		key[CIPHER_KEY];
	uint8_t		iv[BLOCK];
};

struct cipher_state {
	struct crypto	 crypto;
	EVP_CIPHER_CTX	*ctx;
};

#define	CRYPTO_SYMBOLS(SYMBOL)						\
	SYMBOL(BIO_new_file)						\
	SYMBOL(BIO_free)						\
	SYMBOL(PEM_read_bio_PrivateKey)					\
	SYMBOL(EVP_PKEY_free)						\
	SYMBOL(EVP_PKEY_CTX_new)					\
	SYMBOL(EVP_PKEY_CTX_free)					\
	SYMBOL(EVP_PKEY_decrypt_init)					\
	SYMBOL(EVP_PKEY_CTX_ctrl)					\
	SYMBOL(EVP_PKEY_decrypt)					\
	SYMBOL(EVP_CIPHER_CTX_new)					\
	SYMBOL(EVP_CIPHER_CTX_free)					\
	SYMBOL(EVP_CIPHER_CTX_set_padding)				\
	SYMBOL(EVP_DecryptInit_ex)					\
	SYMBOL(EVP_DecryptUpdate)					\
	SYMBOL(EVP_aes_256_cbc)						\
	SYMBOL(EVP_chacha20)

#ifdef KVM_LINK_CRYPTO		/* a program that loads nothing */
const char kvmi_crypt_built[] = "libcrypto";

static int
crypto_init(kvm_t *kd, struct crypto *c)
{

	(void)kd;
#define	LINKED(name)	c->name = name;
	CRYPTO_SYMBOLS(LINKED)
#undef LINKED
	return (0);
}
#else
const char kvmi_crypt_built[] = "libcrypto (loaded when needed)";

/* It is never closed: libcrypto's exit handlers outlive any user of it. */
static int
crypto_init(kvm_t *kd, struct crypto *c)
{
	static const char *const names[] = {
		"libcrypto.so.3", "libcrypto.so", "libcrypto.so.35",
		"libcrypto.so.30", "libcrypto.so.1.1", "libcrypto.so.111",
		"libcrypto.3.dylib", "libcrypto.dylib", NULL,
	};
	const struct kvmi_import imports[] = {
#define	LOADED(name)	{ #name, &c->name },
		CRYPTO_SYMBOLS(LOADED)
#undef LOADED
	};

	if (kvmi_library_load(names, imports, nitems_of(imports)) != NULL)
		return (0);
	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "the dump is encrypted, and OpenSSL's libcrypto (1.1.1 or newer) "
	    "is not on this machine"));
}
#endif

/* A passphrase is not asked for: there may be nobody to ask. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{

	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return (-1);
}

static EVP_PKEY *
read_key(kvm_t *kd, struct crypto *c, const char *keyfile)
{
	EVP_PKEY *key;
	BIO *bio;

	bio = c->BIO_new_file(keyfile, "r");
	if (bio == NULL) {
		kvmi_syserr(kd, "cannot open the private key %s", keyfile);
		return (NULL);
	}
	key = c->PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	c->BIO_free(bio);
	if (key == NULL)
		kvmi_error(kd, KVM_E_FORMAT, 0, "%s holds no private key in "
		    "PEM format (without a passphrase)", keyfile);
	return (key);
}

/* FreeBSD 12.1 and older padded as PKCS #1 1.5 has it, later ones OAEP. */
static int
decrypt_key(kvm_t *kd, struct crypto *c, EVP_PKEY *key, const uint8_t *blob,
    size_t size, uint8_t *plain)
{
	static const int paddings[] = { RSA_PKCS1_OAEP_PADDING,
	    RSA_PKCS1_PADDING };
	EVP_PKEY_CTX *ctx;
	uint8_t out[KEY_PLAIN_MAX];
	size_t i, n = 0;
	bool done = false;

	for (i = 0; !done && i < nitems_of(paddings); i++) {
		ctx = c->EVP_PKEY_CTX_new(key, NULL);
		if (ctx == NULL)
			return (kvmi_nomem(kd, "private key"));
		n = sizeof(out);
		done = c->EVP_PKEY_decrypt_init(ctx) > 0 &&
		    c->EVP_PKEY_CTX_ctrl(ctx, EVP_PKEY_RSA, -1,
		    EVP_PKEY_CTRL_RSA_PADDING, paddings[i], NULL) > 0 &&
		    c->EVP_PKEY_decrypt(ctx, out, &n, blob, size) > 0 &&
		    n >= CIPHER_KEY;
		c->EVP_PKEY_CTX_free(ctx);
	}
	if (!done)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "the private key does not open the dump's key"));
	memcpy(plain, out, CIPHER_KEY);
	return (0);
}

static int
open_key(kvm_t *kd, const char *keyfile, const uint8_t *blob, size_t size,
    struct cipher *cipher)
{
	struct crypto c;
	EVP_PKEY *key;
	int error = -1;

	if (crypto_init(kd, &c) == -1)
		return (-1);
	key = read_key(kd, &c, keyfile);
	if (key != NULL) {
		error = decrypt_key(kd, &c, key, blob, size, cipher->key);
		c.EVP_PKEY_free(key);
	}
	return (error);
}

static int
cipher_init(kvm_t *kd, void **state, const void *arg)
{
	const struct cipher *cipher = arg;
	const EVP_CIPHER *type;
	struct cipher_state *s;

	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return (kvmi_nomem(kd, "cipher"));
	if (crypto_init(kd, &s->crypto) == -1) {
		free(s);
		return (-1);
	}
	type = cipher->encryption == KERNELDUMP_ENC_CHACHA20 ?
	    s->crypto.EVP_chacha20() : s->crypto.EVP_aes_256_cbc();
	s->ctx = s->crypto.EVP_CIPHER_CTX_new();
	if (s->ctx == NULL || type == NULL ||
	    s->crypto.EVP_DecryptInit_ex(s->ctx, type, NULL, cipher->key,
	    cipher->iv) != 1) {
		s->crypto.EVP_CIPHER_CTX_free(s->ctx);
		free(s);
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "libcrypto does not have the dump's cipher"));
	}
	s->crypto.EVP_CIPHER_CTX_set_padding(s->ctx, 0);
	*state = s;
	return (0);
}

static enum kvmi_step
cipher_step(void *state, const uint8_t *in, size_t *nin, uint8_t *out,
    size_t *nout, const char **why)
{
	struct cipher_state *s = state;
	int n = 0;

	if (*nin > *nout - BLOCK)
		*nin = *nout - BLOCK;
	*nout = 0;
	if (s->crypto.EVP_DecryptUpdate(s->ctx, out, &n, in, (int)*nin) != 1) {
		*why = "it can't be decrypted";
		return (KVMI_STEP_DAMAGED);
	}
	*nout = (size_t)n;
	return (KVMI_STEP_BOUNDARY);
}

static void
cipher_fini(void *state)
{
	struct cipher_state *s = state;

	s->crypto.EVP_CIPHER_CTX_free(s->ctx);
	free(s);
}

static const struct kvmi_codec codec_aes = {
	.name = "aes-256-cbc",
	.init = cipher_init,
	.step = cipher_step,
	.fini = cipher_fini,
};

static const struct kvmi_codec codec_chacha = {
	.name = "chacha20",
	.init = cipher_init,
	.step = cipher_step,
	.fini = cipher_fini,
};

int
kvmi_decrypt(kvm_t *kd, const char *keyfile, const uint8_t *blob, size_t size)
{
	const struct kvmi_codec *codec;
	struct cipher cipher;
	uint32_t keysize;

	keysize = size < KDK_KEY ? 0 : kvmi_get32(blob + KDK_KEYSIZE, true);
	if (keysize == 0 || keysize > size - KDK_KEY)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "the dump's key: %zu bytes, %u of them encrypted", size,
		    keysize));
	memset(&cipher, 0, sizeof(cipher));
	cipher.encryption = blob[KDK_ENCRYPTION];
	if (cipher.encryption == KERNELDUMP_ENC_AES_256_CBC) {
		codec = &codec_aes;
		memcpy(cipher.iv, blob + KDK_IV, BLOCK);
	} else if (cipher.encryption == KERNELDUMP_ENC_CHACHA20) {
		/* A 64-bit block counter, from 0; a 64-bit nonce. */
		codec = &codec_chacha;
		memcpy(cipher.iv + BLOCK / 2, blob + KDK_IV, BLOCK / 2);
	} else
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "the dump's key: unknown encryption %u",
		    cipher.encryption));
	if (open_key(kd, keyfile, blob + KDK_KEY, keysize, &cipher) == -1)
		return (-1);
	kd->encryption = codec->name;
	return (kvmi_bytes_decode(kd, &kd->bytes, codec, &cipher));
}
