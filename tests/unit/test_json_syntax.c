/* What is JSON and what is not, after RFC 8259; the meaning of values is in test_json_read.c. */
#include <cjson/cJSON.h>
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

TestSuite(json_syntax, .init = setup, .fini = teardown);

/* As the value of a key that nobody knows, and of fields of every kind. */
static const char *const KEYS[] = {"x",     "notes",    "isOpen", "version",
                                   "items", "customer", "seal",   "tags"};

static const char *const VALUES[] = {
    "0",
    "-0",
    "1",
    "-1",
    "123456789",
    "1.5",
    "0.5",
    "1e1",
    "1E1",
    "1e+1",
    "1e-1",
    "-0.0e-0",
    "1.25e2",
    "true",
    "false",
    "null",
    "\"\"",
    "\"a\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\/\"",
    "\"\\b\\f\\n\\r\\t\"",
    "\"\\u0041\"",
    "\"\\u00e9\"",
    "\"\\uFFFF\"",
    "\"\\ud83d\\ude00\"",
    "\"\\uDBFF\\uDFFF\"",
    "\"é€\xf0\x9f\x98\x80\"",
    "\"\x7f\"",
    "[]",
    "[1]",
    "[ ]",
    "[1,2]",
    "[null]",
    "[[]]",
    "[{}]",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"a\":1,\"b\":[true,{\"c\":null}]}",
    " 1 ",
    "\t\r\n 1",
    "[1 , 2]",
    "{ \"a\" : 1 }",
    "\"\\u2028\"",
    "1e400",
    "-1e-400",
    "{\"\":0}",
    "99999999999999999999999999999999999999",
    "\"\xef\xbf\xbf\"",
    "\"\\u005C\"",
    "[\"a\",\"b\"]",
};

static const char *const NO_VALUES[] = {
    "",
    "+1",
    "01",
    "-01",
    "00",
    "1.",
    ".5",
    "-",
    "--1",
    "1e",
    "1e+",
    "1.e1",
    "1.2.3",
    "1-2",
    "0x10",
    "NaN",
    "Infinity",
    "-Infinity",
    "True",
    "TRUE",
    "tru",
    "truex",
    "fals",
    "nul",
    "nullx",
    "undefined",
    "a",
    "'a'",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x41\"",
    "\"\\a\"",
    "\"\\\"",
    "\"\\u\"",
    "\"\\u004\"",
    "\"\\u004g\"",
    "\"\\U0041\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800a\"",
    "\"\\ud800\\n\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\\ude00\\ud83d\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"\x01\"",
    "\"\x1f\"",
    "\"\xff\"",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xe2\x82\"",
    "\"\x80\"",
    "\xff",
    "\xc3\xa9",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[,]",
    "[1 2]",
    "[1,,2]",
    "[1;2]",
    "[1}",
    "[\"a\"",
    "{",
    "}",
    "{]",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":}",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{,}",
    "{\"a\" 1}",
    "{\"a\",1}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1]",
    "{\"a\"::1}",
    "{\"a\":1,,\"b\":2}",
    "1 2",
    "1,",
    "1}",
    "1]",
    "/**/1",
    "1/**/",
    "//\n1",
    "#\n1",
    "\"a\"\"b\"",
    "\"a\" b",
    "1 true",
    "\v1",
    "\f1",
    "\xc2\xa0"
    "1",
    "\xef\xbb\xbf"
    "1",
    "{\"a\":1}{",
    "[1]]",
    "\\u0031",
    "\"\\u{41}\"",
    "1e1.5",
    "1a",
    "0e+-1",
    "{\"\\ud800\":1}",
    "{\"\xff\":1}",
    "{\"a\n\":1}",
    "-\"a\"",
    "-true",
    "*",
};

static const char *wrapped(const char *key, const char *value)
{
    return arena_printf(arena, "{\"%s\":%s}", key, value);
}

Test(json_syntax, accepts_every_value)
{
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++)
        for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
            const char *text = wrapped(KEYS[k], VALUES[i]);
            const Err *err = order_read(arena, text, strlen(text)).err;
            cr_expect_null(err, "%s: %s", text, err->details->message);
        }
}

Test(json_syntax, refuses_what_is_no_value)
{
    for (size_t i = 0; i < sizeof NO_VALUES / sizeof *NO_VALUES; i++)
        for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
            const char *text = wrapped(KEYS[k], NO_VALUES[i]);
            cr_expect(err_is(order_read(arena, text, strlen(text)).err, &ERR_JSON), "%s", text);
        }
}

Test(json_syntax, one_object_and_nothing_else)
{
    static const char *const ACCEPTED[] = {"{}", " {} ", "\n\t\r{\n}\n", "{\"x\":1}\n"};
    static const char *const REFUSED[] = {
        "",     " ",    "[]",  "1",       "null",       "true",           "\"a\"",
        "{}{}", "{} x", "{},", "x{}",     "{}]",        "\xef\xbb\xbf{}", "{}\xef\xbb\xbf",
        "{}//", "{",    "}",   "{\"x\"}", "{\"x\":1}}", "\xfe\xff{}",     "({})",
        "{}\f",
    };
    for (size_t i = 0; i < sizeof ACCEPTED / sizeof *ACCEPTED; i++)
        cr_expect_null(order_read(arena, ACCEPTED[i], strlen(ACCEPTED[i])).err, "%s", ACCEPTED[i]);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(err_is(order_read(arena, REFUSED[i], strlen(REFUSED[i])).err, &ERR_JSON), "%s",
                  REFUSED[i]);
    cr_expect(err_is(order_read(arena, NULL, 0).err, &ERR_JSON));
    cr_expect(err_is(order_read(arena, "{}\0", 3).err, &ERR_JSON));
    cr_expect(err_is(order_read(arena, "\0{}", 3).err, &ERR_JSON));
    cr_expect(err_is(order_read(arena, "{\"x\":\"a\0b\"}", 11).err, &ERR_JSON));
}

Test(json_syntax, every_cut_is_refused)
{
    static const char TEXT[] = "{\"orderDate\":\"2024-12-27\",\"items\":[{\"qty\":1.5e0,\"itemId\":"
                               "\"\\u00e9\\ud83d\\ude00\"}],\"isOpen\":true,\"x\":[null,{}]}";
    for (size_t n = 0; n < sizeof TEXT - 1; n++) {
        char *cut = arena_alloc(arena, n + 1);
        memcpy(cut, TEXT, n);
        cr_expect(err_is(order_read(arena, cut, n).err, &ERR_JSON), "cut at %zu", n);
    }
    cr_expect_null(order_read(arena, TEXT, sizeof TEXT - 1).err);
}

static const char *nested(size_t depth, char open, char close)
{
    Buf buf = {.arena = arena};
    buf_puts(&buf, "{\"x\":");
    for (size_t i = 1; i < depth; i++)
        buf_puts(&buf, open == '{' ? "{\"a\":" : "[");
    buf_puts(&buf, "0");
    for (size_t i = 1; i < depth; i++)
        buf_putc(&buf, close);
    buf_putc(&buf, '}');
    return buf.data;
}

Test(json_syntax, sixteen_levels)
{
    static const char BRACKETS[][2] = {{'[', ']'}, {'{', '}'}};
    for (size_t i = 0; i < 2; i++) {
        const char *deep = nested(16, BRACKETS[i][0], BRACKETS[i][1]);
        cr_expect_null(order_read(arena, deep, strlen(deep)).err);
        static const size_t TOO_DEEP[] = {17, 1000, 100000};
        for (size_t k = 0; k < 3; k++) {
            deep = nested(TOO_DEEP[k], BRACKETS[i][0], BRACKETS[i][1]);
            cr_expect(err_is(order_read(arena, deep, strlen(deep)).err, &ERR_JSON));
        }
    }
    const char *wide = "{\"x\":[[1],[2],[3],[4],[5],[6],[7],[8],[9],[1],[2],[3],[4],[5],[6],[7]]}";
    cr_expect_null(order_read(arena, wide, strlen(wide)).err, "closed levels do not count");
}

Test(json_syntax, duplicate_keys)
{
    static const char *const REFUSED[] = {
        "{\"notes\":\"a\",\"notes\":\"a\"}",   "{\"notes\":\"a\",\"isOpen\":true,\"notes\":null}",
        "{\"notes\":5,\"notes\":\"a\"}",       "{\"notes\":\"a\",\"not\\u0065s\":\"b\"}",
        "{\"items\":[{\"qty\":1,\"qty\":1}]}", "{\"customer\":{\"code\":\"A\",\"code\":\"A\"}}",
        "{\"items\":[],\"items\":[]}",
    };
    static const char ACCEPTED[] = "{\"items\":[{\"qty\":1},{\"qty\":1}],\"version\":1}";
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(err_is(order_read(arena, REFUSED[i], strlen(REFUSED[i])).err, &ERR_JSON), "%s",
                  REFUSED[i]);
    cr_expect_null(order_read(arena, ACCEPTED, strlen(ACCEPTED)).err);
}

Test(json_syntax, tells_the_place)
{
    const Err *err = order_read(arena, "{\"notes\":\"a\",}", 14).err;
    cr_assert_not_null(err);
    cr_expect_eq(err->kind, ERR_INVALID);
    cr_expect_str_eq(err->message, "Malformed JSON");
    cr_expect_str_eq(err->details->field, "body");
    cr_expect_str_eq(err->details->message, "is malformed at byte 13: a key was expected");
}

/* cJSON is laxer than RFC 8259, never stricter: what this codec takes, cJSON takes. */
Test(json_syntax, accepts_nothing_that_cjson_refuses)
{
    static const char SEED[] =
        "{\"notes\":\"a\\n\\u00e9€\",\"items\":[{\"qty\":-1.5e+2,\"price\":null}"
        ",{\"x\":[true,false]}],\"tags\":[\"\",\"b\"],\"version\":120}";
    static const char BYTES[] = "{}[]\":,\\/0123456789eE+-.tfnuabx \n\x80\xe2";
    uint32_t state = 1;
    size_t accepted = 0;
    for (int round = 0; round < 30000; round++) {
        char text[sizeof SEED];
        memcpy(text, SEED, sizeof SEED);
        for (int k = 0; k < 1 + round % 3; k++) {
            state = state * 1664525 + 1013904223;
            text[(state >> 8) % (sizeof SEED - 1)] = BYTES[(state >> 20) % (sizeof BYTES - 1)];
        }
        if (!order_read(arena, text, sizeof SEED - 1).err) {
            cJSON *tree = cJSON_ParseWithLengthOpts(text, sizeof text, NULL, 1);
            cr_assert_not_null(tree, "%s", text);
            cJSON_Delete(tree);
            accepted++;
        }
        arena_reset(arena);
    }
    cr_expect(accepted > 1000 && accepted < 29000, "%zu accepted", accepted);
}
