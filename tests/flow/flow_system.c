/* What stands beside the documents: health, metrics, the published contract, CORS, tracing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void expect_operable(const char *name, const char *address)
{
    Client *client = client_at(address);
    cr_assert_neq(*address, '\0', "%s has no admin address", name);
    expect_status(get(client, "/healthz"), 200);
    expect_status(get(client, "/readyz"), 200);
    const Response *metrics = get(client, "/metrics");
    expect_status(metrics, 200);
    cr_assert_not_null(strstr(metrics->body, "# TYPE "), "%s: %.200s", name, metrics->body);
    cr_assert_null(strstr(metrics->body, secret("app", "JWT_SECRET")));
    expect_status(get(client, "/nope"), 404);
}

Test(system, health_and_metrics)
{
    expect_operable("gateway", the_system()->gateway);
    for (const char *const *name = SERVICES; *name; name++)
        expect_operable(*name, service_admin(*name));
    Client *below = client_new(NULL);
    expect_error(get(below, "/healthz"), 404, NULL);
    expect_error(get(below, "/metrics"), 404, NULL);
}

Test(system, metrics_count_requests)
{
    Client *client = client_at(service_admin("inventory"));
    for (int i = 0; i < 3; i++)
        expect_status(get(client_admin(), "/items?limit=1"), 200);
    cr_assert_not_null(strstr(get(client, "/metrics")->body, "inventory.item.list"));
}

Test(system, keys)
{
    const Response *r = get(client_at(the_system()->gateway), "/.well-known/jwks.json");
    expect_status(r, 200);
    expect_number(json_count(r->body, "keys"), 0);
    expect_error(get(client_new(NULL), "/.well-known/jwks.json"), 404, NULL);
}

/* Method, path: what this system answers for. */
static const char *const ROUTES[][2] = {
    {"post", "/auth/login"},
    {"post", "/auth/refresh"},
    {"get", "/auth/me"},
    {"put", "/auth/password"},
    {"get", "/users"},
    {"post", "/users"},
    {"get", "/users/{uuid}"},
    {"put", "/users/{uuid}"},
    {"delete", "/users/{uuid}"},
    {"get", "/roles"},
    {"post", "/roles"},
    {"get", "/roles/{id}"},
    {"get", "/permissions"},
    {"put", "/roles/{id}/permissions"},
    {"get", "/customers"},
    {"post", "/customers"},
    {"get", "/customers/{uuid}"},
    {"put", "/customers/{uuid}"},
    {"get", "/items"},
    {"delete", "/customers/{uuid}"},
    {"post", "/items"},
    {"get", "/items/{uuid}"},
    {"put", "/items/{uuid}"},
    {"delete", "/items/{uuid}"},
    {"get", "/warehouses"},
    {"post", "/warehouses"},
    {"get", "/sales-orders"},
    {"post", "/sales-orders"},
    {"get", "/sales-orders/{uuid}"},
};

Test(system, openapi_names_every_route)
{
    const Response *r = get(client_new(NULL), "/openapi.json");
    expect_status(r, 200);
    cr_assert(json_valid(r->body));
    cr_assert_eq(strncmp(json_string(r->body, "openapi"), "3.1.", 4), 0);
    const char *paths = json_raw(r->body, "paths");
    for (size_t i = 0; i < COUNT(ROUTES); i++) {
        const char *path = json_member(paths, text("/api%s", ROUTES[i][1]));
        path = path ? path : json_member(paths, ROUTES[i][1]);
        cr_assert_not_null(path, "no %s", ROUTES[i][1]);
        const char *operation = json_member(path, ROUTES[i][0]);
        cr_assert_not_null(operation, "no %s of %s", ROUTES[i][0], ROUTES[i][1]);
        cr_assert_not_null(json_member(operation, "responses"));
        cr_assert_not_null(json_member(operation, "summary"), "%s %s is not described",
                           ROUTES[i][0], ROUTES[i][1]);
    }
}

/* Every "$ref": "#/components/schemas/Name" leads somewhere. */
Test(system, openapi_has_no_dangling_reference)
{
    static const char REF[] = "\"$ref\":\"#/components/";
    const Response *r = get(client_new(NULL), "/openapi.json");
    const char *components = json_raw(r->body, "components");
    int count = 0;
    for (const char *at = r->body; (at = strstr(at, REF)); count++) {
        at += sizeof REF - 1;
        const char *kind = text("%.*s", (int)strcspn(at, "/"), at);
        const char *name = at + strlen(kind) + 1;
        name = text("%.*s", (int)strcspn(name, "\""), name);
        cr_assert_not_null(json_member(json_member(components, kind), name), "%s/%s", kind, name);
    }
    cr_assert_gt(count, 20);
}

Test(system, documentation_works_offline)
{
    Client *nobody = client_new(NULL);
    const Response *docs = get(nobody, "/docs");
    expect_status(docs, 200);
    cr_assert_not_null(strstr(header(docs, "Content-Type"), "text/html"));
    cr_assert_null(strstr(docs->body, "http://"), "a foreign host");
    cr_assert_null(strstr(docs->body, "https://"), "a foreign host");
    cr_assert_null(strstr(docs->body, "src=\"//"), "a foreign host");
    const Response *postman = get(nobody, "/postman.json");
    expect_status(postman, 200);
    cr_assert(json_valid(postman->body));
    expect_json(postman, "info.schema",
                "'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'");
    cr_assert_not_null(strstr(postman->body, "accessToken"));
}

Test(system, head_answers_as_get_without_a_body)
{
    Client *admin = client_admin();
    const Response *head = http(admin, "HEAD", "/customers?limit=1", NULL, NULL);
    const Response *full = get(admin, "/customers?limit=1");
    expect_status(head, 200);
    expect_number((int64_t)head->length, 0);
    expect_text(header(head, "Content-Length"), header(full, "Content-Length"));
    expect_text(header(head, "Content-Type"), header(full, "Content-Type"));
    expect_status(http(client_new(NULL), "HEAD", "/customers", NULL, NULL), 401);
    expect_status(http(admin, "HEAD", text("/customers/%s", uuid_random()), NULL, NULL), 404);
    expect_status(http(admin, "HEAD", "/nope", NULL, NULL), 404);
    expect_status(http(admin, "HEAD", "/auth/login", NULL, NULL), 405);
}

Test(system, request_ids_and_traces)
{
    static const char *const BROKEN[] = {
        "traceparent: 00-xyz-1-01",
        "traceparent: ff-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01",
        "traceparent: 00-00000000000000000000000000000000-0000000000000000-00"};
    Client *admin = client_admin();
    const char *before = "";
    for (size_t i = 0; i < COUNT(BROKEN); i++) {
        const Response *r = http(admin, "GET", "/customers?limit=1", NULL, BROKEN[i], NULL);
        expect_status(r, 200);
        cr_assert_eq(strlen(header(r, "X-Request-Id")), 36);
        cr_assert_str_neq(header(r, "X-Request-Id"), before);
        before = header(r, "X-Request-Id");
    }
    expect_error(http(admin, "GET", "/nope", NULL, "X-Request-Id: mine", NULL), 404, NULL);
}

/* The log tells the trace, and nothing secret. */
static int log_count(const char *needle)
{
    FILE *file = fopen(text("%s/log/gateway.log", the_system()->home), "re");
    char *line = NULL;
    size_t size = 0;
    int count = 0;
    while (file && getline(&line, &size, file) > 0)
        count += strstr(line, needle) != NULL;
    free(line);
    if (file)
        (void)fclose(file);
    return count;
}

Test(system, one_log_line_per_request_and_no_secrets)
{
    Client *admin = client_admin();
    const char *trace = text("%s%s", strrchr(unique("t"), '-') + 1, repeat("0f", 10));
    const char *hidden = unique("Sandi");
    const char *line = text("traceparent: 00-%s-00f067aa0ba902b7-01", trace);
    expect_status(http(admin, "GET", text("/customers?search=%s", hidden), NULL, line, NULL), 200);
    expect_status(http(admin, "PUT", "/auth/password",
                       json("{'currentPassword':'%s','newPassword':'%s'}", hidden, hidden), NULL),
                  422);
    EVENTUALLY(SOON_MS, log_count(trace) == 1);
    expect_number(log_count(hidden), 0);
    expect_number(log_count(admin->token), 0);
}

/* The origins that the gateway was started with; NULL: none. */
static const char *first_origin(void)
{
    char entries[16384] = "";
    FILE *file = fopen(text("%s/run/gateway.env", the_system()->home), "re");
    size_t length = file ? fread(entries, 1, sizeof entries - 1, file) : 0;
    if (file)
        (void)fclose(file);
    for (const char *p = entries; p < entries + length; p += strlen(p) + 1)
        if (strncmp(p, "CORS_ORIGINS=", 13) == 0)
            return text("%.*s", (int)strcspn(p + 13, ","), p + 13);
    return NULL;
}

static const char *allowed(Client *client, const char *origin)
{
    const Response *r =
        http(client, "GET", "/customers?limit=1", NULL, text("Origin: %s", origin), NULL);
    expect_status(r, 200);
    return header(r, "Access-Control-Allow-Origin");
}

Test(system, cors)
{
    Client *admin = client_admin();
    const char *origin = first_origin();
    cr_assert_not_null(origin, "the system under test needs CORS_ORIGINS");
    expect_text(allowed(admin, origin), origin);
    expect_text(allowed(admin, "https://evil.example"), NULL);
    expect_text(allowed(admin, text("%s.evil.example", origin)), NULL);
    expect_text(allowed(admin, text("%s0", origin)), NULL);
    expect_text(allowed(admin, "null"), NULL);

    Client *browser = client_new(NULL);
    const char *from = text("Origin: %s", origin);
    const Response *r =
        http(browser, "OPTIONS", "/customers", NULL, from, "Access-Control-Request-Method: POST",
             "Access-Control-Request-Headers: authorization,idempotency-key", NULL);
    cr_assert(r->status == 200 || r->status == 204, "%d", r->status);
    expect_text(header(r, "Access-Control-Allow-Origin"), origin);
    cr_assert_not_null(strstr(header(r, "Access-Control-Allow-Methods"), "POST"));
    cr_assert_not_null(strcasestr(header(r, "Access-Control-Allow-Headers"), "authorization"));
    cr_assert_not_null(strcasestr(header(r, "Access-Control-Allow-Headers"), "idempotency-key"));
    r = http(browser, "OPTIONS", "/customers", NULL, "Origin: https://evil.example",
             "Access-Control-Request-Method: POST", NULL);
    expect_text(header(r, "Access-Control-Allow-Origin"), NULL);
    expect_text(header(r, "Access-Control-Allow-Methods"), NULL);
    /* an error can be read by the page, too */
    r = http(browser, "GET", "/customers", NULL, from, NULL);
    expect_error(r, 401, NULL);
    expect_text(header(r, "Access-Control-Allow-Origin"), origin);
}
