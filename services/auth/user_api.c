/* Requests for users. Not signing in (login_api.c). */
#include <string.h>

#include "auth.sql.h"
#include "kit/password.h"
#include "password_rules.h"
#include "role_rules.h"
#include "sentient/auth.events.h"
#include "sentient/auth.handlers.h"
#include "user_rules.h"
#include "user_store.h"

const Err *user_list(Request *rq, const Auth__UserQuery *in, Auth__UserPage *out)
{
    return rq_list(rq, &USER_LIST, &in->base, &out->base);
}

const Err *user_get(Request *rq, const Sentient__DocumentRef *in, Auth__User *out)
{
    return db_run(rq->db, &USER_DOCUMENT, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out));
}

static const Err *check_password(Request *rq, const char *password, const char *username)
{
    const char *fault = password_fault(password, username);
    return fault ? rq_detail(rq, &ERR_VALIDATION, "password", "%s", fault) : NULL;
}

/* Nobody hands on a role that may do more than he. */
static const Err *check_grant(Request *rq, int64_t role_id, RoleRights *ret_role)
{
    TRY(user_role_rights(rq, role_id, ret_role));
    return rights_cover(rq->permissions, ret_role->rights) ? NULL : &USER_EXCEEDS;
}

static const Err *prepare_hash(Request *rq, const char *password)
{
    const char *hash = NULL;
    const Err *err = password ? password_hash(rq->arena, password, &hash) : NULL;
    password_wipe(password);
    rq->prepared = hash ? arena_strdup(rq->arena, hash) : NULL;
    return err;
}

const Err *user_create_prepare(Request *rq, const Auth__UserInput *in)
{
    return prepare_hash(rq, in->password);
}

const Err *user_create(Request *rq, const Auth__UserInput *in, Auth__User *out)
{
    const char *uuid = rq_uuid(rq);
    RoleRights role;
    if (!rq->prepared)
        TRY(check_password(rq, in->password, in->username));
    TRY(check_grant(rq, in->role_id, &role));
    TRY(user_check_free(rq, uuid, in->username, in->email));
    if (!rq->prepared)
        return &RETRY_PREPARED;
    TRY(user_insert(rq, uuid, &in->base, rq->prepared, out));
    return emit_user_created(rq, out);
}

/* What the request would change of the account, which still is as it was. */
static UserChange change_of(const Request *rq, const Auth__UserInput *in, const UserAccount *old,
                            const RoleRights *role)
{
    const PbRule *rule = rq->method->in;
    bool active = pb_given(rule, &in->base, "is_active") ? in->is_active : old->is_active;
    bool email = pb_given(rule, &in->base, "email") && strcmp(in->email, old->user->email) != 0;
    bool name =
        pb_given(rule, &in->base, "username") && strcmp(in->username, old->user->username) != 0;
    bool moves = pb_given(rule, &in->base, "role_id") && in->role_id != old->user->role_id;
    return (UserChange){
        .activates = active && !old->is_active,
        .deactivates = !active && old->is_active,
        .changes_role = moves,
        .leaves_admin = old->is_admin && !role->is_admin,
        .credentials = email || pb_given(rule, &in->base, "password"),
        .renames = name,
    };
}

static const Err *check_change(Request *rq, const UserAccount *account, UserChange change)
{
    UserFacts facts = {
        .self = rq->user && strcmp(rq->user, account->user->uuid) == 0,
        .exceeds = !rights_cover(rq->permissions, account->rights),
        .active_admin = account->is_admin && account->is_active,
    };
    if (user_change_counts(facts, change))
        TRY(user_count_admins(rq, &facts.active_admins));
    return user_change_check(facts, change);
}

/* The role that the user will have. */
static const Err *next_role(Request *rq, const Auth__UserInput *in, const UserAccount *account,
                            RoleRights *ret_role)
{
    *ret_role = (RoleRights){account->is_admin, account->rights};
    if (!pb_given(rq->method->in, &in->base, "role_id") || in->role_id == account->user->role_id)
        return NULL;
    return check_grant(rq, in->role_id, ret_role);
}

const Err *user_update_prepare(Request *rq, const Auth__UserInput *in)
{
    return prepare_hash(rq, in->password);
}

const Err *user_update(Request *rq, const Auth__UserInput *in, Auth__User *out)
{
    UserAccount account;
    RoleRights role;
    bool password = pb_given(rq->method->in, &in->base, "password");
    if (password && !rq->prepared)
        TRY(check_password(rq, in->password, in->username));
    TRY(user_lock(rq, in->uuid, &account));
    TRY(rq_check_version(rq, account.user->version));
    TRY(next_role(rq, in, &account, &role));
    UserChange change = change_of(rq, in, &account, &role);
    TRY(check_change(rq, &account, change));
    pb_merge(rq->method->in, &in->base, rq->method->out, &account.user->base);
    if (password && !rq->prepared)
        TRY(check_password(rq, in->password, account.user->username));
    TRY(user_check_free(rq, in->uuid, account.user->username, account.user->email));
    if (password && !rq->prepared)
        return &RETRY_PREPARED;
    TRY(user_save(rq, &account, password ? rq->prepared : NULL, out));
    if (password || change.deactivates)
        user_end_sessions(rq, account.id);
    if (change.credentials || change.deactivates)
        user_end_links(rq, account.user->uuid);
    return emit_user_updated(rq, out);
}

const Err *user_delete(Request *rq, const Sentient__DocumentRef *in, Sentient__Deleted *out)
{
    UserAccount account;
    Auth__User *gone = ARENA_NEW(rq->arena, Auth__User);
    auth__user__init(gone);
    TRY(user_lock(rq, in->uuid, &account));
    TRY(rq_check_version(rq, account.user->version));
    TRY(check_change(rq, &account, (UserChange){.deletes = true}));
    TRY(user_remove(rq, in->uuid, gone));
    user_end_sessions(rq, account.id);
    user_end_links(rq, gone->uuid);
    out->uuid = gone->uuid;
    out->has_deleted = out->deleted = true;
    return emit_user_deleted(rq, gone);
}

const Err *user_export(Request *rq, const Sentient__ExportQuery *in, Auth__UserExport *out)
{
    return rq_export(rq, &USER_EXPORT_END, &USER_EXPORT, in->after_id, INTO_LIST(out, "users"));
}
