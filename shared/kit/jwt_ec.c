/* ES256 over OpenSSL's EVP. */
#include "kit/jwt_ec.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { HALF = ES256_SIGNATURE / 2, COORDINATE_TEXT = 43 };

struct JwtEcKey {
    const JwtEcKey *next;
    const char *pem;
    bool is_private;
    EVP_PKEY *pkey;
    char x[COORDINATE_TEXT + 1], y[COORDINATE_TEXT + 1], kid[COORDINATE_TEXT + 1];
};

/* Every key of this process: one or two, and one more for each rotation. */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;
static const JwtEcKey *kept;

static EVP_PKEY *pem_parse(const char *pem, bool is_private)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    /* The empty text in place of a passphrase: an encrypted key fails instead of asking for one. */
    EVP_PKEY *pkey = is_private ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "")
                                : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    char group[32] = "";
    BIO_free(bio);
    if (pkey && EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC &&
        EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
        strcmp(group, "prime256v1") == 0)
        return pkey;
    EVP_PKEY_free(pkey);
    return NULL;
}

static void base64url(const uint8_t bytes[HALF], char ret_text[COORDINATE_TEXT + 1])
{
    const size_t room = COORDINATE_TEXT + 1, length = HALF;
    (void)sodium_bin2base64(ret_text, room, bytes, length,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool coordinate(const EVP_PKEY *pkey, const char *name, char ret_text[COORDINATE_TEXT + 1])
{
    uint8_t bytes[HALF];
    BIGNUM *number = NULL;
    bool ok = EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
              BN_bn2binpad(number, bytes, sizeof bytes) == (int)sizeof bytes;
    BN_free(number);
    if (ok)
        base64url(bytes, ret_text);
    return ok;
}

static bool describe(JwtEcKey *key)
{
    char text[160];
    uint8_t hash[crypto_hash_sha256_BYTES];
    if (!coordinate(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, key->x) ||
        !coordinate(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, key->y))
        return false;
    int n =
        snprintf(text, sizeof text, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
                 key->x, key->y);
    (void)crypto_hash_sha256(hash, (const uint8_t *)text, (unsigned)n);
    base64url(hash, key->kid);
    return true;
}

static const JwtEcKey *find(const char *pem, bool is_private)
{
    for (const JwtEcKey *key = kept; key; key = key->next)
        if (key->pem == pem && key->is_private == is_private)
            return key;
    return NULL;
}

static const JwtEcKey *make(const char *pem, bool is_private)
{
    EVP_PKEY *pkey = pem_parse(pem, is_private);
    JwtEcKey *key = pkey ? calloc(1, sizeof *key) : NULL;
    if (!key)
        return NULL;
    *key = (JwtEcKey){.next = kept, .pem = pem, .is_private = is_private, .pkey = pkey};
    if (describe(key))
        return kept = key;
    EVP_PKEY_free(pkey);
    free(key);
    return NULL;
}

static const JwtEcKey *key_of(const char *pem, bool is_private)
{
    (void)pthread_mutex_lock(&kept_lock);
    const JwtEcKey *key = find(pem, is_private);
    if (!key)
        key = make(pem, is_private);
    (void)pthread_mutex_unlock(&kept_lock);
    return key;
}

const JwtEcKey *jwt_ec_private(const char *pem)
{
    return key_of(pem, true);
}

const JwtEcKey *jwt_ec_public(const char *pem)
{
    return key_of(pem, false);
}

bool jwt_ec_valid(const char *pem, bool is_private)
{
    EVP_PKEY *pkey = pem_parse(pem, is_private);
    EVP_PKEY_free(pkey);
    return pkey != NULL;
}

const char *jwt_ec_kid(const JwtEcKey *key)
{
    return key->kid;
}

void jwt_ec_jwk(const JwtEcKey *key, Buf *buf)
{
    buf_printf(buf,
               "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\",\"kid\":\"%s\","
               "\"x\":\"%s\",\"y\":\"%s\"}",
               key->kid, key->x, key->y);
}

/* DER, as OpenSSL has signatures, ⇄ r and s side by side. */
static bool from_der(const uint8_t *der, size_t length, uint8_t ret_signature[ES256_SIGNATURE])
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)length);
    bool ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), ret_signature, HALF) == HALF &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair), ret_signature + HALF, HALF) == HALF;
    ECDSA_SIG_free(pair);
    return ok;
}

static int to_der(const uint8_t signature[ES256_SIGNATURE], uint8_t **ret_der)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
    int length = 0;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
        length = i2d_ECDSA_SIG(pair, ret_der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return length > 0 ? length : 0;
}

bool jwt_ec_sign(const JwtEcKey *key, const char *text, size_t length,
                 uint8_t ret_signature[ES256_SIGNATURE])
{
    uint8_t der[128];
    size_t n = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
              EVP_DigestSign(context, der, &n, (const uint8_t *)text, length) == 1 &&
              from_der(der, n, ret_signature);
    EVP_MD_CTX_free(context);
    return ok;
}

bool jwt_ec_verify(const JwtEcKey *key, const char *text, size_t length,
                   const uint8_t signature[ES256_SIGNATURE])
{
    uint8_t *der = NULL;
    int n = to_der(signature, &der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = n && context &&
              EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
              EVP_DigestVerify(context, der, (size_t)n, (const uint8_t *)text, length) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    return ok;
}
