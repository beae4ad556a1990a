/* The largest order that there may be: it is accepted, moves on, leaves in events and exports. */
#include <string.h>

#include "stock.h"
#include "trade.h"

enum { LINES = 500, REJECTIONS = 4, PAGE_MAX = 2 * 1024 * 1024 };

#define WIDE "\xF0\x9D\x94\xB8" /* a character of four bytes */

static const char *wide(size_t length)
{
    return repeat(WIDE, length);
}

static const char *wide_item(Client *admin)
{
    return created_uuid(post(admin, "/items",
                             json("{'code':'%s','name':'%s','type':'finished','uom':'%s',"
                                  "'price':1}",
                                  unique("WIDE"), wide(255), wide(255))));
}

static const char *largest_body(Client *admin)
{
    const char *line = json("{'itemId':'%s','qty':1},", wide_item(admin));
    char *lines = repeat(line, LINES);

    lines[strlen(lines) - 1] = '\0';
    return text(
        "{\"customerId\":\"%s\",\"orderDate\":\"%s\",\"notes\":\"%s\",\"customerPO\":\"%s\","
        "\"items\":[%s]}",
        new_customer(admin), today(), wide(2000), wide(255), lines);
}

/* The payload's size of the newest event of that subject. */
static int64_t event_size(const char *subject, const char *order)
{
    return sql_int("SELECT octet_length(payload) FROM sales.outbox WHERE document = '%s' AND "
                   "subject = '%s' ORDER BY sequence DESC LIMIT 1",
                   order, subject);
}

static void reject_and_mend(Client *admin, const char *order)
{
    expect_status(order_do(admin, order, "submit"), 200);
    expect_status(order_decide(admin, order, "reject", wide(2000)), 200);
    expect_status(put(admin, text("/sales-orders/%s", order), json("{'notes':'%s'}", wide(2000))),
                  200);
}

Test(large_documents, the_largest_order_moves_on)
{
    Client *admin = client_admin();
    const char *order = created_uuid(post(admin, "/sales-orders", largest_body(admin)));
    for (int i = 0; i < 2; i++)
        reject_and_mend(admin, order);
    int64_t twice = event_size("so.rejected", order);
    for (int i = 2; i < REJECTIONS; i++)
        reject_and_mend(admin, order);
    expect_number(event_size("so.rejected", order), twice);
    expect_json(order_get(admin, order), text("history[%d].to", 3 * REJECTIONS), "'draft'");
    expect_status(order_do(admin, order, "submit"), 200);
    expect_status(order_do(admin, order, "approve"), 200);
    expect_status(order_cancel(admin, order), 200);
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM sales.outbox WHERE document = '%s' AND "
                                "published_at IS NULL",
                                order) == 0);
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM inventory.reservation WHERE owner_uuid = "
                                "'%s' AND is_closed",
                                order) == 1);
}

/* A page of the orders behind that id, as inventory asks for it. */
static const BusMessage *export_page(int64_t after)
{
    const BusText headers[] = {{"Sf-Username", "system"}, {0}};
    unsigned char query[16] = {1 << 3};
    size_t length = 1;

    for (uint64_t rest = (uint64_t)after; length == 1 || rest; rest >>= 7)
        query[length++] = (unsigned char)((rest & 127) | (rest > 127 ? 128 : 0));
    return bus_ask(bus_as("inventory"), "sales.so.export", headers, query, length, SOON_MS);
}

Test(large_documents, pages_of_an_export_fit_into_messages)
{
    Client *admin = client_admin();
    const char *body = largest_body(admin), *orders[3];
    for (int i = 0; i < 3; i++)
        orders[i] = created_uuid(post(admin, "/sales-orders", body));
    for (int i = 0; i < 3; i++) {
        const BusMessage *page = export_page(
            sql_int("SELECT id - 1 FROM sales.sales_order WHERE uuid = '%s'", orders[i]));
        cr_assert_not_null(page, "no answer");
        cr_assert_null(bus_header(page, "Nats-Service-Error-Code"));
        cr_assert_lt(page->length, PAGE_MAX);
        cr_assert_not_null(memmem(page->payload, page->length, orders[i], strlen(orders[i])));
    }
}
