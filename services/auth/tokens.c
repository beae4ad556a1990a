/* Making and hashing tokens under the daemon's secrets. */
#include "tokens.h"

#include "base/clock.h"
#include "base/str.h"
#include "kit/config.h"
#include "kit/jwt.h"

/* "so.read" "so.create" → ",so.read,so.create," */
static const char *permissions_text(Arena *arena, const Auth__Profile *user)
{
    Buf buf = {.arena = arena};
    buf_putc(&buf, ',');
    for (size_t i = 0; i < user->n_permissions; i++) {
        buf_puts(&buf, user->permissions[i]);
        buf_putc(&buf, ',');
    }
    return buf.data;
}

static bool signing_keys(JwtKeys *ret_keys)
{
    const char *pem = config_text("JWT_PRIVATE_KEY");
    return *pem ? jwt_ec_keys(pem, NULL, NULL, ret_keys)
                : jwt_keys(config_text("JWT_SECRET"), NULL, ret_keys);
}

const Err *access_token_make(Request *rq, const Auth__Profile *user, int64_t role_id,
                             const char *session, char **ret_token)
{
    JwtKeys keys;
    int64_t now = clock_wall() / 1000000;
    JwtClaims claims = {
        .sub = user->uuid,
        .username = user->username,
        .permissions = permissions_text(rq->arena, user),
        .rid = role_id,
        .jti = rq_uuid(rq),
        .sid = session,
        .iat = now,
        .exp = now + config_int("JWT_EXPIRES_IN"),
    };
    const char *token = signing_keys(&keys) ? jwt_sign(rq->arena, &keys, &claims) : NULL;
    if (!token)
        return err_with_cause(rq->arena, &ERR_DEFECT, "no key for tokens, or token too long");
    *ret_token = arena_strdup(rq->arena, token);
    return NULL;
}

void keyed_hash(const char *text, uint8_t ret_hash[TOKEN_HASH])
{
    token_hash(config_text("JWT_REFRESH_SECRET"), text, ret_hash);
}

/* What is hashed begins differently from every token, so that no hash is a token. */
const char *reset_token_of(Arena *arena, const char *uuid)
{
    uint8_t bytes[TOKEN_HASH];
    keyed_hash(arena_printf(arena, "make reset %s", uuid), bytes);
    return base64url_encode(arena, bytes, sizeof bytes);
}
