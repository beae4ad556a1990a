/* The trie of routes. */
#include "router.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "kit/pb.h"

typedef struct Node {
    const char *segment; /* NULL: a parameter */
    struct Node *child, *sibling;
    const Route *routes[VERB_COUNT];
    const char *path; /* NULL: no route ends here */
} Node;

struct Router {
    Node root;
    Route *routes;
    size_t count;
};

static void defect(const char *what, const char *path)
{
    log_error("defect in the contracts", LOG_STR("what", what), LOG_STR("path", path));
    abort();
}

/* The child for a segment of a contract's path ("{uuid}" is a parameter), made where it is missing.
 */
static Node *node_child(Arena *arena, Node *node, const char *segment, size_t length)
{
    bool parameter = length > 2 && segment[0] == '{' && segment[length - 1] == '}';
    Node **link = &node->child;
    for (; *link; link = &(*link)->sibling) {
        const char *known = (*link)->segment;
        if (parameter ? !known
                      : known && strlen(known) == length && memcmp(known, segment, length) == 0)
            return *link;
    }
    *link = ARENA_NEW(arena, Node);
    (*link)->segment = parameter ? NULL : arena_strndup(arena, segment, length);
    return *link;
}

static int param_field(const Method *method, const char *segment, size_t length)
{
    Arena *scratch = arena_new(0);
    const char *name = arena_strndup(scratch, segment + 1, length - 2);
    int field = pb_field(method->in, name);
    if (field < 0)
        field = pb_field_json(method->in, name, length - 2);
    arena_delete(scratch);
    return field;
}

static void route_add(Arena *arena, Router *router, Route *route)
{
    Node *node = &router->root;
    size_t params = 0;
    for (const char *p = route->path; *p == '/';) {
        size_t length = strcspn(p + 1, "/");
        node = node_child(arena, node, p + 1, length);
        if (!node->segment) {
            if (!route->method || params == ROUTE_PARAMS_MAX)
                defect("too many parameters", route->path);
            route->params[params] = param_field(route->method, p + 1, length);
            if (route->params[params++] < 0)
                defect("a parameter that is no field of the request", route->path);
        }
        p += 1 + length;
    }
    if (node->routes[route->verb])
        defect("a route stands twice", route->path);
    node->routes[route->verb] = route;
    node->path = route->path;
}

static bool routed(const Method *method)
{
    return !method->internal && method->path && method->verb != VERB_NONE;
}

static size_t route_total(const Contract *const *contracts, size_t count, const Page *pages)
{
    size_t total = 0;
    for (; pages->path; pages++)
        total++;
    for (size_t i = 0; i < count; i++)
        for (size_t m = 0; m < contracts[i]->method_count; m++)
            total += routed(&contracts[i]->methods[m]);
    return total;
}

static Route *route_next(Router *router)
{
    Route *route = &router->routes[router->count];
    route->id = router->count++;
    return route;
}

const Router *router_new(Arena *arena, const Contract *const *contracts, size_t count,
                         const Page *pages)
{
    Router *router = ARENA_NEW(arena, Router);
    router->routes = arena_array(arena, route_total(contracts, count, pages), sizeof(Route));
    for (; pages->path; pages++) {
        Route *route = route_next(router);
        route->path = pages->path;
        route->page = pages;
        route->verb = VERB_GET;
        route->version = -1;
        route_add(arena, router, route);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t m = 0; m < contracts[i]->method_count; m++) {
            const Method *method = &contracts[i]->methods[m];
            if (!routed(method))
                continue;
            Route *route = route_next(router);
            route->path = method->path;
            route->method = method;
            route->service = i;
            route->verb = method->verb;
            route->version = pb_field(method->out, "version");
            route_add(arena, router, route);
        }
    return router;
}

size_t router_route_count(const Router *router)
{
    return router->count;
}

const Route *router_route(const Router *router, size_t id)
{
    return &router->routes[id];
}

static const Node *descend(const Node *node, const HttpPath *path, size_t at, RouteMatch *match)
{
    if (at == path->count)
        return node->path ? node : NULL;
    bool malformed = path->malformed >> at & 1;
    const Node *parameter = NULL;
    for (const Node *child = node->child; child; child = child->sibling) {
        if (!child->segment) {
            parameter = child;
            continue;
        }
        const Node *found = !malformed && str_eq(child->segment, path->segments[at])
                                ? descend(child, path, at + 1, match)
                                : NULL;
        if (found)
            return found;
    }
    if (!parameter)
        return NULL;
    size_t n = match->param_count++;
    match->params[n] = path->segments[at];
    match->malformed[n] = malformed;
    const Node *found = descend(parameter, path, at + 1, match);
    if (!found)
        match->param_count = n;
    return found;
}

bool router_match(const Router *router, const HttpPath *path, RouteMatch *ret_match)
{
    ret_match->param_count = 0;
    const Node *node = descend(&router->root, path, 0, ret_match);
    if (!node)
        return false;
    memcpy(ret_match->routes, node->routes, sizeof node->routes);
    ret_match->path = node->path;
    return true;
}

const char *const ROUTER_VERBS[VERB_COUNT] = {[VERB_NONE] = "",
                                              [VERB_GET] = "GET",
                                              [VERB_POST] = "POST",
                                              [VERB_PUT] = "PUT",
                                              [VERB_DELETE] = "DELETE"};

HttpVerb router_verb(const char *method)
{
    for (int verb = VERB_GET; verb < VERB_COUNT; verb++)
        if (str_eq(method, ROUTER_VERBS[verb]))
            return (HttpVerb)verb;
    return str_eq(method, "HEAD") ? VERB_GET : VERB_NONE;
}

const char *router_allow(Arena *arena, const RouteMatch *match)
{
    Buf buf = {.arena = arena};
    for (int verb = VERB_GET; verb < VERB_COUNT; verb++)
        if (match->routes[verb])
            buf_printf(&buf, "%s, %s", ROUTER_VERBS[verb], verb == VERB_GET ? "HEAD, " : "");
    buf_puts(&buf, "OPTIONS");
    return buf.data;
}
