/* Requests about stock, as the flow tests make them. */
#include "stock.h"

#include <string.h>

#include "trade.h"

const char *new_warehouse(Client *client)
{
    const char *code = unique("W");
    return created_uuid(
        post(client, "/warehouses", json("{'code':'%s','name':'Gudang %s'}", code, code)));
}

const char *new_item_with(Client *client, const char *fields)
{
    const char *code = unique("I");
    return created_uuid(post(client, "/items",
                             json("{'code':'%s','name':'Barang %s','type':'finished','uom':'pcs',"
                                  "'price':65000,'standardCost':40000,%s}",
                                  code, code, fields)));
}

const char *stock_line(const char *item, const char *qty, const char *cost)
{
    return cost ? json("{'itemId':'%s','qty':%s,'unitCost':%s}", item, qty, cost)
                : json("{'itemId':'%s','qty':%s}", item, qty);
}

const Response *adjust(Client *client, const char *warehouse, const char *lines)
{
    const char *where = warehouse ? json("'warehouseId':'%s',", warehouse) : "";
    return post(client, "/inventory/adjustments",
                text("{%s\"reason\":\"Stock opname\",\"items\":[%s]}", where, lines));
}

const Response *transfer(Client *client, const char *from, const char *to, const char *lines)
{
    return post(client, "/inventory/transfers",
                text("{\"fromWarehouseId\":\"%s\",\"toWarehouseId\":\"%s\",\"items\":[%s]}", from,
                     to, lines));
}

static const char *figures(const char *document, const char *path)
{
    return text("%s %s %s %s %s", json_raw(document, text("%s.onHand", path)),
                json_raw(document, text("%s.reserved", path)),
                json_raw(document, text("%s.available", path)),
                json_raw(document, text("%s.averageCost", path)),
                json_raw(document, text("%s.value", path)));
}

const char *stock_text(Client *client, const char *item, const char *warehouse)
{
    const Response *r = get(client, "/inventory/%s", item);
    expect_status(r, 200);
    if (!warehouse)
        return figures(r->body, "totals");
    for (int i = 0; i < json_count(r->body, "warehouses"); i++)
        if (strcmp(json_string(r->body, text("warehouses[%d].warehouse.uuid", i)), warehouse) == 0)
            return figures(r->body, text("warehouses[%d]", i));
    return "";
}

void expect_integrity(Client *client)
{
    const Response *r = get(client, "/inventory/integrity");
    expect_status(r, 200);
    expect_json(r, "differences", "[]");
    expect_json(r, "ok", "true");
}
