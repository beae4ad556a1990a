/* Routing over a hand-written contract. */
#include <criterion/criterion.h>
#include <signal.h>

#include "base/str.h"
#include "router.h"
#include "sentient/common.pb-c.h"

static const PbField REF_FIELDS[] = {{.json = "uuid", .format = FORMAT_UUID, .required = true}};
static const PbRule REF = {&sentient__document_ref__descriptor, REF_FIELDS, -1};

#define METHOD(v, p)                                                                               \
    {                                                                                              \
        .subject = p, .verb = v, .path = p, .in = &REF, .out = &REF                                \
    }

static const Method ORDERS[] = {
    METHOD(VERB_GET, "/api/orders"),
    METHOD(VERB_POST, "/api/orders"),
    METHOD(VERB_GET, "/api/orders/{uuid}"),
    METHOD(VERB_DELETE, "/api/orders/{uuid}"),
    METHOD(VERB_GET, "/api/orders/summary"),
    METHOD(VERB_POST, "/api/orders/{uuid}/approve"),
    METHOD(VERB_GET, "/api/orders/summary/daily"),
    {.subject = "orders.internal.count", .internal = true, .in = &REF, .out = &REF},
};
static const Method ITEMS[] = {METHOD(VERB_PUT, "/api/items/{uuid}/bom")};
static const Contract CONTRACT_ORDERS = {
    .service = "orders", .methods = ORDERS, .method_count = sizeof ORDERS / sizeof *ORDERS};
static const Contract CONTRACT_ITEMS = {.service = "items", .methods = ITEMS, .method_count = 1};
static const Contract *const BOTH[] = {&CONTRACT_ORDERS, &CONTRACT_ITEMS};
static const Page PAGES[] = {{"/healthz", NULL}, {0}};

static Arena *arena;
static const Router *router;

static void setup(void)
{
    arena = arena_new(0);
    router = router_new(arena, BOTH, 2, PAGES);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(router, .init = setup, .fini = teardown);

static bool match(const char *text, RouteMatch *ret_match)
{
    HttpPath path;
    return http_path(arena, text, &path) && router_match(router, &path, ret_match);
}

Test(router, paths_and_what_they_take)
{
    static const char *const CASES[][3] = {
        {"/api/orders", "/api/orders", "GET, HEAD, POST, OPTIONS"},
        {"/api/orders/x", "/api/orders/{uuid}", "GET, HEAD, DELETE, OPTIONS"},
        {"/api/orders/summary", "/api/orders/summary", "GET, HEAD, OPTIONS"},
        {"/api/orders/summary/approve", "/api/orders/{uuid}/approve", "POST, OPTIONS"},
        {"/api/orders/summary/daily", "/api/orders/summary/daily", "GET, HEAD, OPTIONS"},
        {"/api/items/x/bom", "/api/items/{uuid}/bom", "PUT, OPTIONS"},
        {"/healthz", "/healthz", "GET, HEAD, OPTIONS"},
    };
    RouteMatch found;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cr_assert(match(CASES[i][0], &found), "%s", CASES[i][0]);
        cr_expect_str_eq(found.path, CASES[i][1]);
        cr_expect_str_eq(router_allow(arena, &found), CASES[i][2]);
    }
}

Test(router, what_is_no_route)
{
    static const char *const PATHS[] = {"/",
                                        "/api",
                                        "/api/orders/",
                                        "/api//orders",
                                        "/api/Orders",
                                        "/api/order",
                                        "/api/orders/x/approve/y",
                                        "/api/items/x",
                                        "/api/orders/x%2Fapprove/y",
                                        "/api/./orders",
                                        "/healthz/x"};
    RouteMatch found;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        cr_expect_not(match(PATHS[i], &found), "%s", PATHS[i]);
}

Test(router, parameters_come_with_their_field)
{
    RouteMatch found;
    cr_assert(match("/api/orders/a%20b/approve", &found));
    cr_assert_eq(found.param_count, 1);
    cr_expect_str_eq(found.params[0], "a b");
    cr_expect_not(found.malformed[0]);
    cr_expect_eq(found.routes[VERB_POST]->params[0], 0);
    cr_expect_null(found.routes[VERB_GET]);
    cr_expect_eq(found.routes[VERB_POST]->service, 0);

    cr_assert(match("/api/orders/x%2Fapprove", &found));
    cr_expect_str_eq(found.path, "/api/orders/{uuid}", "an encoded slash separates nothing");
    cr_expect(found.malformed[0]);
    cr_assert(match("/api/items/x/bom", &found));
    cr_expect_eq(found.routes[VERB_PUT]->service, 1);
}

Test(router, a_wrong_turn_leaves_no_parameter_behind)
{
    RouteMatch found;
    cr_assert(match("/api/orders/summary/daily", &found));
    cr_expect_eq(found.param_count, 0);
    cr_assert(match("/api/orders/summary/approve", &found));
    cr_expect_eq(found.param_count, 1);
    cr_expect_str_eq(found.params[0], "summary");
}

Test(router, every_route_has_its_number)
{
    cr_assert_eq(router_route_count(router), 9);
    for (size_t i = 0; i < router_route_count(router); i++)
        cr_expect_eq(router_route(router, i)->id, i);
}

Test(router, a_route_that_stands_twice_is_a_defect, .signal = SIGABRT)
{
    static const Contract *const TWICE[] = {&CONTRACT_ORDERS, &CONTRACT_ORDERS};
    (void)router_new(arena, TWICE, 2, PAGES);
}
