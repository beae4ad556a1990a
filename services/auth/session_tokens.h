/* The two tokens of a session. Not whether somebody may have them. */
#ifndef SF_AUTH_SESSION_TOKENS_H
#define SF_AUTH_SESSION_TOKENS_H

#include "kit/token.h"
#include "sentient/auth.pb-c.h"
#include "svc/request.h"

/* A token is made a moment after its session's row says until when it lives. */
enum { ACCESS_SLACK_S = 60 };

/* A JWT for the user, good for JWT_EXPIRES_IN by the wall's clock. */
const Err *access_token_make(Request *rq, const Auth__Profile *user, int64_t role_id,
                             const char *session, char **ret_token);

/* What the database knows of a refresh token. */
void refresh_token_hash(const char *token, uint8_t ret_hash[TOKEN_HASH]);

#endif
