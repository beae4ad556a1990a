/* The request target, its query and every header value, from the same bytes: no crash, and what is
 * taken keeps its promises. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kit/http.h"

static void expect(bool condition)
{
    if (!condition)
        abort();
}

static void check_path(Arena *arena, const char *text)
{
    HttpPath path;
    if (!http_path(arena, text, &path))
        return;
    expect(path.count >= 1 && path.count <= HTTP_SEGMENTS_MAX);
    for (size_t i = 0; i < path.count; i++) {
        const char *segment = path.segments[i];
        bool malformed = path.malformed >> i & 1;
        expect(*segment && !str_eq(segment, ".") && !str_eq(segment, ".."));
        expect(malformed || (!strchr(segment, '/') && utf8_valid(segment, strlen(segment))));
    }
}

static void check_query(Arena *arena, const char *text)
{
    HttpQuery query;
    ErrList errors = {.arena = arena};
    http_query(arena, text, &query, &errors);
    expect(query.count <= HTTP_PARAMS_MAX && errors.count <= ERR_DETAILS_MAX);
    for (size_t i = 0; i < query.count; i++)
        expect(utf8_valid(query.params[i].name, strlen(query.params[i].name)) &&
               utf8_valid(query.params[i].value, strlen(query.params[i].value)));
}

static void check_values(const char *text)
{
    const char *token;
    size_t length;
    int64_t version;
    if (http_bearer(text, &token, &length))
        expect(length && length <= HTTP_TOKEN_MAX && token[length] == '\0');
    if (http_if_match(text, &version))
        expect(version >= -1);
    if (http_traceparent(text))
        expect(strlen(text) >= 55);
    if (http_idempotency_key(text))
        expect(utf8_valid(text, strlen(text)));
    (void)http_is_json(text);
}

static void check_framing(Arena *arena, const char *text)
{
    const char *const NAMES[] = {"Content-Length", "Transfer-Encoding", "Connection", "Expect"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        HttpHeader headers[] = {{"Host", "x"}, {NAMES[i], text}};
        HttpHead head = {.version = "1.1", .headers = headers, .header_count = 2};
        HttpFraming framing;
        const Err *err = http_framing(arena, &head, &framing);
        expect(err ? framing.close : framing.content_length >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new(0);
    HttpTarget target;
    const char *text = arena_strndup(arena, (const char *)data, size);
    if (http_target(arena, text, &target)) {
        expect(target.path[0] == '/' && !strchr(target.path, '?'));
        check_path(arena, target.path);
        check_query(arena, target.query);
    }
    check_path(arena, text);
    check_query(arena, text);
    check_values(text);
    check_framing(arena, text);
    arena_delete(arena);
    return 0;
}
