/* The gateway's settings and what is made of them at the start. */
#include "gateway.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

const Setting GATEWAY_SETTINGS[] = {
    {"APP_HOST", SETTING_TEXT, "127.0.0.1", SETTING_PLAIN, 0, 0, "address to listen on"},
    {"APP_PORT", SETTING_INT, "8000", SETTING_PLAIN, 0, 65535, "HTTP port; 0 takes an unused one"},
    {"JWT_SECRET", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0,
     "key of the access tokens (HS256), at least 32 bytes; the same as auth's"},
    {"JWT_SECRET_PREVIOUS", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0,
     "a second key whose tokens are taken: the old or the next one of a rotation"},
    {"JWT_PUBLIC_KEY", SETTING_TEXT, "", SETTING_LIVE, 0, 0,
     "public half of auth's JWT_PRIVATE_KEY, PEM: then tokens are ES256 and nothing else is taken"},
    {"JWT_PUBLIC_KEY_PREVIOUS", SETTING_TEXT, "", SETTING_LIVE, 0, 0,
     "a second public key whose tokens are taken, during a rotation"},
    {"CORS_ORIGINS", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "comma-separated origins whose pages may call the API, matched exactly"},
    {"TRUSTED_PROXIES", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "comma-separated addresses and networks whose X-Forwarded-For is believed"},
    {"RATE_LIMIT_RPS", SETTING_INT, "0", SETTING_PLAIN, 0, 100000,
     "requests per second of one user, counted by each gateway for itself; 0: no limit"},
    {"RATE_LIMIT_IP_RPS", SETTING_INT, "0", SETTING_PLAIN, 0, 100000,
     "requests per second from one address, counted by each gateway for itself; 0: no limit"},
    {"HTTP_THREADS", SETTING_INT, "256", SETTING_PLAIN, 4, 4096, "connections served at once"},
    {"REQUEST_TIMEOUT_MS", SETTING_INT, "5000", SETTING_PLAIN, 100, 60000,
     "milliseconds that a request may take"},
    {"SERVICE_IN_FLIGHT", SETTING_INT, "256", SETTING_PLAIN, 1, 4096,
     "requests to one service at once; beyond: 503"},
    {0},
};

enum { LABELS = METRIC_LABELS_MAX };

static Metric *service_counter(const char *service, const char *kind)
{
    char labels[LABELS];
    (void)snprintf(labels, sizeof labels, "service=\"%s\",kind=\"%s\"", service, kind);
    return metric_counter("sentient_gateway_bus_errors_total",
                          "Requests that no service answered, by service and kind", labels);
}

static void services_open(Gateway *gateway, const Contract *const *contracts, size_t count)
{
    gateway->services = arena_array(gateway->arena, count, sizeof *gateway->services);
    for (size_t i = 0; i < count; i++) {
        char labels[LABELS];
        const char *name = contracts[i]->service;
        (void)snprintf(labels, sizeof labels, "service=\"%s\"", name);
        gateway->services[i].name = name;
        gateway->services[i].latency =
            metric_histogram("sentient_gateway_service_seconds",
                             "Time from a request on NATS to its answer, by service", labels);
        gateway->services[i].failed = service_counter(name, "away");
        gateway->services[i].rejected = service_counter(name, "busy");
    }
}

static void route_counters(Metric **row, const char *method, const char *route)
{
    static const char *const CLASSES[STATUS_CLASSES] = {"2xx", "4xx", "5xx", "other"};
    for (size_t i = 0; i < STATUS_CLASSES; i++) {
        char labels[LABELS];
        (void)snprintf(labels, sizeof labels, "method=\"%s\",route=\"%s\",class=\"%s\"", method,
                       route, CLASSES[i]);
        row[i] = metric_counter("sentient_gateway_requests_total",
                                "Requests by method, route and class of status", labels);
    }
}

static void counters_open(Gateway *gateway)
{
    size_t routes = router_route_count(gateway->router);
    gateway->requests = arena_array(gateway->arena, routes + 1, sizeof *gateway->requests);
    for (size_t i = 0; i < routes; i++) {
        const Route *route = router_route(gateway->router, i);
        route_counters(gateway->requests[i], ROUTER_VERBS[route->verb], route->path);
    }
    route_counters(gateway->requests[routes], "", "none");
    gateway->latency = metric_histogram("sentient_gateway_request_seconds",
                                        "Time from a request's head to its answer", NULL);
    gateway->in_flight =
        metric_gauge("sentient_gateway_requests_in_flight", "Requests being answered", NULL);
    gateway->connections = metric_gauge("sentient_gateway_connections", "Open connections", NULL);
}

static const char **origins_read(Arena *arena, const char *list)
{
    size_t count = 1, n = 0;
    for (const char *p = list; *p; p++)
        count += *p == ',';
    const char **origins = arena_array(arena, count + 1, sizeof *origins);
    while (*list) {
        list += strspn(list, ", ");
        size_t length = strcspn(list, ", ");
        if (length)
            origins[n++] = arena_strndup(arena, list, length);
        list += length;
    }
    return origins;
}

/* Both of one moment: a token of the old key must not come between. */
JwtKeys gateway_keys(void)
{
    JwtKeys keys;
    uint64_t version;
    do {
        version = config_version();
        const char *pem = config_text("JWT_PUBLIC_KEY");
        bool usable =
            *pem ? jwt_ec_keys(NULL, pem, config_text("JWT_PUBLIC_KEY_PREVIOUS"), &keys)
                 : jwt_keys(config_text("JWT_SECRET"), config_text("JWT_SECRET_PREVIOUS"), &keys);
        if (!usable)
            keys = (JwtKeys){0}; /* no token is good */
        keys.version = version;
    } while (config_version() != version);
    return keys;
}

Gateway *gateway_new(const Contract *const *contracts, size_t count, Bus *bus)
{
    Arena *arena = arena_new(0);
    Gateway *gateway = ARENA_NEW(arena, Gateway);
    gateway->arena = arena;
    gateway->bus = bus;
    gateway->proxies = proxies_read(arena, config_text("TRUSTED_PROXIES"));
    if (!gateway->proxies) {
        log_error("TRUSTED_PROXIES is malformed");
        return NULL;
    }
    gateway->user_limit = limiter_new(arena, config_int("RATE_LIMIT_RPS"));
    gateway->address_limit = limiter_new(arena, config_int("RATE_LIMIT_IP_RPS"));
    gateway->tokens = tokens_open();
    gateway->identity = identity_start(arena, bus);
    if (!gateway->identity)
        return NULL;
    gateway->router = router_new(arena, contracts, count, GATEWAY_PAGES);
    gateway->origins = origins_read(arena, config_text("CORS_ORIGINS"));
    gateway->request_timeout_ms = config_int("REQUEST_TIMEOUT_MS");
    gateway->service_in_flight_max = config_int("SERVICE_IN_FLIGHT");
    services_open(gateway, contracts, count);
    counters_open(gateway);
    return gateway;
}

void gateway_delete(Gateway *gateway)
{
    identity_stop(gateway->identity);
    limiter_delete(gateway->user_limit);
    limiter_delete(gateway->address_limit);
    arena_delete(gateway->arena);
}

const char *gateway_missing(const Gateway *gateway)
{
    if (atomic_load(&gateway->stopping))
        return "shutting down";
    if (!gateway->bus || !bus_connected(gateway->bus))
        return "nats";
    return identity_loaded(gateway->identity) ? NULL : "identity";
}
