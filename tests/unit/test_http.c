/* The strict parts of HTTP: framing, targets, queries, header values. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/str.h"
#include "kit/http.h"

typedef struct Framing {
    const char *what;
    const char *version;
    HttpHeader headers[4]; /* besides Host */
    int kind;              /* 0: sound */
    bool close;
    int64_t length;
} Framing;

Test(http, framing)
{
    static const Framing CASES[] = {
        {"plain", "1.1", {{0}}, 0, false, 0},
        {"a length", "1.1", {{"content-length", "12"}}, 0, false, 12},
        {"length zero", "1.1", {{"Content-Length", "0"}}, 0, false, 0},
        {"chunked", "1.1", {{"Transfer-Encoding", "Chunked"}}, 411, true, 0},
        {"gzip, chunked", "1.1", {{"Transfer-Encoding", "gzip, chunked"}}, 400, true, 0},
        {"identity", "1.1", {{"Transfer-Encoding", "identity"}}, 400, true, 0},
        {"both", "1.1", {{"Transfer-Encoding", "chunked"}, {"Content-Length", "2"}}, 400, true, 0},
        {"two", "1.1", {{"Content-Length", "2"}, {"content-length", "2"}}, 400, true, 0},
        {"sign", "1.1", {{"Content-Length", "+2"}}, 400, true, 0},
        {"letters", "1.1", {{"Content-Length", "2a"}}, 400, true, 0},
        {"list", "1.1", {{"Content-Length", "2, 2"}}, 400, true, 0},
        {"empty", "1.1", {{"Content-Length", ""}}, 400, true, 0},
        {"huge", "1.1", {{"Content-Length", "99999999999999999999"}}, 0, false, INT64_MAX},
        {"many zeros", "1.1", {{"Content-Length", "0000000000000000000000012"}}, 0, false, 12},
        {"two hosts", "1.1", {{"Host", "y"}}, 400, true, 0},
        {"close", "1.1", {{"Connection", "Close"}}, 0, true, 0},
        {"close in a list", "1.1", {{"Connection", "keep-alive, close"}}, 0, true, 0},
        {"keep-alive", "1.1", {{"Connection", "Keep-Alive"}}, 0, false, 0},
        {"upgrade", "1.1", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}, 0, true, 0},
        {"1.0", "1.0", {{"Connection", "keep-alive"}}, 0, true, 0},
    };
    Arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Framing *c = &CASES[i];
        HttpHeader headers[5] = {{"Host", "x"}};
        HttpHead head = {.version = c->version, .headers = headers, .header_count = 1};
        for (size_t k = 0; k < 4 && c->headers[k].name; k++)
            headers[head.header_count++] = c->headers[k];
        HttpFraming framing;
        const Err *err = http_framing(arena, &head, &framing);
        cr_expect((err ? (int)err->kind : 0) == c->kind, "%s", c->what);
        cr_expect(framing.close == c->close, "%s: close", c->what);
        cr_expect(err || framing.content_length == c->length, "%s: length", c->what);
    }
    arena_delete(arena);
}

Test(http, heads_that_are_too_large_or_lack_a_host)
{
    Arena *arena = arena_new(0);
    HttpHeader headers[HTTP_HEADERS_MAX];
    HttpFraming framing;
    for (size_t i = 0; i < HTTP_HEADERS_MAX; i++)
        headers[i] = (HttpHeader){"A", "b"};
    headers[0].name = "Host";
    HttpHead head = {.version = "1.1", .headers = headers, .header_count = HTTP_HEADERS_MAX};
    cr_expect(http_framing(arena, &head, &framing) == &HTTP_HEAD_TOO_LARGE);
    head.header_count--;
    cr_expect(!http_framing(arena, &head, &framing));
    head.size = HTTP_HEAD_MAX + 1;
    cr_expect(http_framing(arena, &head, &framing) == &HTTP_HEAD_TOO_LARGE);
    head = (HttpHead){.version = "1.1", .headers = headers};
    cr_expect(err_is(http_framing(arena, &head, &framing), &HTTP_BAD_FRAMING));
    head.version = "1.0";
    cr_expect(!http_framing(arena, &head, &framing));
    arena_delete(arena);
}

/* The decoded segments joined by '|', '!' before a malformed one; "-" where it names no route. */
static const char *split(Arena *arena, const char *path)
{
    HttpPath parsed;
    Buf buf = {.arena = arena};
    if (!http_path(arena, path, &parsed))
        return "-";
    for (size_t i = 0; i < parsed.count; i++)
        buf_printf(&buf, "%s%s%s", i ? "|" : "", parsed.malformed >> i & 1 ? "!" : "",
                   parsed.segments[i]);
    return buf.data;
}

Test(http, paths_are_split_before_they_are_decoded)
{
    static const char *const CASES[][2] = {
        {"/api/items", "api|items"},
        {"/api/a%20b", "api|a b"},
        {"/%61pi", "api"},
        {"/api/x%2Fapprove", "api|!x%2Fapprove"},
        {"/api/x%00", "api|!x%00"},
        {"/api/%zz", "api|!%zz"},
        {"/api/%4", "api|!%4"},
        {"/api/%ff", "api|!%ff"},
        {"/api/%c3%a9", "api|\xc3\xa9"},
        {"/api/%0a", "api|!%0a"},
        {"/api/a+b", "api|a+b"},
        {"/", "-"},
        {"", "-"},
        {"api", "-"},
        {"//api", "-"},
        {"/api/", "-"},
        {"/api//items", "-"},
        {"/api/./items", "-"},
        {"/api/../items", "-"},
        {"/api/%2e%2e/items", "-"},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "-"},
    };
    Arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        cr_expect_str_eq(split(arena, CASES[i][0]), CASES[i][1], "%s", CASES[i][0]);
    arena_delete(arena);
}

Test(http, targets)
{
    Arena *arena = arena_new(0);
    HttpTarget target;
    cr_assert(http_target(arena, "/a/b?c=d?e", &target));
    cr_expect_str_eq(target.path, "/a/b");
    cr_expect_str_eq(target.query, "c=d?e");
    cr_assert(http_target(arena, "/a", &target));
    cr_expect(!target.query);
    cr_assert(http_target(arena, "HTTP://host:1/a?b", &target));
    cr_expect_str_eq(target.path, "/a");
    cr_expect_str_eq(target.query, "b");
    static const char *const REFUSED[] = {"",  "*",    "host:80", "ftp://x/a", "http://host",
                                          "a", "/a#b", "/a\x80",  "/a b",      "/a\tb"};
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!http_target(arena, REFUSED[i], &target), "%s", REFUSED[i]);
    arena_delete(arena);
}

Test(http, queries)
{
    Arena *arena = arena_new(0);
    ErrList errors = {.arena = arena};
    HttpQuery query;
    http_query(arena, "a=1&b=x+y%2Bz&&c&d==&e=%c3%a9", &query, &errors);
    cr_assert_eq(query.count, 5);
    cr_expect(!errors.count);
    cr_expect_str_eq(query.params[0].value, "1");
    cr_expect_str_eq(query.params[1].value, "x y+z");
    cr_expect_str_eq(query.params[2].value, "");
    cr_expect_str_eq(query.params[3].value, "=");
    cr_expect_str_eq(query.params[4].value, "\xc3\xa9");

    http_query(arena, "a=1&a=2&b=%zz&%ff=1&c=%00", &query, &errors);
    cr_assert_eq(errors.count, 4);
    cr_expect(query.count == 1);
    cr_expect_str_eq(errors.first->field, "a");
    cr_expect_str_eq(errors.first->next->field, "b");
    cr_expect_str_eq(errors.first->next->next->field, "query");
    cr_expect_str_eq(errors.last->field, "c");
    http_query(arena, NULL, &query, &errors);
    cr_expect(query.count == 0);
    arena_delete(arena);
}

Test(http, a_query_of_too_many_parameters_is_refused)
{
    Arena *arena = arena_new(0);
    ErrList errors = {.arena = arena};
    HttpQuery query;
    Buf text = {.arena = arena};
    for (int i = 0; i <= HTTP_PARAMS_MAX; i++)
        buf_printf(&text, "p%d=1&", i);
    http_query(arena, text.data, &query, &errors);
    cr_expect(query.count == HTTP_PARAMS_MAX && errors.count == 1);
    arena_delete(arena);
}

Test(http, bearer_tokens)
{
    const char *token;
    size_t length;
    cr_assert(http_bearer("Bearer a.b-c_1", &token, &length));
    cr_expect(length == 7 && strncmp(token, "a.b-c_1", 7) == 0);
    cr_expect(http_bearer("bearer  a", &token, &length));
    static const char *const REFUSED[] = {"",          "Bearer",      "Bearer ",    "Bearer  ",
                                          "a.b.c",     "Basic a.b.c", "Bearer a b", "Bearer a ",
                                          "Bearer a=", "BearerX a",   "Bearer\ta",  "Bearer a,b"};
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!http_bearer(REFUSED[i], &token, &length), "%s", REFUSED[i]);
    char large[HTTP_TOKEN_MAX + 16] = "Bearer ";
    memset(large + 7, 'a', HTTP_TOKEN_MAX);
    cr_expect(http_bearer(large, &token, &length));
    large[7 + HTTP_TOKEN_MAX] = 'a';
    cr_expect(!http_bearer(large, &token, &length));
}

Test(http, if_match)
{
    int64_t version = 0;
    cr_expect(http_if_match("\"12\"", &version) && version == 12);
    cr_expect(http_if_match("\"0\"", &version) && version == 0);
    cr_expect(http_if_match("\"9223372036854775807\"", &version) && version == INT64_MAX);
    cr_expect(http_if_match("\"99999999999999999999999999\"", &version) && version == INT64_MAX);
    cr_expect(http_if_match("*", &version) && version == -1);
    static const char *const REFUSED[] = {"",
                                          "12",
                                          "\"",
                                          "\"1",
                                          "1\"",
                                          "\"\"",
                                          "W/\"1\"",
                                          "\"-1\"",
                                          "\"1\" \"2\"",
                                          "\"1\", \"2\"",
                                          "\"01\"",
                                          "\"1.0\"",
                                          "\"a\"",
                                          "x y",
                                          "\" 1\"",
                                          "\"99999999999999999999999999a\"",
                                          "\"+1\""};
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!http_if_match(REFUSED[i], &version), "%s", REFUSED[i]);
}

Test(http, idempotency_keys)
{
    char key[257] = "";
    cr_expect(http_idempotency_key("a b~"));
    cr_expect(!http_idempotency_key(""));
    cr_expect(!http_idempotency_key("\xc3\xa9"));
    cr_expect(!http_idempotency_key("a\tb"));
    memset(key, 'k', 255);
    cr_expect(http_idempotency_key(key));
    key[255] = 'k';
    cr_expect(!http_idempotency_key(key));
}

Test(http, media_types)
{
    static const char *const TAKEN[] = {
        "application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"", "application/json ; charset=utf-8 "};
    static const char *const REFUSED[] = {"",
                                          "text/plain",
                                          "application/jsonx",
                                          "application/json x",
                                          "application/json; charset=latin1",
                                          "application/json; a=b",
                                          "application/ld+json",
                                          "application/json, text/plain",
                                          "application/json; charset=utf-8; a=b"};
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++)
        cr_expect(http_is_json(TAKEN[i]), "%s", TAKEN[i]);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!http_is_json(REFUSED[i]), "%s", REFUSED[i]);
}

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define SPAN  "b7ad6b7169203331"

Test(http, traceparents)
{
    static const char *const TAKEN[] = {"00-" TRACE "-" SPAN "-01", "01-" TRACE "-" SPAN "-00",
                                        "01-" TRACE "-" SPAN "-00-more"};
    static const char *const REFUSED[] = {"",
                                          "00-xyz-1-01",
                                          "ff-" TRACE "-" SPAN "-01",
                                          "00-" TRACE "-" SPAN "-01-more",
                                          "00-00000000000000000000000000000000-" SPAN "-01",
                                          "00-" TRACE "-0000000000000000-01",
                                          "00-0AF7651916CD43DD8448EB211C80319C-" SPAN "-01",
                                          "00-" TRACE "-" SPAN "-0",
                                          "00-" TRACE "-" SPAN "-xx",
                                          "01-" TRACE "-" SPAN "-00more"};
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++)
        cr_expect(http_traceparent(TAKEN[i]), "%s", TAKEN[i]);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!http_traceparent(REFUSED[i]), "%s", REFUSED[i]);
}
