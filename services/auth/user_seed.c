/* The first users: demo users in development, the operator's Admin elsewhere. */
#include "auth.sql.h"
#include "base/log.h"
#include "kit/config.h"
#include "kit/password.h"
#include "password_rules.h"
#include "seed.h"
#include "sentient/auth.events.h"
#include "user_store.h"

static const char DEMO_PASSWORD[] = "Password123!";

static const struct {
    const char *username, *full_name, *role;
} DEMO[] = {
    {"admin", "Administrator", "Admin"},
    {"sales", "Sari Sales", "Sales"},
    {"purchasing", "Putu Purchasing", "Purchasing"},
    {"production", "Prasetyo Production", "Production"},
    {"warehouse", "Wayan Warehouse", "Warehouse"},
    {"manager", "Maya Manager", "Manager"},
    {"viewer", "Vina Viewer", "Viewer"},
};

static const Err NO_ADMIN = {
    .kind = ERR_RULE,
    .message = "There is no active Admin: set BOOTSTRAP_ADMIN_PASSWORD to create one"};
static const Err BAD_BOOTSTRAP = {
    .kind = ERR_RULE,
    .message = "BOOTSTRAP_ADMIN_PASSWORD must have at least 8 characters and not be the username"};

static char *demo_email(Request *rq, size_t i)
{
    return arena_printf(rq->arena, "%s@example.test", DEMO[i].username);
}

static const Err *demo_user(Request *rq, size_t i, const char *hash)
{
    const char *uuid = rq_uuid(rq);
    int64_t role_id = 0;
    Auth__UserInput in = AUTH__USER_INPUT__INIT;
    Auth__User *out = ARENA_NEW(rq->arena, Auth__User);
    auth__user__init(out);
    TRY(db_run(rq->db, &USER_ROLE_NAMED, ARG(arg_text("name", DEMO[i].role)), INTO_INT(&role_id)));
    in.username = arena_strdup(rq->arena, DEMO[i].username);
    in.email = demo_email(rq, i);
    in.full_name = arena_strdup(rq->arena, DEMO[i].full_name);
    in.language = arena_strdup(rq->arena, "id");
    in.has_role_id = in.has_is_active = in.is_active = true;
    in.role_id = role_id;
    TRY(user_insert(rq, uuid, &in.base, hash, out));
    return emit_user_created(rq, out);
}

/* One hash serves all: they share the password anyway. */
static const Err *demo_seed(Request *rq)
{
    const char *hash = NULL;
    for (size_t i = 0; i < sizeof DEMO / sizeof *DEMO; i++) {
        int64_t made = 0;
        TRY(db_run(
            rq->db, &USER_WAS_MADE,
            ARG(arg_text("username", DEMO[i].username), arg_text("email", demo_email(rq, i))),
            INTO_INT(&made)));
        if (made)
            continue;
        if (!hash)
            TRY(password_hash(rq->arena, DEMO_PASSWORD, &hash));
        TRY(demo_user(rq, i, hash));
    }
    return NULL;
}

static const Err *bootstrap(Request *rq, const char *password)
{
    const char *uuid = rq_uuid(rq);
    const char *hash = NULL;
    Auth__User *out = ARENA_NEW(rq->arena, Auth__User);
    auth__user__init(out);
    if (password_fault(password, "admin"))
        return &BAD_BOOTSTRAP;
    TRY(password_hash(rq->arena, password, &hash));
    TRY(db_run(rq->db, &USER_BOOTSTRAP,
               ARG(arg_text("uuid", uuid), arg_text("username", "admin"),
                   arg_text("email", "admin@localhost"), arg_text("full_name", "Administrator"),
                   arg_text("password_hash", hash), arg_text("now", rq_now(rq))),
               INTO_MESSAGE(out)));
    user_end_links(rq, out->uuid);
    TRY(db_run(rq->db, &SESSION_END_ALL,
               ARG(arg_text("uuid", out->uuid), arg_text("now", rq_now(rq))), INTO_NOTHING));
    log_warn("created the user admin: change its password at the first sign-in");
    return out->version == 1 ? emit_user_created(rq, out) : emit_user_updated(rq, out);
}

/* Demo users in development; an Admin from BOOTSTRAP_ADMIN_PASSWORD where there is none. */
static const Err *user_seed(Request *rq)
{
    int64_t admins = 0;
    const char *password = config_text("BOOTSTRAP_ADMIN_PASSWORD");
    if (!config_is_production())
        TRY(demo_seed(rq));
    TRY(user_count_admins(rq, &admins));
    if (!admins && *password)
        return bootstrap(rq, password);
    if (!admins)
        log_warn("there is no active Admin");
    return NULL;
}

/* Before anything is written: a start that is refused is tried again and again. */
static const Err *check_settings(Request *rq)
{
    int64_t admins = 0;
    if (!config_is_production() || *config_text("BOOTSTRAP_ADMIN_PASSWORD"))
        return NULL;
    TRY(user_count_admins(rq, &admins));
    return admins ? NULL : &NO_ADMIN;
}

const Err *auth_start(Request *rq)
{
    TRY(check_settings(rq));
    TRY(role_seed(rq));
    return user_seed(rq);
}
