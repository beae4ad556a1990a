/* CORS (contract §1): exact origins only. No credentials mode: tokens travel in a header. */
#include "base/str.h"
#include "exchange.h"

static const char *allowed_origin(const Exchange *exchange)
{
    const char *origin = http_header(&exchange->head, "Origin");
    if (!origin || http_header_count(&exchange->head, "Origin") != 1)
        return NULL;
    for (const char **allowed = exchange->gateway->origins; *allowed; allowed++)
        if (str_eq(*allowed, origin))
            return *allowed;
    return NULL;
}

void cors_fields(const Exchange *exchange, Buf *out)
{
    if (!*exchange->gateway->origins)
        return;
    buf_puts(out, "Vary: Origin\r\n");
    const char *origin = allowed_origin(exchange);
    if (origin)
        buf_printf(out,
                   "Access-Control-Allow-Origin: %s\r\nAccess-Control-Expose-Headers: ETag, "
                   "X-Request-Id, Idempotency-Replayed, Retry-After\r\n",
                   origin);
}

const Err *cors_preflight(Exchange *exchange)
{
    const char *allow = router_allow(exchange->arena, &exchange->match);
    answer_set(exchange, 204, NULL, NULL, 0);
    answer_field(exchange, "Allow", allow);
    if (allowed_origin(exchange) && http_header(&exchange->head, "Access-Control-Request-Method")) {
        answer_field(exchange, "Access-Control-Allow-Methods", allow);
        answer_field(exchange, "Access-Control-Allow-Headers",
                     "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, "
                     "traceparent");
        answer_field(exchange, "Access-Control-Max-Age", "600");
    }
    return NULL;
}
