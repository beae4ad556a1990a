/* Which method a path and a verb mean: a trie over path segments, built once from the contracts.
 * Reads tables only; knows no endpoint by name. */
#ifndef SF_GATEWAY_ROUTER_H
#define SF_GATEWAY_ROUTER_H

#include "base/arena.h"
#include "kit/contract.h"
#include "kit/http.h"

struct Exchange;

enum { ROUTE_PARAMS_MAX = 4, VERB_COUNT = VERB_DELETE + 1 };

/* An answer of the gateway's own: GET and HEAD, for everybody. */
typedef struct Page {
    const char *path;
    const Err *(*serve)(struct Exchange *exchange);
} Page;

typedef struct Route {
    const char *path;     /* /api/sales-orders/{uuid} */
    const Page *page;     /* NULL: `method` answers */
    const Method *method; /* NULL: `page` answers */
    size_t service;       /* index of the contract */
    size_t id;            /* 0 .. router_route_count() - 1 */
    HttpVerb verb;
    int params[ROUTE_PARAMS_MAX]; /* fields of the request that the path's parameters fill */
    int version;                  /* field `version` of the answer; -1: none */
} Route;

typedef struct Router Router;

/* `pages` ends with a pathless one. A route that stands twice, or a parameter that is no field of
 * its request, aborts: the build refuses such contracts. */
const Router *router_new(Arena *arena, const Contract *const *contracts, size_t count,
                         const Page *pages);
size_t router_route_count(const Router *router);
const Route *router_route(const Router *router, size_t id);

typedef struct RouteMatch {
    const Route *routes[VERB_COUNT]; /* by verb; NULL: not this verb */
    const char *path;                /* as the contract writes it */
    size_t param_count;
    const char *params[ROUTE_PARAMS_MAX];
    bool malformed[ROUTE_PARAMS_MAX];
} RouteMatch;

extern const char *const ROUTER_VERBS[]; /* by HttpVerb: "GET" … */
/* HEAD is GET; VERB_NONE for what no route takes, OPTIONS among it. */
HttpVerb router_verb(const char *method);

/* False where no route has this path. A fixed segment wins over a parameter. */
bool router_match(const Router *router, const HttpPath *path, RouteMatch *ret_match);
/* "GET, HEAD, POST, OPTIONS": what the path takes. */
const char *router_allow(Arena *arena, const RouteMatch *match);

#endif
