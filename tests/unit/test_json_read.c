/* JSON values into fields: types, exactness, faults by path, null, unknown fields. */
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

TestSuite(json_read, .init = setup, .fini = teardown);

static Reading reading_of(const char *text)
{
    Reading reading = order_read(arena, text, strlen(text));
    cr_assert_null(reading.err, "%s: %s", text, reading.err->details->message);
    return reading;
}

Test(json_read, fills_every_kind_of_field)
{
    Reading r =
        reading_of("{\"notes\":\"caf\\u00e9 \\ud83d\\ude00\\n\",\"version\":-9223372036854775808,"
                   "\"isOpen\":false,\"termDays\":3650,\"page\":4294967295,\"seal\":\"-_8\","
                   "\"tags\":[\"a\",\"b\"],\"numbers\":[-2147483648,2147483647],"
                   "\"flags\":[true,false],\"seals\":[\"\",\"AA\"],"
                   "\"customer\":{\"uuid\":\"u\",\"code\":null},"
                   "\"items\":[{\"qty\":0.001,\"price\":65000},{\"qty\":1e3}]}");
    cr_assert_str_eq(r.faults, "");
    cr_expect_str_eq(r.order->notes, "café \xf0\x9f\x98\x80\n");
    cr_expect(r.order->has_version && r.order->version == INT64_MIN);
    cr_expect(r.order->has_is_open && !r.order->is_open);
    cr_expect(r.order->has_term_days && r.order->term_days == 3650);
    cr_expect(r.order->has_page && r.order->page == UINT32_MAX);
    cr_expect(r.order->has_seal && r.order->seal.len == 2);
    cr_expect_eq(memcmp(r.order->seal.data, "\xfb\xff", 2), 0);
    cr_expect(r.order->n_tags == 2 && str_eq(r.order->tags[1], "b"));
    cr_expect(r.order->n_numbers == 2 && r.order->numbers[0] == INT32_MIN &&
              r.order->numbers[1] == INT32_MAX);
    cr_expect(r.order->n_flags == 2 && r.order->flags[0] && !r.order->flags[1]);
    cr_expect(r.order->n_seals == 2 && r.order->seals[0].len == 0 && r.order->seals[1].len == 1);
    cr_expect(str_eq(r.order->customer->uuid, "u") && !r.order->customer->code);
    cr_expect(r.order->n_items == 2 && r.order->items[0]->qty == 1 &&
              r.order->items[0]->price == 6500000 && r.order->items[1]->qty == 1000000);
    cr_expect(!r.order->items[1]->has_price && !r.order->has_discount_amount && !r.order->uuid);
}

typedef struct Number {
    const char *text;
    int64_t value;     /* where it is read */
    const char *fault; /* where it is not */
} Number;

static void numbers_check(const char *field, const Number *numbers, size_t count, size_t offset)
{
    for (size_t i = 0; i < count; i++) {
        Reading r = reading_of(arena_printf(arena, "{\"%s\":%s}", field, numbers[i].text));
        const char *expected =
            numbers[i].fault ? arena_printf(arena, "%s: %s", field, numbers[i].fault) : "";
        cr_expect_str_eq(r.faults, expected);
        protobuf_c_boolean has;
        memcpy(&has, (const char *)r.order + offset, sizeof has);
        cr_expect_eq(has, !numbers[i].fault, "%s %s", field, numbers[i].text);
        if (!numbers[i].fault && strcmp(field, "discountAmount") == 0)
            cr_expect_eq(r.order->discount_amount, numbers[i].value, "%s", numbers[i].text);
        if (!numbers[i].fault && strcmp(field, "termDays") == 0)
            cr_expect_eq(r.order->term_days, numbers[i].value, "%s", numbers[i].text);
    }
}

Test(json_read, decimals_are_exact)
{
    static const Number MONEY[] = {
        {"0", 0, NULL},
        {"-0", 0, NULL},
        {"0.1", 10, NULL},
        {"0.29", 29, NULL},
        {"1.10", 110, NULL},
        {"4.35", 435, NULL},
        {"15e-1", 150, NULL},
        {"9999999999999.99", INT64_C(999999999999999), NULL},
        {"0.001", 0, "must have at most 2 decimals"},
        {"1.005", 0, "must have at most 2 decimals"},
        {"1e-400", 0, "must have at most 2 decimals"},
        {"10000000000000", 0, "must be at most 9999999999999.99"},
        {"1e400", 0, "must be at most 9999999999999.99"},
        {"-1e400", 0, "must be at least 0"},
        {"-0.01", 0, "must be at least 0"},
        {"12345678901234567890", 0, "must be at most 9999999999999.99"},
        {"\"1.50\"", 0, "must be a number"},
        {"true", 0, "must be a number"},
        {"[1]", 0, "must be a number"},
        {"{\"a\":1}", 0, "must be a number"},
        {"null", 0, "must not be null"},
    };
    numbers_check("discountAmount", MONEY, sizeof MONEY / sizeof *MONEY,
                  offsetof(Testing__Order, has_discount_amount));
}

Test(json_read, integers_are_whole)
{
    static const Number DAYS[] = {
        {"5", 5, NULL},
        {"5.0", 5, NULL},
        {"5e0", 5, NULL},
        {"0.5e1", 5, NULL},
        {"5.5", 0, "must be a whole number"},
        {"1e-1", 0, "must be a whole number"},
        {"-1", 0, "must be at least 0"},
        {"3651", 0, "must be at most 3650"},
        {"4294967301", 0, "must be at most 3650"}, /* 5 in 32 bits */
        {"\"5\"", 0, "must be a number"},
        {"\"\"", 0, "must be a number"},
    };
    static const Number PAGES[] = {
        {"4294967295", 0, NULL},
        {"4294967296", 0, "must be at most 4294967295"},
        {"-1", 0, "must be at least 0"},
    };
    static const Number VERSIONS[] = {
        {"9223372036854775807", 0, NULL},
        {"9223372036854775808", 0, "must be at most 9223372036854775807"},
        {"-9223372036854775809", 0, "must be at least -9223372036854775808"},
    };
    numbers_check("termDays", DAYS, sizeof DAYS / sizeof *DAYS,
                  offsetof(Testing__Order, has_term_days));
    numbers_check("page", PAGES, 3, offsetof(Testing__Order, has_page));
    numbers_check("version", VERSIONS, 3, offsetof(Testing__Order, has_version));
}

Test(json_read, all_faults_at_once_by_path)
{
    Reading r = reading_of(
        "{\"notes\":5,\"isOpen\":\"true\",\"customer\":[],\"items\":[{\"qty\":\"1\",\"price\":1."
        "234},"
        "7,{\"qty\":2,\"bogus\":{\"a\":[1,\"b\"]}},null],\"tags\":{\"a\":1},\"seal\":\"A\","
        "\"given\":[1],\"customerPO\":null,\"customerPo\":\"x\",\"status\":null,"
        "\"numbers\":[1,\"2\",2147483648],\"flags\":[0],\"seals\":[1,\"*\"],\"version\":false}");
    cr_expect_str_eq(r.faults, "notes: must be a string\n"
                               "isOpen: must be true or false\n"
                               "customer: must be an object\n"
                               "items[0].qty: must be a number\n"
                               "items[0].price: must have at most 2 decimals\n"
                               "items[1]: must be an object\n"
                               "items[2].bogus: is not a known field\n"
                               "items[3]: must not be null\n"
                               "tags: must be a list\n"
                               "seal: must be base64url without padding\n"
                               "given: is not a known field\n"
                               "customerPo: is not a known field\n"
                               "status: must not be null\n"
                               "numbers[1]: must be a number\n"
                               "numbers[2]: must be at most 2147483647\n"
                               "flags[0]: must be true or false\n"
                               "seals[0]: must be a string\n"
                               "seals[1]: must be base64url without padding\n"
                               "version: must be a number");
    cr_expect_null(r.order->notes);
    cr_expect(!r.order->has_is_open && !r.order->customer && !r.order->has_seal);
    cr_expect_eq(r.order->n_items, 4, "faulty elements keep their places");
    cr_expect(r.order->items[1] && r.order->items[3], "an empty message instead");
    cr_expect_eq(r.order->items[2]->qty, 2000);
    cr_expect(r.order->n_numbers == 3 && r.order->numbers[0] == 1);
}

Test(json_read, unknown_keys_are_shown_cut)
{
    Reading r =
        reading_of("{\"\":1,\"a\\nb\":2,\"constructor\":3,\"Notes\":4,\"note\":5,\"notess\":6}");
    cr_expect_str_eq(r.faults, ": is not a known field\na\nb: is not a known field\n"
                               "constructor: is not a known field\nNotes: is not a known field\n"
                               "note: is not a known field\nnotess: is not a known field");
    Buf buf = {.arena = arena};
    buf_puts(&buf, "{\"x");
    for (int i = 0; i < 1000; i++)
        buf_puts(&buf, "€");
    buf_puts(&buf, "\":1}");
    r = reading_of(buf.data);
    const char *field = r.errors.first->field;
    cr_expect_eq(strlen(field), 64 + 3, "%s", field);
    cr_expect(utf8_valid(field, strlen(field)));
}

Test(json_read, closed_fields_are_unknown)
{
    ErrList errors = {.arena = arena};
    ProtobufCMessage *message = pb_new(arena, &ORDER_RULE);
    pb_set_text(&ORDER_RULE, message, ORDER_UUID, "from the path");
    const char *text = "{\"uuid\":\"x\",\"notes\":\"y\",\"uuid\":\"z\"}";
    cr_assert_null(
        json_read(arena, &ORDER_RULE, message, text, strlen(text), 1 << ORDER_UUID, &errors));
    cr_expect_str_eq(faults_text(&errors),
                     "uuid: is not a known field\nuuid: is not a known field");
    cr_expect_str_eq(pb_get_text(&ORDER_RULE, message, ORDER_UUID), "from the path");
    cr_expect(!pb_given(&ORDER_RULE, message, "uuid") && pb_given(&ORDER_RULE, message, "notes"));
}

Test(json_read, remembers_what_was_given)
{
    Reading r = reading_of("{\"notes\":null,\"items\":[],\"tags\":null,\"version\":1,\"bogus\":2}");
    cr_expect_str_eq(r.faults, "bogus: is not a known field");
    cr_expect_eq(r.order->n_given, 4);
    static const char *const GIVEN[] = {"notes", "items", "tags", "version"};
    for (size_t i = 0; i < 4; i++)
        cr_expect(pb_given(&ORDER_RULE, &r.order->base, GIVEN[i]), "%s", GIVEN[i]);
    cr_expect(!pb_given(&ORDER_RULE, &r.order->base, "status"));
    cr_expect(!pb_given(&ORDER_RULE, &r.order->base, "nonsense"));
    cr_expect(!r.order->notes && !r.order->n_items && !r.order->n_tags && r.order->has_version);
    cr_expect_eq(reading_of("{}").order->n_given, 0);
}

Test(json_read, lists_beyond_their_bound)
{
    Reading r = reading_of("{\"tags\":[\"a\",\"b\",\"c\",\"d\",5,[{}]],"
                           "\"items\":[{},{},{},{},{\"qty\":\"x\"},{\"qty\":\"x\"}]}");
    cr_expect_str_eq(r.faults, "tags: must hold at most 3 items\n"
                               "items[4].qty: must be a number\nitems: must hold at most 5 items");
    cr_expect_eq(r.order->n_tags, 3);
    cr_expect_str_eq(reading_of("{\"tags\":[5]}").order->tags[0], "");
    cr_expect_eq(r.order->n_items, 5);
}

Test(json_read, many_faults_are_bounded)
{
    Buf buf = {.arena = arena};
    buf_puts(&buf, "{");
    for (int i = 0; i < 5000; i++)
        buf_printf(&buf, "\"k%d\":%d,", i, i);
    buf_puts(&buf, "\"notes\":5}");
    Reading r = reading_of(buf.data);
    cr_expect_eq(r.errors.count, ERR_DETAILS_MAX);
    buf.data[buf.length - 1] = ']';
    cr_expect(err_is(order_read(arena, buf.data, buf.length).err, &ERR_JSON),
              "still read to the end");
}

Test(json_read, keys_with_escapes)
{
    Reading r = reading_of("{\"n\\u006ftes\":\"x\",\"\\u0069tems\":[{\"q\\u0074y\":1}]}");
    cr_expect_str_eq(r.faults, "");
    cr_expect_str_eq(r.order->notes, "x");
    cr_expect_eq(r.order->items[0]->qty, 1000);
}
