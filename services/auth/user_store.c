/* Loading and saving users. Not the decision whether it may be done. */
#include "user_store.h"

#include "auth.sql.h"

const Err USER_USERNAME_TAKEN = {.kind = ERR_CONFLICT, .message = "The username is taken"};
const Err USER_EMAIL_TAKEN = {.kind = ERR_CONFLICT, .message = "The e-mail is taken"};
const Err USER_TAKEN = {.kind = ERR_CONFLICT, .message = "The username or the e-mail is taken"};

static const Err ROLE_UNKNOWN = {.kind = ERR_RULE, .message = "There is no such role"};

typedef struct Taken {
    bool username, email;
} Taken;

static const DbColumn ACCOUNT[] = {
    DB_COLUMN_INT(UserAccount, id), DB_COLUMN_BOOL(UserAccount, is_active),
    DB_COLUMN_BOOL(UserAccount, is_admin), DB_COLUMN_TEXT(UserAccount, rights), DB_END};
static const DbColumn RIGHTS[] = {DB_COLUMN_BOOL(RoleRights, is_admin),
                                  DB_COLUMN_TEXT(RoleRights, rights), DB_END};
static const DbColumn TAKEN[] = {DB_COLUMN_BOOL(Taken, username), DB_COLUMN_BOOL(Taken, email),
                                 DB_END};

const Err *user_lock(Request *rq, const char *uuid, UserAccount *ret_account)
{
    UserAccount account = {.user = ARENA_NEW(rq->arena, Auth__User)};
    auth__user__init(account.user);
    db_queue(rq->db, &USER_FACTS, ARG(arg_text("uuid", uuid)), INTO_STRUCT(ACCOUNT, &account));
    TRY(db_run(rq->db, &USER_DOCUMENT, ARG(arg_text("uuid", uuid)), INTO_MESSAGE(account.user)));
    *ret_account = account;
    return NULL;
}

const Err *user_count_admins(Request *rq, int64_t *ret_count)
{
    db_queue(rq->db, &USER_ADMIN_LOCK, NO_ARGS, INTO_NOTHING);
    return db_run(rq->db, &USER_ADMIN_COUNT, NO_ARGS, INTO_INT(ret_count));
}

const Err *user_role_rights(Request *rq, int64_t role_id, RoleRights *ret_rights)
{
    bool found = false;
    TRY(db_run(rq->db, &USER_ROLE_RIGHTS, ARG(arg_int("role_id", role_id)),
               TRY_STRUCT(RIGHTS, ret_rights, &found)));
    return found ? NULL : rq_detail(rq, &ROLE_UNKNOWN, "roleId", "is not a role");
}

const Err *user_check_free(Request *rq, const char *uuid, const char *username, const char *email)
{
    Taken taken = {0};
    ErrList errors = {.arena = rq->arena};
    TRY(db_run(
        rq->db, &USER_TAKEN_BY,
        ARG(arg_text("uuid", uuid), arg_text("username", username), arg_text("email", email)),
        INTO_STRUCT(TAKEN, &taken)));
    if (taken.username)
        errlist_add(&errors, "username", "is taken");
    if (taken.email)
        errlist_add(&errors, "email", "is taken");
    return errlist_result(&errors, &USER_TAKEN);
}

const Err *user_insert(Request *rq, const char *uuid, const ProtobufCMessage *in,
                       const char *password_hash, Auth__User *out)
{
    return db_run(
        rq->db, &USER_INSERT,
        ARGS(.message = in,
             .args = WITH(arg_text("uuid", uuid), arg_text("password_hash", password_hash),
                          arg_text("created_by", rq->username), arg_text("now", rq_now(rq)))),
        INTO_MESSAGE(out));
}

const Err *user_save(Request *rq, const UserAccount *account, const char *password_hash,
                     Auth__User *out)
{
    return db_run(
        rq->db, &USER_SAVE,
        ARGS(.message = &account->user->base,
             .args = WITH(arg_text("password_hash", password_hash), arg_text("now", rq_now(rq)))),
        INTO_MESSAGE(out));
}

const Err *user_remove(Request *rq, const char *uuid, Auth__User *out)
{
    return db_run(rq->db, &USER_REMOVE, ARG(arg_text("uuid", uuid), arg_text("now", rq_now(rq))),
                  INTO_MESSAGE(out));
}

void user_end_sessions(Request *rq, int64_t id)
{
    db_queue(rq->db, &USER_END_SESSIONS, ARG(arg_int("id", id), arg_text("now", rq_now(rq))),
             INTO_NOTHING);
}

void user_end_links(Request *rq, const char *uuid)
{
    db_queue(rq->db, &RESET_SPEND, ARG(arg_text("uuid", uuid), arg_text("now", rq_now(rq))),
             INTO_NOTHING);
}
