/* Opaque tokens and their keyed hash (libsodium). Not a store. */
#include "kit/token.h"

#include <sodium.h>
#include <string.h>

#include "base/id.h"
#include "base/str.h"

enum { TOKEN_BYTES = 32 };

_Static_assert(TOKEN_HASH == crypto_auth_hmacsha256_BYTES, "the hash is HMAC-SHA-256");

char *token_new(Arena *arena)
{
    uint8_t bytes[TOKEN_BYTES];
    random_bytes(bytes, sizeof bytes);
    char *token = base64url_encode(arena, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    return token;
}

void token_hash(const char *secret, const char *token, uint8_t ret_hash[TOKEN_HASH])
{
    crypto_auth_hmacsha256_state state;
    (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)token, strlen(token));
    (void)crypto_auth_hmacsha256_final(&state, ret_hash);
    sodium_memzero(&state, sizeof state);
}
