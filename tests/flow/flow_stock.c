/* Stock: adjustments, figures now and then, the stock card, the ledger that nobody rewrites. Not
 * transfers (flow_transfers.c), not reservations (flow_reservations.c). */
#include <stdlib.h>
#include <string.h>

#include "stock.h"
#include "trade.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NONE         "00000000-0000-4000-8000-000000000000"

Test(stock, an_adjustment_reads_back_byte_for_byte)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1");
    const Response *r =
        post(admin, "/inventory/adjustments",
             text("{\"reason\":\"Stock opname\",\"notes\":\"Rak 3\",\"items\":[%s,%s]}",
                  stock_line(item, "10", "1.2345"), stock_line(item, "-4", NULL)));
    expect_status(r, 201);
    expect_json(r, "warehouse.code", "'WH-MAIN'");
    expect_json(r, "warehouse.name", "'Gudang Utama'");
    expect_json(r, "reason", "'Stock opname'");
    expect_json(r, "notes", "'Rak 3'");
    expect_json(r, "createdBy", "'admin'");
    expect_json(r, "version", "1");
    expect_text(header(r, "ETag"), "\"1\"");
    expect_json(r, "items[0].item.uuid", text("'%s'", item));
    expect_json(r, "items[0].qty", "10");
    expect_json(r, "items[0].unitCost", "1.2345");
    expect_json(r, "items[0].value", "12.35");
    expect_json(r, "items[1].qty", "-4");
    expect_json(r, "items[1].value", "-4.94");
    expect_json(r, "items[1].unitCost", "1.235");
    const char *number = json_string(r->body, "number");
    expect_text(text("%.11s", number), text("ADJ-%.4s%.2s-", today(), today() + 5));

    const Response *again = get(admin, "/inventory/adjustments/%s", json_string(r->body, "uuid"));
    expect_status(again, 200);
    expect_text(again->body, r->body);
    const Response *list = get(admin, "/inventory/adjustments?search=%s", number);
    expect_json(list, "total", "1");
    expect_json(list, "data[0].number", text("'%s'", number));
    expect_json(list, "data[0].items", NULL);
    expect_stock(admin, item, NULL, "6 0 6 1.235 7.41");
}

/* Every step's figures, by hand. */
Test(stock, value_moves_at_the_average)
{
    static const struct {
        const char *qty, *cost, *figures;
    } STEPS[] = {
        {"2", NULL, "2 0 2 40000 80000"},           /* the standard cost */
        {"1", "10000", "3 0 3 30000 90000"},        /* 90 000 ÷ 3 */
        {"1", NULL, "4 0 4 30000 120000"},          /* the average */
        {"3", "0.0001", "7 0 7 17142.8571 120000"}, /* 3 × 0.0001 rounds to nothing */
        {"-1", NULL, "6 0 6 17142.8567 102857.14"},
        {"-1", NULL, "5 0 5 17142.856 85714.28"},
        {"-1.5", NULL, "3.5 0 3.5 17142.8571 60000"},
        {"-3.499", NULL, "0.001 0 0.001 17140 17.14"},
        {"-0.001", NULL, "0 0 0 0 0"}, /* the last takes the rest */
        {"0.001", "99999999999.9999", "0.001 0 0.001 100000000000 100000000"},
    };
    Client *admin = client_admin();
    const char *item = new_item(admin, "1");
    expect_stock(admin, item, NULL, "0 0 0 0 0");
    expect_json(get(admin, "/inventory/%s", item), "warehouses", "[]");
    for (size_t i = 0; i < COUNT(STEPS); i++) {
        expect_status(adjust(admin, NULL, stock_line(item, STEPS[i].qty, STEPS[i].cost)), 201);
        expect_stock(admin, item, NULL, STEPS[i].figures);
        expect_stock(admin, item, MAIN_WAREHOUSE, STEPS[i].figures);
    }
    expect_json(get(admin, "/inventory/%s", item), "warehouses[0].warehouse",
                "{'uuid':'" MAIN_WAREHOUSE "','code':'WH-MAIN','name':'Gudang Utama'}");
    expect_integrity(admin);
}

Test(stock, what_an_adjustment_is_refused_for)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "5"), *other = new_stocked_item(admin, "5");
    const struct {
        const char *lines, *field;
        int status;
    } CASES[] = {
        {stock_line(item, "0", NULL), "items[0].qty", 400},
        {stock_line(item, "1.0005", NULL), "items[0].qty", 400},
        {stock_line(item, "1", "-1"), "items[0].unitCost", 400},
        {stock_line(item, "1", "1.00001"), "items[0].unitCost", 400},
        {"", "items", 400},
        {json("{'qty':1}"), "items[0].itemId", 400},
        {stock_line(NONE, "1", NULL), "items[0].itemId", 422},
        {stock_line(item, "-5.001", NULL), "items[0].qty", 422},
        {text("%s,%s", stock_line(other, "7", NULL), stock_line(item, "-6", NULL)), "items[1].qty",
         422},
        {text("%s,%s", stock_line(item, "-3", NULL), stock_line(item, "-3", NULL)), "items[1].qty",
         422},
        {stock_line(item, "999999999999.999", NULL), "items[0].qty", 422},
        {stock_line(item, "9999999999", "99999999999.9999"), "items[0].qty", 422},
    };
    int64_t before = sql_int("SELECT count(*) FROM inventory.stock_ledger l JOIN inventory.item i "
                             "ON i.id = l.item_id WHERE i.uuid IN ('%s', '%s')",
                             item, other);
    for (size_t i = 0; i < COUNT(CASES); i++)
        expect_error(adjust(admin, NULL, CASES[i].lines), CASES[i].status, CASES[i].field);
    expect_error(adjust(admin, NONE, stock_line(item, "1", NULL)), 422, "warehouseId");
    expect_error(post(admin, "/inventory/adjustments",
                      text("{\"items\":[%s]}", stock_line(item, "1", NULL))),
                 400, "reason");
    expect_number(sql_int("SELECT count(*) FROM inventory.stock_ledger l JOIN inventory.item i "
                          "ON i.id = l.item_id WHERE i.uuid IN ('%s', '%s')",
                          item, other),
                  before);
    const Response *r = adjust(admin, NULL, stock_line(item, "-6", NULL));
    expect_json(r, "details",
                "{'items[0].qty':['takes more than the 5 available: on hand 5, reserved 0']}");
}

Test(stock, lines_of_an_item_add_up)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1");
    const char *lines = text("%s,%s", stock_line(item, "-3", NULL), stock_line(item, "5", "2"));
    expect_status(adjust(admin, NULL, lines), 201);
    expect_stock(admin, item, NULL, "2 0 2 2 4");
    const Response *card = get(admin, "/inventory/%s/history", item);
    expect_json(card, "data[0].qtyOut", "3");
    expect_json(card, "data[1].qtyIn", "5");
}

Test(stock, numbers_have_no_gaps)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "1");
    const char *first =
        json_string(adjust(admin, NULL, stock_line(item, "1", NULL))->body, "number");
    expect_error(adjust(admin, NULL, stock_line(item, "-9", NULL)), 422, "items[0].qty");
    expect_number(sql_int("SELECT count(*) - max(number_counter) FROM inventory.adjustment WHERE "
                          "number_month = %s",
                          text("%.6s", first + 4)),
                  0);
}

Test(stock, fixed_segments_win)
{
    Client *admin = client_admin();
    expect_error(get(admin, "/inventory/" NONE), 404, NULL);
    expect_error(get(admin, "/inventory/" NONE "/history"), 404, NULL);
    expect_error(get(admin, "/inventory/adjustments/" NONE), 404, NULL);
    expect_error(get(admin, "/inventory/low-stok"), 400, "itemId");
    static const char *const PATHS[] = {"low-stock", "adjustments", "transfers"};
    for (size_t i = 0; i < COUNT(PATHS); i++)
        expect_json(get(admin, "/inventory/%s", PATHS[i]), "limit", "20");
    expect_status(get(admin, "/inventory/integrity"), 200);
}

Test(stock, the_list_filters)
{
    Client *admin = client_admin();
    const char *code = unique("SRC"), *other = new_warehouse(admin);
    const char *item = created_uuid(post(admin, "/items", item_body(code, "1")));
    expect_status(adjust(admin, NULL, stock_line(item, "3", "2")), 201);
    expect_status(adjust(admin, other, stock_line(item, "4", "3")), 201);
    const Response *r = get(admin, "/inventory?search=%s", code);
    expect_json(r, "total", "2");
    expect_json(r, "data[0].warehouse.uuid", text("'%s'", other));
    expect_json(r, "data[0].item.type", "'finished'");
    expect_json(r, "data[0].onHand", "4");
    expect_json(r, "data[0].reserved", "0");
    expect_json(r, "data[0].available", "4");
    expect_json(r, "data[0].averageCost", "3");
    expect_json(r, "data[0].value", "12");
    expect_json(r, "data[0].reorderPoint", "0");
    r = get(admin, "/inventory?search=%s&warehouseId=%s", code, other);
    expect_json(r, "total", "1");
    expect_json(get(admin, "/inventory?search=%s&type=raw", code), "total", "0");
    expect_json(get(admin, "/inventory?search=%s&type=finished", code), "total", "2");
    expect_json(get(admin, "/inventory?warehouseId=%s", NONE), "total", "0");
    expect_error(get(admin, "/inventory?type=service"), 400, "type");
    expect_error(get(admin, "/inventory?asOf=2024-01-01"), 400, "asOf");
    expect_stock(admin, item, NULL, "7 0 7 2.5714 18");
}

Test(stock, the_past_can_be_read)
{
    Client *admin = client_admin();
    const char *code = unique("ASOF");
    const char *item = created_uuid(post(admin, "/items", item_body(code, "1")));
    const char *first =
        json_string(adjust(admin, NULL, stock_line(item, "3", "2"))->body, "createdAt");
    pause_ms(2); /* instants are told to the millisecond */
    const char *second =
        json_string(adjust(admin, NULL, stock_line(item, "-1", NULL))->body, "createdAt");
    const Response *r = get(admin, "/inventory?search=%s&asOf=%s", code, first);
    expect_json(r, "data[0].onHand", "3");
    expect_json(r, "data[0].value", "6");
    expect_json(r, "data[0].reserved", "null");
    expect_json(r, "data[0].available", "null");
    expect_json(get(admin, "/inventory?search=%s&asOf=%s", code, second), "data[0].onHand", "2");
    expect_json(get(admin, "/inventory?search=%s&asOf=2020-01-01T00:00:00Z", code), "total", "0");
    expect_status(adjust(admin, NULL, stock_line(item, "-2", NULL)), 201);
    expect_status(del(admin, text("/items/%s", item)), 200);
    expect_json(get(admin, "/inventory?search=%s", code), "total", "0");
    expect_json(get(admin, "/inventory?search=%s&asOf=%s", code, second), "data[0].onHand", "2");
}

Test(stock, the_card_tells_every_movement)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1"), *other = new_warehouse(admin);
    const Response *in = adjust(admin, NULL, stock_line(item, "10", "1.5"));
    expect_status(adjust(admin, other, stock_line(item, "7", NULL)), 201);
    expect_status(adjust(admin, NULL, stock_line(item, "-4", NULL)), 201);
    const Response *r = get(admin, "/inventory/%s/history", item);
    expect_json(r, "total", "3");
    expect_json(r, "data[0].movement", "'adjustment'");
    expect_json(r, "data[0].warehouse.name", "'Gudang Utama'");
    expect_json(r, "data[0].qtyIn", "0");
    expect_json(r, "data[0].qtyOut", "4");
    expect_json(r, "data[0].balance", "6");
    expect_json(r, "data[0].unitCost", "1.5");
    expect_json(r, "data[1].warehouse.uuid", text("'%s'", other));
    expect_json(r, "data[1].balance", "7");
    expect_json(r, "data[2].balance", "10");
    expect_json(r, "data[2].at", text("'%s'", json_string(in->body, "createdAt")));
    expect_json(r, "data[2].source",
                text("{'type':'adjustment','uuid':'%s','number':'%s'}",
                     json_string(in->body, "uuid"), json_string(in->body, "number")));
    expect_json(get(admin, "/inventory/%s/history?sort=createdAt", item), "data[0].balance", "10");
    expect_json(get(admin, "/inventory/%s/history?warehouseId=%s", item, other), "total", "1");
    expect_json(get(admin, "/inventory/%s/history?from=%s&to=%s", item, today(), today()), "total",
                "3");
    expect_json(get(admin, "/inventory/%s/history?to=2024-01-01", item), "total", "0");
    expect_json(get(admin, "/inventory/%s/history?from=2099-01-01", item), "total", "0");
    expect_json(
        get(admin, "/inventory/%s/history?search=%s", item, json_string(in->body, "number")),
        "total", "1");
}

Test(stock, the_ledger_is_never_rewritten)
{
    (void)new_stocked_item(client_admin(), "1");
    static const char *const FORBIDDEN[] = {
        "UPDATE inventory.stock_ledger SET qty = qty", "DELETE FROM inventory.stock_ledger",
        "TRUNCATE inventory.stock_ledger", "DELETE FROM inventory.stock_source",
        "UPDATE inventory.stock_source SET number = number"};
    for (size_t i = 0; i < COUNT(FORBIDDEN); i++)
        expect_text(sql_state_as("inventory", FORBIDDEN[i]), "42501");
}

Test(stock, adjusting_is_announced_with_its_rows)
{
    Client *admin = client_admin();
    Listener *live = bus_listen(bus_as("integrator"), "inv.*");
    const char *item = new_item(admin, "1");
    const Response *r = adjust(admin, NULL, stock_line(item, "2", "1"));
    const BusMessage *event = listener_find(live, json_string(r->body, "uuid"), SOON_MS);
    cr_assert_not_null(event);
    expect_text(event->subject, "inv.adjusted");
    cr_assert_not_null(memmem(event->payload, event->length, item, strlen(item)));
}

Test(stock, an_item_with_stock_cannot_be_deleted)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "2"), *path = text("/items/%s", item);
    const Response *r = del(admin, path);
    expect_error(r, 422, "stock");
    expect_json(r, "details.stock[0]", "'2 on hand, 0 reserved'");
    expect_status(adjust(admin, NULL, stock_line(item, "-2", NULL)), 201);
    expect_status(del(admin, path), 200);
    expect_error(get(admin, "/inventory/%s", item), 404, NULL);
    expect_error(adjust(admin, NULL, stock_line(item, "1", NULL)), 422, "items[0].itemId");
}

Test(stock, permissions)
{
    Client *reader = client_permitted("'inv.read'"), *nobody = client_permitted("'item.read'");
    const char *item = new_stocked_item(client_admin(), "1");
    expect_status(get(reader, "/inventory"), 200);
    expect_error(get(nobody, "/inventory"), 403, NULL);
    expect_error(adjust(reader, NULL, stock_line(item, "1", NULL)), 403, NULL);
    expect_error(transfer(reader, NONE, NONE, stock_line(item, "1", NULL)), 403, NULL);
}

/* The ledger keeps what an item was moved by, so its card stays when the item goes. */
Test(stock, the_card_of_a_deleted_item)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1");
    expect_status(adjust(admin, NULL, stock_line(item, "5", "2")), 201);
    expect_status(adjust(admin, NULL, stock_line(item, "-5", NULL)), 201);
    expect_status(del(admin, text("/items/%s", item)), 200);
    const Response *r = get(admin, "/inventory/%s/history", item);
    expect_json(r, "total", "2");
    expect_json(r, "data[0].balance", "0");
    expect_error(get(admin, "/inventory/%s", item), 404, NULL);
}
