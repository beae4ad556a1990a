/* The own password. Not that of others (user_api.c). */
#include "auth.sql.h"
#include "kit/password.h"
#include "login_attempt.h"
#include "password_rules.h"
#include "sentient/auth.events.h"
#include "sentient/auth.handlers.h"
#include "user_store.h"

static const Err WRONG_PASSWORD = {.kind = ERR_RULE, .message = "The current password is wrong"};
static const Err GUESSED = {
    .kind = ERR_RULE, .message = "The current password is wrong", .keep = true};
static const Err NO_ACCOUNT = {.kind = ERR_UNAUTHENTICATED,
                               .message = "The account is not active any more"};

typedef struct NewPassword {
    const char *username, *name; /* as written, as compared */
    const char *old_hash;
    const char *new_hash; /* NULL: the current one is wrong */
    Attempt attempt;
} NewPassword;

static const DbColumn OWN[] = {DB_COLUMN_TEXT(NewPassword, username),
                               DB_COLUMN_TEXT(NewPassword, name),
                               DB_COLUMN_TEXT(NewPassword, old_hash), DB_END};

static const Err *find_own(Request *rq, NewPassword *ret_password)
{
    bool found = false;
    TRY(db_run(rq->db, &SESSION_OWN_HASH, ARG(arg_text("uuid", rq->user)),
               TRY_STRUCT(OWN, ret_password, &found)));
    if (!found)
        return &NO_ACCOUNT;
    ret_password->attempt = attempt_of(rq, ret_password->name);
    return NULL;
}

/* Before anything is hashed. */
static const Err *check_first(Request *rq, const Auth__PasswordChange *in)
{
    NewPassword *password = ARENA_NEW(rq->arena, NewPassword);
    TRY(find_own(rq, password));
    const char *fault = password_fault(in->new_password, password->username);
    if (fault)
        return rq_detail(rq, &ERR_VALIDATION, "newPassword", "%s", fault);
    TRY(attempt_check(rq, &password->attempt));
    return &RETRY_PREPARED;
}

static const Err *prepare(Request *rq, const Auth__PasswordChange *in, NewPassword *password)
{
    bool ok = false, rehash = false;
    TRY(find_own(rq, password));
    TRY(password_verify(password->old_hash, in->current_password, &ok, &rehash));
    return ok ? password_hash(rq->arena, in->new_password, &password->new_hash) : NULL;
}

const Err *password_update_prepare(Request *rq, const Auth__PasswordChange *in)
{
    NewPassword *password = ARENA_NEW(rq->arena, NewPassword);
    const Err *err = prepare(rq, in, password);
    password_wipe(in->current_password);
    password_wipe(in->new_password);
    rq->prepared = password;
    return err;
}

/* A token alone is no way to find the password out: guesses count as those of a sign-in. */
static const Err *judge(Request *rq, const NewPassword *password)
{
    TRY(attempt_judge(rq, &password->attempt));
    if (password->new_hash) {
        attempt_forgive(rq, &password->attempt);
        return NULL;
    }
    attempt_fail(rq, &password->attempt);
    return rq_detail(rq, &GUESSED, "currentPassword", "is wrong");
}

const Err *password_update(Request *rq, const Auth__PasswordChange *in, Auth__Profile *out)
{
    const NewPassword *password = rq->prepared;
    bool changed = false;
    if (!password)
        return check_first(rq, in);
    TRY(judge(rq, password));
    Auth__User *user = ARENA_NEW(rq->arena, Auth__User);
    auth__user__init(user);
    TRY(db_run(rq->db, &SESSION_SET_PASSWORD,
               ARG(arg_text("uuid", rq->user), arg_text("old_hash", password->old_hash),
                   arg_text("new_hash", password->new_hash), arg_text("now", rq_now(rq))),
               TRY_MESSAGE(user, &changed)));
    if (!changed)
        return &WRONG_PASSWORD; /* another request changed it meanwhile */
    db_queue(rq->db, &SESSION_END_OTHERS,
             ARG(arg_text("uuid", rq->user), arg_text("session", rq->session),
                 arg_text("now", rq_now(rq))),
             INTO_NOTHING);
    user_end_links(rq, rq->user);
    TRY(db_run(rq->db, &SESSION_PROFILE, ARG(arg_text("uuid", rq->user)), INTO_MESSAGE(out)));
    return emit_user_updated(rq, user);
}
