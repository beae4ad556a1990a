/* Who asks, and whether he may (401, 403): by what his role may do now, whatever the token says. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "exchange.h"

static const Err NOT_SIGNED_IN = {.kind = ERR_UNAUTHENTICATED,
                                  .message = "An access token is required"};
static const Err SESSION_ENDED = {.kind = ERR_UNAUTHENTICATED, .message = "The session has ended"};
static const Err NOT_READY = {
    .kind = ERR_UNAVAILABLE, .message = "The gateway is starting", .retry_after = 1};
static const Err MAY_NOT = {.kind = ERR_FORBIDDEN, .message = "You lack the permission for this"};

static const Err *sign_in(Exchange *exchange)
{
    const Gateway *gateway = exchange->gateway;
    const char *token;
    size_t length;
    if (http_header_count(&exchange->head, "Authorization") != 1 ||
        !http_bearer(http_header(&exchange->head, "Authorization"), &token, &length))
        return &NOT_SIGNED_IN;
    JwtKeys keys = gateway_keys();
    TRY(tokens_verify(gateway->tokens, exchange->arena, &keys, token, length,
                      clock_wall() / 1000000, &exchange->claims));
    if (!identity_loaded(gateway->identity))
        return &NOT_READY;
    if (!identity_check(gateway->identity, exchange->arena, &exchange->claims))
        return &SESSION_ENDED;
    exchange->signed_in = true;
    return NULL;
}

const Err *access_check(Exchange *exchange)
{
    const Method *method = exchange->route->method;
    if (method->access == ACCESS_PUBLIC)
        return NULL;
    TRY(sign_in(exchange));
    if (method->access == ACCESS_SIGNED_IN)
        return NULL;
    const char *needed = method->permission;
    if (!needed || !str_list_has(exchange->claims.permissions, needed, strlen(needed)))
        return &MAY_NOT;
    return NULL;
}
