/* The tokens that auth hands out, and the hash in whose place the database has them. Not whether
 * somebody may have them. */
#ifndef SF_AUTH_TOKENS_H
#define SF_AUTH_TOKENS_H

#include "kit/token.h"
#include "sentient/auth.pb-c.h"
#include "svc/request.h"

/* A token is made a moment after its session's row says until when it lives. */
enum { ACCESS_SLACK_S = 60 };

/* A JWT for the user, good for JWT_EXPIRES_IN by the wall's clock. */
const Err *access_token_make(Request *rq, const Auth__Profile *user, int64_t role_id,
                             const char *session, char **ret_token);

/* The token in a link for a new password, made of its row's uuid and a secret: 43 characters of
 * base64url, the same for the same uuid. */
const char *reset_token_of(Arena *arena, const char *uuid);

/* What the database knows of a refresh token, a reset token or a name: a hash under
 * JWT_REFRESH_SECRET. */
void keyed_hash(const char *text, uint8_t ret_hash[TOKEN_HASH]);

#endif
