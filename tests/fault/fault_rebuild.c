/* ./sentient events rebuild on a system that is full of documents: exports, then the stream, lead
 * to the same state. What is lost of the stream without anybody's asking: fault_stream.c. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fault.h"
#include "stock.h"
#include "trade.h"

enum { WRITERS = 8, COMMANDS = 600 };

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
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM %s.consumer_position", service) == 1);
}

static void trade(int commands)
{
    Load *load = load_start(chance_seed(), (LoadPlan){WRITERS, 0, 90});
    EVENTUALLY(SOON_MS, load_answers(load) >= commands || load_fault(load));
    load_stop(load);
    (void)load_check(load);
}

/* The longest time that an instance of the service has been building its copies, as /metrics says.
 */
static long snapshot_seconds(const char *service)
{
    long longest = 0;
    for (const char **name = unit_instances(service); *name; name++) {
        const char *body = get(client_at(service_admin(*name)), "/metrics")->body;
        const char *line = strstr(body, "\nsentient_snapshot_seconds ");
        long seconds = line ? strtol(strchr(line, ' '), NULL, 10) : -1;
        longest = seconds > longest ? seconds : longest;
    }
    return longest;
}

static bool service_is_ready(const char *service)
{
    bool ready = true;
    for (const char **name = unit_instances(service); *name; name++)
        ready = ready && get(client_at(service_admin(*name)), "/readyz")->status == 200;
    return ready;
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
    expect_quiet();
    expect_well();
    expect_text(state(), before);
}

Test(rebuild, reservations_that_were_lost)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *customer = new_customer(admin);
    const char *order = order_reserved(admin, customer, item, "7");
    expect_well();
    const char *before = state();
    sql_run("DELETE FROM inventory.reservation_line WHERE item_id = (SELECT id FROM inventory.item "
            "WHERE uuid = '%s')",
            item);
    sql_run("UPDATE inventory.stock_balance SET reserved = 0 WHERE item_id = (SELECT id FROM "
            "inventory.item WHERE uuid = '%s')",
            item);
    rebuild("inventory");
    expect_well();
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
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.outbox WHERE published_at IS NULL") == 0);
    sql_run("TRUNCATE inventory.inbox, inventory.consumer_position");
    system_restore();
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM inventory.consumer_position") == 1);
    expect_well();
    expect_stock(admin, item, NULL, "85 27 58 40000 3400000");
    order_shows(admin, approved, "items[0].reservedQty", "20");
    order_shows(admin, shipped, "items[0].reservedQty", "7");
    expect_number(heard(approved) + heard(cancelled) + heard(delivery), 0);
}

/* All that inventory knew to be set aside of the item is gone. */
static void reservations_lose(const char *item)
{
    sql_run("DELETE FROM inventory.reservation WHERE id IN (SELECT l.reservation_id FROM "
            "inventory.reservation_line l JOIN inventory.item i ON i.id = l.item_id WHERE i.uuid = "
            "'%s')",
            item);
    sql_run("UPDATE inventory.stock_balance SET reserved = 0 WHERE item_id = (SELECT id FROM "
            "inventory.item WHERE uuid = '%s')",
            item);
}

Test(rebuild, emptied_reservations_go_to_who_had_them)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *customer = new_customer(admin);
    const char *older = order_submitted(admin, customer, item, "10");
    const char *holder = order_reserved(admin, customer, item, "10");
    expect_status(order_do(admin, older, "approve"), 200);
    expect_quiet();
    reservations_lose(item);
    rebuild("inventory");
    expect_well();
    order_shows(admin, holder, "items[0].reservedQty", "10");
    order_shows(admin, older, "items[0].reservedQty", "0");
    expect_stock(admin, item, NULL, "10 10 0 40000 400000");
    expect_status(delivery_do(admin, delivery_of_all(admin, holder), "ship"), 200);
    EVENTUALLY_STOCK(admin, item, NULL, "0 0 0 0 0");
    stock_in(admin, item, "4");
    order_shows(admin, older, "items[0].reservedQty", "4");
    expect_well();
}

/* Approved while inventory is away, the later created one first. */
Test(rebuild, who_was_approved_first_is_served_first)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *customer = new_customer(admin);
    const char *older = order_submitted(admin, customer, item, "10");
    const char *first = order_submitted(admin, customer, item, "7");
    unit_remove("inventory");
    expect_status(order_do(admin, first, "approve"), 200);
    expect_status(order_do(admin, older, "approve"), 200);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.outbox WHERE published_at IS NULL") == 0);
    sql_run("TRUNCATE inventory.inbox, inventory.consumer_position");
    system_restore();
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM inventory.consumer_position") == 1);
    order_shows(admin, first, "items[0].reservedQty", "7");
    order_shows(admin, older, "items[0].reservedQty", "3");
    expect_well();
    expect_number(sql_int("SELECT count(*) FROM inventory.outbox WHERE document = '%s' AND "
                          "subject = 'inv.shortage'",
                          older),
                  1);
}

/* What was shipped and not booked is set aside for its delivery, besides what is still reserved. */
Test(rebuild, reservations_that_were_lost_before_their_delivery_was_booked)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *customer = new_customer(admin);
    const char *order = order_reserved(admin, customer, item, "8");
    const char *booked = created_uuid(delivery_of(admin, order, item, "1"));
    const char *unbooked = created_uuid(delivery_of(admin, order, item, "4"));
    expect_status(delivery_do(admin, booked, "ship"), 200);
    EVENTUALLY_STOCK(admin, item, NULL, "9 7 2 40000 360000");
    expect_quiet();
    unit_remove("inventory");
    expect_status(delivery_do(admin, unbooked, "ship"), 200);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.outbox WHERE published_at IS NULL") == 0);
    reservations_lose(item);
    sql_run("TRUNCATE inventory.inbox, inventory.consumer_position");
    system_restore();
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM inventory.consumer_position") == 1);
    expect_well();
    expect_stock(admin, item, NULL, "5 3 2 40000 200000");
    order_shows(admin, order, "items[0].reservedQty", "3");
}

static int64_t booked(const char *delivery)
{
    return sql_int("SELECT count(*) FROM inventory.stock_source WHERE uuid = '%s'", delivery);
}

/* Others were given what it took: it is left out and shown, and booked when there is stock. */
Test(rebuild, a_delivery_that_finds_no_stock_stops_nobody)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *customer = new_customer(admin);
    const char *order = order_reserved(admin, customer, item, "10");
    const char *waiting = order_approved(admin, customer, item, "10");
    const char *delivery = delivery_of_all(admin, order);
    int code;
    expect_quiet();
    unit_remove("inventory");
    expect_status(delivery_do(admin, delivery, "ship"), 200);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.outbox WHERE published_at IS NULL") == 0);
    sql_run("UPDATE inventory.reservation_line l SET allocated = 10 - allocated FROM "
            "inventory.reservation r WHERE r.id = l.reservation_id AND r.owner_uuid IN ('%s', "
            "'%s')",
            order, waiting);
    sql_run("TRUNCATE inventory.inbox, inventory.consumer_position");
    system_restore();
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM inventory.consumer_position") == 1);
    expect_number(booked(delivery), 0);
    (void)sentient_run(&code, "doctor --wait 0");
    cr_assert_eq(code, 1, "doctor does not see it");
    stock_in(admin, item, "10");
    rebuild("inventory");
    rebuild("sales");
    EVENTUALLY(SOON_MS, booked(delivery) == 1);
    expect_well();
    order_shows(admin, waiting, "items[0].reservedQty", "10");
}

Test(rebuild, what_cannot_be_built_is_seen)
{
    int code;
    unit_remove("sales");
    (void)sentient_run(&code, "events rebuild inventory");
    EVENTUALLY(SOON_MS, snapshot_seconds("inventory") >= 2);
    cr_assert(service_is_ready("inventory"));
    expect_status(get(client_admin(), "/items"), 200);
    system_restore();
    EVENTUALLY(SOON_MS, snapshot_seconds("inventory") == 0);
    expect_number(sql_int("SELECT count(*) FROM inventory.consumer_position"), 1);
    expect_well();
}
