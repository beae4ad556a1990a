/* Parameters: every type, from arguments, messages and rows. */
#include "base/id.h"
#include "base/str.h"
#include "kit/pb.h"
#include "store.h"

TestSuite(args, .init = store_open, .fini = store_close);

static const char UUID[] = "0190f0e0-0000-7000-8000-000000000001";

static Shapes__Thing *full_thing(void)
{
    static char *tags[] = {"plain", "with \"quotes\"", "back\\slash", "a,b{c}", "", "NULL", "é"};
    static uint8_t blob[] = {0, 1, 0xfe, 0xff, 0};
    Shapes__Thing *thing = thing_new();
    thing->uuid = (char *)UUID;
    thing->code = "T-1";
    thing->name = "Ünïcode 'quoted' $1 :x::y";
    thing->has_qty = thing->has_price = thing->has_weight = thing->has_flag = thing->has_blob = 1;
    thing->qty = 999999999999999;
    thing->price = -1234;
    thing->weight = -7;
    thing->flag = 1;
    thing->made_on = "2024-02-29";
    thing->tags = tags;
    thing->n_tags = sizeof tags / sizeof *tags;
    thing->blob = (ProtobufCBinaryData){sizeof blob, blob};
    return thing;
}

Test(args, a_message_comes_back_as_it_was)
{
    Shapes__Thing *in = full_thing(), *out = thing_new();
    db_queue(db, &THING_INSERT, ARGS(.message = &in->base), INTO_NOTHING);
    MUST(db_run(db, &THING_GET, ARG(arg_text("uuid", UUID)), INTO_MESSAGE(out)));
    cr_assert_str_eq(out->name, in->name);
    cr_assert_eq(out->qty, in->qty);
    cr_assert_eq(out->price, in->price);
    cr_assert_eq(out->weight, in->weight);
    cr_assert(out->has_flag && out->flag);
    cr_assert_str_eq(out->made_on, "2024-02-29");
    cr_assert_eq(out->n_tags, in->n_tags);
    for (size_t i = 0; i < in->n_tags; i++)
        cr_assert_str_eq(out->tags[i], in->tags[i]);
    cr_assert_eq(out->blob.len, in->blob.len);
    cr_assert_arr_eq(out->blob.data, in->blob.data, in->blob.len);
    cr_assert_eq(
        store_int("SELECT count(*) FROM thing WHERE price = -12.34 AND qty = 999999999999.999"), 1);
}

Test(args, unset_fields_are_null)
{
    Shapes__Thing *in = thing_new();
    in->uuid = (char *)UUID;
    in->code = "T-2";
    MUST(db_run(db, &THING_INSERT, ARGS(.message = &in->base), INTO_NOTHING));
    cr_assert_eq(
        store_int("SELECT count(*) FROM thing WHERE qty IS NULL AND weight IS NULL AND flag IS NULL"
                  " AND made_on IS NULL AND blob IS NULL AND tags = '{}'"),
        1);
}

Test(args, an_argument_wins_over_the_message_and_is_copied)
{
    char code[] = "ARG";
    Shapes__Thing *in = full_thing();
    db_queue(db, &THING_INSERT,
             ARGS(.message = &in->base,
                  .args = WITH(arg_text("code", code), arg_int("qty", 1), arg_bool("flag", false),
                               arg_null("weight"), arg_bytes("blob", "\0x", 2))),
             INTO_NOTHING);
    code[0] = 'X';
    MUST(db_flush(db));
    cr_assert_eq(
        store_int("SELECT count(*) FROM thing WHERE code = 'ARG' AND qty = 0.001 AND NOT flag"
                  " AND weight IS NULL AND blob = '\\x0078'"),
        1);
}

Test(args, five_hundred_rows_travel_as_arrays)
{
    enum { ROWS = 500 };
    ProtobufCMessage *rows[ROWS];
    for (int i = 0; i < ROWS; i++) {
        Shapes__Thing *thing = thing_new();
        thing->uuid = arena_alloc(arena, UUID_TEXT);
        uuid_v7(thing->uuid);
        thing->code = arena_printf(arena, "R-%d", i);
        thing->name = i % 2 ? "odd \"one\", {2} \\" : "";
        thing->has_qty = i % 3 != 0;
        thing->qty = i;
        thing->has_price = thing->has_flag = thing->has_blob = 1;
        thing->price = -i;
        thing->flag = i % 2;
        thing->blob = (ProtobufCBinaryData){4, (uint8_t *)"\0\"\\'"};
        rows[i] = &thing->base;
    }
    int64_t count;
    uint64_t trips = db_round_trips(db);
    MUST(db_run(db, &THING_INSERT_ALL, ARGS(.rows = rows, .row_count = ROWS), INTO_COUNT(&count)));
    cr_assert_eq(count, ROWS);
    cr_assert_eq(db_round_trips(db) - trips, 1);
    cr_assert_eq(store_int("SELECT count(*) FROM thing WHERE name = 'odd \"one\", {2} \\'"), 250);
    cr_assert_eq(store_int("SELECT count(*) FROM thing WHERE qty IS NULL"), 167);
    cr_assert_eq(store_int("SELECT sum(price * 100)::bigint FROM thing"), -500 * 499 / 2);
    cr_assert_eq(
        store_int("SELECT count(*) FROM thing WHERE blob = '\\x00225c27' AND weight IS NULL"),
        ROWS);
}

Test(args, a_dotted_name_reaches_into_a_message)
{
    Shapes__Maker maker = SHAPES__MAKER__INIT;
    Shapes__Thing *in = thing_new(), *out = thing_new();
    ProtobufCMessage *rows[] = {&in->base, &out->base};
    const char *name = NULL;
    MUST(db_run(db, &ECHO_MAKER, ARGS(.message = &in->base), INTO_TEXT(&name)));
    cr_assert_null(name);
    maker.name = "O'Hara, \"{}\"";
    in->maker = &maker;
    MUST(db_run(db, &ECHO_MAKER, ARGS(.message = &in->base), INTO_TEXT(&name)));
    cr_assert_str_eq(name, maker.name);
    MUST(db_run(db, &ECHO_MAKERS, ARGS(.rows = rows, .row_count = 1), INTO_MESSAGE(out)));
    cr_assert_eq(out->n_tags, 1);
    cr_assert_str_eq(out->tags[0], maker.name);
    cr_assert_str_eq(db_array_of(arena, rows, 2, "maker.name"), "{\"O'Hara, \\\"{}\\\"\",NULL}");
    cr_assert_str_eq(db_array_of(arena, NULL, 0, "maker.name"), "{}");
}

Test(args, no_rows_are_an_empty_array)
{
    int64_t count = -1;
    MUST(db_run(db, &THING_INSERT_ALL, NO_ARGS, INTO_COUNT(&count)));
    cr_assert_eq(count, 0);
}

Test(args, faults_of_binding_are_defects)
{
    Shapes__Thing *in = full_thing();
    MUST_FAIL(ERR_DEFECT, db_run(db, &THING_GET, NO_ARGS, INTO_NOTHING));
    MUST_FAIL(ERR_DEFECT, db_run(db, &THING_LOCK, ARG(arg_text("cod", "x")), INTO_NOTHING));
    /* three decimals into numeric(15,2) would be rounded without a word */
    MUST_FAIL(ERR_DEFECT, db_run(db, &THING_WRONG_SCALE, ARGS(.message = &in->base), INTO_NOTHING));
    ProtobufCMessage *row = &in->base;
    MUST_FAIL(ERR_DEFECT, db_run(db, &ECHO_MAKER, NO_ARGS, INTO_NOTHING));
    MUST_FAIL(ERR_DEFECT, db_run(db, &ECHO_LIST, ARGS(.rows = &row, .row_count = 1), INTO_NOTHING));
    MUST(db_run(db, &ECHO, ARG(arg_text("text", "the next one works")), INTO_NOTHING));
}

Test(args, money_fits_a_finer_parameter)
{
    Shapes__Thing *in = full_thing(), *out = thing_new();
    MUST(db_run(db, &THING_INSERT, ARGS(.message = &in->base), INTO_NOTHING));
    in->price = 12345;
    MUST(db_run(db, &THING_SET_PRICE, ARGS(.message = &in->base), INTO_MESSAGE(out)));
    cr_assert_eq(out->price, 12345);
}
