/* One effect per Idempotency-Key: replays, other bodies, many at once, users apart. With daemons
 * that die between: fault_outage.c. */
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

static int64_t customers_called(const char *name)
{
    return sql_int("SELECT count(*) FROM sales.customer WHERE name = '%s'", name);
}

static void expect_replayed(const Response *r, const Response *first)
{
    expect_status(r, first->status);
    expect_text(r->body, first->body);
    expect_text(header(r, "Idempotency-Replayed"), "true");
    expect_text(header(r, "ETag"), header(first, "ETag"));
}

Test(idempotency, the_first_answer_comes_again_byte_for_byte)
{
    Client *admin = client_admin();
    const char *key = key_line(), *name = unique("Sekali");
    const char *body = json("{'name':'%s','creditLimit':12.5}", name);
    const Response *first = http(admin, "POST", "/customers", body, key, NULL);
    expect_status(first, 201);
    expect_text(header(first, "Idempotency-Replayed"), NULL);
    expect_replayed(http(admin, "POST", "/customers", body, key, NULL), first);
    const char *same =
        json("{ 'name':'\\u%04x%s',\n'creditLimit' : 1250e-2 }", (unsigned)name[0], name + 1);
    expect_replayed(http(admin, "POST", "/customers", same, key, NULL), first);
    expect_number(customers_called(name), 1);

    /* also when the document has changed meanwhile */
    const char *path = text("/customers/%s", json_string(first->body, "uuid"));
    expect_status(put(admin, path, "{\"phone\":\"021\"}"), 200);
    expect_replayed(http(admin, "POST", "/customers", body, key, NULL), first);
    expect_json(get(admin, "%s", path), "version", "2");
}

Test(idempotency, the_order_of_members_has_no_meaning)
{
    Client *admin = client_admin();
    const char *key = key_line();
    const Response *first =
        http(admin, "POST", "/customers", json("{'name':'Urut','phone':'021'}"), key, NULL);
    expect_status(first, 201);
    expect_replayed(
        http(admin, "POST", "/customers", json("{'phone':'021','name':'Urut'}"), key, NULL), first);
}

Test(idempotency, put_and_delete_take_keys)
{
    Client *admin = client_admin();
    const char *path = text("/items/%s", new_item(admin, "1"));
    const char *change = key_line(), *removal = key_line();
    const Response *first = http(admin, "PUT", path, "{\"price\":2}", change, NULL);
    expect_status(first, 200);
    expect_replayed(http(admin, "PUT", path, "{\"price\":2}", change, NULL), first);
    expect_json(get(admin, "%s", path), "version", "2");
    first = http(admin, "DELETE", path, NULL, removal, NULL);
    expect_status(first, 200);
    expect_replayed(http(admin, "DELETE", path, NULL, removal, NULL), first);
    expect_error(del(admin, path), 404, NULL);
}

Test(idempotency, another_request_under_the_key_is_refused)
{
    Client *admin = client_admin();
    const char *key = key_line(), *name = unique("Kunci");
    const char *body = json("{'name':'%s'}", name);
    expect_status(http(admin, "POST", "/customers", body, key, NULL), 201);
    expect_error(http(admin, "POST", "/customers", json("{'name':'%s x'}", name), key, NULL), 422,
                 NULL);
    const char *path = text("/customers/%s", new_customer(admin));
    expect_error(http(admin, "PUT", path, body, key, NULL), 422, NULL);
    expect_error(http(admin, "DELETE", path, NULL, key, NULL), 422, NULL);
    expect_number(customers_called(name), 1);
    expect_json(get(admin, "%s", path), "version", "1");
}

Test(idempotency, a_failed_request_leaves_its_key_free)
{
    Client *admin = client_admin();
    const char *key = key_line(), *code = unique("GAGAL");
    const char *body = customer_body(code);
    const Response *taken = post(admin, "/customers", body);
    expect_status(taken, 201);
    expect_error(http(admin, "POST", "/customers", body, key, NULL), 409, "code");
    expect_error(http(admin, "POST", "/customers", "{}", key, NULL), 400, "name");
    const char *path = text("/customers/%s", json_string(taken->body, "uuid"));
    expect_status(del(admin, path), 200);
    const Response *r = http(admin, "POST", "/customers", body, key, NULL);
    expect_status(r, 201);
    expect_replayed(http(admin, "POST", "/customers", body, key, NULL), r);
}

Test(idempotency, keys_belong_to_users)
{
    Client *admin = client_admin(), *other = client_permitted("'customer.create'");
    const char *key = key_line(), *name = unique("Milik");
    const char *body = json("{'name':'%s'}", name);
    const Response *mine = http(admin, "POST", "/customers", body, key, NULL);
    const Response *theirs = http(other, "POST", "/customers", body, key, NULL);
    expect_status(mine, 201);
    expect_status(theirs, 201);
    expect_text(header(theirs, "Idempotency-Replayed"), NULL);
    cr_assert_str_neq(json_string(mine->body, "uuid"), json_string(theirs->body, "uuid"));
    expect_number(customers_called(name), 2);
}

Test(idempotency, forms_of_keys)
{
    Client *admin = client_admin();
    const char *body = "{\"name\":\"Bentuk\"}", *path = "/customers";
    const char *longest = text("Idempotency-Key: %s%s", unique(""), repeat("k", 242));
    cr_assert_eq(strlen(longest), strlen("Idempotency-Key: ") + 255);
    expect_status(http(admin, "POST", path, body, longest, NULL), 201);
    expect_error(http(admin, "POST", path, body, text("%sk", longest), NULL), 400,
                 "Idempotency-Key");
    expect_error(http(admin, "POST", path, body, "Idempotency-Key;", NULL), 400, "Idempotency-Key");
    expect_error(http(admin, "POST", path, body, "Idempotency-Key: k\xC3\xA9y", NULL), 400,
                 "Idempotency-Key");
    expect_error(http(admin, "POST", path, body, "Idempotency-Key: a", "Idempotency-Key: b", NULL),
                 400, "Idempotency-Key");
    const char *inner = text("Idempotency-Key: %s ~!,;\"", unique("k"));
    expect_status(http(admin, "POST", path, body, inner, NULL), 201);
    expect_text(header(http(admin, "POST", path, body, inner, NULL), "Idempotency-Replayed"),
                "true");
}

/* contract §1: ignored on /auth/ */
Test(idempotency, signing_in_takes_no_key)
{
    Client *nobody = client_new(NULL);
    const char *key = key_line();
    const char *body = json("{'username':'warehouse','password':'Password123!'}");
    const Response *a = http(nobody, "POST", "/auth/login", body, key, NULL);
    const Response *b = http(nobody, "POST", "/auth/login", body, key, NULL);
    expect_status(a, 200);
    expect_status(b, 200);
    expect_text(header(b, "Idempotency-Replayed"), NULL);
    cr_assert_str_neq(json_string(a->body, "refreshToken"), json_string(b->body, "refreshToken"));
}

Test(idempotency, no_secret_is_stored_with_the_answer)
{
    Client *admin = client_admin();
    const char *name = unique("rahasia"), *key = key_line();
    const char *role = json_raw(get(admin, "/roles?search=Viewer")->body, "data[0].id");
    const char *body = json("{'username':'%s','email':'%s@example.test','fullName':'x','password':"
                            "'Tersimpan-9876','roleId':%s}",
                            name, name, role);
    const Response *first = http(admin, "POST", "/users", body, key, NULL);
    expect_status(first, 201);
    expect_replayed(http(admin, "POST", "/users", body, key, NULL), first);
    cr_assert_null(strstr(first->body, "Tersimpan"));
    expect_number(
        sql_int("SELECT count(*) FROM auth.idempotency WHERE position('Tersimpan-9876' IN "
                "encode(answer, 'escape')) > 0"),
        0);
    expect_number(sql_int("SELECT count(*) FROM auth.outbox WHERE position('Tersimpan-9876' IN "
                          "encode(payload, 'escape')) > 0"),
                  0);
    expect_number(
        sql_int("SELECT count(*) FROM auth.audit WHERE changes::text LIKE '%%Tersimpan-9876%%'"),
        0);
}

enum { AT_ONCE = 10 };

typedef struct Storm {
    const char *path, *body, *key;
    const Response *answers[AT_ONCE];
} Storm;

static void run_storm(void *context, int index)
{
    Storm *storm = context;
    storm->answers[index] =
        http(client_admin(), "POST", storm->path, storm->body, storm->key, NULL);
}

/* What all were told, except those whose wait was over before: 409. */
static const Response *the_one_answer(const Storm *storm)
{
    const Response *told = NULL;
    int firsts = 0;
    for (int i = 0; i < AT_ONCE; i++) {
        const Response *r = storm->answers[i];
        if (r->status == 409) {
            expect_error(r, 409, NULL);
            continue;
        }
        expect_status(r, 201);
        told = told ? told : r;
        expect_text(r->body, told->body);
        firsts += header(r, "Idempotency-Replayed") == NULL;
    }
    expect_number(firsts, 1);
    return told;
}

Test(idempotency, ten_at_once_have_one_effect)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "65000");
    for (int round = 0; round < 10; round++) {
        Storm storm = {.path = "/sales-orders",
                       .body = order_body(customer, item, today()),
                       .key = key_line()};
        parallel(AT_ONCE, run_storm, &storm);
        expect_replayed(http(admin, "POST", storm.path, storm.body, storm.key, NULL),
                        the_one_answer(&storm));
    }
    expect_number(
        sql_int("SELECT count(*) FROM sales.sales_order o JOIN sales.customer c ON c.id = "
                "o.customer_id WHERE c.uuid = '%s'",
                customer),
        10);
}

/* The client hangs up before the answer; the effect is there once, and the key finds it. */
Test(idempotency, a_client_that_hung_up_asks_again)
{
    Client *admin = client_admin();
    for (int round = 0; round < 20; round++) {
        const char *key = key_line(), *name = unique("Putus");
        const char *body = json("{'name':'%s'}", name);
        int wire = wire_open();
        wire_text(wire, text("POST /api/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                             "%s\r\n%s\r\nContent-Type: application/json\r\nContent-Length: "
                             "%zu\r\n\r\n%s",
                             admin->token, key, strlen(body), body));
        wire_close(wire);
        const Response *r;
        EVENTUALLY(SOON_MS,
                   (r = http(admin, "POST", "/customers", body, key, NULL))->status != 409);
        expect_status(r, 201);
        expect_number(customers_called(name), 1);
        expect_replayed(http(admin, "POST", "/customers", body, key, NULL), r);
        expect_number(customers_called(name), 1);
    }
}
