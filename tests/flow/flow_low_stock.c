/* Items that run low: the list, and the event once per crossing. */
#include <string.h>

#include "stock.h"
#include "trade.h"

static const Response *low_row(Client *client, const char *item)
{
    return get(client, "/inventory/low-stock?search=%s",
               json_string(get(client, "/items/%s", item)->body, "code"));
}

Test(low_stock, told_once_per_crossing)
{
    Client *admin = client_admin();
    Listener *live = bus_listen(bus_as("integrator"), "inv.low_stock");
    const char *item = new_item_with(admin, "'reorderPoint':10,'reorderQty':20"),
               *other = new_warehouse(admin);
    cr_assert_not_null(listener_find(live, item, SOON_MS), "it begins below the point");
    expect_json(low_row(admin, item), "total", "1");
    stock_in(admin, item, "10");
    expect_json(low_row(admin, item), "total", "1");
    stock_in(admin, item, "0.001");
    expect_json(low_row(admin, item), "total", "0");
    expect_status(adjust(admin, other, stock_line(item, "2", NULL)), 201);
    expect_status(adjust(admin, NULL, stock_line(item, "-2", NULL)), 201);
    expect_status(transfer(admin, MAIN_WAREHOUSE, other, stock_line(item, "3", NULL)), 201);
    cr_assert_null(listener_find(live, item, SILENCE_MS), "it never fell to the point");
    expect_status(adjust(admin, other, stock_line(item, "-0.001", NULL)), 201);
    cr_assert_not_null(listener_find(live, item, SOON_MS));
    expect_status(adjust(admin, NULL, stock_line(item, "-1", NULL)), 201);
    cr_assert_null(listener_find(live, item, SILENCE_MS), "told twice");

    const Response *r = low_row(admin, item);
    expect_json(r, "total", "1");
    expect_json(r, "data[0].item.uuid", text("'%s'", item));
    expect_json(r, "data[0].onHand", "9");
    expect_json(r, "data[0].reserved", "0");
    expect_json(r, "data[0].available", "9");
    expect_json(r, "data[0].reorderPoint", "10");
    expect_json(r, "data[0].suggestedQty", "20");
    expect_json(r, "data[0].incomingQty", "0");
    stock_in(admin, item, "5");
    expect_json(low_row(admin, item), "total", "0");
    expect_status(adjust(admin, NULL, stock_line(item, "-5", NULL)), 201);
    cr_assert_not_null(listener_find(live, item, SOON_MS), "it rose above and fell again");
    expect_integrity(admin);
}

Test(low_stock, what_is_reserved_is_not_available)
{
    Client *admin = client_admin();
    Listener *live = bus_listen(bus_as("integrator"), "inv.low_stock");
    const char *item = new_item_with(admin, "'reorderPoint':10");
    cr_assert_not_null(listener_find(live, item, SOON_MS));
    stock_in(admin, item, "15");
    const char *order = order_reserved(admin, new_customer(admin), item, "12");
    cr_assert_not_null(listener_find(live, item, SOON_MS));
    expect_json(low_row(admin, item), "data[0].available", "3");
    expect_json(low_row(admin, item), "data[0].suggestedQty", "7");
    expect_status(order_cancel(admin, order), 200);
    EVENTUALLY(SOON_MS, strcmp(json_raw(low_row(admin, item)->body, "total"), "0") == 0);
    (void)order_reserved(admin, new_customer(admin), item, "5");
    cr_assert_not_null(listener_find(live, item, SOON_MS), "released and reserved again");
}

Test(low_stock, the_point_may_move)
{
    Client *admin = client_admin();
    Listener *live = bus_listen(bus_as("integrator"), "inv.low_stock");
    const char *item = new_item(admin, "1"), *path = text("/items/%s", item);
    expect_json(low_row(admin, item), "total", "0");
    stock_in(admin, item, "5");
    expect_status(put(admin, path, json("{'reorderPoint':5}")), 200);
    cr_assert_not_null(listener_find(live, item, SOON_MS));
    expect_json(low_row(admin, item), "total", "1");
    expect_status(put(admin, path, json("{'isActive':false}")), 200);
    expect_json(low_row(admin, item), "total", "0");
    expect_status(put(admin, path, json("{'isActive':true,'reorderPoint':4.999}")), 200);
    expect_json(low_row(admin, item), "total", "0");
    cr_assert_null(listener_find(live, item, SILENCE_MS));
}
