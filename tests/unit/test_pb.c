/* Messages: fields by index, packing, hostile bytes, the register, merging, defaults. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/str.h"
#include "testing_support.h"

static Arena *arena;

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(pb, .init = setup, .fini = teardown);

Test(pb, finds_fields)
{
    cr_expect_eq(pb_field(&ORDER_RULE, "customer_po"), ORDER_CUSTOMER_PO);
    cr_expect_eq(pb_field(&ORDER_RULE, "given"), ORDER_GIVEN);
    cr_expect_eq(pb_field(&ORDER_RULE, "customerPO"), -1);
    cr_expect_eq(pb_field_json(&ORDER_RULE, "customerPO", 10), ORDER_CUSTOMER_PO);
    cr_expect_eq(pb_field_json(&ORDER_RULE, "customerPO", 8), ORDER_CUSTOMER);
    cr_expect_eq(pb_field_json(&ORDER_RULE, "customerPO!", 11), -1);
    cr_expect_eq(pb_field_json(&ORDER_RULE, "notes\0", 6), -1);
    cr_expect_eq(pb_field_json(&ORDER_RULE, "given", 5), -1, "hidden");
    cr_expect_eq(pb_field_json(&ORDER_RULE, "", 0), -1);
}

Test(pb, sets_and_gets)
{
    ProtobufCMessage *message = pb_new(arena, &ORDER_RULE);
    Testing__Order *order = (Testing__Order *)message;
    int64_t value = 7;
    for (int i = 0; i <= ORDER_GIVEN; i++)
        cr_expect(!pb_is_set(&ORDER_RULE, message, i), "field %d", i);
    cr_expect(!pb_get_int(&ORDER_RULE, message, ORDER_VERSION, &value) && value == 7);
    pb_set_int(&ORDER_RULE, message, ORDER_VERSION, INT64_MIN);
    pb_set_int(&ORDER_RULE, message, ORDER_TERM_DAYS, -5);
    pb_set_int(&ORDER_RULE, message, ORDER_PAGE, UINT32_MAX);
    pb_set_bool(&ORDER_RULE, message, ORDER_IS_OPEN, true);
    pb_set_text(&ORDER_RULE, message, ORDER_NOTES, "n");
    cr_expect(pb_get_int(&ORDER_RULE, message, ORDER_VERSION, &value) && value == INT64_MIN);
    cr_expect(pb_get_int(&ORDER_RULE, message, ORDER_TERM_DAYS, &value) && value == -5);
    cr_expect(pb_get_int(&ORDER_RULE, message, ORDER_PAGE, &value) && value == UINT32_MAX);
    cr_expect(order->has_is_open && order->is_open == 1 && order->has_page);
    cr_expect_str_eq(pb_get_text(&ORDER_RULE, message, ORDER_NOTES), "n");
    cr_expect_null(pb_get_text(&ORDER_RULE, message, ORDER_CODE));
}

static const char FULL[] = "{\"notes\":\"n\",\"items\":[{\"qty\":1.5,\"price\":null,\"marks\":["
                           "\"m\"]}],\"tags\":[\"a\",\"b\"],"
                           "\"isOpen\":false,\"seal\":\"AA\",\"customer\":{\"uuid\":\"u\",\"code\":"
                           "null},\"numbers\":[1,-1]}";

Test(pb, packs_and_unpacks)
{
    size_t length;
    Reading r = order_read(arena, FULL, sizeof FULL - 1);
    uint8_t *data = pb_pack(arena, &r.order->base, &length);
    ProtobufCMessage *back = pb_unpack(arena, &ORDER_RULE, data, length);
    cr_assert_not_null(back);
    cr_expect_str_eq(order_write(arena, (Testing__Order *)back), order_write(arena, r.order));
    cr_expect_eq(((Testing__Order *)back)->n_given, 7);
    cr_expect_not_null(pb_unpack(arena, &ORDER_RULE, NULL, 0), "nothing is an empty message");
    data = pb_pack(arena, pb_new(arena, &ORDER_RULE), &length);
    cr_expect_eq(length, 0);
    cr_expect_not_null(data);
}

Test(pb, unknown_fields_do_not_come_along)
{
    /* tag 200, and inside `customer` (tag 22) tag 3 */
    static const uint8_t DATA[] = {0xc0, 0x0c, 0x05, 0xb2, 0x01, 0x05, 0x0a, 0x01, 'u', 0x18, 0x07};
    size_t length;
    ProtobufCMessage *message = pb_unpack(arena, &ORDER_RULE, DATA, sizeof DATA);
    cr_assert_not_null(message);
    pb_pack(arena, message, &length);
    cr_expect_eq(length, 6, "%zu", length);
}

Test(pb, survives_hostile_bytes)
{
    size_t length, refused = 0;
    Reading r = order_read(arena, FULL, sizeof FULL - 1);
    uint8_t *data = pb_pack(arena, &r.order->base, &length);
    Arena *scratch = arena_new(0);
    uint8_t bytes[512];
    uint32_t state = 1;
    cr_assert(length < sizeof bytes);
    for (int round = 0; round < 20000; round++) {
        memcpy(bytes, data, length);
        for (int k = 0; k < 1 + round % 4; k++) {
            state = state * 1664525 + 1013904223;
            bytes[(state >> 8) % length] = (uint8_t)(state >> 24);
        }
        ErrList errors = {.arena = scratch};
        ProtobufCMessage *message =
            pb_unpack(scratch, &ORDER_RULE, bytes, length - (state >> 16) % 8);
        if (message)
            pb_check(&ORDER_RULE, message, 0, &errors);
        refused += !message;
        arena_reset(scratch);
    }
    cr_expect(refused > 1000);
    arena_delete(scratch);
}

Test(pb, bounds_what_it_unpacks)
{
    enum { LENGTH = 2 * 1024 * 1024 };
    uint8_t *data = arena_alloc(arena, LENGTH + 1);
    cr_expect_null(pb_unpack(arena, &ORDER_RULE, data, LENGTH + 1));
    for (size_t i = 0; i < LENGTH; i += 2)
        data[i] = 6 << 3 | 2; /* an empty line; a million of them */
    cr_expect_null(pb_unpack(arena, &ORDER_RULE, data, LENGTH));
    cr_expect_not_null(pb_unpack(arena, &ORDER_RULE, data, 10000));
}

Test(pb, registers_rules)
{
    cr_expect_null(pb_rule(&testing__order__descriptor));
    pb_register(&TESTING_CONTRACT);
    pb_register(&TESTING_CONTRACT);
    cr_expect_eq(pb_rule(&testing__order__descriptor), &ORDER_RULE);
    cr_expect_eq(pb_rule(&testing__line__descriptor), &LINE_RULE);
    cr_expect_eq(pb_rule(&testing__document__descriptor), &DOCUMENT_RULE);
    ProtobufCMessageDescriptor other = testing__order__descriptor;
    cr_expect_null(pb_rule(&other));
}

Test(pb, merges_what_was_given)
{
    Testing__Line line = TESTING__LINE__INIT, *lines[] = {&line};
    Testing__Document document = TESTING__DOCUMENT__INIT;
    document.uuid = "d";
    document.customer_po = "old";
    document.notes = "old";
    document.customer = "old";
    document.has_is_open = document.is_open = 1;
    document.has_term_days = 1, document.term_days = 10;
    document.has_discount_amount = 1, document.discount_amount = 5;
    document.items = lines, document.n_items = 1;
    document.has_cost = 1, document.cost = 3;
    static const char UPDATE[] =
        "{\"customerPO\":null,\"items\":[{\"qty\":1},{\"qty\":2}],\"termDays\":7,"
        "\"customer\":{\"uuid\":\"u\"},\"code\":\"C\",\"cost\":1,\"isOpen\":false}";
    Reading r = order_read(arena, UPDATE, sizeof UPDATE - 1);
    cr_assert(!r.err && !*r.faults, "%s", r.faults);
    r.order->notes = "not given";
    pb_merge(&ORDER_RULE, &r.order->base, &DOCUMENT_RULE, &document.base);
    cr_expect_str_eq(document.uuid, "d");
    cr_expect_null(document.customer_po);
    cr_expect_str_eq(document.notes, "old");
    cr_expect(document.n_items == 2 && document.items[1]->qty == 2000);
    cr_expect(document.has_term_days && document.term_days == 7, "32 bits into 64");
    cr_expect_str_eq(document.customer, "old", "a text takes no message");
    cr_expect(document.has_is_open && !document.is_open);
    cr_expect_eq(document.discount_amount, 5);
    cr_expect_eq(document.cost, 3, "other decimals");
    Testing__Order nothing = TESTING__ORDER__INIT;
    uint32_t given[] = {6, 11, 12, 999, 100};
    nothing.given = given;
    nothing.n_given = 5;
    pb_merge(&ORDER_RULE, &nothing.base, &DOCUMENT_RULE, &document.base);
    cr_expect(!document.n_items && !document.has_is_open && !document.has_term_days);
    pb_merge(&DOCUMENT_RULE, &document.base, &ORDER_RULE, &nothing.base);
    cr_expect_null(nothing.uuid, "an update without `given` changes nothing");
}

Test(pb, takes_defaults)
{
    static const char TEXT[] =
        "{\"termDays\":0,\"cost\":null,\"customer\":{},\"items\":[{},{\"discountPct\":5}]}";
    Reading r = order_read(arena, TEXT, sizeof TEXT - 1);
    cr_assert(!r.err && !*r.faults, "%s", r.faults);
    pb_defaults(arena, &ORDER_RULE, &r.order->base, 0);
    cr_expect(r.order->has_term_days && r.order->term_days == 0, "given");
    cr_expect(r.order->has_cost && r.order->cost == 15000, "null means the default");
    cr_expect(r.order->has_discount_amount && r.order->discount_amount == 0);
    cr_expect(r.order->has_is_open && r.order->is_open);
    cr_expect_str_eq(r.order->customer->code, "A-1");
    cr_expect(r.order->items[0]->has_discount_pct && r.order->items[0]->discount_pct == 0);
    cr_expect_eq(r.order->items[1]->discount_pct, 500);
    cr_expect_eq(r.order->n_given, 0, "in a whole document it does not matter what was given");
    cr_expect_null(r.order->notes);
}

Test(pb, a_partial_update_takes_defaults_below_its_top_alone)
{
    static const char TEXT[] = "{\"items\":[{}],\"cost\":null,\"notes\":null}";
    Reading r = order_read(arena, TEXT, sizeof TEXT - 1);
    cr_assert(!r.err && !*r.faults, "%s", r.faults);
    pb_defaults(arena, &ORDER_RULE, &r.order->base, PB_PARTIAL);
    cr_expect(!r.order->has_is_open && !r.order->has_term_days, "what is absent stays");
    cr_expect(r.order->items[0]->has_discount_pct, "a new line is whole");
    cr_expect(r.order->has_cost && r.order->cost == 15000, "null means the default");
    cr_expect(pb_given(&ORDER_RULE, &r.order->base, "cost"));
    cr_expect_null(r.order->notes, "or nothing, where there is none");
}

Test(pb, the_order_of_members_means_nothing)
{
    static const char *const TEXTS[] = {"{\"termDays\":3,\"cost\":null}",
                                        "{\"cost\":null,\"termDays\":3}"};
    uint8_t *packed[2];
    size_t length[2];
    for (int i = 0; i < 2; i++) {
        Reading r = order_read(arena, TEXTS[i], strlen(TEXTS[i]));
        cr_assert(!r.err && !*r.faults, "%s", r.faults);
        pb_defaults(arena, &ORDER_RULE, &r.order->base, PB_PARTIAL);
        cr_expect_eq(r.order->n_given, 2);
        packed[i] = pb_pack(arena, &r.order->base, &length[i]);
    }
    cr_expect_arr_eq(packed[0], packed[1], length[0]);
    cr_expect_eq(length[0], length[1]);
}
