/* The store tests' fixture, and the rules of their messages.
 * Not a test. */
#include "store.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"
#include "base/str.h"
#include "kit/pb.h"

Db *db;
Arena *arena;
static PGconn *beside;
static char schema[32];

/* ---- messages ---- */

static const PbField THING_FIELDS[14] = {[3] = {.decimals = 3}, [4] = {.decimals = 2}};
static const PbField MAKER_FIELDS[3], COUNTRY_FIELDS[1], QUERY_FIELDS[8], PAGE_FIELDS[7];
const PbRule THING_RULE = {&shapes__thing__descriptor, THING_FIELDS, -1};
const PbRule QUERY_RULE = {&shapes__thing_query__descriptor, QUERY_FIELDS, -1};
const PbRule PAGE_RULE = {&shapes__thing_page__descriptor, PAGE_FIELDS, -1};
static const PbRule MAKER_RULE = {&shapes__maker__descriptor, MAKER_FIELDS, -1};
static const PbRule COUNTRY_RULE = {&shapes__country__descriptor, COUNTRY_FIELDS, -1};
static const PbRule *const RULES[] = {&THING_RULE, &QUERY_RULE, &PAGE_RULE, &MAKER_RULE,
                                      &COUNTRY_RULE};
static const Contract CONTRACT = {
    .service = "shapes", .rules = RULES, .rule_count = sizeof RULES / sizeof RULES[0]};

Shapes__Thing *thing_new(void)
{
    return (Shapes__Thing *)pb_new(arena, &THING_RULE);
}

/* ---- errors ---- */

const Err CODE_TAKEN = {.kind = ERR_CONFLICT, .message = "The code is taken"};
const Err QTY_NEGATIVE = {.kind = ERR_RULE, .message = "Not that much"};
const Err NO_MAKER = {.kind = ERR_RULE, .message = "No such maker"};
static const DbConstraint CONSTRAINTS[] = {
    {"thing_code_key", &CODE_TAKEN, "code"},
    {"thing_qty_check", &QTY_NEGATIVE, NULL},
    {"thing_maker_fkey", &NO_MAKER, "makerId"},
    {"late_n_key", &CODE_TAKEN, "n"},
};

void store_must(const Err *err, const char *file, int line)
{
    cr_assert_null(err, "%s:%d: %s (%s)", file, line, err->message, err->cause ? err->cause : "");
}

void store_must_fail(const Err *base, const Err *err, const char *file, int line)
{
    cr_assert_not_null(err, "%s:%d: no error", file, line);
    cr_assert(err_is(err, base), "%s:%d: %s (%s)", file, line, err->message,
              err->cause ? err->cause : "");
}

/* ---- the database ---- */

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    cr_assert_not_null(value, "%s is not set: run below tests/support/pg.sh", name);
    return value;
}

static PGresult *run_beside(const char *sql)
{
    PGresult *result = PQexec(beside, sql);
    ExecStatusType status = PQresultStatus(result);
    cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s",
              PQerrorMessage(beside));
    return result;
}

void store_exec(const char *sql)
{
    PQclear(run_beside(sql));
}

int64_t store_int(const char *sql)
{
    int64_t value = -1;
    PGresult *result = run_beside(sql);
    cr_assert(str_to_int64(PQgetvalue(result, 0, 0), &value));
    PQclear(result);
    return value;
}

static void make_schema(void)
{
    char sql[128];
    (void)snprintf(schema, sizeof schema, "test_%d", (int)getpid());
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA %s; SET search_path = %s, public", schema,
                   schema);
    store_exec(sql);
    Buf text = {.arena = arena};
    FILE *file = fopen(STORE_SCHEMA, "r");
    cr_assert_not_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        buf_putc(&text, (char)c);
    (void)fclose(file);
    store_exec(text.data);
}

Db *store_connect(void)
{
    const DbConfig config = {.host = environment("DB_HOST"),
                             .port = environment("DB_PORT"),
                             .name = environment("DB_NAME"),
                             .user = environment("DB_USER"),
                             .password = environment("DB_PASS"),
                             .schema = schema,
                             .application = "store test"};
    Db *made = db_new(&config, CONSTRAINTS, sizeof CONSTRAINTS / sizeof *CONSTRAINTS);
    db_use_arena(made, arena);
    return made;
}

void store_open(void)
{
    pb_register(&CONTRACT);
    arena = arena_new(65536);
    beside = PQconnectdb(arena_printf(arena, "dbname='%s' options='-c client_min_messages=warning'",
                                      environment("DB_NAME")));
    cr_assert_eq(PQstatus(beside), CONNECTION_OK, "%s", PQerrorMessage(beside));
    make_schema();
    db = store_connect();
}

void store_close(void)
{
    db_delete(db);
    PQfinish(beside);
    arena_delete(arena);
}

void store_terminate(Db *victim)
{
    int64_t pid;
    char sql[128];
    MUST(db_run(victim, &BACKEND, NO_ARGS, INTO_INT(&pid)));
    (void)snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 5000)::int", (int)pid);
    cr_assert_eq(store_int(sql), 1);
}
