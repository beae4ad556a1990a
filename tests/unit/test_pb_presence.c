/* What must be given in a PUT, values that depend on each other, and how deep lists are paged into.
 * Not the rules of single values: test_pb_check.c. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/str.h"
#include "testing_support.h"

#define ID    "0190a6a0-7d5e-7c3a-9b1e-0123456789ab"
#define OTHER "0190a6a0-7d5e-7c3a-9b1e-0123456789ac"
#define GIVEN "\"rights\":[],\"reason\":\"x\""

static Arena *arena;
static Testing__Move *move; /* the last that was checked */

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(pb_presence, .init = setup, .fini = teardown);

static const char *faults(const char *text, unsigned flags)
{
    ErrList errors = {.arena = arena};
    ProtobufCMessage *message = pb_new(arena, &MOVE_RULE);
    cr_assert_null(json_read(arena, &MOVE_RULE, message, text, strlen(text), 0, &errors));
    pb_check(&MOVE_RULE, message, flags, &errors);
    move = (Testing__Move *)message;
    return faults_text(&errors);
}

Test(pb_presence, what_a_put_needs_too)
{
    cr_expect_str_eq(faults("{" GIVEN "}", PB_PARTIAL), "");
    cr_expect_str_eq(faults("{\"bogus\":1}", PB_PARTIAL),
                     "bogus: is not a known field\nrights: is required\nreason: is required");
    cr_expect_str_eq(faults("{\"rights\":null,\"reason\":null}", PB_PARTIAL),
                     "rights: must not be null\nreason: must not be null");
    cr_expect_str_eq(faults("{\"reason\":\"x\"}", 0), "rights: is required",
                     "nor elsewhere absent");
    cr_expect_str_eq(faults("{\"reason\":\"x\",\"rights\":[]}", 0), "");
    pb_defaults(arena, &MOVE_RULE, &move->base, 0);
    ErrList errors = {.arena = arena};
    pb_check(&MOVE_RULE, &move->base, 0, &errors);
    cr_expect_eq(errors.count, 0, "the daemon sees that it was given");
}

Test(pb_presence, nothing_is_no_reason)
{
    cr_expect_str_eq(faults("{\"rights\":[],\"reason\":\" \"}", PB_PARTIAL),
                     "reason: must not be empty");
    cr_expect_str_eq(faults("{" GIVEN ",\"note\":\"\"}", PB_PARTIAL), "note: must not be empty",
                     "where it may not be null");
}

Test(pb_presence, a_list_that_may_be_null)
{
    cr_expect_str_eq(faults("{" GIVEN ",\"lines\":null}", 0), "");
    cr_expect_eq(move->n_lines, 0);
}

Test(pb_presence, permissions_are_a_closed_set)
{
    cr_expect_str_eq(
        faults("{\"reason\":\"x\",\"rights\":[\"so.read\",\"so.fly\",\" so.create \",5]}", 0),
        "rights[3]: must be a string\nrights[1]: is not a permission");
    cr_expect_str_eq(move->rights[2], "so.create");
}

Test(pb_presence, any_number_but_zero)
{
    cr_expect_str_eq(faults("{" GIVEN ",\"qty\":-0.001}", 0), "");
    cr_expect_str_eq(faults("{" GIVEN ",\"qty\":0.000}", 0), "qty: must not be 0");
    cr_expect_str_eq(faults("{" GIVEN ",\"qty\":-0}", 0), "qty: must not be 0");
    move->has_qty = 1;
    ErrList errors = {.arena = arena};
    pb_check(&MOVE_RULE, &move->base, 0, &errors);
    cr_expect_str_eq(faults_text(&errors), "qty: must not be 0", "not from JSON");
}

Test(pb_presence, a_value_that_another_field_must_not_have)
{
    cr_expect_str_eq(faults("{" GIVEN ",\"fromId\":\"" ID "\",\"toId\":\"" OTHER "\"}", 0), "");
    cr_expect_str_eq(faults("{" GIVEN ",\"toId\":\"" ID
                            "\",\"fromId\":\"0190A6A0-7D5E-7C3A-9B1E-0123456789AB\",\"bogus\":1}",
                            0),
                     "bogus: is not a known field\ntoId: must be another than fromId");
    cr_expect_str_eq(faults("{" GIVEN ",\"fromId\":\"x\",\"toId\":\"x\"}", 0),
                     "fromId: must be a UUID\ntoId: must be a UUID");
}

Test(pb_presence, a_day_that_must_not_be_before_another)
{
    static const char *const GOOD[] = {"", ",\"lastDay\":\"2024-12-27\"",
                                       ",\"firstDay\":\"2024-12-27\"",
                                       ",\"firstDay\":\"2024-12-27\",\"lastDay\":\"2024-12-27\""};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        cr_expect_str_eq(faults(arena_printf(arena, "{" GIVEN "%s}", GOOD[i]), 0), "");
    cr_expect_str_eq(
        faults("{" GIVEN ",\"lastDay\":\"2024-12-26\",\"firstDay\":\"2024-12-27\",\"x\":1}", 0),
        "x: is not a known field\nlastDay: must not be before firstDay");
    cr_expect_str_eq(
        faults("{" GIVEN ",\"firstDay\":\"2024-13-27\",\"lastDay\":\"2024-12-27\"}", 0),
        "firstDay: must be a date as YYYY-MM-DD between 2000-01-01 and 2099-12-31");
    cr_expect_str_eq(faults("{" GIVEN ",\"firstDay\":\"2024-12-27\",\"lastDay\":\"1\"}", 0),
                     "lastDay: must be a date as YYYY-MM-DD between 2000-01-01 and 2099-12-31");
}

Test(pb_presence, lists_are_paged_into_so_deep_and_no_deeper)
{
    static const char DEEP[] = "page: page × limit is above 10000: use cursor";
    static const char BEYOND[] = "page: must be at most 10000: use cursor";
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":100,\"limit\":100}", 0), "");
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":500}", 0), "");
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":101,\"limit\":100}", 0), DEEP);
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":501}", 0), DEEP);
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":501,\"cursor\":\"x\"}", 0), "");
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":10001,\"limit\":1}", 0), BEYOND);
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":4294967296}", 0), BEYOND);
    cr_expect_str_eq(faults("{" GIVEN ",\"page\":99999999999999999999}", 0), BEYOND);
}
