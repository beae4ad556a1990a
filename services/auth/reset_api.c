/* Forgotten passwords: asking for a link, and using it. Not sending it (reset_mail.c). */
#include "auth.sql.h"
#include "kit/password.h"
#include "password_rules.h"
#include "sentient/auth.events.h"
#include "sentient/auth.handlers.h"
#include "tokens.h"
#include "user_store.h"

static const Err LINK_DEAD = {.kind = ERR_RULE, .message = "The link is not valid any more"};

typedef struct Owner {
    int64_t id, user_id;
    const char *uuid, *username;
} Owner;

static const DbColumn OWNER[] = {DB_COLUMN_INT(Owner, id), DB_COLUMN_INT(Owner, user_id),
                                 DB_COLUMN_TEXT(Owner, uuid), DB_COLUMN_TEXT(Owner, username),
                                 DB_END};

/* The answer says nothing, and comes as fast, whether somebody has the address or not. */
const Err *password_forgot(Request *rq, const Auth__ForgottenPassword *in, Sentient__Empty *out)
{
    (void)out;
    uint8_t hash[TOKEN_HASH];
    const char *uuid = rq_uuid(rq);
    keyed_hash(reset_token_of(rq->arena, uuid), hash);
    db_queue(rq->db, &RESET_OPEN,
             ARG(arg_text("uuid", uuid), arg_bytes("hash", hash, sizeof hash),
                 arg_text("email", in->email), arg_text("now", rq_now(rq))),
             INTO_NOTHING);
    return NULL;
}

static const Err *find_owner(Request *rq, const char *token, Owner *ret_owner)
{
    uint8_t hash[TOKEN_HASH];
    bool found = false;
    keyed_hash(token, hash);
    TRY(db_run(rq->db, &RESET_OWNER,
               ARG(arg_bytes("hash", hash, sizeof hash), arg_text("now", rq_now(rq))),
               TRY_STRUCT(OWNER, ret_owner, &found)));
    return found ? NULL : rq_detail(rq, &LINK_DEAD, "token", "is not valid");
}

/* Only once the link is known to be good: nobody makes us hash for nothing. */
const Err *password_reset_prepare(Request *rq, const Auth__PasswordReset *in)
{
    const char *hash = NULL;
    const Err *err = password_hash(rq->arena, in->password, &hash);
    password_wipe(in->password);
    rq->prepared = hash ? arena_strdup(rq->arena, hash) : NULL;
    return err;
}

const Err *password_reset(Request *rq, const Auth__PasswordReset *in, Sentient__Empty *out)
{
    (void)out;
    Owner owner;
    Auth__User *user = ARENA_NEW(rq->arena, Auth__User);
    auth__user__init(user);
    TRY(find_owner(rq, in->token, &owner));
    if (!rq->prepared) {
        rq->rank = RANK_PROVEN;
        const char *fault = password_fault(in->password, owner.username);
        return fault ? rq_detail(rq, &ERR_VALIDATION, "password", "%s", fault) : &RETRY_PREPARED;
    }
    const char *now = rq_now(rq);
    user_end_links(rq, owner.uuid);
    db_queue(rq->db, &SESSION_END_ALL, ARG(arg_text("uuid", owner.uuid), arg_text("now", now)),
             INTO_NOTHING);
    TRY(db_run(rq->db, &RESET_SET_PASSWORD,
               ARG(arg_int("user_id", owner.user_id), arg_text("password_hash", rq->prepared),
                   arg_text("now", now)),
               INTO_MESSAGE(user)));
    return emit_user_updated(rq, user);
}
