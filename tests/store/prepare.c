/* Every query of a service, every list with each sort and all filters: prepared against the
 * migrated schema. Compiled once per service; not a check of what they return. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "kit/db.h"
#include "kit/dblist.h"
#include SERVICE_SQL
#include "svc.sql.h"

static Db *db;
static Arena *arena;

static void prepare_open(void)
{
    const DbConfig config = {.host = getenv("DB_HOST"),
                             .port = getenv("DB_PORT"),
                             .name = getenv("DB_NAME"),
                             .user = getenv("DB_USER"),
                             .password = getenv("DB_PASS"),
                             .schema = SERVICE_NAME};
    arena = arena_new(0);
    db = db_new(&config, NULL, 0);
    db_use_arena(db, arena);
    const Err *err = db_connect(db);
    cr_assert_null(err, "run below tests/support/pg.sh: %s", err->cause);
}

static void prepare_close(void)
{
    db_delete(db);
    arena_delete(arena);
}

TestSuite(prepare, .init = prepare_open, .fini = prepare_close);

static void prepare_queries(const DbQuery *const *queries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Err *err = db_prepare(db, queries[i]);
        cr_expect_null(err, "%s", err->cause);
    }
}

static void prepare_lists(const DbList *const *lists, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Err *err = db_list_check(db, arena, lists[i]);
        cr_expect_null(err, "%s", err->cause);
    }
}

Test(prepare, queries)
{
    prepare_queries(SERVICE_QUERIES, SERVICE_QUERY_COUNT);
    prepare_queries(SVC_QUERIES, SVC_QUERY_COUNT);
}

Test(prepare, lists)
{
    prepare_lists(SERVICE_LISTS, SERVICE_LIST_COUNT);
    prepare_lists(SVC_LISTS, SVC_LIST_COUNT);
}
