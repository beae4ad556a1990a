/* Access tokens whose signature was good a moment ago, so that it isn't computed again for each
 * request. Bounded; an entry dies with its token, and after TOKEN_CACHE_S seconds. */
#ifndef SF_GATEWAY_TOKENS_H
#define SF_GATEWAY_TOKENS_H

#include "kit/jwt.h"

enum { TOKEN_CACHE_S = 30 };

typedef struct TokenCache TokenCache;

/* The process's one cache. */
TokenCache *tokens_open(void);

/* jwt_verify() through the cache; any thread. What was verified with keys of another version is
 * verified again. */
const Err *tokens_verify(TokenCache *cache, Arena *arena, const JwtKeys *keys, const char *token,
                         size_t length, int64_t now_s, JwtClaims *ret_claims);

#endif
