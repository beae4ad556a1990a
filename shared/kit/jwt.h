/* Access tokens: JWT with HS256, signed by auth, verified by the gateway. Not a general JWT
 * library.
 *
 * Own code over libsodium instead of libjwt: libjwt 1.10 takes any HS algorithm with one key,
 * leaves exp, nbf, iss and aud unchecked, puts the token on the stack and costs four times as much.
 * Here the signature comes first, always HMAC-SHA-256, whatever the header says; nothing of a token
 * is parsed before its signature is good. */
#ifndef SF_KIT_JWT_H
#define SF_KIT_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define JWT_ISSUER "sentient"

enum { JWT_SECRET_MIN = 32, JWT_MAX = 4096, JWT_SKEW_S = 30 };

/* Signing takes the current key; verifying takes both, so that a secret is rotated without signing
 * anybody out. The texts must outlive the keys. */
typedef struct JwtKeys {
    const char *current;
    const char *previous; /* NULL: none */
    uint64_t version;     /* tells them from other keys, in a cache; jwt_keys() makes it 0 */
} JwtKeys;

/* False where a secret has under JWT_SECRET_MIN bytes. An empty `previous` is none. */
bool jwt_keys(const char *current, const char *previous, JwtKeys *ret_keys);

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

/* NULL where the token would exceed JWT_MAX bytes. */
const char *jwt_sign(Arena *arena, const JwtKeys *keys, const JwtClaims *claims);

/* Signature, alg (HS256 and nothing else), iss, exp (mandatory, no skew), iat and nbf (JWT_SKEW_S
 * seconds of skew), no aud, no crit, and the form of every claim, so that each may travel in a
 * header. The claims belong to the arena. */
const Err *jwt_verify(Arena *arena, const JwtKeys *keys, const char *token, size_t length,
                      int64_t now_s, JwtClaims *ret_claims);

#endif
