/* Signing in. Not what follows from it (session_api.c). */
#include "auth.sql.h"
#include "kit/config.h"
#include "kit/password.h"
#include "login_attempt.h"
#include "seed.h"
#include "sentient/auth.handlers.h"
#include "tokens.h"

/* One answer for a wrong password, an unknown, an inactive and a deleted user; the failure stays
 * counted. */
static const Err SIGN_IN_REFUSED = {
    .kind = ERR_UNAUTHENTICATED, .message = "Wrong username or password", .keep = true};
/* A sign-in whose password was checked, before the transaction that judges it. */
typedef struct SignIn {
    const char *name; /* as it is compared */
    Attempt attempt;
    bool ok;
    const char *uuid, *password_hash; /* NULL: there is no such user */
    const char *rehashed;             /* with today's parameters; NULL: not needed */
} SignIn;

typedef struct Owner {
    int64_t id, role_id;
} Owner;

static const DbColumn ACCOUNT[] = {DB_COLUMN_TEXT(SignIn, name), DB_COLUMN_TEXT(SignIn, uuid),
                                   DB_COLUMN_TEXT(SignIn, password_hash), DB_END};
static const DbColumn OWNER[] = {DB_COLUMN_INT(Owner, id), DB_COLUMN_INT(Owner, role_id), DB_END};
static const Err *find_account(Request *rq, const Auth__LoginInput *in, SignIn *sign_in)
{
    TRY(db_run(rq->db, &LOGIN_ACCOUNT, ARG(arg_text("username", in->username)),
               INTO_STRUCT(ACCOUNT, sign_in)));
    sign_in->attempt = attempt_of(rq, sign_in->name);
    return NULL;
}

/* Takes the same time for every refusal: an unknown user costs a verification too. */
static const Err *check_password(Request *rq, const char *password, SignIn *sign_in)
{
    bool rehash = false;
    const char *hash = sign_in->uuid ? sign_in->password_hash : PASSWORD_NOBODY;
    TRY(password_verify(hash, password, &sign_in->ok, &rehash));
    sign_in->ok = sign_in->ok && sign_in->uuid;
    if (!sign_in->ok || !rehash)
        return NULL;
    return password_hash(rq->arena, password, &sign_in->rehashed);
}

/* Before anything is hashed, and before others wait for it: who must wait goes. */
static const Err *check_first(Request *rq, const Auth__LoginInput *in)
{
    SignIn *sign_in = ARENA_NEW(rq->arena, SignIn);
    TRY(find_account(rq, in, sign_in));
    TRY(attempt_check(rq, &sign_in->attempt));
    return &RETRY_PREPARED;
}

static const Err *prepare(Request *rq, const Auth__LoginInput *in, SignIn *sign_in)
{
    TRY(find_account(rq, in, sign_in));
    return check_password(rq, in->password, sign_in);
}

const Err *session_login_prepare(Request *rq, const Auth__LoginInput *in)
{
    SignIn *sign_in = ARENA_NEW(rq->arena, SignIn);
    const Err *err = prepare(rq, in, sign_in);
    password_wipe(in->password);
    rq->prepared = sign_in;
    return err;
}

static const Err *refuse(Request *rq, const SignIn *sign_in)
{
    attempt_fail(rq, &sign_in->attempt);
    return &SIGN_IN_REFUSED;
}

static void remember(Request *rq, const SignIn *sign_in, const Owner *owner)
{
    db_queue(rq->db, &LOGIN_SUCCEED,
             ARG(arg_int("user_id", owner->id), arg_text("address", sign_in->attempt.address),
                 arg_text("now", rq_now(rq))),
             INTO_NOTHING);
    attempt_forgive(rq, &sign_in->attempt);
    if (sign_in->rehashed)
        db_queue(rq->db, &LOGIN_REHASH,
                 ARG(arg_int("user_id", owner->id), arg_text("password_hash", sign_in->rehashed)),
                 INTO_NOTHING);
}

/* A session of its own for this sign-in; its refresh token is stored by its keyed hash alone. */
static void session_open(Request *rq, const Owner *owner, const char *session, Auth__Session *out)
{
    uint8_t hash[TOKEN_HASH];
    out->refresh_token = token_new(rq->arena);
    keyed_hash(out->refresh_token, hash);
    db_queue(rq->db, &SESSION_OPEN,
             ARG(arg_text("session", session), arg_int("user_id", owner->id),
                 arg_text("address", rq->address), arg_text("now", rq_now(rq)),
                 arg_int("seconds", config_int("JWT_REFRESH_EXPIRES_IN")),
                 arg_int("access_seconds", config_int("JWT_EXPIRES_IN") + ACCESS_SLACK_S),
                 arg_bytes("hash", hash, sizeof hash)),
             INTO_NOTHING);
}

static const Err *judge(Request *rq, const SignIn *sign_in, Owner *ret_owner)
{
    bool same = false;
    TRY(attempt_judge(rq, &sign_in->attempt));
    if (!sign_in->ok)
        return refuse(rq, sign_in);
    TRY(db_run(
        rq->db, &LOGIN_OWNER,
        ARG(arg_text("uuid", sign_in->uuid), arg_text("password_hash", sign_in->password_hash)),
        TRY_STRUCT(OWNER, ret_owner, &same)));
    return same ? NULL : refuse(rq, sign_in);
}

const Err *session_login(Request *rq, const Auth__LoginInput *in, Auth__Session *out)
{
    const SignIn *sign_in = rq->prepared;
    Owner owner = {0};
    if (!sign_in)
        return check_first(rq, in);
    const char *session = rq_uuid(rq);
    out->user = ARENA_NEW(rq->arena, Auth__Profile);
    auth__profile__init(out->user);
    TRY(judge(rq, sign_in, &owner));
    remember(rq, sign_in, &owner);
    session_open(rq, &owner, session, out);
    TRY(db_run(rq->db, &SESSION_PROFILE, ARG(arg_text("uuid", sign_in->uuid)),
               INTO_MESSAGE(out->user)));
    out->has_expires_in = true;
    out->expires_in = config_int("JWT_EXPIRES_IN");
    return access_token_make(rq, out->user, owner.role_id, session, &out->access_token);
}

const Err *login_forget(Request *rq)
{
    return db_run(rq->db, &LOGIN_FORGET, ARG(arg_text("now", rq_now(rq))), INTO_NOTHING);
}
