/* What the end of an order does to its deliveries, and deliveries to the end of an order; what is
 * told of both. Their own life: flow_do.c. */
#include <string.h>

#include "trade.h"

Test(do_order, cancelling_an_order_cancels_its_drafts)
{
    Trade t = trade_begin("10");
    Bus *bus = bus_as("integrator");
    Listener *live[] = {bus_listen(bus, "do.*"), bus_listen(bus, "do.*")};
    const char *order = order_reserved(t.admin, t.customer, t.item, "10");
    const char *first = created_uuid(delivery_of(t.admin, order, t.item, "4"));
    const char *second = created_uuid(delivery_of(t.admin, order, t.item, "5"));
    const Response *r = order_cancel(t.admin, order);
    expect_status(r, 200);
    expect_json(r, "items[0].reservedQty", "0");
    expect_json(r, "deliveries[0].status", "'cancelled'");
    expect_json(r, "deliveries[1].status", "'cancelled'");
    expect_text(order_get(t.admin, order)->body, r->body);
    const char *const DRAFTS[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        r = delivery_get(t.admin, DRAFTS[i]);
        expect_json(r, "status", "'cancelled'");
        expect_json(r, "version", "2");
        expect_number(json_count(r->body, "items"), 1);
        expect_text(listener_find(live[i], DRAFTS[i], SOON_MS)->subject, "do.created");
        expect_text(listener_find(live[i], DRAFTS[i], SOON_MS)->subject, "do.cancelled");
    }
    expect_error(delivery_do(t.admin, first, "ship"), 422, "status");
    expect_error(post(t.admin, "/delivery-orders", json("{'salesOrderId':'%s'}", order)), 422,
                 "status");
}

Test(do_order, what_has_shipped_is_not_cancelled)
{
    Trade t = trade_begin("10");
    const char *order = order_reserved(t.admin, t.customer, t.item, "10");
    const char *delivery = created_uuid(delivery_of(t.admin, order, t.item, "4"));
    expect_status(delivery_do(t.admin, delivery, "ship"), 200);
    const char *before = order_get(t.admin, order)->body;
    const Response *r = order_cancel(t.admin, order);
    expect_error(r, 422, "items[0].shippedQty");
    expect_text(order_get(t.admin, order)->body, before);
    expect_json(order_get(t.admin, order), "allowedActions", "['deliver']");
    const Response *list = get(t.admin, "/sales-orders?customerId=%s", t.customer);
    expect_json(list, "data[0].allowedActions", "['deliver']");
}

static void expect_actions(const Trade *t, const char *order, const char *actions)
{
    expect_json(order_get(t->admin, order), "allowedActions", actions);
    const Response *list = get(t->admin, "/sales-orders?customerId=%s", t->customer);
    expect_json(list, "data[0].allowedActions", actions);
}

/* `deliver` is offered where a delivery would be accepted. */
Test(do_order, what_can_be_delivered_is_offered)
{
    Trade t = trade_begin("0.001");
    const char *order = order_approved(t.admin, t.customer, t.item, "10");
    order_shows(t.admin, order, "items[0].reservedQty", "0.001");
    expect_actions(&t, order, "['cancel','deliver']");
    const char *delivery = delivery_of_all(t.admin, order);
    expect_actions(&t, order, "['cancel']");
    expect_status(delivery_cancel(t.admin, delivery), 200);
    expect_actions(&t, order, "['cancel','deliver']");
    delivery = delivery_of_all(t.admin, order);
    expect_status(delivery_do(t.admin, delivery, "ship"), 200);
    expect_actions(&t, order, "[]");
    expect_status(delivery_do(t.admin, delivery, "deliver"), 200);
    expect_actions(&t, order, "['close']");
    stock_in(t.admin, t.item, "9.999");
    order_shows(t.admin, order, "items[0].reservedQty", "9.999");
    expect_actions(&t, order, "['close','deliver']");
}

Test(do_order, closing_an_order)
{
    Trade t = trade_begin("10");
    Listener *live = bus_listen(bus_as("integrator"), "so.*");
    const char *order = order_partially_delivered(t.admin, t.customer, t.item, "10", "3");
    const char *shipped = created_uuid(delivery_of(t.admin, order, t.item, "2"));
    const char *draft = created_uuid(delivery_of(t.admin, order, t.item, "1"));
    expect_status(delivery_do(t.admin, shipped, "ship"), 200);
    const Response *r = order_decide(t.admin, order, "close", "Sisanya tidak perlu");
    expect_status(r, 200);
    expect_json(r, "status", "'closed'");
    expect_json(r, "items[0].reservedQty", "0");
    expect_json(r, "items[0].shippedQty", "5");
    expect_json(r, "history[4].to", "'closed'");
    expect_json(r, "history[4].note", "'Sisanya tidak perlu'");
    expect_text(order_get(t.admin, order)->body, r->body);
    expect_json(delivery_get(t.admin, draft), "status", "'cancelled'");
    expect_error(del(t.admin, text("/items/%s", t.item)), 422, NULL);
    expect_error(del(t.admin, text("/customers/%s", t.customer)), 422, NULL);

    expect_status(delivery_do(t.admin, shipped, "deliver"), 200);
    r = order_get(t.admin, order);
    expect_json(r, "status", "'closed'");
    expect_json(r, "items[0].deliveredQty", "5");
    expect_json(r, "allowedActions", "[]");
    static const char *const TOLD[] = {"so.created", "so.submitted", "so.approved", "so.updated",
                                       "so.closed"};
    for (size_t i = 0; i < sizeof TOLD / sizeof *TOLD; i++)
        expect_text(listener_find(live, order, SOON_MS)->subject, TOLD[i]);
    expect_status(del(t.admin, text("/customers/%s", t.customer)), 200);
}

Test(do_order, deliveries_are_told)
{
    Trade t = trade_begin("10");
    Bus *bus = bus_as("integrator");
    Listener *deliveries = bus_listen(bus, "do.*"), *orders = bus_listen(bus, "so.delivered");
    const char *order = order_reserved(t.admin, t.customer, t.item, "10");
    const char *delivery = delivery_of_all(t.admin, order);
    expect_status(delivery_do(t.admin, delivery, "ship"), 200);
    expect_status(delivery_do(t.admin, delivery, "deliver"), 200);
    static const char *const TOLD[] = {"do.created", "do.shipped", "do.delivered"};
    for (size_t i = 0; i < sizeof TOLD / sizeof *TOLD; i++) {
        const BusMessage *event = listener_find(deliveries, delivery, SOON_MS);
        cr_assert_not_null(event, "no %s came", TOLD[i]);
        expect_text(event->subject, TOLD[i]);
        cr_assert_not_null(memmem(event->payload, event->length, t.item, 36));
    }
    cr_assert_not_null(listener_find(orders, order, SOON_MS));
    cr_assert_null(listener_find(orders, order, SILENCE_MS), "so.delivered came twice");
}
