/* Access tokens: JWT with HS256, or with ES256 where a key pair is configured, signed by auth,
 * verified by the gateway. Not a general JWT library.
 *
 * Own code over libsodium instead of libjwt: libjwt 1.10 takes any HS algorithm with one key,
 * leaves exp, nbf, iss and aud unchecked, puts the token on the stack and costs four times as much.
 * Here the signature comes first, by the one algorithm that is configured, whatever the header
 * says; nothing of a token is parsed before its signature is good. */
#ifndef SF_KIT_JWT_H
#define SF_KIT_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "kit/jwt_ec.h"

#define JWT_ISSUER "sentient"

enum { JWT_SECRET_MIN = 32, JWT_MAX = 4096, JWT_SKEW_S = 30 };

/* Signing takes the current key; verifying takes both, so that a secret is rotated without signing
 * anybody out. The texts must outlive the keys. */
typedef struct JwtKeys {
    const char *current;
    const char *previous; /* NULL: none */
    uint64_t version;     /* tells them from other keys, in a cache; jwt_keys() makes it 0 */
    /* With any of these it is ES256, and no secret is looked at. */
    const JwtEcKey *signing;      /* NULL: can't sign */
    const JwtEcKey *verifying[2]; /* NULL: none */
} JwtKeys;

/* False where a secret has under JWT_SECRET_MIN bytes. An empty `previous` is none. */
bool jwt_keys(const char *current, const char *previous, JwtKeys *ret_keys);

/* ES256 from PEM texts that live as long as the process; NULL or empty: not given. False where one
 * is no key on P-256, or none is given. */
bool jwt_ec_keys(const char *signing, const char *verifying, const char *previous,
                 JwtKeys *ret_keys);

typedef struct JwtClaims {
    const char *sub; /* uuid of the user */
    const char *username;
    const char *permissions; /* ",so.read,so.create,"; "," where there are none */
    int64_t rid;             /* id of the role */
    const char *jti;         /* uuid of the token */
    const char *sid;         /* uuid of the session */
    int64_t iat, exp;        /* Unix seconds */
} JwtClaims;

extern const Err JWT_INVALID; /* 401; its cause says why, for the log alone */
extern const Err JWT_EXPIRED; /* 401 */

/* NULL where the token would exceed JWT_MAX bytes, or there is no key to sign with. */
const char *jwt_sign(Arena *arena, const JwtKeys *keys, const JwtClaims *claims);

/* Signature, alg (the configured one and nothing else), iss, exp (mandatory, no skew), iat and nbf
 * (JWT_SKEW_S seconds of skew), no aud, no crit, and the form of every claim, so that each may
 * travel in a header. The claims belong to the arena. */
const Err *jwt_verify(Arena *arena, const JwtKeys *keys, const char *token, size_t length,
                      int64_t now_s, JwtClaims *ret_claims);

#endif
