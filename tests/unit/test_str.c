/* Text: buffers, UTF-8, integers, base64url, hexadecimal. */
#include "base/str.h"

#include <criterion/criterion.h>
#include <string.h>

static Arena *arena;

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(str, .init = setup, .fini = teardown);

Test(str, buffers_grow)
{
    Buf buf = {.arena = arena};
    for (int i = 0; i < 2000; i++) {
        buf_printf(&buf, "%d", i % 10);
        cr_assert_eq(buf.data[buf.length], '\0');
    }
    buf_putc(&buf, 'x');
    buf_add(&buf, "yz!", 2);
    buf_add(&buf, NULL, 0);
    cr_expect_eq(buf.length, 2003);
    cr_expect_eq(strlen(buf.data), 2003);
    cr_expect_str_eq(buf.data + 1990, "0123456789xyz");
}

Test(str, json_strings)
{
    static const char *const PAIRS[][2] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
        {"größe €\xf0\x9f\x98\x80", "\"größe €\xf0\x9f\x98\x80\""},
        {"\nend", "\"\\nend\""},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        Buf buf = {.arena = arena};
        buf_json(&buf, PAIRS[i][0]);
        cr_expect_str_eq(buf.data, PAIRS[i][1]);
    }
}

Test(str, equality)
{
    cr_expect(str_eq("a", "a") && !str_eq("a", "b") && !str_eq("a", NULL) && !str_eq(NULL, "a"));
    cr_expect(str_eq(NULL, NULL));
    cr_expect(str_eq_nocase("Ab-1", "aB-1") && !str_eq_nocase("ab", "abc"));
    cr_expect(!str_eq_nocase("abc", "ab") && !str_eq_nocase("[", "{"));
    cr_expect(!str_eq_nocase(NULL, "") && str_eq_nocase(NULL, NULL));
    cr_expect(utf8_eq_nocase("ÄéЖ\u2028Σ", "äÉж\u2028σ") && !utf8_eq_nocase("Ä", "A"));
    cr_expect(!utf8_eq_nocase("äb", "ä") && !utf8_eq_nocase("ä", "äb") && utf8_eq_nocase("", ""));
    cr_expect(!utf8_eq_nocase("ß", "SS") && !utf8_eq_nocase(NULL, "") &&
              utf8_eq_nocase(NULL, NULL));
    cr_expect(str_starts("abc", "ab") && str_starts("abc", "") && !str_starts("ab", "abc"));
}

Test(str, lists_have_whole_words)
{
    static const struct {
        const char *list, *word;
        bool has;
    } CASES[] = {{",so.read,so.create,", "so.read", true},
                 {"so.read", "so.read", true},
                 {"a,so.read", "so.read", true},
                 {",so.readable,", "so.read", false},
                 {",also.read,", "so.read", false},
                 {",so.rea,", "so.read", false},
                 {",", "so.read", false},
                 {"", "so.read", false},
                 {NULL, "so.read", false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        cr_assert_eq(str_list_has(CASES[i].list, CASES[i].word, strlen(CASES[i].word)),
                     CASES[i].has, "%s in %s", CASES[i].word, CASES[i].list);
}

Test(str, utf8)
{
    static const char *const VALID[] = {
        "",
        "ascii",
        "\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "a\xe2\x82\xac z",
    };
    static const char *const INVALID[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2\x41",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf0\x90\x80",
        "\xfe",
        "\xff",
        "ok\xff",
        "\xe2\x82\x41",
    };
    for (size_t i = 0; i < sizeof VALID / sizeof *VALID; i++)
        cr_expect(utf8_valid(VALID[i], strlen(VALID[i])), "valid %zu", i);
    for (size_t i = 0; i < sizeof INVALID / sizeof *INVALID; i++)
        cr_expect(!utf8_valid(INVALID[i], strlen(INVALID[i])), "invalid %zu", i);
    cr_expect(!utf8_valid("\xe2\x82\xac", 2), "a sequence cut by the length");
    cr_expect(utf8_valid("a\0b", 3));
    cr_expect_eq(utf8_count("a€\xf0\x9f\x98\x80é", strlen("a€\xf0\x9f\x98\x80é")), 4);
}

Test(str, integers)
{
    static const char *const REFUSED[] = {
        "",
        "-",
        "+1",
        "01",
        "-01",
        "-0",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x1",
        "--1",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
    };
    int64_t value;
    cr_expect(str_to_int64("0", &value) && value == 0);
    cr_expect(str_to_int64("-1", &value) && value == -1);
    cr_expect(str_to_int64("9223372036854775807", &value) && value == INT64_MAX);
    cr_expect(str_to_int64("-9223372036854775808", &value) && value == INT64_MIN);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!str_to_int64(REFUSED[i], &value), "%s", REFUSED[i]);
}

Test(str, base64url_vectors)
{
    static const char *const PAIRS[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "-_-_"},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        const char *plain = PAIRS[i][0], *coded = PAIRS[i][1];
        uint8_t *data;
        size_t length;
        cr_expect_str_eq(base64url_encode(arena, (const uint8_t *)plain, strlen(plain)), coded);
        cr_assert(base64url_decode(arena, coded, strlen(coded), &data, &length));
        cr_expect_eq(length, strlen(plain));
        cr_expect_eq(memcmp(data, plain, length), 0);
    }
}

Test(str, base64url_round_trip)
{
    uint8_t bytes[256], *data;
    size_t length;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        char *text = base64url_encode(arena, bytes, n);
        cr_assert(base64url_decode(arena, text, strlen(text), &data, &length));
        cr_assert(length == n && memcmp(data, bytes, n) == 0, "%zu bytes", n);
    }
}

Test(str, base64url_refusals)
{
    static const char *const TEXTS[] = {"A",    "AAAAA", "Zg==", "Zm8=", "Zh",    "Zm9",
                                        "+/+/", "Zg\n",  " Zg",  "Z g",  "Zm9v!", "é"};
    uint8_t *data;
    size_t length;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        cr_expect(!base64url_decode(arena, TEXTS[i], strlen(TEXTS[i]), &data, &length), "%s",
                  TEXTS[i]);
    cr_expect(!base64url_decode(arena, "A\0", 2, &data, &length));
}

Test(str, hexadecimal)
{
    cr_expect_str_eq(hex_encode(arena, (const uint8_t *)"\x00\x0f\xa0\xff", 4), "000fa0ff");
    cr_expect_str_eq(hex_encode(arena, NULL, 0), "");
}
