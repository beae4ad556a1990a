/* The thin path: sign in, create, order, read back; the same in PostgreSQL, on NATS and in the
 * other service. Not the edges: those have flows of their own. */
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

Test(thin_path, signing_in_tells_who_one_is)
{
    Client *nobody = client_new(NULL);
    const Response *r =
        post(nobody, "/auth/login", json("{'username':'admin','password':'Password123!'}"));
    expect_status(r, 200);
    expect_json(r, "user.username", "'admin'");
    expect_json(r, "user.role", "'Admin'");
    cr_assert_gt(json_count(r->body, "user.permissions"), 20);
    cr_assert_gt(strtol(json_raw(r->body, "expiresIn"), NULL, 10), 0);
    cr_assert_not_null(json_string(r->body, "refreshToken"));

    Client *admin = client_new(json_string(r->body, "accessToken"));
    const Response *me = get(admin, "/auth/me");
    expect_status(me, 200);
    expect_text(me->body, json_raw(r->body, "user"));
}

/* The order of contract §3, with the price taken from the item. */
static const Response *the_order(Client *client, const char *customer, const char *item)
{
    const char *body = json("{'customerId':'%s','orderDate':'%s','customerPO':'PO-CUST-123',"
                            "'notes':'Urgent','items':[{'itemId':'%s','qty':100,'discountPct':5}]}",
                            customer, today(), item);
    const Response *r = post(client, "/sales-orders", body);
    expect_status(r, 201);
    return r;
}

static void expect_the_figures(const Response *r)
{
    expect_json(r, "items[0].qty", "100");
    expect_json(r, "items[0].price", "65000");
    expect_json(r, "items[0].discountPct", "5");
    expect_json(r, "items[0].lineTotal", "6175000");
    expect_json(r, "items[0].reservedQty", "0");
    expect_json(r, "items[0].shippedQty", "0");
    expect_json(r, "items[0].deliveredQty", "0");
    expect_json(r, "subtotal", "6175000");
    expect_json(r, "discountAmount", "0");
    expect_json(r, "taxRate", "11");
    expect_json(r, "taxAmount", "679250");
    expect_json(r, "total", "6854250");
}

Test(thin_path, an_order_is_exact_and_reads_back_byte_for_byte)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "65000");
    const Response *order = the_order(admin, customer, item);
    const char *number = json_string(order->body, "soNumber");
    expect_the_figures(order);
    expect_json(order, "status", "'draft'");
    expect_json(order, "customer.uuid", text("'%s'", customer));
    expect_json(order, "items[0].item.uuid", text("'%s'", item));
    expect_json(order, "items[0].item.uom", "'pcs'");
    expect_json(order, "warehouse.code", "'WH-MAIN'");
    expect_json(order, "customerPO", "'PO-CUST-123'");
    expect_json(order, "deliveryDate", "null");
    expect_json(order, "createdBy", "'admin'");
    expect_json(order, "version", "1");
    expect_text(header(order, "ETag"), "\"1\"");
    expect_json(order, "history[0].to", "'draft'");
    expect_json(order, "history[0].from", "null");
    expect_text(text("%.10s", number), text("SO-%.4s%.2s-", today(), today() + 5));

    const Response *again = get(admin, "/sales-orders/%s", json_string(order->body, "uuid"));
    expect_status(again, 200);
    expect_text(again->body, order->body);
    expect_text(header(again, "ETag"), "\"1\"");

    const Response *list = get(admin, "/sales-orders?search=%s", number);
    expect_status(list, 200);
    expect_json(list, "total", "1");
    expect_json(list, "data[0].soNumber", text("'%s'", number));
    expect_json(list, "data[0].total", "6854250");
    static const char *const LEFT_OUT[] = {"items", "history", "deliveries", "supply"};
    for (size_t i = 0; i < sizeof LEFT_OUT / sizeof *LEFT_OUT; i++)
        expect_json(list, text("data[0].%s", LEFT_OUT[i]), NULL);
}

Test(thin_path, the_order_stands_in_postgresql)
{
    Client *admin = client_admin();
    const Response *order = the_order(admin, new_customer(admin), new_item(admin, "65000"));
    const char *uuid = json_string(order->body, "uuid");
    expect_text(sql_text("SELECT concat_ws(' ', number, subtotal, tax_amount, total) "
                         "FROM sales.sales_order WHERE uuid = '%s'",
                         uuid),
                text("%s 6175000.00 679250.00 6854250.00", json_string(order->body, "soNumber")));
    expect_text(sql_text("SELECT concat_ws(' ', qty, price, discount_pct, line_total) "
                         "FROM sales.sales_order_line l JOIN sales.sales_order o ON o.id = "
                         "l.order_id WHERE o.uuid = '%s'",
                         uuid),
                "100.000 65000.00 5.00 6175000.00");
}

static void expect_cloud_event(const BusMessage *event, const char *type, const char *document,
                               const char *sequence)
{
    cr_assert_not_null(event, "no %s came", type);
    expect_text(event->subject, type);
    expect_text(bus_header(event, "ce-specversion"), "1.0");
    expect_text(bus_header(event, "ce-type"), type);
    expect_text(bus_header(event, "ce-subject"), document);
    expect_text(bus_header(event, "ce-sequence"), sequence);
    expect_text(bus_header(event, "ce-datacontenttype"), "application/protobuf");
    cr_assert_eq(strlen(bus_header(event, "ce-id")), 36);
    expect_text(bus_header(event, "Nats-Msg-Id"), bus_header(event, "ce-id"));
    cr_assert_not_null(bus_header(event, "ce-source"));
    cr_assert_eq(strlen(bus_header(event, "traceparent")), 55);
    const char *time = bus_header(event, "ce-time");
    cr_assert(time && time[10] == 'T' && time[strlen(time) - 1] == 'Z', "ce-time: %s", time);
}

Test(thin_path, a_plain_subscriber_and_the_stream_have_the_event)
{
    Client *admin = client_admin();
    Bus *bus = bus_as("integrator");
    Listener *live = bus_listen(bus, "item.>");
    const char *code = unique("I");
    const Response *item = post(admin, "/items", item_body(code, "1"));
    expect_status(item, 201);
    const char *uuid = json_string(item->body, "uuid");

    const BusMessage *event = listener_find(live, uuid, SOON_MS);
    expect_cloud_event(event, "item.created", uuid, "1");
    cr_assert_not_null(memmem(event->payload, event->length, code, strlen(code)),
                       "the payload does not hold the item's code");

    const char *path = text("/items/%s", uuid);
    expect_status(put(admin, path, json("{'price':2}")), 200);
    expect_cloud_event(listener_find(live, uuid, SOON_MS), "item.updated", uuid, "2");
    expect_status(del(admin, path), 200);
    expect_cloud_event(listener_find(live, uuid, SOON_MS), "item.deleted", uuid, "3");

    Listener *stored = bus_replay(bus, "item.>", 1);
    const BusMessage *replayed = listener_find(stored, uuid, SOON_MS);
    expect_cloud_event(replayed, "item.created", uuid, "1");
    expect_text(bus_header(replayed, "ce-id"), bus_header(event, "ce-id"));
    cr_assert_gt(replayed->sequence, 0);
    expect_cloud_event(listener_find(stored, uuid, SOON_MS), "item.updated", uuid, "2");
    expect_cloud_event(listener_find(stored, uuid, SOON_MS), "item.deleted", uuid, "3");
}

Test(thin_path, a_trace_goes_all_the_way)
{
    const char *trace = repeat("5f", 16);
    Listener *live = bus_listen(bus_as("integrator"), "item.*");
    const Response *r = http(client_admin(), "POST", "/items", item_body(unique("I"), "1"),
                             text("traceparent: 00-%s-00f067aa0ba902b7-01", trace), NULL);
    expect_status(r, 201);
    const BusMessage *event = listener_find(live, json_string(r->body, "uuid"), SOON_MS);
    cr_assert_not_null(event);
    expect_text(text("%.35s", bus_header(event, "traceparent")), text("00-%s", trace));
}

static const char *copy(const char *column, const char *item)
{
    const char *value = sql_text("SELECT %s FROM sales.item_copy WHERE uuid = '%s'", column, item);
    return value ? value : "";
}

Test(thin_path, sales_keeps_a_copy_of_items)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "65000");
    const char *path = text("/items/%s", item);
    EVENTUALLY(SOON_MS, strcmp(copy("price", item), "65000.00") == 0);

    expect_status(put(admin, path, json("{'price':70000.5,'name':'Nama Baru'}")), 200);
    EVENTUALLY(SOON_MS, strcmp(copy("price", item), "70000.50") == 0);
    expect_text(copy("name", item), "Nama Baru");
    const Response *order = post(admin, "/sales-orders", order_body(customer, item, today()));
    expect_status(order, 201);
    expect_json(order, "items[0].price", "70000.5");
    expect_json(order, "items[0].item.name", "'Nama Baru'");

    const char *deleted = new_item(admin, "1");
    expect_status(del(admin, text("/items/%s", deleted)), 200);
    EVENTUALLY(SOON_MS, strcmp(copy("deleted", deleted), "t") == 0);
    expect_error(post(admin, "/sales-orders", order_body(customer, deleted, today())), 422,
                 "items[0].itemId");
}

Test(thin_path, what_was_just_created_can_be_ordered_at_once)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin);
    for (int i = 0; i < 20; i++)
        (void)new_order(admin, customer, new_item(admin, "65000"));
}

Test(thin_path, master_data_in_use_cannot_be_deleted)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "65000");
    (void)new_order(admin, customer, item);
    expect_error(del(admin, text("/items/%s", item)), 422, NULL);
    expect_error(del(admin, text("/customers/%s", customer)), 422, NULL);
    expect_status(get(admin, "/items/%s", item), 200);
    expect_status(get(admin, "/customers/%s", customer), 200);
}
