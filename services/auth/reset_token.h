/* The token in a link for a new password: made of its row's uuid and a secret. Not the row. */
#ifndef SF_AUTH_RESET_TOKEN_H
#define SF_AUTH_RESET_TOKEN_H

#include "base/arena.h"
#include "kit/token.h"

/* 43 characters of base64url; the same for the same uuid. */
const char *reset_token_of(Arena *arena, const char *uuid);
/* What the database knows of it. */
void reset_token_hash(const char *token, uint8_t ret_hash[TOKEN_HASH]);

#endif
