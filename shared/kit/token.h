/* Opaque one-use tokens (refresh, reset): 256 random bits for the client, a keyed hash for the
 * database. Not JWT. */
#ifndef SF_KIT_TOKEN_H
#define SF_KIT_TOKEN_H

#include <stdint.h>

#include "base/arena.h"

enum { TOKEN_HASH = 32 };

/* 43 characters of base64url, in the arena. */
char *token_new(Arena *arena);
/* HMAC-SHA-256 of the token's text: who reads it and lacks the secret learns nothing that signs
 * in. */
void token_hash(const char *secret, const char *token, uint8_t ret_hash[TOKEN_HASH]);

#endif
