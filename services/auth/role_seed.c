/* The seeded permissions and roles. Not demo data: every installation has them. */
#include "auth.sql.h"
#include "role_rules.h"
#include "seed.h"
#include "sentient/auth.events.h"

typedef struct SeedRole {
    const char *name, *description;
    const char *rights; /* patterns of role_rules.h */
    bool is_system;
} SeedRole;

static const SeedRole ROLES[] = {
    {"Admin", "Everything", "*", true},
    {"Sales", "Customers, sales orders and deliveries",
     "dashboard.view customer.read customer.create customer.update item.read so.read so.create "
     "so.update so.delete do.* po.read wo.read inv.read ai.* alert.* report.view",
     false},
    {"Purchasing", "Vendors and purchase orders",
     "dashboard.view vendor.read vendor.create vendor.update item.read item.create item.update "
     "po.read po.create po.update po.delete so.read wo.read inv.read ai.* alert.* report.view",
     false},
    {"Production", "Work orders and bills of materials",
     "dashboard.view item.read item.update wo.* so.read po.read inv.read ai.* alert.* report.view",
     false},
    {"Warehouse", "Stock, deliveries and receipts",
     "dashboard.view item.read inv.* do.* so.read po.read po.update wo.read ai.* alert.* "
     "report.view",
     false},
    {"Manager", "Reads everything, approves orders",
     "*.read *.view so.approve po.approve ai.chat alert.update", false},
    {"Viewer", "Reads everything", "*.read *.view", false},
};

/* The closed set; what has left it leaves the roles too. */
static const Err *permission_seed(Request *rq)
{
    ProtobufCMessage **rows = arena_array(rq->arena, PERMISSION_COUNT, sizeof *rows);
    for (size_t i = 0; i < PERMISSION_COUNT; i++) {
        Auth__PermissionEntry *entry = ARENA_NEW(rq->arena, Auth__PermissionEntry);
        auth__permission_entry__init(entry);
        entry->name = arena_strdup(rq->arena, PERMISSIONS[i].name);
        entry->description = arena_strdup(rq->arena, PERMISSIONS[i].description);
        rows[i] = &entry->base;
    }
    DbArgs args = ARGS(.rows = rows, .row_count = PERMISSION_COUNT);
    Auth__RoleExport pruned = AUTH__ROLE_EXPORT__INIT;
    db_queue(rq->db, &ROLE_DROP_PERMISSIONS, args, INTO_NOTHING);
    db_queue(rq->db, &ROLE_SEED_PERMISSIONS, args, INTO_NOTHING);
    args.args = WITH(arg_text("now", rq_now(rq)));
    TRY(db_run(rq->db, &ROLE_PRUNE, args, INTO_LIST(&pruned, "roles")));
    for (size_t i = 0; i < pruned.n_roles; i++)
        TRY(emit_role_updated(rq, pruned.roles[i]));
    return NULL;
}

static const Err *role_seed_one(Request *rq, const SeedRole *role)
{
    Auth__RoleInput in = AUTH__ROLE_INPUT__INIT;
    Auth__RoleState *state = ARENA_NEW(rq->arena, Auth__RoleState);
    bool made = false;
    auth__role_state__init(state);
    in.name = arena_strdup(rq->arena, role->name);
    in.description = arena_strdup(rq->arena, role->description);
    in.permissions = arena_array(rq->arena, PERMISSION_COUNT, sizeof *in.permissions);
    for (size_t i = 0; i < PERMISSION_COUNT; i++)
        if (rights_match(role->rights, PERMISSIONS[i].name))
            in.permissions[in.n_permissions++] = arena_strdup(rq->arena, PERMISSIONS[i].name);
    TRY(db_run(rq->db, &ROLE_SEED,
               ARGS(.message = &in.base, .args = WITH(arg_text("uuid", rq_uuid(rq)),
                                                      arg_bool("is_system", role->is_system),
                                                      arg_text("now", rq_now(rq)))),
               TRY_MESSAGE(state, &made)));
    return made ? emit_role_updated(rq, state) : NULL;
}

const Err *role_seed(Request *rq)
{
    bool completed = false;
    Auth__RoleState *admin = ARENA_NEW(rq->arena, Auth__RoleState);
    auth__role_state__init(admin);
    TRY(permission_seed(rq));
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        TRY(role_seed_one(rq, &ROLES[i]));
    TRY(db_run(rq->db, &ROLE_COMPLETE_ADMIN, ARG(arg_text("now", rq_now(rq))),
               TRY_MESSAGE(admin, &completed)));
    return completed ? emit_role_updated(rq, admin) : NULL;
}
