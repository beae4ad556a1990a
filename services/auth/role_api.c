/* Requests for roles and permissions. Not who has which role (user_api.c). */
#include "auth.sql.h"
#include "role_rules.h"
#include "role_store.h"
#include "sentient/auth.events.h"
#include "sentient/auth.handlers.h"
#include "user_rules.h"

static const Err ROLE_FIXED = {.kind = ERR_RULE,
                               .message = "The role Admin always has every permission"};

const Err *role_list(Request *rq, const Auth__RoleQuery *in, Auth__RolePage *out)
{
    return rq_list(rq, &ROLE_LIST, &in->base, &out->base);
}

const Err *permission_list(Request *rq, const Auth__PermissionQuery *in, Auth__PermissionPage *out)
{
    return rq_list(rq, &PERMISSION_LIST, &in->base, &out->base);
}

const Err *role_get(Request *rq, const Auth__RoleRef *in, Auth__Role *out)
{
    return db_run(rq->db, &ROLE_DOCUMENT, ARG(arg_int("id", in->id)), INTO_MESSAGE(out));
}

/* Nobody hands on what he lacks; what the role has already is not handed on. */
static const Err *check_grant(const Request *rq, char *const *names, size_t count,
                              const char *present)
{
    for (size_t i = 0; i < count; i++)
        if (!rights_have(present, names[i]) && !rq_may(rq, names[i]))
            return &USER_EXCEEDS;
    return NULL;
}

static const Err *emit_state(Request *rq, const char *uuid, const Auth__Role *role)
{
    Auth__RoleState *state = ARENA_NEW(rq->arena, Auth__RoleState);
    auth__role_state__init(state);
    state->uuid = arena_strdup(rq->arena, uuid);
    state->has_id = state->has_version = true;
    state->id = role->id;
    state->version = role->version;
    state->name = role->name;
    state->description = role->description;
    state->permissions = role->permissions;
    state->n_permissions = role->n_permissions;
    return emit_role_updated(rq, state);
}

const Err *role_create(Request *rq, const Auth__RoleInput *in, Auth__Role *out)
{
    const char *uuid = rq_uuid(rq);
    TRY(check_grant(rq, in->permissions, in->n_permissions, NULL));
    TRY(db_run(rq->db, &ROLE_INSERT,
               ARGS(.message = &in->base,
                    .args = WITH(arg_text("uuid", uuid), arg_text("created_by", rq->username),
                                 arg_text("now", rq_now(rq)))),
               INTO_MESSAGE(out)));
    return emit_state(rq, uuid, out);
}

const Err *role_update(Request *rq, const Auth__RolePermissions *in, Auth__Role *out)
{
    RoleFacts role;
    TRY(role_lock(rq, in->id, &role));
    TRY(rq_check_version(rq, role.version));
    if (role.is_system)
        return &ROLE_FIXED;
    TRY(check_grant(rq, in->permissions, in->n_permissions, role.rights));
    TRY(db_run(rq->db, &ROLE_SET_PERMISSIONS,
               ARGS(.message = &in->base, .args = WITH(arg_text("now", rq_now(rq)))),
               INTO_MESSAGE(out)));
    return emit_state(rq, role.uuid, out);
}

const Err *role_export(Request *rq, const Sentient__ExportQuery *in, Auth__RoleExport *out)
{
    return rq_export(rq, &ROLE_EXPORT_END, &ROLE_EXPORT, in->after_id, INTO_LIST(out, "roles"));
}
