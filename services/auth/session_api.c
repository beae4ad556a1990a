/* Staying signed in, signing out, the own profile. Not signing in (login_api.c), not the own
 * password (password_api.c). */
#include "auth.sql.h"
#include "kit/config.h"
#include "seed.h"
#include "sentient/auth.handlers.h"
#include "tokens.h"

static const Err REFRESH_REFUSED = {.kind = ERR_UNAUTHENTICATED,
                                    .message = "The refresh token is not valid"};
static const Err REFRESH_REUSED = {
    .kind = ERR_UNAUTHENTICATED, .message = "The refresh token is not valid", .keep = true};
static const Err SIGNED_OUT = {.kind = ERR_UNAUTHENTICATED,
                               .message = "The account is not active any more"};

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
    keyed_hash(token, hash);
    TRY(db_run(rq->db, &SESSION_TOKEN,
               ARG(arg_bytes("hash", hash, sizeof hash), arg_text("now", rq_now(rq))),
               TRY_STRUCT(PRESENTED, ret_presented, &found)));
    if (!found || !ret_presented->alive)
        return &REFRESH_REFUSED;
    if (ret_presented->spent) {
        db_queue(rq->db, &SESSION_END,
                 ARG(arg_int("session_id", ret_presented->session_id), arg_text("now", rq_now(rq))),
                 INTO_NOTHING);
        return &REFRESH_REUSED;
    }
    db_queue(rq->db, &SESSION_SPEND,
             ARG(arg_bytes("hash", hash, sizeof hash), arg_text("now", rq_now(rq))), INTO_NOTHING);
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
    keyed_hash(out->refresh_token, hash);
    db_queue(rq->db, &SESSION_EXTEND,
             ARG(arg_int("session_id", old.session_id), arg_text("now", rq_now(rq)),
                 arg_int("seconds", config_int("JWT_REFRESH_EXPIRES_IN")),
                 arg_int("max_seconds", config_int("SESSION_EXPIRES_IN")),
                 arg_int("access_seconds", config_int("JWT_EXPIRES_IN") + ACCESS_SLACK_S),
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

const Err *session_logout(Request *rq, const Sentient__Empty *in, Sentient__Empty *out)
{
    (void)in;
    (void)out;
    db_queue(rq->db, &SESSION_LOGOUT,
             ARG(arg_text("session", rq->session), arg_text("uuid", rq->user),
                 arg_text("now", rq_now(rq))),
             INTO_NOTHING);
    return NULL;
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
    return db_run(rq->db, &SESSION_FORGET, ARG(arg_text("now", rq_now(rq))), INTO_NOTHING);
}
