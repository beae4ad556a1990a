/* Errors of the server, and connections that are lost before, inside and at the end. */
#include <libpq-fe.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/str.h"
#include "store.h"

TestSuite(errors, .init = store_open, .fini = store_close);

#define CODE(code) ARG(arg_text("code", (code)))

static void two_things(void)
{
    store_exec(
        "INSERT INTO thing (code, qty, price) VALUES ('A', 1, 9999999999999.99), ('B', 1, 1)");
}

static const char *text_of(Db *of, const DbQuery *query, DbArgs args)
{
    const char *text = NULL;
    MUST(db_run(of, query, args, INTO_TEXT(&text)));
    return text;
}

Test(errors, constraints_are_errors_of_the_domain)
{
    two_things();
    Shapes__Thing *thing = thing_new();
    thing->uuid = "0190f0e0-0000-7000-8000-000000000001";
    thing->code = "a";
    const Err *err = db_run(db, &THING_INSERT, ARGS(.message = &thing->base), INTO_NOTHING);
    MUST_FAIL(CODE_TAKEN, err);
    cr_assert_str_eq(err->details->field, "code");
    cr_assert_str_eq(err->details->message, "is taken");
    err = db_run(db, &THING_SET_QTY, ARG(arg_text("code", "A"), arg_int("qty", -1)), INTO_NOTHING);
    MUST_FAIL(QTY_NEGATIVE, err);
    cr_assert_null(err->details);
    err = db_run(db, &THING_SET_MAKER, ARG(arg_text("code", "A"), arg_int("maker", 77)),
                 INTO_NOTHING);
    MUST_FAIL(NO_MAKER, err);
    cr_assert_str_eq(err->details->message, "does not exist");
}

Test(errors, overflow_and_defects)
{
    two_things();
    MUST_FAIL(DB_OVERFLOW, db_run(db, &THING_MULTIPLY,
                                  ARG(arg_text("code", "A"), arg_int("factor", 2)), INTO_NOTHING));
    const Err *err = db_run(db, &WRONG, NO_ARGS, INTO_NOTHING);
    MUST_FAIL(ERR_DEFECT, err);
    cr_assert_not_null(strstr(err->cause, "wrong: 42P01"), "%s", err->cause);
    MUST_FAIL(ERR_DEFECT, db_run(db, &WRONG, NO_ARGS, INTO_NOTHING));
    cr_assert_str_eq(text_of(db, &ECHO, ARG(arg_text("text", "still here"))), "still here");
}

Test(errors, the_first_of_a_batch_is_told_and_nothing_stays)
{
    two_things();
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    db_queue(db, &THING_SET_QTY, ARG(arg_text("code", "B"), arg_int("qty", -1)), INTO_NOTHING);
    db_queue(db, &WRONG, NO_ARGS, INTO_NOTHING);
    db_queue(db, &THING_NAMES, NO_ARGS, INTO_NOTHING);
    MUST_FAIL(QTY_NEGATIVE, db_flush(db));
    cr_assert_eq(store_int("SELECT sum(version)::bigint FROM thing"), 2);
    /* what was to be prepared behind the failure is prepared the next time */
    MUST(db_run(db, &THING_NAMES, NO_ARGS, INTO_NOTHING));
}

Test(errors, a_locked_row_is_told_after_the_lock_timeout)
{
    two_things();
    int64_t id;
    Db *other = store_connect();
    db_begin(other);
    MUST(db_run(other, &THING_LOCK, CODE("A"), INTO_INT(&id)));
    db_begin(db);
    MUST_FAIL(DB_LOCKED, db_run(db, &THING_LOCK, CODE("A"), INTO_INT(&id)));
    db_rollback(db);
    db_delete(other);
}

static void *touch_first(void *other)
{
    return (void *)db_run(other, &THING_TOUCH, CODE("A"), INTO_NOTHING);
}

Test(errors, a_deadlock_is_a_conflict)
{
    two_things();
    pthread_t thread;
    void *others;
    Db *other = store_connect();
    Arena *others_arena = arena_new(0);
    db_use_arena(other, others_arena);
    db_begin(db);
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    db_begin(other);
    MUST(db_run(other, &THING_TOUCH, CODE("B"), INTO_NOTHING));
    cr_assert_eq(pthread_create(&thread, NULL, touch_first, other), 0);
    const Err *ours = db_run(db, &THING_TOUCH, CODE("B"), INTO_NOTHING);
    db_rollback(db);
    (void)pthread_join(thread, &others);
    MUST_FAIL(DB_CONFLICT, ours ? ours : others);
    cr_assert(!ours || !others, "one of them wins");
    db_delete(other);
    arena_delete(others_arena);
}

Test(errors, a_serialization_failure_is_a_conflict)
{
    two_things();
    db_begin(db);
    db_queue(db, &REPEATABLE_READ, NO_ARGS, INTO_NOTHING);
    MUST(db_run(db, &THING_COUNT, NO_ARGS, INTO_NOTHING));
    store_exec("UPDATE thing SET version = 9 WHERE code = 'A'");
    MUST_FAIL(DB_CONFLICT, db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    db_rollback(db);
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
}

Test(errors, a_statement_that_takes_too_long)
{
    PQclear(PQexec(db_raw(db), "SET statement_timeout = 50"));
    MUST_FAIL(DB_TIMEOUT, db_run(db, &SLEEP, NO_ARGS, INTO_NOTHING));
}

Test(errors, the_session_is_set_up)
{
    static const char *const SETTINGS[][2] = {{"statement_timeout", "5s"},
                                              {"lock_timeout", "1s"},
                                              {"idle_in_transaction_session_timeout", "10s"},
                                              {"TimeZone", "UTC"},
                                              {"application_name", "store test"}};
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++)
        cr_assert_str_eq(text_of(db, &SETTING, ARG(arg_text("name", SETTINGS[i][0]))),
                         SETTINGS[i][1]);
    cr_assert(str_starts(text_of(db, &SETTING, ARG(arg_text("name", "search_path"))), "test_"));
}

/* ---- losses ---- */

Test(errors, an_idle_connection_that_died_is_not_noticed)
{
    const DbQuery *const kinds[] = {&THING_COUNT, &THING_TOUCH};
    two_things();
    for (size_t i = 0; i < 2; i++) {
        store_terminate(db);
        MUST(db_run(db, kinds[i], CODE("A"), INTO_NOTHING));
    }
    store_terminate(db);
    db_begin(db);
    db_queue(db, &THING_TOUCH, CODE("A"), INTO_NOTHING);
    MUST(db_commit(db));
    cr_assert_eq(store_int("SELECT version FROM thing WHERE code = 'A'"), 3);
}

Test(errors, a_read_that_was_not_answered_is_sent_again_once)
{
    int64_t value = 0;
    MUST(db_run(db, &BACKEND_ENDS_ONCE, NO_ARGS, INTO_INT(&value)));
    cr_assert_eq(value, 7);
    uint64_t trips = db_round_trips(db);
    MUST_FAIL(DB_AWAY, db_run(db, &BACKEND_ENDS, NO_ARGS, INTO_NOTHING));
    cr_assert_eq(db_round_trips(db) - trips, 2);
    MUST(db_run(db, &THING_COUNT, NO_ARGS, INTO_INT(&value)));
}

Test(errors, a_transaction_that_lost_its_connection_stays_lost)
{
    two_things();
    db_begin(db);
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    MUST_FAIL(DB_AWAY, db_run(db, &BACKEND_ENDS, NO_ARGS, INTO_NOTHING));
    /* never on a new connection, outside of it */
    MUST_FAIL(DB_AWAY, db_run(db, &THING_TOUCH, CODE("B"), INTO_NOTHING));
    MUST_FAIL(DB_AWAY, db_commit(db));
    db_rollback(db);
    cr_assert_eq(store_int("SELECT sum(version)::bigint FROM thing"), 2);
    MUST(db_run(db, &THING_TOUCH, CODE("B"), INTO_NOTHING));
}

Test(errors, a_connection_lost_at_commit_is_ambiguous)
{
    two_things();
    db_begin(db);
    db_queue(db, &DOOMED_INSERT, ARG(arg_int("n", 1)), INTO_NOTHING);
    MUST_FAIL(DB_AMBIGUOUS, db_commit(db));
    db_rollback(db);
    /* a statement on its own that writes commits as well */
    MUST_FAIL(DB_AMBIGUOUS, db_run(db, &DOOMED_INSERT, ARG(arg_int("n", 1)), INTO_NOTHING));
    /* a failure that came before is no doubt */
    db_begin(db);
    MUST(db_run(db, &THING_TOUCH, CODE("A"), INTO_NOTHING));
    store_terminate(db);
    MUST_FAIL(DB_AMBIGUOUS, db_commit(db));
    db_rollback(db);
    cr_assert_eq(store_int("SELECT version FROM thing WHERE code = 'A'"), 1);
}

Test(errors, no_server_is_away_and_no_secret_is_told)
{
    DbConfig config = {.host = getenv("DB_HOST"),
                       .port = getenv("DB_PORT"),
                       .name = "sentient",
                       .user = "postgres",
                       .password = "wrong-secret-word"};
    Db *other = db_new(&config, NULL, 0);
    db_use_arena(other, arena);
    const Err *err = db_run(other, &THING_COUNT, NO_ARGS, INTO_NOTHING);
    MUST_FAIL(DB_AWAY, err);
    cr_assert_null(strstr(err->cause, "secret-word"), "%s", err->cause);
    cr_assert_not(db_connected(other));
    db_delete(other);
    config.port = "1";
    other = db_new(&config, NULL, 0);
    db_use_arena(other, arena);
    MUST_FAIL(DB_AWAY, db_connect(other));
    db_begin(other);
    MUST_FAIL(DB_AWAY, db_commit(other));
    db_delete(other);
}

Test(errors, another_session_is_told_from_the_one_before)
{
    int64_t backend = 0;
    MUST(db_run(db, &BACKEND, NO_ARGS, INTO_INT(&backend)));
    MUST(db_run(db, &BACKEND_IS, ARG(arg_int("backend", backend)), INTO_NOTHING));
    store_terminate(db);
    const Err *err = db_run(db, &BACKEND_IS, ARG(arg_int("backend", backend)), INTO_NOTHING);
    MUST_FAIL(DB_OTHER_SESSION, err);
}

/* The sleep is longer than the second that is waited, and shorter than a batch may be. */
Test(errors, a_silent_server_is_given_up_when_nobody_waits_any_more)
{
    db_set_deadline(db, clock_monotonic_ms());
    MUST_FAIL(DB_AWAY, db_run(db, &SLEEP, NO_ARGS, INTO_NOTHING));
    db_use_arena(db, arena);
    MUST(db_run(db, &SLEEP, NO_ARGS, INTO_NOTHING));
}
