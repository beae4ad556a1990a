/* Transfers: what moves with its value, what does not. Not races: flow_stock_races.c. */
#include <string.h>

#include "stock.h"
#include "trade.h"

#define NONE "00000000-0000-4000-8000-000000000000"

Test(transfers, value_moves_along)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1"), *other = new_warehouse(admin);
    expect_status(adjust(admin, NULL, stock_line(item, "3", "3.3333")), 201);
    expect_status(adjust(admin, other, stock_line(item, "1", "1")), 201);
    expect_stock(admin, item, MAIN_WAREHOUSE, "3 0 3 3.3333 10");
    Listener *live = bus_listen(bus_as("integrator"), "inv.*");
    const Response *r = transfer(admin, MAIN_WAREHOUSE, other, stock_line(item, "1", NULL));
    expect_status(r, 201);
    expect_text(text("%.11s", json_string(r->body, "number")),
                text("TRF-%.4s%.2s-", today(), today() + 5));
    expect_json(r, "fromWarehouse.code", "'WH-MAIN'");
    expect_json(r, "fromWarehouse.name", "'Gudang Utama'");
    cr_assert_not_null(json_string(r->body, "toWarehouse.name"));
    expect_json(r, "toWarehouse.uuid", text("'%s'", other));
    expect_json(r, "notes", "null");
    expect_json(r, "items[0].qty", "1");
    expect_json(r, "items[0].unitCost", "3.33");
    expect_json(r, "items[0].value", "3.33");
    expect_stock(admin, item, MAIN_WAREHOUSE, "2 0 2 3.335 6.67");
    expect_stock(admin, item, other, "2 0 2 2.165 4.33");
    expect_stock(admin, item, NULL, "4 0 4 2.75 11");

    const char *uuid = json_string(r->body, "uuid");
    const Response *again = get(admin, "/inventory/transfers/%s", uuid);
    expect_text(again->body, r->body);
    expect_text(header(again, "ETag"), "\"1\"");
    expect_json(get(admin, "/inventory/transfers?search=%s", json_string(r->body, "number")),
                "data[0].uuid", text("'%s'", uuid));
    expect_json(get(admin, "/inventory/transfers?toWarehouseId=%s", other), "total", "1");
    expect_json(get(admin, "/inventory/transfers?fromWarehouseId=%s", other), "total", "0");
    const Response *card = get(admin, "/inventory/%s/history?warehouseId=%s", item, other);
    expect_json(card, "data[0].movement", "'transfer_in'");
    expect_json(card, "data[0].qtyIn", "1");
    expect_json(card, "data[0].balance", "2");
    const BusMessage *event = listener_find(live, uuid, SOON_MS);
    cr_assert_not_null(event);
    expect_text(event->subject, "inv.transferred");
    expect_integrity(admin);
}

Test(transfers, all_or_nothing)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "5"), *scarce = new_stocked_item(admin, "1");
    const char *other = new_warehouse(admin);
    const char *lines =
        text("%s,%s", stock_line(item, "2", NULL), stock_line(scarce, "1.001", NULL));
    const Response *r = transfer(admin, MAIN_WAREHOUSE, other, lines);
    expect_error(r, 422, "items[1].qty");
    expect_json(r, "details",
                "{'items[1].qty':['takes more than the 1 available: on hand 1, reserved 0']}");
    expect_stock(admin, item, other, "");
    expect_stock(admin, item, NULL, "5 0 5 40000 200000");
    lines = text("%s,%s", stock_line(item, "3", NULL), stock_line(item, "3", NULL));
    expect_error(transfer(admin, MAIN_WAREHOUSE, other, lines), 422, "items[0].qty");
    expect_error(transfer(admin, other, MAIN_WAREHOUSE, stock_line(item, "1", NULL)), 422,
                 "items[0].qty");
}

Test(transfers, bad_ones)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "5"), *other = new_warehouse(admin);
    const char *line = stock_line(item, "1", NULL);
    expect_error(transfer(admin, other, other, line), 400, "toWarehouseId");
    expect_error(transfer(admin, NONE, NONE, line), 400, "toWarehouseId");
    expect_error(transfer(admin, NONE, other, line), 422, "fromWarehouseId");
    expect_error(transfer(admin, MAIN_WAREHOUSE, NONE, line), 422, "toWarehouseId");
    expect_error(transfer(admin, MAIN_WAREHOUSE, other, stock_line(NONE, "1", NULL)), 422,
                 "items[0].itemId");
    expect_error(transfer(admin, MAIN_WAREHOUSE, other, stock_line(item, "0", NULL)), 400,
                 "items[0].qty");
    expect_error(transfer(admin, MAIN_WAREHOUSE, other, stock_line(item, "-1", NULL)), 400,
                 "items[0].qty");
    expect_error(transfer(admin, MAIN_WAREHOUSE, other, stock_line(item, "1", "5")), 400,
                 "items[0].unitCost");
}

Test(transfers, reserved_stock_stays_and_waiting_orders_get_what_arrives)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "5"), *other = new_warehouse(admin);
    expect_status(adjust(admin, other, stock_line(item, "4", NULL)), 201);
    const char *order = order_approved(admin, new_customer(admin), item, "7");
    order_shows(admin, order, "items[0].reservedQty", "5");
    expect_stock(admin, item, MAIN_WAREHOUSE, "5 5 0 40000 200000");
    expect_error(transfer(admin, MAIN_WAREHOUSE, other, stock_line(item, "1", NULL)), 422,
                 "items[0].qty");
    expect_error(adjust(admin, NULL, stock_line(item, "-1", NULL)), 422, "items[0].qty");
    expect_status(transfer(admin, other, MAIN_WAREHOUSE, stock_line(item, "3", NULL)), 201);
    expect_stock(admin, item, MAIN_WAREHOUSE, "8 7 1 40000 320000");
    order_shows(admin, order, "items[0].reservedQty", "7");
    expect_integrity(admin);
}
