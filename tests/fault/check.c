/* Comparing the database with the history of answers: everything once, nothing twice, nothing lost
 * on the way to other services. Not the history: load.c. Not what follows from the rows alone, like
 * numbers without gaps: ./sentient doctor, which load_check() asks at its end. */
#include <string.h>

#include "load.h"

enum { ROWS = 30 };

/* The tables of that name in every service's schema, as one query over all of them. */
static int64_t over_schemas(const char *table, const char *condition)
{
    const char *all =
        sql_text("SELECT string_agg(format('SELECT count(*) AS n FROM %%I.%s WHERE %s', "
                 "table_schema), ' UNION ALL ') FROM information_schema.tables "
                 "WHERE table_name = '%s'",
                 table, condition, table);
    return sql_int("SELECT sum(n) FROM (%s) q", all);
}

#define COPIES                                                                                     \
    "SELECT count(*) FROM inventory.item i FULL JOIN sales.item_copy c USING (uuid) "              \
    "WHERE (i.code, i.name, i.uom, i.price, i.is_active, i.deleted_at IS NOT NULL, i.version) "    \
    "IS DISTINCT FROM (c.code, c.name, c.uom, c.price, c.is_active, c.deleted, c.version)"

/* The first reason why the system is not quiet; NULL: it is. */
static const char *unrest(void)
{
    int64_t n;
    if ((n = over_schemas("outbox", "published_at IS NULL")))
        return text("%lld events wait to leave", (long long)n);
    if ((n = over_schemas("audit", "shipped_at IS NULL")))
        return text("%lld audit rows wait to leave", (long long)n);
    if (sql_int("SELECT (SELECT count(*) FROM sales.consumer_position) + (SELECT count(*) FROM "
                "inventory.consumer_position)") < 2)
        return "a reader builds its copies";
    if ((n = sql_int("SELECT (SELECT max(stream_sequence) FROM inventory.outbox "
                     "WHERE subject ~ '^(item|warehouse)\\.') - "
                     "(SELECT last_sequence FROM sales.consumer_position)")) > 0)
        return text("sales is %lld events behind", (long long)n);
    if ((n = sql_int(COPIES)))
        return text("%lld items differ in sales", (long long)n);
    return NULL;
}

void expect_quiet(void)
{
    int64_t until = now_ms() + SOON_MS;
    const char *why;
    while ((why = unrest()) && now_ms() < until)
        pause_ms(20);
    if (why)
        cr_assert_fail("not quiet within %d ms: %s", SOON_MS, why);
    expect_number(over_schemas("dead_letter", "true"), 0);
}

int price_in_sales(const char *item)
{
    return (int)sql_int("SELECT price FROM sales.item_copy WHERE uuid = '%s'", item);
}

/* ---- the history in a table ---- */

static void history_store(const Load *load)
{
    static const char *const KINDS[] = {"customer", "item", "order"};
    sql_run("SET client_min_messages = warning");
    sql_run("DROP SCHEMA IF EXISTS fault CASCADE");
    sql_run("CREATE SCHEMA fault");
    sql_run("CREATE UNLOGGED TABLE fault.answered (kind text, name text, uuid uuid, number text, "
            "price int)");
    for (int w = 0; w < load->writer_count; w++) {
        const Writer *writer = &load->writers[w];
        for (int from = 0; from < writer->count; from += ROWS) {
            const char *rows = "";
            for (int i = from; i < from + ROWS && i < writer->count; i++) {
                const Op *op = &writer->ops[i];
                rows = text("%s%s('%s','%s','%s','%s',%d)", rows, *rows ? "," : "", KINDS[op->kind],
                            op->name, op->uuid, op->number ? op->number : "", op->price);
            }
            sql_run("INSERT INTO fault.answered VALUES %s", rows);
        }
    }
}

void expect_none(const char *what, const char *query)
{
    const char *found = sql_text("SELECT string_agg(t, ', ') FROM (SELECT q::text AS t FROM (%s) q "
                                 "LIMIT 5) s",
                                 query);
    if (found)
        cr_assert_fail("%s: %s", what, found);
}

/* A document that was answered stands there once, as answered; no other one of ours does. */
static void expect_documents(const char *kind, const char *table, const char *name,
                             const char *more, const char *prefix)
{
    expect_none(text("%s: lost, twice or another one", kind),
                text("SELECT a.name, a.uuid, d.uuid FROM (SELECT * FROM fault.answered WHERE kind "
                     "= '%s') a FULL JOIN (SELECT * FROM %s WHERE %s LIKE '%s%%') d "
                     "ON a.name = d.%s AND a.uuid = d.uuid WHERE a.uuid IS NULL OR d.uuid IS NULL "
                     "%s",
                     kind, table, name, prefix, name, more));
    expect_none(text("%s: one name twice", kind),
                text("SELECT %s FROM %s WHERE %s LIKE '%s%%' GROUP BY 1 HAVING count(*) > 1", name,
                     table, name, prefix));
}

static void expect_events(const char *schema, const char *kind, const char *subject,
                          const char *wanted)
{
    expect_none(text("%s: one event for each change", subject),
                text("SELECT a.uuid, count(o.id) FROM fault.answered a LEFT JOIN %s.outbox o "
                     "ON o.document = a.uuid AND o.subject = '%s' WHERE a.kind = '%s' "
                     "GROUP BY a.uuid, a.price HAVING count(o.id) <> %s",
                     schema, subject, kind, wanted));
}

static void expect_audit(const char *schema, const char *table, const char *kind,
                         const char *action, const char *wanted)
{
    expect_none(text("%s %s: one audit row for each change", table, action),
                text("SELECT a.uuid, count(u.id) FROM fault.answered a LEFT JOIN %s.audit u "
                     "ON u.key = a.uuid::text AND u.entity = '%s' AND u.action = '%s' "
                     "WHERE a.kind = '%s' GROUP BY a.uuid, a.price HAVING count(u.id) <> %s",
                     schema, table, action, kind, wanted));
}

int64_t load_check(Load *load)
{
    int64_t began = now_ms();
    if (load_fault(load))
        cr_assert_fail("%s", load_fault(load));
    expect_quiet();
    int64_t quiet = now_ms() - began;
    history_store(load);
    expect_documents("customer", "sales.customer", "code", "", load->prefix);
    expect_documents("item", "inventory.item", "code",
                     "OR a.price <> d.price OR a.price <> d.version", load->prefix);
    expect_documents("order", "sales.sales_order", "customer_po", "OR a.number <> d.number",
                     load->prefix);
    expect_events("sales", "customer", "customer.created", "1");
    expect_events("inventory", "item", "item.created", "1");
    expect_events("inventory", "item", "item.updated", "a.price - 1");
    expect_audit("sales", "customer", "customer", "insert", "1");
    expect_audit("inventory", "item", "item", "insert", "1");
    expect_audit("inventory", "item", "item", "update", "a.price - 1");
    expect_audit("sales", "sales_order", "order", "insert", "1");
    trading_check(load);
    sql_run("DROP SCHEMA fault CASCADE");
    expect_well();
    return quiet;
}
