/* Messages to JSON: order, null, omission, decimals; and the way back. */
#include <criterion/criterion.h>
#include <string.h>

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

TestSuite(json_write, .init = setup, .fini = teardown);

Test(json_write, an_empty_message)
{
    Testing__Order order = TESTING__ORDER__INIT;
    cr_expect_str_eq(order_write(arena, &order),
                     "{\"customerPO\":null,\"notes\":null,\"items\":[],\"cost\":null}");
}

Test(json_write, every_kind_of_field)
{
    static uint8_t seal[] = {0xfb, 0xff};
    static char *tags[] = {"a\"b", ""};
    static int32_t numbers[] = {-1, INT32_MAX};
    static protobuf_c_boolean flags[] = {1, 0};
    static uint32_t given[] = {5};
    ProtobufCBinaryData seals[] = {{2, seal}, {0, NULL}};
    Testing__Line line = TESTING__LINE__INIT, *lines[] = {&line};
    Testing__Ref ref = TESTING__REF__INIT;
    Testing__Order order = TESTING__ORDER__INIT;
    line.has_qty = line.has_discount_pct = 1;
    line.qty = 1500;
    line.discount_pct = 5;
    ref.code = "C-1";
    order.notes = "größe\n";
    order.n_items = 1, order.items = lines;
    order.has_version = 1, order.version = INT64_MIN;
    order.n_tags = 2, order.tags = tags;
    order.has_is_open = 1, order.is_open = 0;
    order.has_page = 1, order.page = UINT32_MAX;
    order.has_seal = 1, order.seal = seals[0];
    order.customer = &ref;
    order.n_numbers = 2, order.numbers = numbers;
    order.n_flags = 2, order.flags = flags;
    order.n_seals = 2, order.seals = seals;
    order.has_cost = 1, order.cost = -15;
    order.n_given = 1, order.given = given;
    cr_expect_str_eq(order_write(arena, &order),
                     "{\"customerPO\":null,\"notes\":\"größe\\n\","
                     "\"items\":[{\"qty\":1.5,\"price\":null,\"discountPct\":0.05}],"
                     "\"version\":-9223372036854775808,\"tags\":[\"a\\\"b\",\"\"],\"isOpen\":false,"
                     "\"page\":4294967295,\"seal\":\"-_8\",\"customer\":{\"code\":\"C-1\"},"
                     "\"numbers\":[-1,2147483647],\"flags\":[true,false],\"seals\":[\"-_8\",\"\"],"
                     "\"cost\":-0.0015}");
}

Test(json_write, what_was_read_is_written_and_read_again)
{
    static const char *const TEXTS[] = {
        "{}",
        "{\"notes\":\"\\u0001\\u007f\\\\\\\"/\\ud83d\\ude00\",\"cost\":0.0001,\"items\":[]}",
        "{\"cost\":-922337203685477.5808,\"version\":9223372036854775807,\"isOpen\":true}",
        "{\"items\":[{\"qty\":5e-3,\"marks\":[\"m\"]},{}],\"discountAmount\":1.10,\"seal\":\"\"}",
        " { \"customer\" : {} , \"numbers\" : [ -0 , 5.0 ] } ",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        Reading first = order_read(arena, TEXTS[i], strlen(TEXTS[i]));
        cr_assert(!first.err && !*first.faults, "%s", first.faults);
        const char *once = order_write(arena, first.order);
        Reading second = order_read(arena, once, strlen(once));
        cr_assert(!second.err && !*second.faults, "%s: %s", once, second.faults);
        cr_expect_str_eq(order_write(arena, second.order), once);
    }
}
