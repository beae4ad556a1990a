/* Signing in and the own profile. Not the administration of users (user_api.c). */
#include <string.h>

#include "auth.sql.h"
#include "base/clock.h"
#include "base/str.h"
#include "kit/config.h"
#include "kit/jwt.h"
#include "kit/password.h"
#include "kit/token.h"
#include "seed.h"
#include "sentient/auth.handlers.h"
#include "stamp.h"

/* One answer for a wrong password, an unknown, an inactive and a deleted user. */
static const Err SIGN_IN_REFUSED = {.kind = ERR_UNAUTHENTICATED,
                                    .message = "Wrong username or password"};
static const Err SIGNED_OUT = {.kind = ERR_UNAUTHENTICATED,
                               .message = "The account is not active any more"};

/* An account whose password was right. */
typedef struct SignIn {
    const char *uuid;
    const char *password_hash;
    const char *rehashed; /* with today's parameters; NULL: not needed */
} SignIn;

typedef struct Owner {
    int64_t id, role_id;
} Owner;

static const DbColumn SIGN_IN[] = {DB_COLUMN_TEXT(SignIn, uuid),
                                   DB_COLUMN_TEXT(SignIn, password_hash), DB_END};
static const DbColumn OWNER[] = {DB_COLUMN_INT(Owner, id), DB_COLUMN_INT(Owner, role_id), DB_END};

/* Takes the same time for every refusal: an unknown user costs a verification too. */
static const Err *sign_in_check(Request *rq, const Auth__LoginInput *in, SignIn *ret_sign_in)
{
    bool found = false, ok = false, rehash = false;
    TRY(db_run(rq->db, &SESSION_ACCOUNT, ARG(arg_text("username", in->username)),
               TRY_STRUCT(SIGN_IN, ret_sign_in, &found)));
    const char *hash = found ? ret_sign_in->password_hash : PASSWORD_NOBODY;
    TRY(password_verify(hash, in->password, &ok, &rehash));
    if (!found || !ok)
        return &SIGN_IN_REFUSED;
    return rehash ? password_hash(rq->arena, in->password, &ret_sign_in->rehashed) : NULL;
}

const Err *session_login_prepare(Request *rq, const Auth__LoginInput *in)
{
    SignIn *sign_in = ARENA_NEW(rq->arena, SignIn);
    const Err *err = sign_in_check(rq, in, sign_in);
    password_wipe(in->password);
    rq->prepared = sign_in;
    return err;
}

/* "so.read" "so.create" → ",so.read,so.create," */
static const char *permissions_text(Arena *arena, const Auth__Profile *profile)
{
    Buf buf = {.arena = arena};
    buf_putc(&buf, ',');
    for (size_t i = 0; i < profile->n_permissions; i++) {
        buf_puts(&buf, profile->permissions[i]);
        buf_putc(&buf, ',');
    }
    return buf.data;
}

static const Err *token_sign(Request *rq, const Owner *owner, const char *session,
                             Auth__Session *out)
{
    JwtKeys keys;
    const char *jti = stamp_uuid(rq);
    int64_t now = clock_wall() / 1000000;
    JwtClaims claims = {
        .sub = out->user->uuid,
        .username = out->user->username,
        .permissions = permissions_text(rq->arena, out->user),
        .rid = owner->role_id,
        .jti = jti,
        .sid = session,
        .iat = now,
        .exp = now + config_int("JWT_EXPIRES_IN"),
    };
    const char *token = jwt_keys(config_text("JWT_SECRET"), NULL, &keys)
                            ? jwt_sign(rq->arena, &keys, &claims)
                            : NULL;
    if (!token)
        return err_with_cause(rq->arena, &ERR_DEFECT, "JWT_SECRET too short or token too long");
    out->access_token = arena_strdup(rq->arena, token);
    out->has_expires_in = true;
    out->expires_in = config_int("JWT_EXPIRES_IN");
    return NULL;
}

/* A session of its own for this sign-in; its refresh token is stored by its keyed hash alone. */
static void session_open(Request *rq, const Owner *owner, const char *session, Auth__Session *out)
{
    uint8_t hash[TOKEN_HASH];
    out->refresh_token = token_new(rq->arena);
    token_hash(config_text("JWT_REFRESH_SECRET"), out->refresh_token, hash);
    db_queue(rq->db, &SESSION_OPEN,
             ARG(arg_text("session", session), arg_int("user_id", owner->id),
                 arg_text("address", rq->address), arg_text("now", stamp_now(rq)),
                 arg_int("seconds", config_int("JWT_REFRESH_EXPIRES_IN")),
                 arg_bytes("hash", hash, sizeof hash)),
             INTO_NOTHING);
}

const Err *session_login(Request *rq, const Auth__LoginInput *in, Auth__Session *out)
{
    (void)in;
    const SignIn *sign_in = rq->prepared;
    Owner owner = {0};
    bool same = false, found = false;
    const char *session = stamp_uuid(rq);
    out->user = ARENA_NEW(rq->arena, Auth__Profile);
    auth__profile__init(out->user);
    db_queue(
        rq->db, &SESSION_OWNER,
        ARG(arg_text("uuid", sign_in->uuid), arg_text("password_hash", sign_in->password_hash)),
        TRY_STRUCT(OWNER, &owner, &same));
    TRY(db_run(rq->db, &SESSION_PROFILE, ARG(arg_text("uuid", sign_in->uuid)),
               TRY_MESSAGE(out->user, &found)));
    if (!same || !found)
        return &SIGN_IN_REFUSED;
    if (sign_in->rehashed)
        db_queue(rq->db, &SESSION_REHASH,
                 ARG(arg_int("user_id", owner.id), arg_text("password_hash", sign_in->rehashed)),
                 INTO_NOTHING);
    session_open(rq, &owner, session, out);
    return token_sign(rq, &owner, session, out);
}

const Err *session_me(Request *rq, const Sentient__Empty *in, Auth__Profile *out)
{
    (void)in;
    bool found = false;
    TRY(db_run(rq->db, &SESSION_PROFILE, ARG(arg_text("uuid", rq->user)),
               TRY_MESSAGE(out, &found)));
    return found ? NULL : &SIGNED_OUT;
}

const Err *session_forget(Request *rq)
{
    return db_run(rq->db, &SESSION_FORGET, ARG(arg_text("now", stamp_now(rq))), INTO_NOTHING);
}
