/* An answer's bytes: status line, headers and body in one buffer. Not what it says. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "exchange.h"

enum { PATH_SHOWN_MAX = 1024 };

void answer_set(Exchange *exchange, int status, const char *type, const char *body, size_t length)
{
    exchange->status = status;
    exchange->type = type;
    exchange->answer = body;
    exchange->answer_length = length;
}

void answer_field(Exchange *exchange, const char *name, const char *value)
{
    exchange->fields.arena = exchange->arena;
    buf_printf(&exchange->fields, "%s: %s\r\n", name, value);
}

static const char *phrase(int status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    default: return err_phrase((ErrKind)status);
    }
}

static void put_date(Buf *out)
{
    char text[40];
    time_t now = (time_t)(clock_wall() / 1000000);
    struct tm tm;
    (void)gmtime_r(&now, &tm);
    if (strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm))
        buf_printf(out, "Date: %s\r\n", text);
}

/* What a browser may do with an answer: nothing but read it. A page brings its own policy. */
static void security_fields(const Exchange *exchange, Buf *out)
{
    buf_puts(out, "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
                  "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n"
                  "Referrer-Policy: no-referrer\r\nX-Frame-Options: DENY\r\n"
                  "Cross-Origin-Resource-Policy: same-origin\r\n");
    if (!exchange->type || !str_starts(exchange->type, "text/html"))
        buf_puts(out, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
}

void answer_compose(Exchange *exchange)
{
    Buf *out = &exchange->out;
    out->arena = exchange->arena;
    buf_printf(out, "HTTP/1.1 %d %s\r\n", exchange->status, phrase(exchange->status));
    put_date(out);
    if (exchange->type)
        buf_printf(out, "Content-Type: %s\r\n", exchange->type);
    if (exchange->status != 204)
        buf_printf(out, "Content-Length: %zu\r\n", exchange->answer_length);
    buf_printf(out, "X-Request-Id: %s\r\n", exchange->request_id);
    security_fields(exchange, out);
    cors_fields(exchange, out);
    buf_add(out, exchange->fields.data, exchange->fields.length);
    buf_puts(out, exchange->close ? "Connection: close\r\n\r\n"
                                  : "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n");
    if (!exchange->head_only)
        buf_add(out, exchange->answer, exchange->answer_length);
}

/* A detail, its place, and the place of the first that names the same field. */
typedef struct Named {
    const ErrDetail *detail;
    size_t place, first;
} Named;

static int by_number(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int by_field(const void *a, const void *b)
{
    const Named *left = a, *right = b;
    int order = strcmp(left->detail->field, right->detail->field);
    return order ? order : by_number(left->place, right->place);
}

static int by_first(const void *a, const void *b)
{
    const Named *left = a, *right = b;
    int order = by_number(left->first, right->first);
    return order ? order : by_number(left->place, right->place);
}

/* Those of one field together, in the order in which the fields were named. */
static Named *details_grouped(Arena *arena, const ErrDetail *first, size_t *ret_count)
{
    size_t count = 0;
    for (const ErrDetail *detail = first; detail; detail = detail->next)
        count++;
    Named *all = arena_array(arena, count, sizeof *all);
    *ret_count = count;
    for (size_t i = 0; i < count; i++, first = first->next)
        all[i] = (Named){first, i, i};
    qsort(all, count, sizeof *all, by_field);
    for (size_t i = 1; i < count; i++)
        if (str_eq(all[i].detail->field, all[i - 1].detail->field))
            all[i].first = all[i - 1].first;
    qsort(all, count, sizeof *all, by_first);
    return all;
}

/* "details":{"items[0].qty":["must be at least 0.001"],…}, */
static void put_details(Buf *body, const ErrDetail *first)
{
    size_t count;
    const Named *all = details_grouped(body->arena, first, &count);
    buf_puts(body, "\"details\":{");
    for (size_t i = 0; i < count; i++) {
        bool same = i && all[i].first == all[i - 1].first;
        if (!same) {
            buf_puts(body, i ? "]," : "");
            buf_json(body, all[i].detail->field);
        }
        buf_puts(body, same ? "," : ":[");
        buf_json(body, all[i].detail->message);
    }
    buf_puts(body, "]},");
}

/* As sent, but not all of what is absurdly long. */
static const char *path_shown(const Exchange *exchange)
{
    const char *path = exchange->target.path ? exchange->target.path : "/";
    return arena_strndup(exchange->arena, path, strnlen(path, PATH_SHOWN_MAX));
}

static void error_fields(Exchange *exchange, const Err *err)
{
    uint32_t wait = err->retry_after;
    if (!wait && err->kind == ERR_UNAVAILABLE)
        wait = 1;
    exchange->fields.length = 0;
    if (wait)
        answer_field(exchange, "Retry-After", arena_printf(exchange->arena, "%u", wait));
    if (err->kind == ERR_UNAUTHENTICATED)
        answer_field(exchange, "WWW-Authenticate", "Bearer");
    if (err->kind == ERR_METHOD)
        answer_field(exchange, "Allow", router_allow(exchange->arena, &exchange->match));
}

void answer_error(Exchange *exchange, const Err *err)
{
    char at[INSTANT_TEXT];
    Buf body = {.arena = exchange->arena};
    instant_format(clock_wall(), at);
    buf_printf(&body, "{\"statusCode\":%d,\"error\":\"%s\",\"message\":", (int)err->kind,
               err_phrase(err->kind));
    buf_json(&body, err->message);
    buf_putc(&body, ',');
    if (err->details)
        put_details(&body, err->details);
    buf_printf(&body, "\"timestamp\":\"%s\",\"path\":", at);
    buf_json(&body, path_shown(exchange));
    buf_printf(&body, ",\"requestId\":\"%s\"}", exchange->request_id);
    error_fields(exchange, err);
    exchange->cause = err->cause;
    answer_set(exchange, (int)err->kind, "application/json", body.data, body.length);
}
