/* ./sentient events rebuild on a system that is full of documents: exports, then the stream, lead
 * to the same state. What is lost of the stream without anybody's asking: fault_stream.c. */
#include <string.h>
#include <time.h>

#include "fault.h"
#include "stock.h"
#include "trade.h"

enum { WRITERS = 8, COMMANDS = 600, BUILD_MS = 15000, QUIET_MS = 10000, FULL_S = 10 };

/* What sales knows of others, and what inventory made of what it heard. */
static const char *state(void)
{
    return sql_text(
        "SELECT md5(string_agg(t, '' ORDER BY t)) FROM (SELECT c::text FROM sales.item_copy c "
        "UNION "
        "ALL SELECT c::text FROM sales.warehouse_copy c UNION ALL SELECT (order_id, line, "
        "allocated_qty)::text FROM sales.sales_order_line UNION ALL SELECT (owner_uuid, "
        "owner_number, is_closed, r.warehouse_id, l.*)::text FROM inventory.reservation r LEFT "
        "JOIN "
        "inventory.reservation_line l ON l.reservation_id = r.id UNION ALL SELECT b::text FROM "
        "inventory.stock_balance b UNION ALL SELECT g::text FROM inventory.stock_ledger g) s (t)");
}

static void rebuild(const char *service)
{
    int code;
    const char *said = sentient_run(&code, "events rebuild %s", service);
    if (code != 0)
        cr_assert_fail("events rebuild %s: %d %s", service, code, said);
    EVENTUALLY(BUILD_MS, sql_int("SELECT count(*) FROM %s.consumer_position", service) == 1);
}

static void trade(int commands)
{
    Load *load = load_start(chance_seed(), (LoadPlan){WRITERS, 0, 90});
    EVENTUALLY(BUILD_MS, load_answers(load) >= commands || load_fault(load));
    load_stop(load);
    (void)load_check(load, QUIET_MS);
}

TestSuite(rebuild, .init = system_restore, .fini = system_restore);

Test(rebuild, everybody_says_the_same_again)
{
    int code;
    trade(COMMANDS);
    const char *before = state();
    sql_run("UPDATE sales.item_copy SET name = 'spoilt', price = 1");
    sql_run("UPDATE sales.warehouse_copy SET name = 'spoilt'");
    sql_run("UPDATE sales.sales_order_line SET allocated_qty = 0");
    const char *report = sentient_run(&code, "doctor --wait 0");
    cr_assert_eq(code, 1, "%s", report);
    rebuild("sales");
    rebuild("inventory");
    expect_quiet(QUIET_MS);
    expect_well(FULL_S);
    expect_text(state(), before);
}

Test(rebuild, reservations_that_were_lost)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *customer = new_customer(admin);
    const char *order = order_reserved(admin, customer, item, "7");
    expect_well(FULL_S);
    const char *before = state();
    sql_run("DELETE FROM inventory.reservation_line WHERE item_id = (SELECT id FROM inventory.item "
            "WHERE uuid = '%s')",
            item);
    sql_run("UPDATE inventory.stock_balance SET reserved = 0 WHERE item_id = (SELECT id FROM "
            "inventory.item WHERE uuid = '%s')",
            item);
    rebuild("inventory");
    expect_well(FULL_S);
    expect_text(state(), before);
    order_shows(admin, order, "items[0].reservedQty", "7");
}

static int64_t heard(const char *document)
{
    return sql_int("SELECT count(*) FROM inventory.inbox JOIN sales.outbox USING (event_id) WHERE "
                   "document = '%s'",
                   document);
}

/* inventory is away while orders move on; when it comes back it has forgotten where it stood. */
Test(rebuild, what_happened_meanwhile_is_in_the_exports)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "100"), *customer = new_customer(admin);
    const char *approved = order_submitted(admin, customer, item, "20");
    const char *short_lived = order_submitted(admin, customer, item, "9");
    const char *cancelled = order_reserved(admin, customer, item, "15");
    const char *closed = order_partially_delivered(admin, customer, item, "30", "10");
    const char *shipped = order_reserved(admin, customer, item, "12");
    const char *delivery = created_uuid(delivery_of(admin, shipped, item, "5"));
    unit_remove("inventory");
    expect_status(order_do(admin, approved, "approve"), 200);
    expect_status(order_do(admin, short_lived, "approve"), 200);
    expect_status(order_cancel(admin, short_lived), 200);
    expect_status(order_cancel(admin, cancelled), 200);
    expect_status(order_decide(admin, closed, "close", "enough"), 200);
    expect_status(delivery_do(admin, delivery, "ship"), 200);
    EVENTUALLY(QUIET_MS,
               sql_int("SELECT count(*) FROM sales.outbox WHERE published_at IS NULL") == 0);
    sql_run("TRUNCATE inventory.inbox, inventory.consumer_position");
    system_restore();
    EVENTUALLY(BUILD_MS, sql_int("SELECT count(*) FROM inventory.consumer_position") == 1);
    expect_well(FULL_S);
    expect_stock(admin, item, NULL, "85 27 58 40000 3400000");
    order_shows(admin, approved, "items[0].reservedQty", "20");
    order_shows(admin, shipped, "items[0].reservedQty", "7");
    expect_number(heard(approved) + heard(cancelled) + heard(delivery), 0);
}
