/* The request's body: how large, of what type, and off the connection in any case. How bytes come
 * in time is the server's (server_body.c). */
#include "exchange.h"

static const Err TOO_LARGE = {.kind = ERR_TOO_LARGE, .message = "The body exceeds 1 MiB"};
static const Err NOT_JSON = {.kind = ERR_MEDIA_TYPE,
                             .message = "The body must be of type application/json"};
static const Err INCOMPLETE = {.kind = ERR_INVALID,
                               .message = "The body did not arrive in time or is incomplete"};

static bool takes_body(const Exchange *exchange)
{
    return exchange->route->verb == VERB_POST || exchange->route->verb == VERB_PUT;
}

static const Err *body_read(Exchange *exchange)
{
    size_t length = (size_t)exchange->framing.content_length;
    char *body = arena_alloc(exchange->arena, length + 1);
    if (exchange->framing.expect_continue)
        exchange->go_on(exchange);
    exchange->body_taken = true;
    if (!exchange->read(exchange, body, length)) {
        exchange->close = true;
        exchange->body_taken = false;
        return &INCOMPLETE;
    }
    exchange->body = body;
    exchange->body_length = length;
    return NULL;
}

const Err *body_accept(Exchange *exchange)
{
    int64_t length = exchange->framing.content_length;
    if (length > HTTP_BODY_MAX) {
        exchange->close = true;
        return &TOO_LARGE;
    }
    if (!length || !takes_body(exchange))
        return NULL;
    const char *type = http_header(&exchange->head, "Content-Type");
    if (!type || http_header_count(&exchange->head, "Content-Type") != 1 || !http_is_json(type))
        return &NOT_JSON;
    return body_read(exchange);
}

void body_settle(Exchange *exchange)
{
    char scrap[4096];
    int64_t left = exchange->framing.content_length;
    if (exchange->body_taken || !left)
        return;
    if (left > HTTP_BODY_MAX || exchange->framing.expect_continue)
        exchange->close = true;
    while (left && !exchange->close) {
        size_t n = left < (int64_t)sizeof scrap ? (size_t)left : sizeof scrap;
        exchange->close = !exchange->read(exchange, scrap, n);
        left -= (int64_t)n;
    }
    exchange->body_taken = !exchange->close;
}
