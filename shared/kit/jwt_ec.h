/* Keys on the curve P-256 and ES256 signatures (OpenSSL), parsed once and kept. For jwt.c and for
 * showing them as JWKS; not tokens. */
#ifndef SF_KIT_JWT_EC_H
#define SF_KIT_JWT_EC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { ES256_SIGNATURE = 64 };

typedef struct JwtEcKey JwtEcKey;

/* From PEM text: a private key, or a public one. NULL where it is none on P-256. A text that lives
 * as long as the process (a setting's) is parsed once: the same pointer gives the same key. */
const JwtEcKey *jwt_ec_private(const char *pem);
const JwtEcKey *jwt_ec_public(const char *pem);
/* Whether it is such a key; keeps nothing. */
bool jwt_ec_valid(const char *pem, bool is_private);

/* RFC 7638 thumbprint of the public half, base64url. */
const char *jwt_ec_kid(const JwtEcKey *key);
/* The public half: {"kty":"EC",…} */
void jwt_ec_jwk(const JwtEcKey *key, Buf *buf);

/* r and s, 32 bytes each, as JWS has them. False: not signed, or not by this key. */
bool jwt_ec_sign(const JwtEcKey *key, const char *text, size_t length,
                 uint8_t ret_signature[ES256_SIGNATURE]);
bool jwt_ec_verify(const JwtEcKey *key, const char *text, size_t length,
                   const uint8_t signature[ES256_SIGNATURE]);

#endif
