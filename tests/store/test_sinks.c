/* Results: messages, lists, structs, single values, and what does not fit. */
#include "base/str.h"
#include "store.h"

TestSuite(sinks, .init = store_open, .fini = store_close);

typedef struct ThingRow {
    const char *uuid;
    const char *code, *name;
    int64_t qty, price;
} ThingRow;

static const DbColumn THING_ROW[] = {
    DB_COLUMN_TEXT(ThingRow, uuid),    DB_COLUMN_TEXT(ThingRow, code),
    DB_COLUMN_TEXT(ThingRow, name),    DB_COLUMN_DEC(ThingRow, qty, 3),
    DB_COLUMN_DEC(ThingRow, price, 2), DB_END};

static const char UUID[] = "0190f0e0-0000-7000-8000-000000000001";

static void three_things(void)
{
    store_exec(
        "INSERT INTO maker (uuid, name) VALUES ('0190f0e0-0000-7000-8000-00000000000a', 'ACME');"
        "INSERT INTO thing (uuid, code, name, qty, price, maker_id, created_at) VALUES"
        "('0190f0e0-0000-7000-8000-000000000001', 'A', 'one', 1.5, 10, 1, '2024-12-27 "
        "17:00:00.123999+07'),"
        "('0190f0e0-0000-7000-8000-000000000002', 'B', 'two', NULL, 0.01, NULL, '2024-12-27 "
        "10:00:00Z'),"
        "('0190f0e0-0000-7000-8000-000000000003', 'C', '', 0, -0.5, NULL, '2024-12-27 "
        "10:00:00.5Z')");
}

Test(sinks, a_row_as_a_message)
{
    three_things();
    Shapes__Thing *thing = thing_new();
    MUST(db_run(db, &THING_GET, ARG(arg_text("uuid", UUID)), INTO_MESSAGE(thing)));
    cr_assert_str_eq(thing->uuid, UUID);
    cr_assert_str_eq(thing->created_at, "2024-12-27T10:00:00.123Z");
    cr_assert_eq(thing->qty, 1500);
    cr_assert_eq(thing->price, 1000);
    cr_assert_eq(thing->version, 1);
    cr_assert_not(thing->has_weight || thing->has_flag || thing->has_blob);
    cr_assert_str_eq(thing->maker->name, "ACME");
    cr_assert_null(thing->maker->country, "all of its columns are NULL");
    /* the next row clears what it does not have */
    MUST(db_run(db, &THING_GET, ARG(arg_text("uuid", "0190f0e0-0000-7000-8000-000000000002")),
                INTO_MESSAGE(thing)));
    cr_assert_not(thing->has_qty);
    cr_assert_str_eq(thing->created_at, "2024-12-27T10:00:00.000Z");
    store_exec("UPDATE maker SET country = 'ID'");
    thing = thing_new();
    MUST(db_run(db, &THING_GET, ARG(arg_text("uuid", UUID)), INTO_MESSAGE(thing)));
    cr_assert_str_eq(thing->maker->country->code, "ID");
}

Test(sinks, no_row_is_no_document_unless_asked)
{
    bool found = true;
    Shapes__Thing *thing = thing_new();
    DbArgs none = ARG(arg_text("uuid", UUID));
    MUST_FAIL(ERR_NO_DOCUMENT, db_run(db, &THING_GET, none, INTO_MESSAGE(thing)));
    MUST(db_run(db, &THING_GET, none, TRY_MESSAGE(thing, &found)));
    cr_assert_not(found);
    int64_t id = 5;
    MUST(db_run(db, &THING_ID, ARG(arg_text("code", "A")), TRY_INT(&id, &found)));
    cr_assert_not(found);
    three_things();
    MUST(db_run(db, &THING_ID, ARG(arg_text("code", "A")), TRY_INT(&id, &found)));
    cr_assert(found && id == 1);
}

Test(sinks, rows_are_appended_to_a_list)
{
    three_things();
    Shapes__ThingPage page = SHAPES__THING_PAGE__INIT;
    db_queue(db, &THING_ALL, NO_ARGS, INTO_LIST(&page, "data"));
    db_queue(db, &THING_NAMES, NO_ARGS, INTO_LIST(&page, "names"));
    MUST(db_run(db, &THING_ALL, NO_ARGS, INTO_LIST(&page, "data")));
    cr_assert_eq(page.n_data, 6);
    cr_assert_str_eq(page.data[1]->code, "B");
    cr_assert_eq(page.data[5]->price, -50);
    cr_assert_eq(page.n_names, 3);
    cr_assert_str_eq(page.names[1], "two");
    cr_assert_str_eq(page.names[2], "");
}

Test(sinks, rows_as_structs)
{
    ThingRow *rows = NULL;
    size_t count = 9;
    MUST(db_run(db, &THING_ALL, NO_ARGS, INTO_STRUCTS(THING_ROW, &rows, &count)));
    cr_assert_eq(count, 0);
    three_things();
    MUST(db_run(db, &THING_ALL, NO_ARGS, INTO_STRUCTS(THING_ROW, &rows, &count)));
    cr_assert_eq(count, 3);
    cr_assert_eq(rows[0].qty, 1500);
    cr_assert_eq(rows[1].qty, 0, "NULL is 0");
    cr_assert_eq(rows[1].price, 1);
    cr_assert_eq(rows[2].price, -50);
    cr_assert_str_eq(rows[2].code, "C");
    ThingRow one;
    MUST_FAIL(ERR_DEFECT, db_run(db, &THING_ALL, NO_ARGS, INTO_STRUCT(THING_ROW, &one)));
    store_exec("DELETE FROM thing WHERE code <> 'B'");
    MUST(db_run(db, &THING_ALL, NO_ARGS, INTO_STRUCT(THING_ROW, &one)));
    cr_assert_str_eq(one.name, "two");
}

Test(sinks, single_values)
{
    three_things();
    int64_t count, changed;
    const char *text;
    db_queue(db, &THING_TOUCH, ARG(arg_text("code", "A")), INTO_COUNT(&changed));
    db_queue(db, &ECHO_INSTANT, ARG(arg_text("text", "2024-01-02 03:04:05.6789+02")),
             INTO_TEXT(&text));
    MUST(db_run(db, &THING_COUNT, NO_ARGS, INTO_INT(&count)));
    cr_assert_eq(count, 3);
    cr_assert_eq(changed, 1);
    cr_assert_str_eq(text, "2024-01-02T01:04:05.678Z");
    MUST(db_run(db, &ECHO, ARG(arg_null("text")), INTO_TEXT(&text)));
    cr_assert_null(text);
    MUST_FAIL(ERR_DEFECT, db_run(db, &ECHO, ARG(arg_text("text", "x")), INTO_INT(&count)));
}

Test(sinks, arrays_become_lists_of_text)
{
    Shapes__Thing *thing = thing_new();
    DbArgs list = ARG(arg_text("list", "{a,NULL,\"NULL\",\"\",\"q\\\"\\\\,}\"}"));
    MUST(db_run(db, &ECHO_LIST, list, INTO_MESSAGE(thing)));
    cr_assert_eq(thing->n_tags, 4);
    cr_assert_str_eq(thing->tags[0], "a");
    cr_assert_str_eq(thing->tags[1], "NULL");
    cr_assert_str_eq(thing->tags[2], "");
    cr_assert_str_eq(thing->tags[3], "q\"\\,}");
    MUST(db_run(db, &ECHO_LIST, ARG(arg_text("list", "{}")), INTO_MESSAGE(thing)));
    cr_assert_eq(thing->n_tags, 0);
}

Test(sinks, what_does_not_fit_is_a_defect)
{
    Shapes__ThingPage page = SHAPES__THING_PAGE__INIT;
    Shapes__Thing *thing = thing_new();
    const Err *err = db_run(db, &THING_UNKNOWN_COLUMN, NO_ARGS, INTO_LIST(&page, "data"));
    MUST_FAIL(ERR_DEFECT, err);
    cr_assert_not_null(strstr(err->cause, "title"));
    MUST_FAIL(ERR_DEFECT, db_run(db, &THING_ALL, NO_ARGS, INTO_LIST(&page, "things")));
    MUST_FAIL(ERR_DEFECT, db_run(db, &ECHO_SMALL, ARG(arg_int("n", -1)), INTO_MESSAGE(thing)));
    MUST(db_run(db, &ECHO_SMALL, ARG(arg_int("n", UINT32_MAX)), INTO_MESSAGE(thing)));
    cr_assert_eq(thing->small, UINT32_MAX);
    three_things();
    MUST_FAIL(ERR_DEFECT, db_run(db, &THING_RAW_COST, NO_ARGS, INTO_LIST(&page, "data")));
}
