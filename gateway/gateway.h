/* What all requests share: keys, routes, caches, limits, counters. Filled before the first request.
 */
#ifndef SF_GATEWAY_GATEWAY_H
#define SF_GATEWAY_GATEWAY_H

#include <stdatomic.h>

#include "address.h"
#include "identity.h"
#include "kit/bus.h"
#include "kit/config.h"
#include "kit/jwt.h"
#include "limiter.h"
#include "router.h"
#include "svc/metrics.h"
#include "tokens.h"

enum { STATUS_CLASSES = 4 /* 2xx 4xx 5xx, others */ };

typedef struct ServiceState {
    const char *name;
    _Atomic int64_t in_flight;
    Metric *latency, *failed, *rejected;
} ServiceState;

typedef struct Gateway {
    Arena *arena; /* for what lives as long as the process; filled by one thread */
    Bus *bus;     /* NULL: none (tests) */
    TokenCache *tokens;
    Identity *identity;
    const ProxyList *proxies;
    Limiter *user_limit, *address_limit; /* NULL: none */
    const Router *router;
    const char **origins; /* CORS; ends with NULL */
    int64_t request_timeout_ms;
    int64_t service_in_flight_max;
    ServiceState *services;                    /* by index of the contract */
    Metric *(*requests)[STATUS_CLASSES];       /* by id of the route; the last is for none */
    Metric *in_flight, *connections, *latency; /* latency: of all requests */
    _Atomic bool stopping;
} Gateway;

extern const Setting GATEWAY_SETTINGS[];

/* From the settings and the contracts. NULL where a setting is unusable (logged). */
Gateway *gateway_new(const Contract *const *contracts, size_t count, Bus *bus);
/* With everything in it, the server's too; after server_stop(). */
void gateway_delete(Gateway *gateway);
/* The keys of access tokens as the settings have them now. */
JwtKeys gateway_keys(void);
/* The pages of the gateway's own: health, metrics, keys, documentation. */
extern const Page GATEWAY_PAGES[];

/* NULL while the gateway is ready to serve, else what is missing. */
const char *gateway_missing(const Gateway *gateway);

#endif
