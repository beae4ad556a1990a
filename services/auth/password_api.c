/* The own password. Not that of others (user_api.c). */
#include "auth.sql.h"
#include "kit/password.h"
#include "sentient/auth.events.h"
#include "sentient/auth.handlers.h"
#include "session_rules.h"
#include "stamp.h"
#include "user_store.h"

static const Err WRONG_PASSWORD = {.kind = ERR_RULE, .message = "The current password is wrong"};
static const Err NO_ACCOUNT = {.kind = ERR_UNAUTHENTICATED,
                               .message = "The account is not active any more"};

typedef struct NewPassword {
    const char *username, *old_hash, *new_hash;
} NewPassword;

static const DbColumn OWN[] = {DB_COLUMN_TEXT(NewPassword, username),
                               DB_COLUMN_TEXT(NewPassword, old_hash), DB_END};

static const Err *password_change(Request *rq, const Auth__PasswordChange *in,
                                  NewPassword *ret_password)
{
    bool found = false, ok = false, rehash = false;
    TRY(db_run(rq->db, &SESSION_OWN_HASH, ARG(arg_text("uuid", rq->user)),
               TRY_STRUCT(OWN, ret_password, &found)));
    if (!found)
        return &NO_ACCOUNT;
    const char *fault = password_fault(in->new_password, ret_password->username);
    if (fault)
        return rq_detail(rq, &ERR_VALIDATION, "newPassword", "%s", fault);
    TRY(password_verify(ret_password->old_hash, in->current_password, &ok, &rehash));
    if (!ok)
        return rq_detail(rq, &WRONG_PASSWORD, "currentPassword", "is wrong");
    return password_hash(rq->arena, in->new_password, &ret_password->new_hash);
}

const Err *password_update_prepare(Request *rq, const Auth__PasswordChange *in)
{
    NewPassword *password = ARENA_NEW(rq->arena, NewPassword);
    const Err *err = password_change(rq, in, password);
    password_wipe(in->current_password);
    password_wipe(in->new_password);
    rq->prepared = password;
    return err;
}

const Err *password_update(Request *rq, const Auth__PasswordChange *in, Auth__Profile *out)
{
    (void)in;
    const NewPassword *password = rq->prepared;
    bool changed = false;
    Auth__User *user = ARENA_NEW(rq->arena, Auth__User);
    auth__user__init(user);
    TRY(db_run(rq->db, &SESSION_SET_PASSWORD,
               ARG(arg_text("uuid", rq->user), arg_text("old_hash", password->old_hash),
                   arg_text("new_hash", password->new_hash), arg_text("now", stamp_now(rq))),
               TRY_MESSAGE(user, &changed)));
    if (!changed)
        return &WRONG_PASSWORD; /* another request changed it meanwhile */
    db_queue(rq->db, &SESSION_END_OTHERS,
             ARG(arg_text("uuid", rq->user), arg_text("session", rq->session),
                 arg_text("now", stamp_now(rq))),
             INTO_NOTHING);
    user_end_links(rq, rq->user);
    TRY(db_run(rq->db, &SESSION_PROFILE, ARG(arg_text("uuid", rq->user)), INTO_MESSAGE(out)));
    return emit_user_updated(rq, user);
}
