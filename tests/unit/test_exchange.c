/* A request's way through the gateway without sockets and NATS: what passes all checks is told that
 * the service is away (503). Over the real contracts of sales. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "exchange.h"
#include "sentient/contracts.h"

#define UUID "0190a000-0000-7000-8000-000000000001"

static Gateway *gateway;
static Arena *arena;
static const char *token; /* of a user who may read and change customers */

static const char *sign(const char *permissions)
{
    JwtClaims claims = {UUID, "budi", permissions, 1, UUID, UUID, time(NULL), time(NULL) + 60};
    JwtKeys keys = gateway_keys();
    return jwt_sign(arena, &keys, &claims);
}

static void setup(void)
{
    static const Setting *const TABLES[] = {GATEWAY_SETTINGS, CONFIG_APP, NULL};
    log_setup("test", LOG_ERROR_LEVEL);
    cr_assert(sodium_init() >= 0);
    setenv("APP_ENV", "development", 1);
    setenv("JWT_SECRET", "0123456789abcdef0123456789abcdef", 1);
    setenv("CORS_ORIGINS", "http://localhost:3000, https://erp.example.test", 1);
    cr_assert(config_load(TABLES, stderr));
    gateway = gateway_new(CONTRACTS, CONTRACT_COUNT, NULL);
    cr_assert_not_null(gateway);
    arena = arena_new(0);
    token = sign(",customer.read,customer.update,customer.create,");
}

TestSuite(exchange, .init = setup);

typedef struct Request {
    const char *method, *path, *token, *type, *body;
    HttpHeader more[3];
    bool cut; /* the body breaks off */
} Request;

static Request get(const char *path, const char *with_token)
{
    return (Request){.method = "GET", .path = path, .token = with_token};
}

static Request sending(const char *method, const char *path, const char *with_token,
                       const char *type, const char *body)
{
    return (Request){
        .method = method, .path = path, .token = with_token, .type = type, .body = body};
}

static Request with(Request request, const char *name, const char *value)
{
    size_t n = 0;
    while (request.more[n].name)
        n++;
    request.more[n] = (HttpHeader){name, value};
    return request;
}

static Request cut(Request request)
{
    request.cut = true;
    return request;
}

static bool read_memory(Exchange *exchange, char *buffer, size_t length)
{
    const Request *request = exchange->connection;
    if (request->cut)
        return false;
    memcpy(buffer, request->body, length);
    return true;
}

static Exchange *run(Request request)
{
    HttpHeader *headers = arena_array(arena, 8, sizeof *headers);
    Exchange *exchange = ARENA_NEW(arena, Exchange);
    Request *kept = ARENA_NEW(arena, Request);
    size_t n = 0;
    *kept = request;
    headers[n++] = (HttpHeader){"Host", "x"};
    if (request.token)
        headers[n++] =
            (HttpHeader){"Authorization", arena_printf(arena, "Bearer %s", request.token)};
    if (request.type)
        headers[n++] = (HttpHeader){"Content-Type", request.type};
    if (request.body)
        headers[n++] =
            (HttpHeader){"Content-Length", arena_printf(arena, "%zu", strlen(request.body))};
    for (size_t i = 0; i < 3 && request.more[i].name; i++)
        headers[n++] = request.more[i];
    exchange->gateway = gateway;
    exchange->arena = arena;
    exchange->connection = kept;
    exchange->read = read_memory;
    exchange->head = (HttpHead){.method = request.method,
                                .target = request.path,
                                .version = "1.1",
                                .headers = headers,
                                .header_count = n};
    exchange_run(exchange);
    return exchange;
}

static bool says(const Exchange *exchange, const char *text)
{
    return strstr(exchange->out.data, text) != NULL;
}

#define JSON     "application/json"
#define CUSTOMER "/api/customers/" UUID
#define BAD_ID   "/api/customers/no-uuid"
#define ORIGIN   "https://erp.example.test"

Test(exchange, the_order_of_checks)
{
    const char *poor = sign(",so.read,");
    const Request change = sending("PUT", CUSTOMER, token, JSON, "{}");
    const Request text = with(sending("PUT", BAD_ID, token, "text/plain", "x"), "If-Match", "abc");
    Request stranger = text, forger = text, pauper = text;
    stranger.token = NULL;
    forger.token = "x.y.z";
    pauper.token = poor;
    const struct {
        int status;
        Request request;
    } CASES[] = {
        {404, sending("POST", "/api/nope", NULL, "text/plain", "x")},
        {404, get("/api/customers/", token)},
        {405, sending("PATCH", "/api/customers", NULL, "text/plain", "x")},
        {401, stranger},
        {401, forger},
        {403, pauper},
        {415, text},
        {415, sending("PUT", BAD_ID, token, NULL, "{}")},
        {400, sending("PUT", BAD_ID, token, JSON, "{}")},
        {400, with(change, "If-Match", "abc")},
        {400, with(change, "Idempotency-Key", "")},
        {400, with(with(change, "If-Match", "*"), "If-Match", "*")},
        {400, sending("PUT", CUSTOMER, token, JSON, "{\"name\":5}")},
        {400, sending("PUT", CUSTOMER "?x=1", token, JSON, "{}")},
        {400, sending("PUT", CUSTOMER, token, JSON, "{")},
        {400, cut(change)},
        {400, get(CUSTOMER "?x=1", token)},
        {503, change},
        {503, with(change, "If-Match", "\"3\"")},
        {503, with(change, "Idempotency-Key", "k")},
        {503, sending("PUT", CUSTOMER, token, NULL, NULL)},
        {503, with(get(CUSTOMER, token), "If-Match", "abc")},
        {503, sending("HEAD", "/api/customers?limit=1&search=a+b", token, NULL, NULL)},
        {503, with(sending("POST", "/api/auth/login", "x.y.z", JSON,
                           "{\"username\":\"a\",\"password\":\"b\"}"),
                   "Idempotency-Key", "")},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Exchange *exchange = run(CASES[i].request);
        cr_expect_eq(exchange->status, CASES[i].status, "case %zu: %d %s", i, exchange->status,
                     exchange->out.data);
    }
}

Test(exchange, all_faults_at_once)
{
    Request request =
        sending("PUT", "/api/customers/x?y=1", token, JSON, "{\"name\":5,\"bogus\":1}");
    request = with(with(request, "If-Match", "1"), "Idempotency-Key", "\xc3\xa9");
    const Exchange *exchange = run(request);
    cr_expect_eq(exchange->status, 400);
    static const char *const NAMES[] = {"\"If-Match\":[", "\"Idempotency-Key\":[",
                                        "\"uuid\":[",     "\"y\":[",
                                        "\"name\":[",     "\"bogus\":["};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        cr_expect(says(exchange, NAMES[i]), "%s", NAMES[i]);
    cr_expect(says(exchange, "\"path\":\"/api/customers/x\""), "without the query");
}

/* Nothing quadratic: 500 lines with two faults each are told at once, those of a field together. */
Test(exchange, a_long_order_is_told_all_its_faults)
{
    Buf body = {.arena = arena};
    const char *seller = sign(",so.create,");
    buf_puts(&body, "{\"customerId\":\"" UUID "\",\"orderDate\":\"2024-12-27\",\"items\":[");
    for (int i = 0; i < 500; i++)
        buf_printf(&body, "%s{\"itemId\":\"x\",\"qty\":0}", i ? "," : "");
    buf_puts(&body, "]}");
    const Exchange *exchange = run(sending("POST", "/api/sales-orders", seller, JSON, body.data));
    cr_expect_eq(exchange->status, 400);
    for (int i = 0; i < 500; i++)
        cr_expect(says(exchange, arena_printf(arena, "\"items[%d].qty\":[", i)) &&
                      says(exchange, arena_printf(arena, "\"items[%d].itemId\":[", i)),
                  "line %d", i);
}

Test(exchange, faults_of_a_field_stand_together)
{
    ErrList list = {.arena = arena};
    Exchange exchange = {.gateway = gateway, .arena = arena};
    errlist_add(&list, "b", "first");
    errlist_add(&list, "a", "second");
    errlist_add(&list, "b", "third");
    errlist_add(&list, "c", "fourth");
    answer_error(&exchange, errlist_result(&list, &ERR_VALIDATION));
    cr_expect(strstr(exchange.answer, "\"details\":{\"b\":[\"first\",\"third\"],\"a\":[\"second\"],"
                                      "\"c\":[\"fourth\"]},"),
              "%s", exchange.answer);
}

Test(exchange, errors_carry_their_headers)
{
    const Exchange *exchange = run(get("/api/customers", NULL));
    cr_expect(says(exchange, "HTTP/1.1 401 Unauthorized\r\n"));
    cr_expect(says(exchange, "\r\nWWW-Authenticate: Bearer\r\n"));
    cr_expect(says(exchange, arena_printf(arena, "X-Request-Id: %s\r\n", exchange->request_id)));
    cr_expect(says(exchange, arena_printf(arena, "\"requestId\":\"%s\"", exchange->request_id)));
    cr_expect_not(says(exchange, "\"details\""));
    exchange = run(sending("PATCH", "/api/customers", NULL, NULL, NULL));
    cr_expect(says(exchange, "\r\nAllow: GET, HEAD, POST, OPTIONS\r\n"));
    exchange = run(get(CUSTOMER, token));
    cr_expect(says(exchange, "\r\nRetry-After: 1\r\n"));
    cr_expect(says(exchange, "\"statusCode\":503,\"error\":\"Service Unavailable\""));
}

Test(exchange, head_answers_as_get_without_a_body)
{
    const Exchange *whole = run(get("/healthz", NULL));
    const Exchange *head = run(sending("HEAD", "/healthz", NULL, NULL, NULL));
    cr_expect(says(whole, "\r\n\r\n{\"status\":\"ok\"}"));
    cr_expect(says(head, "\r\nContent-Length: 15\r\n"));
    cr_expect_str_eq(head->out.data + head->out.length - 4, "\r\n\r\n");
}

Test(exchange, readiness_needs_nats)
{
    const Exchange *exchange = run(get("/readyz", NULL));
    cr_expect_eq(exchange->status, 503);
    cr_expect(says(exchange, "\"missing\":\"nats\""));
    cr_expect_eq(run(get("/healthz", NULL))->status, 200);
}

Test(exchange, while_stopping_all_is_served_and_each_connection_closed)
{
    atomic_store(&gateway->stopping, true);
    const Exchange *exchange = run(get(CUSTOMER, token));
    cr_expect(says(exchange, "The message bus is away"), "as ever without NATS");
    cr_expect(exchange->close);
    exchange = run(get("/healthz", NULL));
    cr_expect_eq(exchange->status, 200);
    cr_expect(exchange->close);
    exchange = run(get("/readyz", NULL));
    cr_expect_eq(exchange->status, 503);
    cr_expect(says(exchange, "\"missing\":\"shutting down\""));
}

Test(exchange, a_refused_body_leaves_the_connection_or_ends_it)
{
    const Request post = sending("POST", "/api/customers", NULL, JSON, "{}");
    const Exchange *exchange = run(post);
    cr_expect_eq(exchange->status, 401);
    cr_expect(exchange->body_taken && !exchange->close);
    exchange = run(cut(post));
    cr_expect(exchange->close && says(exchange, "\r\nConnection: close\r\n"));
    exchange = run(with(post, "Expect", "100-continue"));
    cr_expect(exchange->close && !exchange->body_taken);
    exchange = run(
        with(sending("POST", "/api/customers", token, JSON, NULL), "Content-Length", "1048577"));
    cr_expect_eq(exchange->status, 413);
    cr_expect(exchange->close && !exchange->body_taken);
}

Test(exchange, cors)
{
    const Request options = with(sending("OPTIONS", "/api/customers", NULL, NULL, NULL),
                                 "Access-Control-Request-Method", "POST");
    const Exchange *exchange = run(with(options, "Origin", ORIGIN));
    cr_expect_eq(exchange->status, 204);
    cr_expect(says(exchange, "Access-Control-Allow-Origin: " ORIGIN "\r\n"));
    cr_expect(says(exchange, "Access-Control-Allow-Methods: GET, HEAD, POST, OPTIONS\r\n"));
    cr_expect(says(exchange, "Access-Control-Allow-Headers: Authorization, Content-Type, "
                             "Idempotency-Key, If-Match, Last-Event-ID, traceparent\r\n"));
    exchange = run(with(options, "Origin", ORIGIN ".evil"));
    cr_expect_not(says(exchange, "Access-Control"));
    cr_expect(says(exchange, "Vary: Origin\r\n"));
    exchange = run(with(get(CUSTOMER, NULL), "Origin", ORIGIN));
    cr_expect(says(exchange, "Access-Control-Expose-Headers: ETag, X-Request-Id, "
                             "Idempotency-Replayed, Retry-After\r\n"));
    exchange = run(with(sending("OPTIONS", "/api/nope", NULL, NULL, NULL), "Origin", ORIGIN));
    cr_expect_eq(exchange->status, 404);
}

Test(exchange, traces_go_on_or_begin)
{
    const Exchange *exchange = run(with(get("/healthz", NULL), "traceparent",
                                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    cr_expect(str_starts(exchange->traceparent, "00-0af7651916cd43dd8448eb211c80319c-"));
    cr_expect(http_traceparent(exchange->traceparent));
    cr_expect_not(strstr(exchange->traceparent, "b7ad6b7169203331"), "the span is ours");
    exchange = run(with(get("/healthz", NULL), "traceparent", "00-x-y-z"));
    cr_expect(http_traceparent(exchange->traceparent));
}

Test(exchange, a_token_from_the_cache_still_expires)
{
    JwtClaims claims = {UUID, "budi", ",", 1, UUID, UUID, 1000, 1010}, read;
    JwtKeys keys = gateway_keys();
    const char *text = jwt_sign(arena, &keys, &claims);
    TokenCache *cache = tokens_open();
    size_t n = strlen(text);
    cr_expect_null(tokens_verify(cache, arena, &keys, text, n, 1000, &read));
    cr_expect_null(tokens_verify(cache, arena, &keys, text, n, 1009, &read));
    cr_expect_str_eq(read.username, "budi");
    cr_expect_str_eq(read.permissions, ",");
    JwtKeys others;
    cr_assert(jwt_keys("another key of thirty-two bytes!", NULL, &others));
    cr_expect_null(tokens_verify(cache, arena, &others, text, n, 1009, &read), "it is cached");
    cr_expect_not_null(tokens_verify(cache, arena, &keys, text, n, 1010, &read));
    cr_expect_not_null(tokens_verify(cache, arena, &others, text, n, 1010, &read));
}

/* 404/405 → 429 of the address → 401 → 403 → 429 of the user → 415 … */
Test(exchange, limits_have_their_place_in_the_order)
{
    Request poor = get("/api/customers", sign(",so.read,"));
    gateway->user_limit = limiter_new(arena, 1);
    cr_expect_eq(run(poor)->status, 403);
    cr_expect_eq(run(get("/api/customers", token))->status, 503, "the one of this second");
    cr_expect_eq(run(poor)->status, 403, "before the user's limit");
    const Exchange *exchange = run(sending("POST", "/api/customers", token, "text/plain", "x"));
    cr_expect_eq(exchange->status, 429, "before the body's type");
    cr_expect(says(exchange, "Retry-After: 1\r\n"));

    gateway->address_limit = limiter_new(arena, 1);
    cr_expect_eq(run(get("/api/openapi.json", NULL))->status, 200, "the one of this second");
    cr_expect_eq(run(get("/api/nope", NULL))->status, 404);
    cr_expect_eq(run(sending("PATCH", "/api/customers", NULL, NULL, NULL))->status, 405);
    cr_expect_eq(run(get("/api/customers", NULL))->status, 429, "before the token");
    cr_expect_eq(run(get("/api/openapi.json", NULL))->status, 429);
    cr_expect_eq(run(get("/healthz", NULL))->status, 200, "a probe");
}

Test(exchange, answers_are_for_programs)
{
    const Exchange *exchange = run(get("/api/customers", NULL));
    cr_expect(says(exchange, "X-Content-Type-Options: nosniff\r\n"));
    cr_expect(says(exchange, "Cache-Control: no-store\r\n"));
    cr_expect(says(exchange, "Strict-Transport-Security: max-age=31536000"));
    cr_expect(says(exchange, "Referrer-Policy: no-referrer\r\n"));
    cr_expect(says(exchange, "X-Frame-Options: DENY\r\n"));
    cr_expect(says(exchange, "Content-Security-Policy: default-src 'none'; frame-ancestors"));
    exchange = run(get("/api/docs", NULL));
    cr_expect(says(exchange, "script-src 'unsafe-inline'"));
    cr_expect_not(says(exchange, "Content-Security-Policy: default-src 'none'; frame-ancestors"));
}
