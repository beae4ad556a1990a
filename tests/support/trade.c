/* The steps of orders, stock and deliveries over HTTP. What they must answer is the tests' to say.
 */
#include "trade.h"

#include <string.h>

const char *created_uuid(const Response *response)
{
    const char *uuid = response->status == 201 ? json_string(response->body, "uuid") : NULL;
    if (!uuid)
        cr_assert_fail("%s %s: %d %s", response->method, response->path, response->status,
                       response->body);
    return uuid;
}

void stock_in(Client *client, const char *item, const char *qty)
{
    const char *body = json("{'reason':'opening','items':[{'itemId':'%s','qty':%s}]}", item, qty);
    (void)created_uuid(post(client, "/inventory/adjustments", body));
}

const char *new_stocked_item(Client *client, const char *qty)
{
    const char *item = new_item(client, "65000");
    stock_in(client, item, qty);
    return item;
}

Trade trade_begin(const char *stock)
{
    Client *admin = client_admin();
    return (Trade){admin, new_customer(admin), new_stocked_item(admin, stock)};
}

const char *order_draft(Client *client, const char *customer, const char *item, const char *qty)
{
    return created_uuid(
        post(client, "/sales-orders",
             json("{'customerId':'%s','orderDate':'%s','items':[{'itemId':'%s','qty':%s}]}",
                  customer, today(), item, qty)));
}

const Response *order_do(Client *client, const char *order, const char *verb)
{
    return post(client, text("/sales-orders/%s/%s", order, verb), NULL);
}

const Response *order_decide(Client *client, const char *order, const char *verb,
                             const char *reason)
{
    return post(client, text("/sales-orders/%s/%s", order, verb), json("{'reason':'%s'}", reason));
}

const Response *order_cancel(Client *client, const char *order)
{
    return del(client, text("/sales-orders/%s", order));
}

const Response *order_get(Client *client, const char *order)
{
    return get(client, "/sales-orders/%s", order);
}

const char *order_submitted(Client *client, const char *customer, const char *item, const char *qty)
{
    const char *order = order_draft(client, customer, item, qty);
    expect_status(order_do(client, order, "submit"), 200);
    return order;
}

const char *order_approved(Client *client, const char *customer, const char *item, const char *qty)
{
    const char *order = order_submitted(client, customer, item, qty);
    expect_status(order_do(client, order, "approve"), 200);
    return order;
}

static bool shows(Client *client, const char *order, const char *path, const char *value)
{
    const char *shown = json_raw(order_get(client, order)->body, path);
    return shown && strcmp(shown, value) == 0;
}

void order_shows(Client *client, const char *order, const char *path, const char *value)
{
    EVENTUALLY(SOON_MS, shows(client, order, path, value));
}

const char *order_reserved(Client *client, const char *customer, const char *item, const char *qty)
{
    const char *order = order_approved(client, customer, item, qty);
    order_shows(client, order, "items[0].reservedQty", qty);
    return order;
}

const char *delivery_of_all(Client *client, const char *order)
{
    return created_uuid(post(client, "/delivery-orders", json("{'salesOrderId':'%s'}", order)));
}

const Response *delivery_of(Client *client, const char *order, const char *item, const char *qty)
{
    return post(client, "/delivery-orders",
                json("{'salesOrderId':'%s','items':[{'itemId':'%s','qty':%s}]}", order, item, qty));
}

const Response *delivery_get(Client *client, const char *delivery)
{
    return get(client, "/delivery-orders/%s", delivery);
}

const Response *delivery_do(Client *client, const char *delivery, const char *verb)
{
    return put(client, text("/delivery-orders/%s/%s", delivery, verb), NULL);
}

const Response *delivery_cancel(Client *client, const char *delivery)
{
    return del(client, text("/delivery-orders/%s", delivery));
}

const char *order_partially_delivered(Client *client, const char *customer, const char *item,
                                      const char *qty, const char *part)
{
    const char *order = order_reserved(client, customer, item, qty);
    const char *delivery = created_uuid(delivery_of(client, order, item, part));
    expect_status(delivery_do(client, delivery, "ship"), 200);
    expect_status(delivery_do(client, delivery, "deliver"), 200);
    return order;
}
