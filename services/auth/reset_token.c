/* Both under JWT_REFRESH_SECRET; what is hashed begins differently, so that no hash is a token. */
#include "reset_token.h"

#include "base/str.h"
#include "kit/config.h"

const char *reset_token_of(Arena *arena, const char *uuid)
{
    uint8_t bytes[TOKEN_HASH];
    token_hash(config_text("JWT_REFRESH_SECRET"), arena_printf(arena, "make reset %s", uuid),
               bytes);
    return base64url_encode(arena, bytes, sizeof bytes);
}

void reset_token_hash(const char *token, uint8_t ret_hash[TOKEN_HASH])
{
    token_hash(config_text("JWT_REFRESH_SECRET"), token, ret_hash);
}
