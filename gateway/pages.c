/* The gateway's own pages: health, metrics, keys, documentation. For everybody, without a token. */
#include "base/str.h"
#include "docs_html.h"
#include "exchange.h"
#include "sentient/openapi.h"
#include "svc/admin.h"

static const Err *serve_health(Exchange *exchange, const char *missing)
{
    Buf body = {.arena = exchange->arena};
    admin_health(&body, missing);
    answer_set(exchange, missing ? ERR_UNAVAILABLE : 200, "application/json", body.data,
               body.length);
    return NULL;
}

static const Err *serve_healthz(Exchange *exchange)
{
    return serve_health(exchange, NULL);
}

static const Err *serve_readyz(Exchange *exchange)
{
    return serve_health(exchange, gateway_missing(exchange->gateway));
}

static const Err *serve_metrics(Exchange *exchange)
{
    Buf body = {.arena = exchange->arena};
    metrics_write(&body);
    answer_set(exchange, 200, METRICS_CONTENT_TYPE, body.data, body.length);
    return NULL;
}

/* HS256 has no public key to show. */
static const Err *serve_jwks(Exchange *exchange)
{
    Buf body = {.arena = exchange->arena};
    JwtKeys keys = gateway_keys();
    buf_puts(&body, "{\"keys\":[");
    for (size_t i = 0; i < 2 && keys.verifying[i]; i++) {
        buf_puts(&body, i ? "," : "");
        jwt_ec_jwk(keys.verifying[i], &body);
    }
    buf_puts(&body, "]}");
    answer_set(exchange, 200, "application/json", body.data, body.length);
    return NULL;
}

static const Err *serve_openapi(Exchange *exchange)
{
    answer_set(exchange, 200, "application/json", OPENAPI_JSON, OPENAPI_JSON_LENGTH);
    return NULL;
}

static const Err *serve_postman(Exchange *exchange)
{
    answer_set(exchange, 200, "application/json", POSTMAN_JSON, POSTMAN_JSON_LENGTH);
    return NULL;
}

static const Err *serve_docs(Exchange *exchange)
{
    answer_field(exchange, "Content-Security-Policy",
                 "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; "
                 "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                 "frame-ancestors 'none'");
    answer_set(exchange, 200, "text/html; charset=utf-8", (const char *)DOCS_HTML,
               sizeof DOCS_HTML);
    return NULL;
}

const Page GATEWAY_PAGES[] = {
    {"/healthz", serve_healthz},
    {"/readyz", serve_readyz},
    {"/metrics", serve_metrics},
    {"/.well-known/jwks.json", serve_jwks},
    {"/api/openapi.json", serve_openapi},
    {"/api/postman.json", serve_postman},
    {"/api/docs", serve_docs},
    {0},
};
