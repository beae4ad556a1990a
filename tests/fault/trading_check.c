/* Comparing orders, deliveries and stock with what was answered: every command that was has had its
 * effect once, nothing else has happened. Not what the rows say of each other: ./sentient doctor.
 */
#include "trading.h"

enum { ROWS = 30 };

static void deeds_store(const Load *load)
{
    sql_run("CREATE UNLOGGED TABLE fault.deed (kind text, verb text, uuid uuid, number text, "
            "version int)");
    for (int w = 0; w < load->writer_count; w++) {
        const TradingLog *log = load->writers[w].log;
        for (int from = 0; from < log->count; from += ROWS) {
            const char *rows = "";
            for (int i = from; i < from + ROWS && i < log->count; i++) {
                const Deed *deed = &log->deeds[i];
                rows = text("%s%s('%s','%s','%s','%s',%d)", rows, *rows ? "," : "", deed->kind,
                            deed->verb, deed->uuid, deed->number, deed->version);
            }
            sql_run("INSERT INTO fault.deed VALUES %s", rows);
        }
    }
    sql_run("CREATE INDEX ON fault.deed (uuid)");
    sql_run("ANALYZE fault.deed");
}

/* In the tables `ours` there is what was created, under the uuid and number that were answered. */
static void expect_created(const char *kind, const char *ours)
{
    expect_none(text("%s: lost, twice or another one", kind),
                text("SELECT d.uuid AS answered, o.uuid AS found, d.number, o.number FROM (SELECT "
                     "uuid, number FROM fault.deed WHERE kind = '%s' AND verb = 'create') d "
                     "FULL JOIN (%s) o ON o.uuid = d.uuid AND o.number = d.number "
                     "WHERE d.uuid IS NULL OR o.uuid IS NULL",
                     kind, ours));
    expect_none(text("%s: created twice", kind),
                text("SELECT uuid FROM fault.deed WHERE kind = '%s' AND verb = 'create' GROUP BY "
                     "uuid HAVING count(*) > 1",
                     kind));
}

static void expect_documents(const char *prefix)
{
    expect_created("order", text("SELECT uuid, number FROM sales.sales_order WHERE customer_po "
                                 "LIKE '%s%%'",
                                 prefix));
    expect_created("delivery", text("SELECT d.uuid, d.number FROM sales.delivery_order d JOIN "
                                    "sales.sales_order o ON o.id = d.sales_order_id WHERE "
                                    "o.customer_po LIKE '%s%%'",
                                    prefix));
    expect_created("adjustment", text("SELECT uuid, number FROM inventory.adjustment WHERE reason "
                                      "LIKE '%s%%'",
                                      prefix));
    expect_created("transfer", text("SELECT uuid, number FROM inventory.transfer WHERE notes LIKE "
                                    "'%s%%'",
                                    prefix));
}

/* Each command made a version of its own. Deliveries that were delivered make some of their order,
 * and the end of an order one of its drafts. */
static void expect_versions(void)
{
    expect_none("one version answered to two commands",
                "SELECT kind, uuid, version, string_agg(verb, ' ') FROM fault.deed WHERE kind IN "
                "('order', 'delivery') GROUP BY 1, 2, 3 HAVING count(*) > 1");
    expect_none("an order's version is not the number of commands that it was answered",
                "SELECT o.number, o.version, d.n, h.n FROM (SELECT uuid, count(*) AS n FROM "
                "fault.deed WHERE kind = 'order' GROUP BY uuid) d JOIN sales.sales_order o USING "
                "(uuid), LATERAL (SELECT count(*) AS n FROM sales.sales_order_history WHERE "
                "order_id = o.id AND to_status IN ('partially_delivered', 'delivered')) h "
                "WHERE o.version <> d.n + h.n");
    expect_none("a delivery is not where its commands have led it",
                "SELECT v.number, v.status, v.version, d.n FROM (SELECT uuid, count(*) AS n, "
                "bool_or(verb = 'ship') AS ship, bool_or(verb = 'deliver') AS deliver, "
                "bool_or(verb = 'cancel') AS cancel FROM fault.deed WHERE kind = 'delivery' GROUP "
                "BY uuid) d JOIN sales.delivery_order v USING (uuid) JOIN sales.sales_order o ON "
                "o.id = v.sales_order_id WHERE CASE v.status WHEN 'cancelled' THEN d.ship OR "
                "v.version <> d.n + CASE WHEN d.cancel THEN 0 ELSE 1 END OR (NOT d.cancel AND "
                "o.status NOT IN ('cancelled', 'closed')) ELSE v.version <> d.n OR d.cancel OR "
                "d.deliver <> (v.status = 'delivered') OR d.ship <> (v.status <> 'draft') END");
}

/* The history has each answered step once, and no other one. */
static void expect_history(const char *prefix)
{
    expect_none(
        "steps of an order",
        text("SELECT uuid, status, d.n AS answered, h.n AS happened FROM "
             "(SELECT d.uuid, v.status, count(*) AS n FROM fault.deed d JOIN (VALUES "
             "('submit', 'pending_approval'), ('approve', 'approved'), ('reject', "
             "'rejected'), ('cancel', 'cancelled'), ('close', 'closed')) v (verb, status) "
             "USING (verb) WHERE d.kind = 'order' GROUP BY 1, 2) d FULL JOIN "
             "(SELECT o.uuid, h.to_status AS status, count(*) AS n FROM sales.sales_order o "
             "JOIN sales.sales_order_history h ON h.order_id = o.id WHERE o.customer_po "
             "LIKE '%s%%' AND h.to_status NOT IN ('draft', 'partially_delivered', "
             "'delivered') GROUP BY 1, 2) h USING (uuid, status) "
             "WHERE d.n IS DISTINCT FROM h.n",
             prefix));
}

/* One event for each command; and for each shipping one of inventory. */
static void expect_events(void)
{
    expect_none(
        "events of commands",
        "SELECT uuid, subject, d.n AS commands, e.n AS events FROM (SELECT d.uuid, "
        "s.subject, count(*) AS n FROM fault.deed d JOIN (VALUES "
        "('order', 'create', 'so.created'), ('order', 'submit', 'so.submitted'), "
        "('order', 'approve', 'so.approved'), ('order', 'reject', 'so.rejected'), "
        "('order', 'cancel', 'so.cancelled'), ('order', 'close', 'so.closed'), "
        "('delivery', 'create', 'do.created'), ('delivery', 'ship', 'do.shipped'), "
        "('delivery', 'ship', 'inv.issued'), ('delivery', 'deliver', 'do.delivered'), "
        "('adjustment', 'create', 'inv.adjusted'), "
        "('transfer', 'create', 'inv.transferred')) s (kind, verb, subject) USING (kind, "
        "verb) GROUP BY 1, 2) d FULL JOIN (SELECT o.document AS uuid, o.subject, count(*) "
        "AS n FROM (SELECT document, subject FROM sales.outbox UNION ALL SELECT document, "
        "subject FROM inventory.outbox) o WHERE o.document IN (SELECT uuid FROM fault.deed) "
        "AND o.subject NOT IN ('so.updated', 'so.delivered', 'do.cancelled', "
        "'inv.reserved', 'inv.shortage') GROUP BY 1, 2) e USING (uuid, subject) "
        "WHERE d.n IS DISTINCT FROM e.n");
}

static void expect_credit(const Trading *trading)
{
    expect_none("orders above the customer's credit limit",
                text("SELECT c.code, c.credit_limit, sum(o.total) FROM sales.customer c JOIN "
                     "sales.sales_order o ON o.customer_id = c.id WHERE c.uuid = '%s' AND o.status "
                     "IN ('approved', 'partially_delivered') GROUP BY c.id HAVING sum(o.total) > "
                     "c.credit_limit",
                     trading->customers[0]));
}

/* What lies there is what was there at first and what was answered since. */
static void expect_stock(const Load *load)
{
    const Trading *trading = load->trading;
    const char *rows = "";
    for (int i = 0; i < ITEMS; i++)
        for (int w = 0; w < WAREHOUSES; w++) {
            int64_t qty = trading->opening;
            for (int k = 0; k < load->writer_count; k++)
                qty += load->writers[k].log->moved[i][w];
            rows = text("%s%s('%s'::uuid,'%s'::uuid,%lld)", rows, *rows ? "," : "",
                        trading->items[i], trading->warehouses[w], (long long)qty);
        }
    expect_none("stock",
                text("SELECT i.code, w.code, b.on_hand, wanted.qty FROM (VALUES %s) wanted (item, "
                     "warehouse, qty) JOIN inventory.item i ON i.uuid = wanted.item JOIN "
                     "inventory.warehouse w ON w.uuid = wanted.warehouse LEFT JOIN "
                     "inventory.stock_balance b ON b.item_id = i.id AND b.warehouse_id = w.id "
                     "WHERE b.on_hand * 1000 IS DISTINCT FROM wanted.qty",
                     rows));
}

void trading_check(const Load *load)
{
    if (!load->trading)
        return;
    deeds_store(load);
    expect_documents(load->trading->prefix);
    expect_versions();
    expect_history(load->trading->prefix);
    expect_events();
    expect_stock(load);
    expect_credit(load->trading);
}
