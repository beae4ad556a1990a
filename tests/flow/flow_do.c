/* Deliveries of a sales order: in one part and in several, shipped, delivered, cancelled; what the
 * order shows of it; what is refused. Many at once: flow_do_races.c. The order's end:
 * flow_do_order.c. */
#include <string.h>

#include "trade.h"

static void expect_quantities(Client *client, const char *order, const char *reserved,
                              const char *shipped, const char *delivered)
{
    const Response *r = order_get(client, order);
    expect_json(r, "items[0].reservedQty", reserved);
    expect_json(r, "items[0].shippedQty", shipped);
    expect_json(r, "items[0].deliveredQty", delivered);
}

static void expect_created(Client *client, const Response *r, const char *order)
{
    const Response *so = order_get(client, order);
    const char *delivery = created_uuid(r);
    expect_json(r, "status", "'draft'");
    expect_text(text("%.10s", json_string(r->body, "doNumber")),
                text("DO-%.4s%.2s-", today(), today() + 5));
    expect_json(r, "salesOrder.uuid", text("'%s'", order));
    expect_text(json_raw(r->body, "salesOrder.soNumber"), json_raw(so->body, "soNumber"));
    expect_text(json_raw(r->body, "customer"), json_raw(so->body, "customer"));
    expect_text(json_raw(r->body, "warehouse.uuid"), json_raw(so->body, "warehouse.uuid"));
    expect_json(r, "warehouse.name", "'Gudang Utama'");
    expect_json(so, "warehouse.name", NULL);
    expect_number(json_count(r->body, "items"), 1);
    expect_json(r, "items[0].qty", "10");
    expect_text(json_raw(r->body, "items[0].item"), json_raw(so->body, "items[0].item"));
    expect_json(r, "notes", "'Pagi'");
    expect_json(r, "carrier", "null");
    expect_json(r, "shippedAt", "null");
    expect_json(r, "allowedActions", "['ship','cancel']");
    expect_json(r, "createdBy", "'admin'");
    expect_json(r, "version", "1");
    expect_text(delivery_get(client, delivery)->body, r->body);
    expect_json(so, "deliveries[0].uuid", text("'%s'", delivery));
    expect_json(so, "deliveries[0].status", "'draft'");
    expect_json(so, "version", "3");
}

static void expect_shipped(Client *client, const Response *r, const char *order)
{
    expect_status(r, 200);
    expect_json(r, "status", "'shipped'");
    expect_json(r, "carrier", "'JNE'");
    expect_json(r, "trackingNo", "'JNE-1'");
    cr_assert_not_null(json_string(r->body, "shippedAt"));
    expect_json(r, "allowedActions", "['deliver']");
    expect_json(r, "version", "2");
    expect_text(delivery_get(client, json_string(r->body, "uuid"))->body, r->body);
    expect_quantities(client, order, "0", "10", "0");
    const Response *so = order_get(client, order);
    expect_json(so, "status", "'approved'");
    expect_json(so, "version", "3");
    expect_json(so, "allowedActions", "[]");
}

static void expect_delivered(Client *client, const Response *r, const char *order)
{
    expect_status(r, 200);
    expect_json(r, "status", "'delivered'");
    expect_json(r, "receivedBy", "'Budi'");
    cr_assert_not_null(json_string(r->body, "deliveredAt"));
    expect_json(r, "allowedActions", "[]");
    expect_json(r, "version", "3");
    expect_text(delivery_get(client, json_string(r->body, "uuid"))->body, r->body);
    expect_quantities(client, order, "0", "10", "10");
    const Response *so = order_get(client, order);
    expect_json(so, "status", "'delivered'");
    expect_json(so, "version", "4");
    expect_json(so, "deliveries[0].status", "'delivered'");
    expect_json(so, "history[3].from", "'approved'");
    expect_json(so, "history[3].to", "'delivered'");
    expect_json(so, "history[3].by", "'admin'");
}

Test(do, in_one_part)
{
    Trade t = trade_begin("10");
    const char *order = order_reserved(t.admin, t.customer, t.item, "10");
    const Response *r =
        post(t.admin, "/delivery-orders", json("{'salesOrderId':'%s','notes':'Pagi'}", order));
    expect_created(t.admin, r, order);
    const char *path = text("/delivery-orders/%s", json_string(r->body, "uuid"));
    r = put(t.admin, text("%s/ship", path), json("{'carrier':'JNE','trackingNo':'JNE-1'}"));
    expect_shipped(t.admin, r, order);
    r = put(t.admin, text("%s/deliver", path), json("{'receivedBy':'Budi'}"));
    expect_delivered(t.admin, r, order);
}

Test(do, in_parts_and_lines_in_their_order)
{
    Trade t = trade_begin("12");
    const char *other = new_stocked_item(t.admin, "3");
    const char *order = created_uuid(
        post(t.admin, "/sales-orders",
             json("{'customerId':'%s','orderDate':'%s','items':[{'itemId':'%s','qty':5},"
                  "{'itemId':'%s','qty':3},{'itemId':'%s','qty':7}]}",
                  t.customer, today(), t.item, other, t.item)));
    expect_status(order_do(t.admin, order, "submit"), 200);
    expect_status(order_do(t.admin, order, "approve"), 200);
    order_shows(t.admin, order, "items[2].reservedQty", "7");
    order_shows(t.admin, order, "items[1].reservedQty", "3");

    const Response *r =
        post(t.admin, "/delivery-orders",
             json("{'salesOrderId':'%s','items':[{'itemId':'%s','qty':4},{'itemId':'%s','qty':1},"
                  "{'itemId':'%s','qty':2.5}]}",
                  order, t.item, other, t.item));
    const char *first = created_uuid(r);
    expect_number(json_count(r->body, "items"), 2);
    expect_json(r, "items[0].item.uuid", text("'%s'", t.item));
    expect_json(r, "items[0].qty", "6.5");
    expect_json(r, "items[1].qty", "1");
    const char *second = delivery_of_all(t.admin, order);
    r = delivery_get(t.admin, second);
    expect_json(r, "items[0].qty", "5.5");
    expect_json(r, "items[1].qty", "2");

    expect_status(delivery_do(t.admin, first, "ship"), 200);
    const Response *so = order_get(t.admin, order);
    expect_json(so, "items[0].shippedQty", "5");
    expect_json(so, "items[1].shippedQty", "1");
    expect_json(so, "items[2].shippedQty", "1.5");
    expect_json(so, "items[0].reservedQty", "0");
    expect_json(so, "items[1].reservedQty", "2");
    expect_json(so, "items[2].reservedQty", "5.5");
    expect_status(delivery_do(t.admin, first, "deliver"), 200);
    so = order_get(t.admin, order);
    expect_json(so, "status", "'partially_delivered'");
    expect_json(so, "items[0].deliveredQty", "5");
    expect_json(so, "items[2].deliveredQty", "1.5");
    expect_json(so, "allowedActions", "['close']");
    expect_json(so, "version", "4");
    expect_status(delivery_do(t.admin, second, "ship"), 200);
    expect_status(delivery_do(t.admin, second, "deliver"), 200);
    so = order_get(t.admin, order);
    expect_json(so, "status", "'delivered'");
    expect_json(so, "items[2].deliveredQty", "7");
    expect_number(json_count(so->body, "deliveries"), 2);
    expect_number(json_count(so->body, "history"), 5);
}

Test(do, what_arrives_later_is_delivered_later)
{
    Trade t = trade_begin("6");
    const char *order = order_approved(t.admin, t.customer, t.item, "10");
    order_shows(t.admin, order, "items[0].reservedQty", "6");
    const char *first = delivery_of_all(t.admin, order);
    expect_status(delivery_do(t.admin, first, "ship"), 200);
    expect_status(delivery_do(t.admin, first, "deliver"), 200);
    expect_json(order_get(t.admin, order), "status", "'partially_delivered'");
    expect_error(delivery_of(t.admin, order, t.item, "1"), 422, "items[0].qty");
    stock_in(t.admin, t.item, "9");
    order_shows(t.admin, order, "items[0].reservedQty", "4");
    const char *second = delivery_of_all(t.admin, order);
    expect_json(delivery_get(t.admin, second), "items[0].qty", "4");
    expect_status(delivery_do(t.admin, second, "ship"), 200);
    expect_status(delivery_do(t.admin, second, "deliver"), 200);
    expect_json(order_get(t.admin, order), "status", "'delivered'");
    expect_quantities(t.admin, order, "0", "10", "10");
    EVENTUALLY(
        SOON_MS,
        strcmp(json_raw(get(t.admin, "/inventory/%s", t.item)->body, "totals.onHand"), "5") == 0);
    expect_json(get(t.admin, "/inventory/%s", t.item), "totals.reserved", "0");
}

/* ---- limits ---- */

static void expect_too_much(Client *client, const char *order, const char *item, const char *qty,
                            const char *figures)
{
    const Response *r = delivery_of(client, order, item, qty);
    expect_error(r, 422, "items[0].qty");
    expect_json(r, "details.items[0].qty[0]", NULL);
    cr_assert_not_null(strstr(r->body, figures), "%s", r->body);
}

Test(do, never_more_than_reserved_and_on_no_other_delivery)
{
    Trade t = trade_begin("6");
    const char *order = order_approved(t.admin, t.customer, t.item, "10");
    order_shows(t.admin, order, "items[0].reservedQty", "6");
    expect_too_much(t.admin, order, t.item, "6.001",
                    "more than the 6 left: 6 reserved so far, 0 on");
    const char *first = created_uuid(delivery_of(t.admin, order, t.item, "4"));
    expect_too_much(t.admin, order, t.item, "3", "more than the 2 left: 6 reserved so far, 4 on");
    const char *second = delivery_of_all(t.admin, order);
    expect_json(delivery_get(t.admin, second), "items[0].qty", "2");
    expect_error(post(t.admin, "/delivery-orders", json("{'salesOrderId':'%s'}", order)), 422,
                 "items");
    expect_too_much(t.admin, order, t.item, "0.001", "more than the 0 left");

    const Response *r = delivery_cancel(t.admin, first);
    expect_status(r, 200);
    expect_json(r, "status", "'cancelled'");
    expect_json(r, "version", "2");
    expect_json(r, "allowedActions", "[]");
    expect_too_much(t.admin, order, t.item, "5", "more than the 4 left");
    expect_status(delivery_do(t.admin, second, "ship"), 200);
    expect_too_much(t.admin, order, t.item, "5", "more than the 4 left: 6 reserved so far, 2 on");
    expect_json(order_get(t.admin, order), "items[0].reservedQty", "4");
    const char *third = delivery_of_all(t.admin, order);
    expect_json(delivery_get(t.admin, third), "items[0].qty", "4");
}

Test(do, what_is_refused)
{
    Trade t = trade_begin("10");
    const char *draft = order_draft(t.admin, t.customer, t.item, "1");
    const char *submitted = order_submitted(t.admin, t.customer, t.item, "1");
    const char *approved = order_approved(t.admin, t.customer, new_item(t.admin, "1"), "1");
    const char *path = "/delivery-orders";
    expect_error(post(t.admin, path, json("{'salesOrderId':'%s'}", draft)), 422, "status");
    expect_error(post(t.admin, path, json("{'salesOrderId':'%s'}", submitted)), 422, "status");
    expect_error(post(t.admin, path, json("{'salesOrderId':'%s'}", approved)), 422, "items");
    expect_error(post(t.admin, path, json("{'salesOrderId':'%s'}", uuid_random())), 422,
                 "salesOrderId");
    expect_error(delivery_of(t.admin, approved, t.item, "1"), 422, "items[0].itemId");
    expect_error(post(t.admin, path, "{}"), 400, "salesOrderId");
    expect_error(post(t.admin, path, json("{'salesOrderId':'x'}")), 400, "salesOrderId");
    static const char *const QTY[] = {"0", "-1", "0.0001", "null", "'1'", "1000000000000"};
    for (size_t i = 0; i < sizeof QTY / sizeof *QTY; i++)
        expect_error(delivery_of(t.admin, approved, t.item, QTY[i]), 400, "items[0].qty");
    expect_error(delivery_get(t.admin, uuid_random()), 404, NULL);
    expect_error(delivery_do(t.admin, uuid_random(), "ship"), 404, NULL);
    expect_error(delivery_do(t.admin, uuid_random(), "deliver"), 404, NULL);
    expect_error(delivery_cancel(t.admin, uuid_random()), 404, NULL);
    expect_error(delivery_do(t.admin, "1", "ship"), 400, "uuid");
    expect_number(sql_int("SELECT count(*) FROM sales.delivery_order d JOIN sales.sales_order o "
                          "ON o.id = d.sales_order_id WHERE o.uuid IN ('%s','%s','%s')",
                          draft, submitted, approved),
                  0);
}

/* A delivery, and which of its verbs each of its states refuses. */
static void expect_refusals(Client *client, const char *delivery, const char *legal)
{
    static const char *const VERBS[] = {"ship", "deliver", "cancel"};
    const char *before = delivery_get(client, delivery)->body;
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        if (strstr(legal, VERBS[i]))
            continue;
        const Response *r = strcmp(VERBS[i], "cancel") == 0
                                ? delivery_cancel(client, delivery)
                                : delivery_do(client, delivery, VERBS[i]);
        expect_error(r, 422, "status");
        cr_assert_not_null(strstr(json_string(r->body, "message"), json_string(before, "status")),
                           "%s", r->body);
        expect_text(delivery_get(client, delivery)->body, before);
    }
}

Test(do, what_a_state_does_not_know_is_refused)
{
    Trade t = trade_begin("10");
    const char *order = order_reserved(t.admin, t.customer, t.item, "10");
    const char *first = created_uuid(delivery_of(t.admin, order, t.item, "4"));
    const char *second = created_uuid(delivery_of(t.admin, order, t.item, "4"));
    expect_refusals(t.admin, first, "ship cancel");
    expect_status(delivery_do(t.admin, first, "ship"), 200);
    expect_refusals(t.admin, first, "deliver");
    expect_status(delivery_do(t.admin, first, "deliver"), 200);
    expect_refusals(t.admin, first, "");
    expect_status(delivery_cancel(t.admin, second), 200);
    expect_refusals(t.admin, second, "");
    expect_quantities(t.admin, order, "6", "4", "4");
    const char *third = created_uuid(delivery_of(t.admin, order, t.item, "1"));
    const char *path = text("/delivery-orders/%s/ship", third);
    expect_error(http(t.admin, "PUT", path, NULL, "If-Match: \"2\"", NULL), 412, NULL);
    expect_error(put(t.admin, path, json("{'carrier':1}")), 400, "carrier");
    expect_error(put(t.admin, path, json("{'status':'x'}")), 400, "status");
    expect_status(http(t.admin, "PUT", path, NULL, "If-Match: \"1\"", NULL), 200);
}
