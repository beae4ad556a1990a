/* The rules of fields: formats, lengths, ranges, required, lists, partial updates. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/str.h"
#include "testing_support.h"

#define ID "0190a6a0-7d5e-7c3a-9b1e-0123456789ab"

static Arena *arena;

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(pb_check, .init = setup, .fini = teardown);

static const char VALID[] = "{\"customerId\":\"" ID "\",\"orderDate\":\"2024-12-27\","
                            "\"items\":[{\"itemId\":\"" ID "\",\"qty\":1}]";

/* The faults of a valid order with one more member. */
static Reading with(const char *member)
{
    return order_check(arena, arena_printf(arena, "%s%s%s}", VALID, *member ? "," : "", member), 0);
}

Test(pb_check, a_valid_order)
{
    cr_expect_str_eq(with("").faults, "");
}

Test(pb_check, required_fields)
{
    cr_expect_str_eq(order_check(arena, "{}", 0).faults,
                     "customerId: is required\norderDate: is required\n"
                     "items: must hold at least one item");
    cr_expect_str_eq(
        order_check(arena,
                    "{\"customerId\":\"\",\"orderDate\":null,\"items\":[{}],\"customer\":{}}", 0)
            .faults,
        "orderDate: must not be null\ncustomerId: must not be empty\n"
        "items[0].itemId: is required\nitems[0].qty: is required\ncustomer.uuid: is required");
}

Test(pb_check, says_nothing_twice)
{
    cr_expect_str_eq(
        order_check(arena,
                    "{\"customerId\":5,\"orderDate\":[],\"items\":{},\"tags\":[5,\"\"],"
                    "\"customer\":7}",
                    0)
            .faults,
        "customerId: must be a string\norderDate: must be a string\n"
        "items: must be a list\ntags[0]: must be a string\ncustomer: must be an object\n"
        "tags[1]: must not be empty");
    cr_expect_str_eq(order_check(arena,
                                 "{\"customerId\":\"" ID "\",\"orderDate\":\"2024-12-27\","
                                 "\"items\":[5,{\"qty\":\"1\",\"itemId\":\"x\"}]}",
                                 0)
                         .faults,
                     "items[0]: must be an object\nitems[1].qty: must be a "
                     "number\nitems[1].itemId: must be a UUID");
}

Test(pb_check, partial_updates)
{
    cr_expect_str_eq(order_check(arena, "{}", PB_PARTIAL).faults, "");
    cr_expect_str_eq(order_check(arena, "{\"notes\":null,\"tags\":[]}", PB_PARTIAL).faults, "");
    cr_expect_str_eq(order_check(arena,
                                 "{\"customerId\":null,\"orderDate\":\"\",\"items\":[],"
                                 "\"termDays\":null,\"code\":\"a b\"}",
                                 PB_PARTIAL)
                         .faults,
                     "customerId: must not be null\ntermDays: must not be null\n"
                     "orderDate: must not be empty\nitems: must hold at least one item\n"
                     "code: must consist of letters, digits and the characters ._/-");
    cr_expect_str_eq(order_check(arena, "{\"items\":[{\"qty\":0}]}", PB_PARTIAL).faults,
                     "items[0].qty: must be at least 0.001\nitems[0].itemId: is required");
}

/* As a caller on NATS could send it: nothing has read the JSON rules before. */
Test(pb_check, partial_updates_that_did_not_come_as_json)
{
    uint32_t given[] = {2, 5, 6, 12, 4000000000u};
    Testing__Order order = TESTING__ORDER__INIT;
    ErrList errors = {.arena = arena};
    order.given = given;
    order.n_given = 5;
    pb_check(&ORDER_RULE, &order.base, PB_PARTIAL, &errors);
    cr_expect_str_eq(faults_text(&errors),
                     "customerId: must not be null\nitems: must hold at least one item\n"
                     "termDays: must not be null");
}

typedef struct Format {
    const char *member; /* of JSON */
    const char *fault;  /* NULL: accepted */
} Format;

static const char CONTROL[] = "must not contain control characters";
static const char EMPTY[] = "must not be empty";
static const char DATE[] = "must be a date as YYYY-MM-DD between 2000-01-01 and 2099-12-31";
static const char INSTANT[] =
    "must be an instant in UTC as 2024-12-27T10:00:00Z between 1900 and 2099";
static const char CODE[] = "must consist of letters, digits and the characters ._/-";
static const char EMAIL[] = "must be an e-mail address";
static const char STATE[] = "must be one of draft, approved";
static const char SORT[] = "must be one of createdAt, total; \"-\" before it reverses the order";

static const Format FORMATS[] = {
    {"\"customerPO\":\"PO 1\"", NULL},
    {"\"customerPO\":\"\"", EMPTY},
    {"\"customerPO\":\" \\t\\r\\n\"", EMPTY},
    {"\"customerPO\":\"a\\tb\"", CONTROL},
    {"\"customerPO\":\"a\\u007f\"", CONTROL},
    {"\"customerPO\":\"a\\u0085b\"", CONTROL},
    {"\"customerPO\":\"a\\u00a0b\"", NULL},
    {"\"notes\":\"a\\r\\n\\tb\"", NULL},
    {"\"notes\":\"a\\u000bb\"", CONTROL},
    {"\"notes\":\"a\\u001b[1m\"", CONTROL},
    {"\"notes\":\"\"", NULL},
    {"\"notes\":\" \\n\"", NULL},
    {"\"shortName\":\"a\"", "must have at least 2 characters"},
    {"\"shortName\":\" a \"", "must have at least 2 characters"},
    {"\"shortName\":\"ab\"", NULL},
    {"\"shortName\":\"é€é€\"", NULL},
    {"\"shortName\":\"é€é€a\"", "must have at most 4 characters"},
    {"\"uuid\":\"0190A6A0-7D5E-7C3A-9B1E-0123456789AB\"", NULL},
    {"\"uuid\":\" 0190a6a0-7d5e-7c3a-9b1e-0123456789ab\"", "must be a UUID"},
    {"\"uuid\":\"1\"", "must be a UUID"},
    {"\"uuid\":\"\"", EMPTY},
    {"\"shippedAt\":\"2024-12-27T10:00:00Z\"", NULL},
    {"\"shippedAt\":\"2024-12-27T10:00:00.123456Z\"", NULL},
    {"\"shippedAt\":\"1900-01-01T00:00:00.123456789Z\"", NULL},
    {"\"shippedAt\":\"2024-12-27T10:00:00.1234567890Z\"", INSTANT},
    {"\"shippedAt\":\"2024-12-27\"", INSTANT},
    {"\"shippedAt\":\"2024-12-27T10:00:00+01:00\"", INSTANT},
    {"\"code\":\" A.b_9/- \"", NULL},
    {"\"code\":\"a b\"", CODE},
    {"\"code\":\"é\"", CODE},
    {"\"code\":\"a;b\"", CODE},
    {"\"code\":\"1234567890123456789012345678901234567890\"", NULL},
    {"\"code\":\"12345678901234567890123456789012345678901\"", "must have at most 40 characters"},
    {"\"email\":\" a@b \"", NULL},
    {"\"email\":\"o'neil+x@mail.example.com\"", NULL},
    {"\"email\":\"ü@exämple.de\"", NULL},
    {"\"email\":\"a\"", EMAIL},
    {"\"email\":\"@b\"", EMAIL},
    {"\"email\":\"a@\"", EMAIL},
    {"\"email\":\"a@b@c\"", EMAIL},
    {"\"email\":\"a b@c\"", EMAIL},
    {"\"email\":\"a@b c\"", EMAIL},
    {"\"email\":\"a@.b\"", EMAIL},
    {"\"email\":\"a@b.\"", EMAIL},
    {"\"email\":\"a@b..c\"", EMAIL},
    {"\"email\":\"a@-b\"", EMAIL},
    {"\"email\":\"a@b-.c\"", EMAIL},
    {"\"email\":\"a@b\\r\\nBcc:c\"", EMAIL},
    {"\"email\":\"a@b,c@d\"", EMAIL},
    {"\"password\":\"1234567\"", "must have at least 8 characters"},
    {"\"password\":\"12345678\"", NULL},
    {"\"password\":\"ééééééé\"", "must have at least 8 characters"},
    {"\"password\":\"éééééééé\"", NULL},
    {"\"password\":\" \\t\\u0001     \"", NULL},
    {"\"password\":\"\"", EMPTY},
    {"\"sort\":\"total\"", NULL},
    {"\"sort\":\"-total\"", NULL},
    {"\"sort\":\"--total\"", SORT},
    {"\"sort\":\"Total\"", SORT},
    {"\"sort\":\"-\"", SORT},
    {"\"sort\":\"total,createdAt\"", SORT},
    {"\"search\":\"\"", NULL},
    {"\"search\":\"  \"", NULL},
    {"\"search\":\" a b \"", NULL},
    {"\"search\":\"a\\u0001\"", CONTROL},
    {"\"cursor\":\"abc ~!\"", NULL},
    {"\"cursor\":\"é\"", "must be printable ASCII"},
    {"\"cursor\":\"a\\n\"", "must be printable ASCII"},
    {"\"cursor\":\"\"", EMPTY},
    {"\"status\":\"draft\"", NULL},
    {"\"status\":\" draft \"", NULL},
    {"\"status\":\"Draft\"", STATE},
    {"\"status\":\"closed\"", STATE},
};

Test(pb_check, formats)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
        const Format *f = &FORMATS[i];
        Reading r = with(f->member);
        const ErrDetail *detail = r.errors.first;
        if (!f->fault)
            cr_expect(!detail, "%s: %s", f->member, r.faults);
        else if (!detail)
            cr_expect_fail("%s is accepted", f->member);
        else
            cr_expect(str_eq(detail->message, f->fault) && !detail->next, "%s: %s", f->member,
                      r.faults);
    }
}

Test(pb_check, dates)
{
    static const char *const REFUSED[] = {"2023-02-29", "2100-01-01",           "1999-12-31",
                                          "27.12.2024", "2024-12-27T00:00:00Z", " 2024-12-27",
                                          "2024-13-01"};
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        Reading r = order_check(arena, arena_printf(arena, "{\"orderDate\":\"%s\"}", REFUSED[i]),
                                PB_PARTIAL);
        cr_expect_str_eq(r.faults, arena_printf(arena, "orderDate: %s", DATE));
    }
}

static Reading with_length(const char *field, const char *unit, size_t count)
{
    Buf buf = {.arena = arena};
    buf_printf(&buf, "\"%s\":\"", field);
    for (size_t i = 0; i < count; i++)
        buf_puts(&buf, unit);
    buf_puts(&buf, "\"");
    return with(buf.data);
}

Test(pb_check, lengths)
{
    cr_expect_str_eq(with_length("customerPO", "€", 255).faults, "");
    cr_expect_str_eq(with_length("customerPO", "€", 256).faults,
                     "customerPO: must have at most 255 characters");
    cr_expect_str_eq(with_length("notes", "\\n€", 1000).faults, "");
    cr_expect_str_eq(with_length("notes", "\xf0\x9f\x98\x80", 2000).faults, "");
    cr_expect_str_eq(with_length("notes", "\xf0\x9f\x98\x80", 2001).faults,
                     "notes: must have at most 2000 characters");
    cr_expect_str_eq(with_length("password", "é", 512).faults, "");
    cr_expect_str_eq(with_length("password", "é", 513).faults,
                     "password: must have at most 1024 bytes");
    cr_expect_str_eq(with_length("search", "a", 256).faults,
                     "search: must have at most 255 characters");
    cr_expect_str_eq(with_length("cursor", "a", 4096).faults, "");
    cr_expect_str_eq(with_length("cursor", "a", 4097).faults,
                     "cursor: must have at most 4096 characters");
    cr_expect_str_eq(with_length("email", "a", 253).faults, "email: must be an e-mail address");
}

Test(pb_check, trims_and_lowers_in_place)
{
    Reading r =
        with("\"shippedAt\":\"2024-12-27T10:00:00.123456789Z\","
             "\"uuid\":\"0190A6A0-7D5E-7C3A-9B1E-0123456789AB\",\"customerPO\":\" a  b\\t\","
             "\"notes\":\"\\n x\\ny \",\"code\":\" Ab \",\"email\":\" A@b\",\"search\":\" q \","
             "\"password\":\"  pass word  \",\"tags\":[\" t \"],\"status\":\" draft\"");
    cr_assert_str_eq(r.faults, "");
    cr_expect_str_eq(r.order->uuid, ID);
    cr_expect_str_eq(r.order->customer_po, "a  b");
    cr_expect_str_eq(r.order->notes, "x\ny");
    cr_expect_str_eq(r.order->code, "Ab");
    cr_expect_str_eq(r.order->email, "A@b");
    cr_expect_str_eq(r.order->search, "q");
    cr_expect_str_eq(r.order->password, "  pass word  ");
    cr_expect_str_eq(r.order->tags[0], "t");
    cr_expect_str_eq(r.order->status, "draft");
    cr_expect_str_eq(r.order->shipped_at, "2024-12-27T10:00:00.123456Z");
    cr_expect_null(with("\"notes\":\" \\n\"").order->notes, "nothing is null");
    r = with("\"customerPO\":\"\\u00a0\\u3000 a\\u2003b\\u2028\\u202f\"");
    cr_assert_str_eq(r.faults, "");
    cr_expect_str_eq(r.order->customer_po, "a\u2003b");
    cr_expect_null(with("\"notes\":\"\\u00a0\\u2009\"").order->notes);
}

Test(pb_check, ranges_and_counts_of_messages_that_did_not_come_as_json)
{
    Testing__Order order = TESTING__ORDER__INIT;
    Testing__Line line = TESTING__LINE__INIT, *lines[10];
    char *tags[] = {"a", "\xff", "ok", "x"}, *marks[] = {"1", "2", "3"};
    ErrList errors = {.arena = arena};
    line.item_id = "x\xed\xa0\x80";
    line.has_qty = line.has_price = 1;
    line.price = INT64_MAX;
    line.marks = marks;
    line.n_marks = 3;
    for (size_t i = 0; i < 10; i++)
        lines[i] = &line;
    order.items = lines;
    order.n_items = 1;
    order.tags = tags;
    order.n_tags = 4;
    order.has_term_days = order.has_version = 1;
    order.term_days = -1;
    order.version = INT64_MIN;
    pb_check(&ORDER_RULE, &order.base, PB_PARTIAL, &errors);
    cr_expect_str_eq(faults_text(&errors),
                     "items[0].itemId: must be valid UTF-8\nitems[0].qty: must be at least 0.001\n"
                     "items[0].price: must be at most 9999999999999.99\n"
                     "items[0].marks: must hold at most 2 items\n"
                     "tags: must hold at most 3 items\ntags[1]: must be valid UTF-8\n"
                     "termDays: must be at least 0");
    order.n_items = 10;
    errors = (ErrList){.arena = arena};
    pb_check(&ORDER_RULE, &order.base, PB_PARTIAL, &errors);
    cr_expect_str_eq(errors.first->field, "items");
    cr_expect_str_eq(errors.first->message, "must hold at most 5 items");
}

Test(pb_check, a_value_from_a_path_or_a_query)
{
    static const struct {
        int field;
        const char *text, *fault;
    } TEXTS[] = {
        {ORDER_UUID, "0190A6A0-7D5E-7C3A-9B1E-0123456789AB", NULL},
        {ORDER_UUID, "nonsense", "uuid: must be a UUID"},
        {ORDER_PAGE, "12", NULL},
        {ORDER_PAGE, "-1", "page: must be at least 0"},
        {ORDER_PAGE, "", "page: must be a number"},
        {ORDER_PAGE, "1 ", "page: must be a number"},
        {ORDER_PAGE, "1.5", "page: must be a whole number"},
        {ORDER_PAGE, "1.0", "page: must be a whole number"},
        {ORDER_PAGE, "1e1", "page: must be a whole number"},
        {ORDER_PAGE, "1E0", "page: must be a whole number"},
        {ORDER_PAGE, "01", "page: must be a number"},
        {ORDER_DISCOUNT_AMOUNT, "1.25e1", NULL},
        {ORDER_DISCOUNT_AMOUNT, "12.5", NULL},
        {ORDER_DISCOUNT_AMOUNT, "12.555", "discountAmount: must have at most 2 decimals"},
        {ORDER_IS_OPEN, "true", NULL},
        {ORDER_IS_OPEN, "false", NULL},
        {ORDER_IS_OPEN, "1", "isOpen: must be true or false"},
        {ORDER_IS_OPEN, "", "isOpen: must be true or false"},
        {ORDER_ORDER_DATE, "2024-12-27", NULL},
        {ORDER_SEARCH, " \xff", "search: must be valid UTF-8"},
        {ORDER_SEARCH, "", NULL},
        {ORDER_STATUS, "", "status: must not be empty"},
        {ORDER_TAGS, "a", "tags: must be given in the body"},
        {ORDER_SEAL, "AA", "seal: must be given in the body"},
        {ORDER_CUSTOMER, "a", "customer: must be given in the body"},
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        ErrList errors = {.arena = arena};
        ProtobufCMessage *message = pb_new(arena, &ORDER_RULE);
        pb_set_from_text(arena, &ORDER_RULE, message, TEXTS[i].field, TEXTS[i].text, &errors);
        cr_expect_str_eq(faults_text(&errors), TEXTS[i].fault ? TEXTS[i].fault : "");
        cr_expect_eq(pb_is_set(&ORDER_RULE, message, TEXTS[i].field), !TEXTS[i].fault, "row %zu",
                     i);
    }
    ErrList errors = {.arena = arena};
    ProtobufCMessage *message = pb_new(arena, &ORDER_RULE);
    int64_t value;
    pb_set_from_text(arena, &ORDER_RULE, message, ORDER_UUID, TEXTS[0].text, &errors);
    pb_set_from_text(arena, &ORDER_RULE, message, ORDER_DISCOUNT_AMOUNT, "12.5", &errors);
    cr_expect_str_eq(pb_get_text(&ORDER_RULE, message, ORDER_UUID), ID);
    cr_expect(pb_get_int(&ORDER_RULE, message, ORDER_DISCOUNT_AMOUNT, &value) && value == 1250);
}
