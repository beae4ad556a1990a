/* What each service's PostgreSQL role may do: its own schema's rows, and nothing else. */
#include <string.h>

#include "testkit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DENIED       "42501"

static const char *const TABLES[] = {"auth.user_account", "sales.customer", "inventory.item"};

Test(database, a_service_sees_its_own_schema_alone)
{
    for (const char *const *name = SERVICES; *name; name++)
        for (size_t k = 0; k < COUNT(TABLES); k++)
            expect_text(sql_state_as(*name, text("SELECT * FROM %s LIMIT 1", TABLES[k])),
                        strncmp(TABLES[k], *name, strlen(*name)) == 0 ? "00000" : DENIED);
}

Test(database, a_service_changes_rows_and_no_tables)
{
    static const char *const STATEMENTS[] = {"CREATE TABLE %s.x (a integer)",
                                             "CREATE TABLE public.x (a integer)",
                                             "DROP TABLE %s.outbox",
                                             "ALTER TABLE %s.outbox ADD COLUMN x integer",
                                             "TRUNCATE %s.outbox",
                                             "INSERT INTO %s.schema_migration VALUES ('x', 'x')",
                                             "ALTER TABLE %s.audit DISABLE TRIGGER ALL",
                                             "CREATE ROLE evil",
                                             "COPY (SELECT 1) TO PROGRAM 'true'"};
    for (const char *const *name = SERVICES; *name; name++)
        for (size_t k = 0; k < COUNT(STATEMENTS); k++) {
            const char *at = strstr(STATEMENTS[k], "%s");
            const char *statement =
                at ? text("%.*s%s%s", (int)(at - STATEMENTS[k]), STATEMENTS[k], *name, at + 2)
                   : STATEMENTS[k];
            const char *state = sql_state_as(*name, statement);
            cr_assert_str_eq(state, DENIED, "%s may: %s (%s)", *name, statement, state);
        }
}

Test(database, no_service_role_is_a_superuser)
{
    expect_number(sql_int("SELECT count(*) FROM pg_roles WHERE rolname IN ('auth', 'sales', "
                          "'inventory') AND (rolsuper OR rolcreatedb OR rolcreaterole OR "
                          "rolbypassrls OR rolreplication)"),
                  0);
}

Test(database, changes_are_audited_without_secrets)
{
    Client *admin = client_admin();
    const char *uuid = new_customer(admin);
    const Response *r = put(admin, text("/customers/%s", uuid), "{\"phone\":\"021\"}");
    expect_status(r, 200);
    expect_text(sql_text("SELECT string_agg(concat_ws(' ', username, action, request_id IS NOT "
                         "NULL, address), ', ' ORDER BY id) FROM sales.audit WHERE key = '%s'",
                         uuid),
                "admin insert t 127.0.0.1, admin update t 127.0.0.1");
    expect_text(
        sql_text("SELECT changes FROM sales.audit WHERE key = '%s' AND action = 'update'", uuid),
        "{\"phone\": [null, \"021\"]}");
    expect_text(sql_text("SELECT request_id FROM sales.audit WHERE key = '%s' AND action = "
                         "'update'",
                         uuid),
                header(r, "X-Request-Id"));
}

/* With psql's own search_path, as an operator has it. */
Test(database, an_operator_changes_what_gateways_hear_of)
{
    const char *name = unique("role");
    int64_t before = sql_int("SELECT max(id) FROM auth.identity_change");
    sql_run("INSERT INTO auth.role (uuid, name, created_by, created_at, updated_at) VALUES ('%s', "
            "'%s', 'operator', now(), now())",
            uuid_random(), name);
    cr_assert_gt(sql_int("SELECT max(c.id) FROM auth.identity_change c JOIN auth.role r ON r.id = "
                         "c.role_id WHERE r.name = '%s'",
                         name),
                 before);
}
