/* What is set aside for sales orders: what is there, the rest when it comes, earliest approval
 * first. Not races: flow_stock_races.c. */
#include <stdlib.h>
#include <string.h>

#include "stock.h"
#include "trade.h"

static int64_t dead_letters(void)
{
    return sql_int("SELECT count(*) FROM inventory.dead_letter");
}

Test(reservations, what_is_there_is_reserved)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10");
    Listener *live = bus_listen(bus_as("integrator"), "inv.*");
    const char *order = order_reserved(admin, new_customer(admin), item, "4");
    expect_stock(admin, item, NULL, "10 4 6 40000 400000");
    const BusMessage *event = listener_find(live, order, SOON_MS);
    cr_assert_not_null(event);
    expect_text(event->subject, "inv.reserved");
    cr_assert_null(listener_find(live, order, SILENCE_MS), "something else was said of the order");
    expect_json(get(admin, "/inventory?search=%s",
                    json_string(get(admin, "/items/%s", item)->body, "code")),
                "data[0].reserved", "4");
}

Test(reservations, a_shortage_is_told_once)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "3");
    Listener *shortage = bus_listen(bus_as("integrator"), "inv.shortage");
    const char *order = order_approved(admin, new_customer(admin), item, "5");
    order_shows(admin, order, "items[0].reservedQty", "3");
    cr_assert_not_null(listener_find(shortage, order, SOON_MS));
    stock_in(admin, item, "1");
    order_shows(admin, order, "items[0].reservedQty", "4");
    cr_assert_null(listener_find(shortage, order, SILENCE_MS), "the shortage was told twice");
}

static const char *order_of_lines(Client *client, const char *lines)
{
    const char *order =
        created_uuid(post(client, "/sales-orders",
                          text("{\"customerId\":\"%s\",\"orderDate\":\"%s\",\"items\":[%s]}",
                               new_customer(client), today(), lines)));
    expect_status(order_do(client, order, "submit"), 200);
    expect_status(order_do(client, order, "approve"), 200);
    return order;
}

Test(reservations, line_by_line)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "5"), *other = new_stocked_item(admin, "2");
    const char *order =
        order_of_lines(admin, text("%s,%s,%s", stock_line(item, "4", NULL),
                                   stock_line(other, "9", NULL), stock_line(item, "3", NULL)));
    order_shows(admin, order, "items[0].reservedQty", "4");
    order_shows(admin, order, "items[1].reservedQty", "2");
    order_shows(admin, order, "items[2].reservedQty", "1");
    stock_in(admin, item, "7");
    order_shows(admin, order, "items[2].reservedQty", "3");
    expect_stock(admin, item, NULL, "12 7 5 40000 480000");
    expect_integrity(admin);
}

Test(reservations, earliest_approval_first)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "2"), *customer = new_customer(admin);
    const char *late = order_submitted(admin, customer, item, "3");
    const char *first = order_approved(admin, customer, item, "4");
    order_shows(admin, first, "items[0].reservedQty", "2");
    expect_status(order_do(admin, late, "approve"), 200);
    stock_in(admin, item, "1");
    order_shows(admin, first, "items[0].reservedQty", "3");
    expect_json(order_get(admin, late), "items[0].reservedQty", "0");
    stock_in(admin, item, "3");
    order_shows(admin, first, "items[0].reservedQty", "4");
    order_shows(admin, late, "items[0].reservedQty", "2");
    expect_status(order_cancel(admin, first), 200);
    order_shows(admin, late, "items[0].reservedQty", "3");
    EVENTUALLY_STOCK(admin, item, NULL, "6 3 3 40000 240000");
    expect_status(order_cancel(admin, late), 200);
    EVENTUALLY_STOCK(admin, item, NULL, "6 0 6 40000 240000");
    expect_integrity(admin);
}

Test(reservations, a_delivery_takes_what_is_reserved)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1");
    expect_status(adjust(admin, NULL, stock_line(item, "3", "3.3333")), 201);
    const char *order = order_reserved(admin, new_customer(admin), item, "2");
    Listener *live = bus_listen(bus_as("integrator"), "inv.*");
    const char *delivery = delivery_of_all(admin, order);
    expect_status(delivery_do(admin, delivery, "ship"), 200);
    EVENTUALLY_STOCK(admin, item, NULL, "1 0 1 3.33 3.33");
    const Response *card = get(admin, "/inventory/%s/history", item);
    expect_json(card, "data[0].movement", "'issue'");
    expect_json(card, "data[0].qtyOut", "2");
    expect_json(card, "data[0].balance", "1");
    expect_json(card, "data[0].source.type", "'delivery_order'");
    expect_json(card, "data[0].source.uuid", text("'%s'", delivery));
    const BusMessage *event = listener_find(live, delivery, SOON_MS);
    cr_assert_not_null(event);
    expect_text(event->subject, "inv.issued");
    order_shows(admin, order, "items[0].shippedQty", "2");
    order_shows(admin, order, "items[0].reservedQty", "0");
    expect_integrity(admin);
}

Test(reservations, closing_gives_the_rest_to_who_waits)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "5"), *customer = new_customer(admin);
    const char *order = order_partially_delivered(admin, customer, item, "5", "2");
    const char *waiting = order_approved(admin, customer, item, "2");
    order_shows(admin, order, "status", json("'partially_delivered'"));
    EVENTUALLY_STOCK(admin, item, NULL, "3 3 0 40000 120000");
    expect_status(order_decide(admin, order, "close", "Cukup"), 200);
    order_shows(admin, waiting, "items[0].reservedQty", "2");
    EVENTUALLY_STOCK(admin, item, NULL, "3 2 1 40000 120000");
    expect_integrity(admin);
}

/* ---- events again, late, and in another order ---- */

/* Sends a copy of an event as its owner would, under a new id; returns when the stream has it. */
static void send_again(const BusMessage *event, const char *subject, const char *document)
{
    const char *id = uuid_random();
    const BusText headers[] = {{"Nats-Msg-Id", id},  {"ce-specversion", "1.0"}, {"ce-id", id},
                               {"ce-type", subject}, {"ce-subject", document},  {0}};
    const BusMessage *kept =
        bus_ask(bus_as("sales"), subject, headers, event->payload, event->length, SOON_MS);
    cr_assert_not_null(kept, "the stream did not take %s", subject);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM inventory.inbox WHERE event_id = '%s'", id) == 1);
}

static const BusMessage *event_of(const char *subject, const char *document)
{
    const BusMessage *event =
        listener_find(bus_replay(bus_as("integrator"), subject, 1), document, SOON_MS);
    cr_assert_not_null(event, "%s is not in the stream", subject);
    return event;
}

Test(reservations, repeats_have_no_effect)
{
    Client *admin = client_admin();
    int64_t dead = dead_letters();
    const char *item = new_stocked_item(admin, "9");
    const char *order = order_partially_delivered(admin, new_customer(admin), item, "5", "2");
    const char *delivery = json_string(order_get(admin, order)->body, "deliveries[0].uuid");
    EVENTUALLY_STOCK(admin, item, NULL, "7 3 4 40000 280000");
    for (int i = 0; i < 3; i++) {
        send_again(event_of("so.approved", order), "so.approved", order);
        send_again(event_of("do.shipped", delivery), "do.shipped", delivery);
    }
    expect_stock(admin, item, NULL, "7 3 4 40000 280000");
    expect_status(order_decide(admin, order, "close", "Cukup"), 200);
    EVENTUALLY_STOCK(admin, item, NULL, "7 0 7 40000 280000");
    send_again(event_of("so.approved", order), "so.approved", order);
    send_again(event_of("so.closed", order), "so.closed", order);
    expect_stock(admin, item, NULL, "7 0 7 40000 280000");
    expect_number(dead_letters(), dead);
    expect_integrity(admin);
}

/* As if inventory had never heard of the order, of which it holds nothing. */
static void forget(const char *order)
{
    sql_run("DELETE FROM inventory.reservation WHERE owner_uuid = '%s'", order);
}

Test(reservations, an_end_may_overtake_its_approval)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "9");
    const char *order = order_reserved(admin, new_customer(admin), item, "5");
    expect_status(order_cancel(admin, order), 200);
    EVENTUALLY_STOCK(admin, item, NULL, "9 0 9 40000 360000");
    const BusMessage *approved = event_of("so.approved", order);
    const BusMessage *cancelled = event_of("so.cancelled", order);
    forget(order);
    send_again(cancelled, "so.cancelled", order);
    send_again(approved, "so.approved", order);
    expect_stock(admin, item, NULL, "9 0 9 40000 360000");
    forget(order);
    send_again(approved, "so.approved", order);
    expect_stock(admin, item, NULL, "9 5 4 40000 360000");
    send_again(cancelled, "so.cancelled", order);
    expect_stock(admin, item, NULL, "9 0 9 40000 360000");
    expect_integrity(admin);
}
