/* Changing a sales order: what is given, what stays, what is refused. Not its states:
 * flow_so_states.c. */
#include <stdlib.h>
#include <string.h>

#include "trade.h"

static const Response *change(Client *client, const char *order, const char *body)
{
    return put(client, text("/sales-orders/%s", order), body);
}

/* What is refused leaves no trace. */
static void expect_refused(Client *client, const char *order, const char *body, int status,
                           const char *field)
{
    const char *before = order_get(client, order)->body;
    expect_error(change(client, order, body), status, field);
    expect_text(order_get(client, order)->body, before);
}

typedef struct Draft {
    Client *admin;
    const char *customer, *item, *order;
} Draft;

static Draft begin(void)
{
    Draft t = {.admin = client_admin()};
    t.customer = new_customer(t.admin);
    t.item = new_item(t.admin, "65000");
    t.order = created_uuid(
        post(t.admin, "/sales-orders",
             json("{'customerId':'%s','orderDate':'2024-12-27','customerPO':'PO-1',"
                  "'deliveryDate':'2025-01-10','discountAmount':1000,'notes':'Awal',"
                  "'items':[{'itemId':'%s','qty':100,'discountPct':5},{'itemId':'%s','qty':2}]}",
                  t.customer, t.item, t.item)));
    return t;
}

Test(so_update, what_is_absent_stays_and_null_clears)
{
    Draft t = begin();
    const char *before = order_get(t.admin, t.order)->body;
    const Response *r = change(t.admin, t.order, json("{'notes':'Baru'}"));
    expect_status(r, 200);
    expect_json(r, "notes", "'Baru'");
    expect_json(r, "version", "2");
    static const char *const SAME[] = {"soNumber", "customer", "warehouse",      "orderDate",
                                       "items",    "subtotal", "discountAmount", "customerPO",
                                       "total",    "taxRate",  "deliveryDate",   "history",
                                       "createdAt"};
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
        expect_text(json_raw(r->body, SAME[i]), json_raw(before, SAME[i]));
    expect_text(order_get(t.admin, t.order)->body, r->body);

    r = change(t.admin, t.order,
               json("{'notes':null,'customerPO':null,'deliveryDate':null,"
                    "'discountAmount':null}"));
    expect_status(r, 200);
    expect_json(r, "discountAmount", "0");
    expect_json(r, "notes", "null");
    expect_json(r, "customerPO", "null");
    expect_json(r, "deliveryDate", "null");
    expect_text(order_get(t.admin, t.order)->body, r->body);

    static const char *const MANDATORY[] = {"customerId", "orderDate", "items"};
    for (size_t i = 0; i < sizeof MANDATORY / sizeof *MANDATORY; i++)
        expect_refused(t.admin, t.order, json("{'%s':null}", MANDATORY[i]), 400, MANDATORY[i]);
    expect_refused(t.admin, t.order, json("{'items':[]}"), 400, "items");
    expect_refused(t.admin, t.order, json("{'uuid':'%s'}", uuid_random()), 400, "uuid");
    expect_refused(t.admin, t.order, json("{'status':'approved'}"), 400, "status");
    expect_refused(t.admin, t.order, json("{'soNumber':'SO-1'}"), 400, "soNumber");
}

Test(so_update, given_items_replace_all_lines)
{
    Draft t = begin();
    const char *other = new_item(t.admin, "1000");
    const Response *r =
        change(t.admin, t.order,
               json("{'items':[{'itemId':'%s','qty':1.5},{'itemId':'%s','qty':3,'price':0},"
                    "{'itemId':'%s','qty':2,'price':10.01,'discountPct':50}],'discountAmount':0}",
                    other, t.item, t.item));
    expect_status(r, 200);
    expect_number(json_count(r->body, "items"), 3);
    expect_json(r, "items[0].price", "1000");
    expect_json(r, "items[0].discountPct", "0");
    expect_json(r, "items[0].lineTotal", "1500");
    expect_json(r, "items[1].lineTotal", "0");
    expect_json(r, "items[2].lineTotal", "10.01");
    expect_json(r, "subtotal", "1510.01");
    expect_json(r, "taxAmount", "166.1");
    expect_json(r, "total", "1676.11");
    expect_text(order_get(t.admin, t.order)->body, r->body);
    expect_number(sql_int("SELECT count(*) FROM sales.sales_order_line l JOIN sales.sales_order o "
                          "ON o.id = l.order_id WHERE o.uuid = '%s'",
                          t.order),
                  3);
}

Test(so_update, totals_follow_a_discount)
{
    Draft t = begin();
    const Response *r = change(t.admin, t.order, json("{'discountAmount':5000}"));
    expect_status(r, 200);
    expect_json(r, "subtotal", "6305000");
    expect_json(r, "taxAmount", "693000");
    expect_json(r, "total", "6993000");
    expect_refused(t.admin, t.order, json("{'discountAmount':6305000.01}"), 422, "discountAmount");
    expect_refused(t.admin, t.order, json("{'items':[{'itemId':'%s','qty':1,'price':1}]}", t.item),
                   422, "discountAmount");
    expect_refused(t.admin, t.order,
                   json("{'items':[{'itemId':'%s','qty':2,'price':9999999999999.99}]}", t.item),
                   422, "items");
}

Test(so_update, the_number_stays_in_another_month)
{
    Draft t = begin();
    const char *number = json_raw(order_get(t.admin, t.order)->body, "soNumber");
    const Response *r = change(t.admin, t.order, json("{'orderDate':'2025-01-05'}"));
    expect_status(r, 200);
    expect_json(r, "orderDate", "'2025-01-05'");
    expect_text(json_raw(r->body, "soNumber"), number);
    cr_assert_not_null(strstr(number, "SO-202412-"));
}

Test(so_update, references)
{
    Draft t = begin();
    const char *gone = new_item(t.admin, "1"), *gone_customer = new_customer(t.admin);
    expect_status(del(t.admin, text("/items/%s", gone)), 200);
    expect_status(del(t.admin, text("/customers/%s", gone_customer)), 200);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.item_copy WHERE uuid = '%s' AND deleted", gone));
    expect_refused(t.admin, t.order, json("{'customerId':'%s'}", uuid_random()), 422, "customerId");
    expect_refused(t.admin, t.order, json("{'customerId':'%s'}", gone_customer), 422, "customerId");
    expect_refused(t.admin, t.order, json("{'warehouseId':'%s'}", uuid_random()), 422,
                   "warehouseId");
    expect_refused(
        t.admin, t.order,
        json("{'items':[{'itemId':'%s','qty':1},{'itemId':'%s','qty':1}]}", t.item, uuid_random()),
        422, "items[1].itemId");
    expect_refused(t.admin, t.order, json("{'items':[{'itemId':'%s','qty':1}]}", gone), 422,
                   "items[0].itemId");

    const char *customer = new_customer(t.admin), *item = new_item(t.admin, "7");
    const Response *warehouse =
        post(t.admin, "/warehouses", json("{'code':'%s','name':'Gudang'}", unique("W")));
    const Response *r = change(t.admin, t.order,
                               json("{'customerId':'%s','warehouseId':'%s','discountAmount':0,"
                                    "'items':[{'itemId':'%s','qty':1}]}",
                                    customer, created_uuid(warehouse), item));
    expect_status(r, 200);
    expect_json(r, "customer.uuid", text("'%s'", customer));
    expect_text(json_raw(r->body, "warehouse.code"), json_raw(warehouse->body, "code"));
    expect_json(r, "items[0].price", "7");
    expect_text(order_get(t.admin, t.order)->body, r->body);
    const Response *list = get(t.admin, "/sales-orders?customerId=%s", customer);
    expect_json(list, "total", "1");
    r = change(t.admin, t.order, json("{'warehouseId':null}"));
    expect_status(r, 200);
    expect_json(r, "warehouse.code", "'WH-MAIN'");
}

Test(so_update, the_search_finds_what_it_became)
{
    Draft t = begin();
    const char *po = unique("PO");
    expect_status(change(t.admin, t.order, json("{'customerPO':'%s'}", po)), 200);
    expect_json(get(t.admin, "/sales-orders?search=%s", po), "total", "1");
    expect_status(change(t.admin, t.order, json("{'customerPO':null}")), 200);
    expect_json(get(t.admin, "/sales-orders?search=%s", po), "total", "0");
}

Test(so_update, five_hundred_lines_and_no_more)
{
    Draft t = begin();
    const char *line = json("{'itemId':'%s','qty':1},", t.item);
    char *lines = repeat(line, 500);
    lines[strlen(lines) - 1] = '\0';
    const Response *r = change(t.admin, t.order, json("{'items':[%s]}", lines));
    expect_status(r, 200);
    expect_number(json_count(r->body, "items"), 500);
    lines = repeat(line, 501);
    lines[strlen(lines) - 1] = '\0';
    expect_refused(t.admin, t.order, json("{'items':[%s]}", lines), 400, "items");
}

/* ---- versions ---- */

Test(so_update, another_users_stale_version)
{
    Draft t = begin();
    Client *other = client_permitted("'so.read','so.update'");
    const char *path = text("/sales-orders/%s", t.order);
    const char *etag = text("If-Match: %s", header(order_get(other, t.order), "ETag"));
    expect_status(http(t.admin, "PUT", path, json("{'notes':'pertama'}"), etag, NULL), 200);
    expect_error(http(other, "PUT", path, json("{'notes':'kedua'}"), etag, NULL), 412, NULL);
    const Response *r = order_get(other, t.order);
    expect_json(r, "notes", "'pertama'");
    expect_json(r, "version", "2");
}

enum { MANY = 12 };

typedef struct Race {
    const char *path;
    const Response *answers[MANY];
} Race;

static void write_lines(void *context, int index)
{
    Race *race = context;
    Client *client = client_admin();
    const char *item = json_string(get(client, "%s", race->path)->body, "items[0].item.uuid");
    race->answers[index] =
        http(client, "PUT", race->path,
             json("{'discountAmount':0,'items':[{'itemId':'%s','qty':%d}]}", item, index + 1),
             "If-Match: \"1\"", NULL);
}

Test(so_update, of_many_with_one_version_one_wins)
{
    Draft t = begin();
    Race race = {.path = text("/sales-orders/%s", t.order)};
    parallel(MANY, write_lines, &race);
    int won = 0;
    for (int i = 0; i < MANY; i++) {
        int status = race.answers[i]->status;
        cr_assert(status == 200 || status == 412, "%d %s", status, race.answers[i]->body);
        if (status == 200)
            expect_text(order_get(t.admin, t.order)->body, race.answers[i]->body);
        won += status == 200;
    }
    expect_number(won, 1);
}

static const char *dated(const Draft *t, const char *delivery)
{
    return json("{'customerId':'%s','orderDate':'2024-12-27','deliveryDate':'%s',"
                "'items':[{'itemId':'%s','qty':1}]}",
                t->customer, delivery, t->item);
}

Test(so_update, nothing_is_delivered_before_it_is_ordered)
{
    Draft t = begin();
    expect_error(post(t.admin, "/sales-orders", dated(&t, "2024-12-26")), 400, "deliveryDate");
    const Response *r = post(t.admin, "/sales-orders", dated(&t, "2024-12-26','bogus':'1"));
    expect_error(r, 400, "deliveryDate");
    expect_error(r, 400, "bogus");
    expect_status(post(t.admin, "/sales-orders", dated(&t, "2024-12-27")), 201);
    const char *both = json("{'orderDate':'2024-12-27','deliveryDate':'2024-12-26'}");
    expect_error(change(t.admin, "0190a6a0-7d5e-7c3a-9b1e-0123456789ab", both), 400,
                 "deliveryDate");
    expect_error(change(t.admin, t.order, json("{'deliveryDate':'2024-12-26'}")), 400,
                 "deliveryDate");
    expect_error(change(t.admin, t.order, json("{'orderDate':'2025-01-11'}")), 400, "deliveryDate");
    expect_json(order_get(t.admin, t.order), "version", "1");
    expect_status(change(t.admin, t.order, json("{'orderDate':'2025-01-10'}")), 200);
    expect_status(change(t.admin, t.order, json("{'orderDate':'2025-01-11','deliveryDate':null}")),
                  200);
}
