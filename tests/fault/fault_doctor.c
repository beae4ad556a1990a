/* ./sentient doctor sees what is wrong, each check in its turn. That it sees nothing where nothing
 * is wrong: load_check(), fault_rebuild.c. */
#include <string.h>

#include "fault.h"
#include "stock.h"
#include "trade.h"

typedef struct Wrong {
    const char *check, *spoil, *mend;
} Wrong;

static void expect_found(const char *check)
{
    int code;
    const char *report = sentient_run(&code, "doctor --wait 0");
    if (code != 1 || !strstr(report, text("FAIL  %s", check)))
        cr_assert_fail("not found (%d): %s\n%s", code, check, report);
}

static void expect_all_found(const Wrong *wrongs)
{
    sql_run("SET session_replication_role = replica"); /* no audit of these */
    for (const Wrong *wrong = wrongs; wrong->check; wrong++) {
        sql_run("%s", wrong->spoil);
        expect_found(wrong->check);
        sql_run("%s", wrong->mend);
    }
    expect_well();
}

/* A change, and the same backwards: UPDATE table SET column = column ± 1 WHERE … */
#define ONE_MORE(title, table, column, where)                                                      \
    {                                                                                              \
        title, text("UPDATE %s SET %s = %s + 1 WHERE %s", table, column, column, where),           \
            text("UPDATE %s SET %s = %s - 1 WHERE %s", table, column, column, where)               \
    }
#define ANOTHER(title, table, column, wrong, right, where)                                         \
    {                                                                                              \
        title, text("UPDATE %s SET %s = %s WHERE %s", table, column, wrong, where),                \
            text("UPDATE %s SET %s = %s WHERE %s", table, column, right, where)                    \
    }

TestSuite(doctor, .init = system_restore, .fini = system_restore);

/* An order for 10 of which 4 are delivered and 6 reserved, 90 more in stock. */
static const char *story(Client *admin, const char *item)
{
    const char *customer = new_customer(admin);
    const char *order = order_partially_delivered(admin, customer, item, "10", "4");
    const char *other = new_warehouse(admin);
    expect_status(transfer(admin, MAIN_WAREHOUSE, other, stock_line(item, "10", NULL)), 201);
    expect_well();
    return order;
}

Test(doctor, finds_what_services_disagree_about)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "110"), *order = story(admin, item);
    const char *this_order = text("uuid = '%s'", order), *this_item = text("uuid = '%s'", item);
    const char *line = text("order_id = (SELECT id FROM sales.sales_order WHERE %s)", this_order);
    const char *held = text(
        "reservation_id = (SELECT id FROM inventory.reservation WHERE owner_uuid = '%s')", order);
    const char *delivery =
        text("sales_order_id = (SELECT id FROM sales.sales_order WHERE %s)", this_order);
    const Wrong wrongs[] = {
        ONE_MORE("open orders have their reservations", "inventory.reservation_line", "issued",
                 held),
        ONE_MORE("open orders have their reservations", "sales.sales_order_line", "qty", line),
        ANOTHER("open orders have their reservations", "inventory.reservation", "is_closed", "true",
                "false", text("owner_uuid = '%s'", order)),
        ANOTHER("nothing is set aside for other orders", "sales.sales_order", "status", "'closed'",
                "'partially_delivered'", this_order),
        ONE_MORE("every shipped delivery is in the ledger", "sales.delivery_order_line", "qty",
                 text("delivery_id = (SELECT id FROM sales.delivery_order WHERE %s)", delivery)),
        ANOTHER("every shipped delivery is in the ledger", "sales.delivery_order",
                "(status, shipped_at, delivered_at)", "('draft', NULL, NULL)",
                "('delivered', updated_at, updated_at)", delivery),
        ONE_MORE("quantities of orders follow", "sales.sales_order_line", "shipped_qty", line),
        ANOTHER("states of orders follow", "sales.sales_order", "status", "'approved'",
                "'partially_delivered'", this_order),
        ONE_MORE("sales knows the items", "sales.item_copy", "price", this_item),
        ONE_MORE("sales knows the warehouses", "sales.warehouse_copy", "version",
                 "uuid = '" MAIN_WAREHOUSE "'"),
        {"no event was put aside",
         "INSERT INTO sales.dead_letter (event_id, stream_sequence, subject, document, payload, "
         "state, error) SELECT uuid, 1, 'item.created', uuid, '', 'dead', 'test' FROM "
         "gen_random_uuid() AS uuid",
         "DELETE FROM sales.dead_letter WHERE error = 'test'"},
        ONE_MORE("order numbers", "sales.document_counter", "last", "series = 'SO'"),
        ONE_MORE("delivery numbers", "sales.document_counter", "last", "series = 'DO'"),
        {0}};
    expect_all_found(wrongs);
}

Test(doctor, finds_what_the_stock_does_not_add_up_to)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "110"), *order = story(admin, item);
    const char *id = text("(SELECT id FROM inventory.item WHERE uuid = '%s')", item);
    const char *balance = text("item_id = %s AND reserved > 0", id);
    const char *first =
        text("id = (SELECT min(id) FROM inventory.stock_ledger WHERE item_id = %s)", id);
    const char *held = text(
        "reservation_id = (SELECT id FROM inventory.reservation WHERE owner_uuid = '%s')", order);
    const Wrong wrongs[] = {
        ONE_MORE("the ledger adds up to the balances", "inventory.stock_balance", "value", balance),
        ONE_MORE("every movement leaves the balance", "inventory.stock_ledger", "on_hand", first),
        ANOTHER("every movement leaves the balance", "inventory.stock_ledger", "at",
                "at + interval '1 day'", "at - interval '1 day'", first),
        ONE_MORE("what is reserved is the sum", "inventory.stock_balance", "reserved", balance),
        {"nothing is negative",
         text("ALTER TABLE inventory.stock_balance DROP CONSTRAINT stock_balance_reserved; UPDATE "
              "inventory.stock_balance SET reserved = reserved + 1000 WHERE %s",
              balance),
         text("UPDATE inventory.stock_balance SET reserved = reserved - 1000 WHERE %s; ALTER TABLE "
              "inventory.stock_balance ADD CONSTRAINT stock_balance_reserved CHECK (reserved >= 0 "
              "AND reserved <= on_hand)",
              balance)},
        ONE_MORE("nobody waits for stock that is free", "inventory.reservation_line", "qty", held),
        ANOTHER("adjustments and transfers are in the ledger", "inventory.adjustment",
                "warehouse_id", "warehouse_id + 1", "warehouse_id - 1",
                "id = (SELECT max(id) FROM inventory.adjustment)"),
        ANOTHER("adjustments and transfers are in the ledger", "inventory.transfer",
                "(from_warehouse_id, to_warehouse_id)", "(to_warehouse_id, from_warehouse_id)",
                "(to_warehouse_id, from_warehouse_id)",
                "id = (SELECT max(id) FROM inventory.transfer)"),
        ANOTHER("what runs low is marked", "inventory.item", "is_low", "NOT is_low", "NOT is_low",
                text("uuid = '%s'", item)),
        ONE_MORE("adjustment numbers", "inventory.document_counter", "last", "series = 'ADJ'"),
        ONE_MORE("transfer numbers", "inventory.document_counter", "last", "series = 'TRF'"),
        {0}};
    expect_all_found(wrongs);
}

Test(doctor, finds_what_is_still_on_its_way)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10");
    const char *order = order_submitted(admin, new_customer(admin), item, "3");
    expect_well();
    unit_remove("inventory");
    expect_status(order_do(admin, order, "approve"), 200);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.outbox WHERE published_at IS NULL") == 0);
    expect_found("every event has been read where it is heard");
    expect_found("open orders have their reservations");
    system_restore();
    expect_well();
}
