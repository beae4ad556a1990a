/* The way of a request through the gateway, one step after the other. */
#include "exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

static const Err NO_ROUTE = {.kind = ERR_NOT_FOUND, .message = "No such route"};
static const Err NO_METHOD = {.kind = ERR_METHOD, .message = "The route does not take this method"};
static const Err TOO_MANY = {.kind = ERR_LIMIT, .message = "Too many requests"};

/* The client's trace goes on under a span of ours, or a new one begins. */
static void trace_begin(Exchange *exchange)
{
    uint8_t ids[24];
    const char *given = http_header(&exchange->head, "traceparent");
    random_bytes(ids, sizeof ids);
    const char *hex = hex_encode(exchange->arena, ids, sizeof ids);
    bool take_over =
        given && http_header_count(&exchange->head, "traceparent") == 1 && http_traceparent(given);
    (void)snprintf(exchange->traceparent, sizeof exchange->traceparent, "00-%.32s-%.16s-%.2s",
                   take_over ? given + 3 : hex, hex + 32, take_over ? given + 53 : "01");
}

static const Err *find_route(Exchange *exchange)
{
    HttpPath path;
    if (!exchange->target.path || !http_path(exchange->arena, exchange->target.path, &path) ||
        !router_match(exchange->gateway->router, &path, &exchange->match))
        return &NO_ROUTE;
    if (str_eq(exchange->head.method, "OPTIONS"))
        return NULL;
    exchange->route = exchange->match.routes[router_verb(exchange->head.method)];
    return exchange->route ? NULL : &NO_METHOD;
}

static const Err *limit_check(Exchange *exchange, Limiter *limiter, const char *key)
{
    uint32_t wait = limiter_take(limiter, key ? key : "", exchange->started_ms);
    return wait ? err_with_retry(exchange->arena, &TOO_MANY, wait) : NULL;
}

/* Probes and scrapers outside of the API are not limited. */
static const Err *limit_address(Exchange *exchange)
{
    if (!str_starts(exchange->match.path, "/api/"))
        return NULL;
    return limit_check(exchange, exchange->gateway->address_limit, exchange->address);
}

static const Err *serve(Exchange *exchange)
{
    ProtobufCMessage *in;
    TRY(exchange->refused);
    if (exchange->line_only)
        return find_route(exchange);
    TRY(http_framing(exchange->arena, &exchange->head, &exchange->framing));
    exchange->framed = true;
    exchange->close = exchange->framing.close || exchange->busy;
    TRY(find_route(exchange));
    TRY(limit_address(exchange));
    if (!exchange->route)
        return cors_preflight(exchange);
    if (exchange->route->page)
        return exchange->route->page->serve(exchange);
    TRY(access_check(exchange));
    if (exchange->signed_in)
        TRY(limit_check(exchange, exchange->gateway->user_limit, exchange->claims.sub));
    TRY(body_accept(exchange));
    TRY(transcode_request(exchange, &in));
    return forward(exchange, in);
}

static void count(const Exchange *exchange)
{
    const Gateway *gateway = exchange->gateway;
    size_t row = exchange->route ? exchange->route->id : router_route_count(gateway->router);
    int hundred = exchange->status / 100;
    int class = hundred == 2 ? 0 : hundred == 4 ? 1 : hundred == 5 ? 2 : 3;
    metric_add(gateway->requests[row][class], 1);
    metric_observe(gateway->latency, clock_wall() - exchange->started_us);
}

static void log_request(const Exchange *exchange, int64_t ms)
{
    char trace[33] = "";
    const LogField fields[] = {
        LOG_STR("method", exchange->head.method),
        LOG_STR("route", exchange->match.path ? exchange->match.path : "none"),
        LOG_INT("status", exchange->status),
        LOG_INT("ms", ms),
        LOG_STR("user", exchange->signed_in ? exchange->claims.username : NULL),
        LOG_STR("address", exchange->address),
        LOG_STR("requestId", &exchange->request_id[0]),
        LOG_STR("traceId", &trace[0]),
        exchange->cause ? LOG_STR("cause", exchange->cause) : LOG_END,
        LOG_END,
    };
    memcpy(trace, exchange->traceparent + 3, sizeof trace - 1);
    bool page = exchange->route && exchange->route->page; /* probes come every few seconds */
    LogLevel level = page                      ? LOG_DEBUG_LEVEL
                     : exchange->status >= 500 ? LOG_WARN_LEVEL
                                               : LOG_INFO_LEVEL;
    log_write(level, "request", fields);
}

void exchange_run(Exchange *exchange)
{
    Gateway *gateway = exchange->gateway;
    exchange->started_ms = clock_monotonic_ms();
    exchange->started_us = clock_wall();
    exchange->if_match = -1;
    exchange->close = true; /* until the framing is known to be sound */
    exchange->head_only = str_eq(exchange->head.method, "HEAD");
    exchange->address =
        address_of_client(exchange->arena, gateway->proxies, exchange->address, &exchange->head);
    uuid_v7(exchange->request_id);
    trace_begin(exchange);
    if (exchange->head.target)
        (void)http_target(exchange->arena, exchange->head.target, &exchange->target);
    const Err *err = serve(exchange);
    if (err)
        answer_error(exchange, err);
    if (atomic_load(&gateway->stopping))
        exchange->close = true;
    body_settle(exchange);
    answer_compose(exchange);
    count(exchange);
    log_request(exchange, clock_monotonic_ms() - exchange->started_ms);
}
