/* Signing in, staying signed in, the own profile. Not the own password (password_api.c). */
#include "auth.sql.h"
#include "kit/config.h"
#include "kit/password.h"
#include "seed.h"
#include "sentient/auth.handlers.h"
#include "session_tokens.h"
#include "stamp.h"

/* One answer for a wrong password, an unknown, an inactive and a deleted user. */
static const Err SIGN_IN_REFUSED = {.kind = ERR_UNAUTHENTICATED,
                                    .message = "Wrong username or password"};
static const Err REFRESH_REFUSED = {.kind = ERR_UNAUTHENTICATED,
                                    .message = "The refresh token is not valid"};
static const Err REFRESH_REUSED = {
    .kind = ERR_UNAUTHENTICATED, .message = "The refresh token is not valid", .keep = true};
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

/* A session of its own for this sign-in; its refresh token is stored by its keyed hash alone. */
static void session_open(Request *rq, const Owner *owner, const char *session, Auth__Session *out)
{
    uint8_t hash[TOKEN_HASH];
    out->refresh_token = token_new(rq->arena);
    refresh_token_hash(out->refresh_token, hash);
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
    out->has_expires_in = true;
    out->expires_in = config_int("JWT_EXPIRES_IN");
    return access_token_make(rq, out->user, owner.role_id, session, &out->access_token);
}

/* A refresh token that was presented. */
typedef struct Presented {
    int64_t session_id, role_id;
    const char *session, *owner;
    bool spent, alive;
} Presented;

static const DbColumn PRESENTED[] = {DB_COLUMN_INT(Presented, session_id),
                                     DB_COLUMN_INT(Presented, role_id),
                                     DB_COLUMN_TEXT(Presented, session),
                                     DB_COLUMN_TEXT(Presented, owner),
                                     DB_COLUMN_BOOL(Presented, spent),
                                     DB_COLUMN_BOOL(Presented, alive),
                                     DB_END};

static const Err *token_spend(Request *rq, const char *token, Presented *ret_presented)
{
    uint8_t hash[TOKEN_HASH];
    bool found = false;
    refresh_token_hash(token, hash);
    TRY(db_run(rq->db, &SESSION_TOKEN,
               ARG(arg_bytes("hash", hash, sizeof hash), arg_text("now", stamp_now(rq))),
               TRY_STRUCT(PRESENTED, ret_presented, &found)));
    if (!found || !ret_presented->alive)
        return &REFRESH_REFUSED;
    if (ret_presented->spent) {
        db_queue(
            rq->db, &SESSION_END,
            ARG(arg_int("session_id", ret_presented->session_id), arg_text("now", stamp_now(rq))),
            INTO_NOTHING);
        return &REFRESH_REUSED;
    }
    db_queue(rq->db, &SESSION_SPEND,
             ARG(arg_bytes("hash", hash, sizeof hash), arg_text("now", stamp_now(rq))),
             INTO_NOTHING);
    return NULL;
}

const Err *session_refresh(Request *rq, const Auth__RefreshInput *in, Auth__TokenPair *out)
{
    Presented old = {0};
    bool found = false;
    Auth__Profile user = AUTH__PROFILE__INIT;
    uint8_t hash[TOKEN_HASH];
    TRY(token_spend(rq, in->refresh_token, &old));
    out->refresh_token = token_new(rq->arena);
    refresh_token_hash(out->refresh_token, hash);
    db_queue(rq->db, &SESSION_EXTEND,
             ARG(arg_int("session_id", old.session_id), arg_text("now", stamp_now(rq)),
                 arg_int("seconds", config_int("JWT_REFRESH_EXPIRES_IN")),
                 arg_bytes("hash", hash, sizeof hash)),
             INTO_NOTHING);
    TRY(db_run(rq->db, &SESSION_PROFILE, ARG(arg_text("uuid", old.owner)),
               TRY_MESSAGE(&user, &found)));
    if (!found)
        return &REFRESH_REFUSED;
    out->has_expires_in = true;
    out->expires_in = config_int("JWT_EXPIRES_IN");
    return access_token_make(rq, &user, old.role_id, old.session, &out->access_token);
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
