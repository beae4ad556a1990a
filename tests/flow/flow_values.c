/* Values at their limits: null, nothing, zero, the longest and the largest, and that all faults of
 * a request are told at once. Not malformed bodies: flow_bad_input.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stock.h"
#include "trade.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NONE         "00000000-0000-4000-8000-000000000000"

Test(values, null_takes_the_default)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "100");
    const Response *r =
        post(admin, "/sales-orders",
             json("{'customerId':'%s','orderDate':'%s','discountAmount':null,"
                  "'items':[{'itemId':'%s','qty':2,'discountPct':null,'price':null}]}",
                  customer, today(), item));
    expect_status(r, 201);
    expect_json(r, "discountAmount", "0");
    expect_json(r, "items[0].discountPct", "0");
    expect_json(r, "items[0].lineTotal", "200");
    const char *path = text("/sales-orders/%s", json_string(r->body, "uuid"));
    expect_json(put(admin, path, "{\"discountAmount\":50}"), "discountAmount", "50");
    expect_json(put(admin, path, "{\"notes\":\"x\"}"), "discountAmount", "50");
    r = put(admin, path, "{\"discountAmount\":null}");
    expect_json(r, "discountAmount", "0");
    expect_json(r, "subtotal", "200");

    const char *watched = new_item_with(admin, "'reorderPoint':10");
    r = put(admin, text("/items/%s", watched), "{\"reorderPoint\":null}");
    expect_status(r, 200);
    expect_json(r, "reorderPoint", "0");
    expect_json(get(admin, "/items/%s", new_item_with(admin, "'reorderPoint':null")),
                "reorderPoint", "0");
}

Test(values, a_delivery_of_null_is_one_of_everything)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "5");
    const char *order = order_reserved(admin, new_customer(admin), item, "5");
    const Response *r =
        post(admin, "/delivery-orders", json("{'salesOrderId':'%s','items':null}", order));
    expect_status(r, 201);
    expect_json(r, "items[0].qty", "5");
}

Test(values, nothing_is_null_where_null_is_allowed)
{
    Client *admin = client_admin();
    const Response *r =
        post(admin, "/customers", json("{'name':'%s','address':''}", unique("Kosong")));
    expect_status(r, 201);
    expect_json(r, "address", "null");
    const char *path = text("/customers/%s", json_string(r->body, "uuid"));
    expect_json(put(admin, path, "{\"address\":\"Jl. Merdeka 1\"}"), "address", "'Jl. Merdeka 1'");
    expect_json(put(admin, path, "{\"address\":\" \\n \"}"), "address", "null");

    const char *item = new_item(admin, "1");
    r = post(admin, "/inventory/adjustments",
             json("{'reason':'Hitung','notes':'','items':[{'itemId':'%s','qty':1}]}", item));
    expect_status(r, 201);
    expect_json(r, "notes", "null");
    expect_error(post(admin, "/inventory/adjustments",
                      json("{'reason':' ','items':[{'itemId':'%s','qty':1}]}", item)),
                 400, "reason");
}

typedef struct Wrong {
    const char *method, *path, *body;
    const char *fields[5];
} Wrong;

Test(values, all_faults_are_told_at_once)
{
    static const Wrong CASES[] = {
        {"POST",
         "/inventory/adjustments",
         "{'reason':'','bogus':1,'items':[{'itemId':'x','qty':0},{'itemId':'" NONE "','qty':0}]}",
         {"reason", "bogus", "items[0].itemId", "items[0].qty", "items[1].qty"}},
        {"POST",
         "/inventory/transfers",
         "{'fromWarehouseId':'" NONE "','toWarehouseId':'" NONE "','items':[]}",
         {"toWarehouseId", "items"}},
        {"POST",
         "/roles",
         "{'name':'','permissions':['so.read','so.fly','x']}",
         {"name", "permissions[1]", "permissions[2]"}},
        {"POST", "/roles", "{'name':'x','bogus':1}", {"bogus", "permissions"}},
        {"POST", "/roles", "{'name':'x','permissions':null}", {"permissions"}},
        {"PUT", "/roles/2000000000/permissions", "{'permissions':null}", {"permissions"}},
        {"PUT", "/users/" NONE, "{'isActive':null}", {"isActive"}},
        {"PUT", "/roles/2000000000/permissions", "{'bogus':1}", {"bogus", "permissions"}},
        {"PUT", "/auth/password", "{'bogus':1}", {"bogus", "currentPassword", "newPassword"}},
        {"PUT",
         "/auth/password",
         "{'newPassword':'\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9'}",
         {"currentPassword", "newPassword"}},
        {"POST",
         "/auth/reset-password",
         "{'token':'x','password':'\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9'}",
         {"password"}},
        {"GET", "/customers?page=101&limit=100&sort=evil&bogus=1", NULL, {"page", "sort", "bogus"}},
    };
    Client *admin = client_admin();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const char *body = CASES[i].body ? json("%s", CASES[i].body) : NULL;
        const Response *r = http(admin, CASES[i].method, CASES[i].path, body, NULL);
        for (size_t k = 0; k < COUNT(CASES[i].fields) && CASES[i].fields[k]; k++)
            expect_error(r, 400, CASES[i].fields[k]);
    }
}

Test(values, every_line_of_a_long_order_is_told)
{
    const char *lines = repeat(",{\"itemId\":\"x\",\"qty\":0}", 500);
    const Response *r =
        post(client_admin(), "/sales-orders",
             text("{\"customerId\":\"" NONE "\",\"orderDate\":\"2024-12-27\",\"items\":[%s]}",
                  lines + 1));
    for (int i = 0; i < 500; i += 499) {
        expect_error(r, 400, text("items[%d].itemId", i));
        expect_error(r, 400, text("items[%d].qty", i));
    }
    cr_expect_lt(r->ms, SOON_MS / 2, "%d ms", (int)r->ms);
}

/* Told by a daemon: as many as the gateway finds. */
Test(values, every_unknown_item_of_a_long_order_is_told)
{
    Client *admin = client_admin();
    const char *lines = repeat(",{\"itemId\":\"" NONE "\",\"qty\":1}", 500);
    const Response *r =
        post(admin, "/sales-orders",
             text("{\"customerId\":\"%s\",\"orderDate\":\"2024-12-27\",\"items\":[%s]}",
                  new_customer(admin), lines + 1));
    expect_error(r, 422, "items[0].itemId");
    expect_error(r, 422, "items[499].itemId");
}

Test(values, too_deep_into_a_list_names_the_cursor)
{
    static const char *const DEEP[] = {"page=501",           "page=101&limit=100",
                                       "page=10001&limit=1", "page=2147483648",
                                       "page=4294967296",    "page=99999999999999999999"};
    Client *admin = client_admin();
    for (size_t i = 0; i < COUNT(DEEP); i++) {
        const Response *r = get(admin, "/customers?%s", DEEP[i]);
        expect_error(r, 400, "page");
        cr_expect(strstr(r->body, "cursor"), "%s: %s", DEEP[i], r->body);
    }
    expect_status(get(admin, "/customers?page=100&limit=100"), 200);
}

Test(values, texts_of_255_characters)
{
    Client *admin = client_admin();
    const char *mark = unique(""), *rest = repeat("\xF0\x9F\x98\x80", 255 - strlen(mark));
    const char *longest = text("%s%s", mark, rest);
    const Response *r =
        post(admin, "/roles", json("{'name':'%s','permissions':['so.read']}", longest));
    expect_status(r, 201);
    const char *role = json_raw(r->body, "id");
    expect_status(post(admin, "/users",
                       json("{'username':'%s','email':'%s@example.test','fullName':'x',"
                            "'password':'Rahasia-77!','roleId':%s}",
                            longest, mark, role)),
                  201);
    expect_status(get(client_login(longest, "Rahasia-77!"), "/sales-orders?limit=1"), 200);
    expect_error(post(admin, "/roles", json("{'name':'%sx','permissions':[]}", longest)), 400,
                 "name");
    r = post(admin, "/items",
             json("{'code':'%s','name':'x','type':'raw','uom':'%s'}", unique("U"), longest));
    expect_status(r, 201);
    expect_json(r, "uom", text("'%s'", longest));
}

Test(values, a_version_that_no_document_reaches)
{
    Client *admin = client_admin();
    const char *path = text("/customers/%s", new_customer(admin));
    expect_error(http(admin, "PUT", path, "{}", "If-Match: \"999999999999999999999\"", NULL), 412,
                 NULL);
    expect_error(http(admin, "DELETE", path, NULL, "If-Match: \"9223372036854775807\"", NULL), 412,
                 NULL);
}

Test(values, any_moment_of_the_past)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "3");
    const char *search = json_string(get(admin, "/items/%s", item)->body, "code");
    expect_json(get(admin, "/inventory?search=%s&asOf=1900-01-01T00:00:00Z", search), "total", "0");
    const char *then = "2099-12-31T23:59:59.123456789Z";
    expect_json(get(admin, "/inventory?search=%s&asOf=%s", search, then), "data[0].onHand", "3");
    expect_error(get(admin, "/inventory?asOf=1899-12-31T23:59:59Z"), 400, "asOf");
}

/* Whether the daemon logged the request with that level. */
static bool logged(const char *service, const char *request, const char *level)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *file = fopen(text("%s/log/%s.log", the_system()->home, service), "re");
    cr_assert_not_null(file, "no log of %s", service);
    while (!found && getline(&line, &size, file) > 0)
        found = strstr(line, request) && strstr(line, text("\"level\":\"%s\"", level));
    free(line);
    (void)fclose(file);
    return found;
}

Test(values, a_row_that_somebody_holds)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin);
    sql_run("BEGIN");
    sql_run("SELECT 1 FROM sales.customer WHERE uuid = '%s' FOR UPDATE", customer);
    const Response *r = put(admin, text("/customers/%s", customer), "{\"name\":\"x\"}");
    sql_run("ROLLBACK");
    expect_error(r, 503, NULL);
    cr_expect_not_null(header(r, "Retry-After"));
    EVENTUALLY(SOON_MS, logged("sales", header(r, "X-Request-Id"), "warn"));
    cr_expect_not(logged("sales", header(r, "X-Request-Id"), "error"));
}
