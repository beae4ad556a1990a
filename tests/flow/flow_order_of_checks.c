/* Contract §1: route → sign-in → permission → size and type → values → document → version → rule.
 * Each request fails at two or more of them, and the earlier one is told. */
#include <string.h>

#include "testkit.h"

#define NOBODYS "00000000-0000-4000-8000-000000000000"

static const char *TEXT_TYPE = "Content-Type: text/plain";
static const char *STALE = "If-Match: \"999\"";
static const char *MALFORMED = "If-Match: 999";

Test(order_of_checks, route_before_everything)
{
    Client *nobody = client_new(NULL);
    expect_error(http(nobody, "POST", "/nope", "x", TEXT_TYPE, NULL), 404, NULL);
    expect_error(get(nobody, "/customers/%s/x", NOBODYS), 404, NULL);
    expect_error(get(nobody, "/customers/"), 404, NULL);
    const Response *r = http(nobody, "PATCH", "/customers", "x", TEXT_TYPE, NULL);
    expect_error(r, 405, NULL);
    expect_text(header(r, "Allow"), "GET, HEAD, POST, OPTIONS");
    expect_error(http(nobody, "DELETE", "/auth/login", NULL, NULL), 405, NULL);
    expect_error(http(nobody, "PUT", "/sales-orders", "{}", NULL), 405, NULL);
}

Test(order_of_checks, signing_in_before_permission_and_values)
{
    Client *nobody = client_new(NULL);
    expect_error(http(nobody, "PUT", "/customers/x", "x", TEXT_TYPE, MALFORMED, NULL), 401, NULL);
    expect_error(post(nobody, "/customers", repeat("x", 1024 * 1024 + 1)), 401, NULL);
    expect_error(get(nobody, "/customers?limit=0"), 401, NULL);
}

Test(order_of_checks, permission_before_values_and_documents)
{
    Client *reader = client_permitted("'customer.read'");
    expect_error(http(reader, "PUT", "/customers/x", "x", TEXT_TYPE, MALFORMED, NULL), 403, NULL);
    expect_error(post(reader, "/customers", repeat("x", 1024 * 1024 + 1)), 403, NULL);
    expect_error(put(reader, "/customers/" NOBODYS, "{}"), 403, NULL);
    expect_error(del(reader, "/customers/" NOBODYS), 403, NULL);
    expect_error(get(reader, "/items?limit=0"), 403, NULL);
    expect_error(get(reader, "/sales-orders/%s", NOBODYS), 403, NULL);
    expect_error(get(reader, "/customers/%s", NOBODYS), 404, NULL);
    expect_status(get(reader, "/customers?limit=1"), 200);
    expect_status(get(reader, "/auth/me"), 200);
}

Test(order_of_checks, size_and_type_before_values)
{
    Client *admin = client_admin();
    expect_error(http(admin, "PUT", "/customers/x", "x", TEXT_TYPE, MALFORMED, NULL), 415, NULL);
    expect_error(http(admin, "PUT", "/customers/" NOBODYS, "{}", TEXT_TYPE, NULL), 415, NULL);
    expect_error(post(admin, "/customers?bogus=1", repeat("x", 1024 * 1024 + 1)), 413, NULL);
}

Test(order_of_checks, values_before_documents)
{
    Client *admin = client_admin();
    const char *path = "/customers/" NOBODYS;
    expect_error(put(admin, "/customers/x", "{\"name\":5}"), 400, "uuid");
    expect_error(put(admin, path, "{\"name\":5}"), 400, "name");
    expect_error(http(admin, "PUT", path, "{\"name\":\"x\"}", MALFORMED, NULL), 400, "If-Match");
    expect_error(http(admin, "PUT", path, "{}", "Idempotency-Key;", NULL), 400, "Idempotency-Key");
    expect_error(http(admin, "PUT", path, "{\"name\":\"x\"}", STALE, NULL), 404, NULL);
    expect_error(http(admin, "DELETE", path, NULL, STALE, NULL), 404, NULL);
}

Test(order_of_checks, idempotency_before_documents)
{
    Client *admin = client_admin();
    const char *key = text("Idempotency-Key: %s", unique("k"));
    const char *path = text("/customers/%s", new_customer(admin));
    expect_status(http(admin, "PUT", path, "{\"phone\":\"1\"}", key, NULL), 200);
    expect_status(del(admin, path), 200);
    expect_error(put(admin, path, "{\"phone\":\"1\"}"), 404, NULL);
    const Response *replay = http(admin, "PUT", path, "{\"phone\":\"1\"}", key, STALE, NULL);
    expect_status(replay, 200);
    expect_text(header(replay, "Idempotency-Replayed"), "true");
    expect_error(http(admin, "PUT", path, "{\"phone\":\"2\"}", key, NULL), 422, NULL);
}

Test(order_of_checks, version_before_rules)
{
    Client *admin = client_admin();
    const char *code = unique("C"), *customer = new_customer(admin);
    const char *path = text("/customers/%s", customer);
    expect_status(post(admin, "/customers", customer_body(code)), 201);
    const char *taken = json("{'code':'%s'}", code);
    expect_error(http(admin, "PUT", path, taken, STALE, NULL), 412, NULL);
    expect_error(http(admin, "PUT", path, taken, NULL), 409, "code");
    (void)new_order(admin, customer, new_item(admin, "1"));
    expect_error(http(admin, "DELETE", path, NULL, STALE, NULL), 412, NULL);
    expect_error(del(admin, path), 422, NULL);
    const Response *r = get(admin, "%s", path);
    expect_json(r, "version", "1");
}
