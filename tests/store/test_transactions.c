/* Transactions over several flushes, what travels together, prepared statements. */
#include <libpq-fe.h>

#include "store.h"

TestSuite(transactions, .init = store_open, .fini = store_close);

#define CODE(code) ARG(arg_text("code", (code)))

static void two_things(void)
{
    store_exec("INSERT INTO thing (code, qty) VALUES ('A', 1), ('B', 1)");
}

static int64_t versions(void)
{
    return store_int("SELECT sum(version)::bigint FROM thing");
}

Test(transactions, several_flushes_are_one)
{
    two_things();
    int64_t id;
    MUST(db_connect(db));
    uint64_t trips = db_round_trips(db);
    db_begin(db);
    MUST(db_run(db, &THING_LOCK, CODE("A"), INTO_INT(&id)));
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    MUST(db_run(db, &THING_LOCK, CODE("B"), INTO_INT(&id)));
    cr_assert_eq(versions(), 2, "not before COMMIT");
    db_queue(db, &THING_TOUCH, CODE("B"), INTO_NOTHING);
    MUST(db_commit(db));
    cr_assert_eq(db_round_trips(db) - trips, 3);
    cr_assert_eq(versions(), 4);
}

Test(transactions, all_that_needs_no_answer_is_one_round_trip)
{
    two_things();
    uint64_t trips = db_round_trips(db);
    db_begin(db);
    for (int i = 0; i < 5; i++)
        db_queue(db, &THING_TOUCH, CODE(i % 2 ? "A" : "B"), INTO_NOTHING);
    cr_assert_eq(db_round_trips(db), trips, "queueing sends nothing");
    MUST(db_commit(db));
    cr_assert_eq(db_round_trips(db) - trips, 1);
    cr_assert_eq(versions(), 7);
    MUST(db_flush(db));
    cr_assert_eq(db_round_trips(db) - trips, 1, "nothing queued, nothing sent");
}

Test(transactions, rollback_undoes)
{
    two_things();
    db_begin(db);
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    db_queue(db, &THING_TOUCH, CODE("B"), INTO_NOTHING);
    db_rollback(db);
    cr_assert_eq(versions(), 2);
    uint64_t trips = db_round_trips(db);
    db_begin(db);
    db_queue(db, &THING_TOUCH, CODE("B"), INTO_NOTHING);
    db_rollback(db);
    cr_assert_eq(db_round_trips(db), trips, "what was not sent needs no ROLLBACK");
    MUST(db_run(db, &THING_TOUCH, CODE("B"), INTO_NOTHING));
    cr_assert_eq(versions(), 3);
}

Test(transactions, a_failed_one_gives_its_error_until_rollback)
{
    two_things();
    db_begin(db);
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    MUST_FAIL(QTY_NEGATIVE, db_run(db, &THING_SET_QTY,
                                   ARG(arg_text("code", "B"), arg_int("qty", -1)), INTO_NOTHING));
    MUST_FAIL(QTY_NEGATIVE, db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    MUST_FAIL(QTY_NEGATIVE, db_commit(db));
    db_rollback(db);
    cr_assert_eq(versions(), 2);
    db_begin(db);
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    MUST(db_commit(db));
    cr_assert_eq(versions(), 3);
}

Test(transactions, a_failure_in_the_last_batch_commits_nothing)
{
    two_things();
    db_begin(db);
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    db_queue(db, &THING_SET_QTY, ARG(arg_text("code", "B"), arg_int("qty", -1)), INTO_NOTHING);
    MUST_FAIL(QTY_NEGATIVE, db_commit(db));
    db_rollback(db);
    cr_assert_eq(versions(), 2);
}

Test(transactions, a_constraint_checked_at_commit_is_mapped)
{
    db_begin(db);
    db_queue(db, &LATE_INSERT, ARG(arg_int("n", 1)), INTO_NOTHING);
    MUST(db_run(db, &LATE_INSERT, ARG(arg_int("n", 1)), INTO_NOTHING));
    MUST_FAIL(CODE_TAKEN, db_commit(db));
    db_rollback(db);
    cr_assert_eq(store_int("SELECT count(*) FROM late"), 0);
}

Test(transactions, a_missing_row_is_known_before_commit)
{
    two_things();
    int64_t id;
    db_begin(db);
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    db_queue(db, &THING_LOCK, CODE("nowhere"), INTO_INT(&id));
    MUST_FAIL(ERR_NO_DOCUMENT, db_commit(db));
    db_rollback(db);
    cr_assert_eq(versions(), 2);
}

Test(transactions, a_handler_may_live_with_a_missing_row)
{
    two_things();
    int64_t id;
    db_begin(db);
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    MUST_FAIL(ERR_NO_DOCUMENT, db_run(db, &THING_LOCK, CODE("nowhere"), INTO_INT(&id)));
    db_queue(db, &THING_TOUCH, CODE("B"), INTO_NOTHING);
    MUST(db_commit(db));
    cr_assert_eq(versions(), 4);
}

Test(transactions, a_snapshot_is_one_round_trip_and_leaves_nothing_open)
{
    two_things();
    int64_t first, second;
    MUST(db_connect(db));
    uint64_t trips = db_round_trips(db);
    db_queue(db, &THING_COUNT, NO_ARGS, INTO_INT(&first));
    db_queue(db, &THING_ID, CODE("B"), INTO_INT(&second));
    MUST(db_flush_snapshot(db));
    cr_assert_eq(db_round_trips(db) - trips, 1);
    cr_assert_eq(first, 2);
    cr_assert_eq(second, 2);
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    MUST_FAIL(ERR_DEFECT, db_flush_snapshot(db));
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    cr_assert_eq(versions(), 3);
    db_begin(db);
    MUST_FAIL(ERR_DEFECT, db_flush_snapshot(db));
}

Test(transactions, beginning_twice_is_a_defect)
{
    db_begin(db);
    db_begin(db);
    MUST_FAIL(ERR_DEFECT, db_flush(db));
    db_rollback(db);
    MUST_FAIL(ERR_DEFECT, db_commit(db));
}

Test(transactions, a_new_arena_ends_what_was_left_open)
{
    two_things();
    Arena *next = arena_new(0);
    db_begin(db);
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    db_use_arena(db, next);
    MUST(db_run(db, &THING_TOUCH, CODE("B"), INTO_NOTHING));
    cr_assert_eq(versions(), 3);
    db_use_arena(db, arena);
    arena_delete(next);
}

Test(transactions, statements_are_prepared_once_per_connection)
{
    for (int i = 0; i < 10; i++)
        MUST(db_run(db, &THING_COUNT, NO_ARGS, INTO_NOTHING));
    PGresult *result = PQexec(db_raw(db), "SELECT name, generic_plans + custom_plans"
                                          " FROM pg_prepared_statements");
    cr_assert_eq(PQntuples(result), 1);
    cr_assert_str_eq(PQgetvalue(result, 0, 0), "thing_count_0");
    cr_assert_str_eq(PQgetvalue(result, 0, 1), "10");
    PQclear(result);
    MUST(db_run(db, &THING_COUNT, NO_ARGS, INTO_NOTHING));
}

Test(transactions, many_statements_are_kept_apart)
{
    enum { MANY = 400 };
    DbQuery queries[MANY];
    for (int round = 0; round < 2; round++) {
        int64_t values[MANY];
        for (int i = 0; i < MANY; i++) {
            if (!round)
                queries[i] = (DbQuery){"same", arena_printf(arena, "SELECT %d", i), NULL, 0};
            db_queue(db, &queries[i], NO_ARGS, INTO_INT(&values[i]));
        }
        MUST(db_flush(db));
        for (int i = 0; i < MANY; i++)
            cr_assert_eq(values[i], i);
    }
}

/* Both directions fill up: whoever sends all before reading waits for ever. */
Test(transactions, a_big_batch_goes_through)
{
    enum { BIG = 64 * 1024, MANY = 300 };
    const char *texts[MANY];
    char *big = arena_alloc(arena, BIG + 1);
    memset(big, 'x', BIG);
    uint64_t trips = db_round_trips(db);
    for (int i = 0; i < MANY; i++)
        db_queue(db, &ECHO, ARG(arg_text("text", big)), INTO_TEXT(&texts[i]));
    MUST(db_flush(db));
    cr_assert_eq(db_round_trips(db) - trips, 1);
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(strlen(texts[i]), BIG);
}

Test(transactions, a_big_parameter_goes_through)
{
    enum { BIG = 16 * 1024 * 1024 };
    int64_t length;
    char *big = arena_alloc(arena, BIG + 1);
    memset(big, 'x', BIG);
    MUST(db_run(db, &ECHO_LENGTH, ARG(arg_text("text", big)), INTO_INT(&length)));
    cr_assert_eq(length, BIG);
}

Test(transactions, preparing_finds_what_does_not_fit_the_schema)
{
    MUST(db_prepare(db, &THING_GET));
    MUST(db_prepare(db, &THING_GET));
    MUST_FAIL(ERR_DEFECT, db_prepare(db, &WRONG));
    MUST(db_list_check(db, arena, &THING_LIST));
    MUST_FAIL(ERR_DEFECT, db_list_check(db, arena, &BROKEN_LIST));
}
