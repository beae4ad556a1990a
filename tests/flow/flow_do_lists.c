/* Lists of deliveries, and who may see and do what. */
#include <string.h>

#include "trade.h"

Test(do_lists, permissions)
{
    Trade t = trade_begin("10");
    const char *order = order_reserved(t.admin, t.customer, t.item, "10");
    const char *delivery = created_uuid(delivery_of(t.admin, order, t.item, "1"));
    Client *reader = client_permitted("'do.read'"), *creator = client_permitted("'do.create'"),
           *updater = client_permitted("'do.update'"), *seller = client_permitted("'so.read'");
    expect_json(delivery_get(reader, delivery), "allowedActions", "[]");
    expect_status(get(reader, "/delivery-orders"), 200);
    expect_error(delivery_get(seller, delivery), 403, NULL);
    expect_error(get(seller, "/delivery-orders"), 403, NULL);
    expect_error(delivery_of(reader, order, t.item, "1"), 403, NULL);
    expect_error(delivery_do(creator, delivery, "ship"), 403, NULL);
    expect_error(delivery_cancel(creator, delivery), 403, NULL);
    expect_error(delivery_of(updater, order, t.item, "1"), 403, NULL);
    expect_json(delivery_of(creator, order, t.item, "1"), "allowedActions", "[]");
    const Response *r = delivery_do(updater, delivery, "ship");
    expect_status(r, 200);
    expect_json(r, "allowedActions", "['deliver']");
}

Test(do_lists, lists)
{
    Trade t = trade_begin("10");
    const char *order = order_reserved(t.admin, t.customer, t.item, "10");
    const char *first = created_uuid(delivery_of(t.admin, order, t.item, "1"));
    const char *second = created_uuid(delivery_of(t.admin, order, t.item, "2"));
    expect_status(delivery_do(t.admin, second, "ship"), 200);
    const char *number = json_string(delivery_get(t.admin, first)->body, "doNumber");
    const char *so_number = json_string(order_get(t.admin, order)->body, "soNumber");
    const struct {
        const char *query, *total;
    } CASES[] = {
        {text("salesOrderId=%s", order), "2"},
        {text("salesOrderId=%s&status=draft", order), "1"},
        {text("salesOrderId=%s&status=delivered", order), "0"},
        {text("salesOrderId=%s&from=%s&to=%s", order, today(), today()), "2"},
        {text("salesOrderId=%s&from=2099-01-01", order), "0"},
        {text("salesOrderId=%s&to=2000-01-01", order), "0"},
        {text("salesOrderId=%s", uuid_random()), "0"},
        {text("search=%s", number), "1"},
        {text("search=%s&salesOrderId=%s", so_number, order), "2"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        expect_json(get(t.admin, "/delivery-orders?%s", CASES[i].query), "total", CASES[i].total);
    const Response *r = get(t.admin, "/delivery-orders?salesOrderId=%s", order);
    expect_json(r, "data[0].uuid", text("'%s'", second));
    expect_json(r, "data[0].allowedActions", "['deliver']");
    expect_json(r, "data[1].doNumber", text("'%s'", number));
    expect_json(r, "data[1].items", NULL);
    r = get(t.admin, "/delivery-orders?salesOrderId=%s&sort=doNumber", order);
    expect_json(r, "data[0].uuid", text("'%s'", first));
    expect_error(get(t.admin, "/delivery-orders?status=lost"), 400, "status");
    expect_error(get(t.admin, "/delivery-orders?from=today"), 400, "from");

    const char *name = unique("PT Baru");
    expect_json(get(t.admin, "/delivery-orders?search=%s", name + 3), "total", "0");
    expect_status(put(t.admin, text("/customers/%s", t.customer), json("{'name':'%s'}", name)),
                  200);
    expect_json(get(t.admin, "/delivery-orders?search=%s", name + 3), "total", "2");
}
