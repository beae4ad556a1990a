/* Large orders leave in exports. */
#include <string.h>

#include "stock.h"
#include "trade.h"

enum { FEWER = 400, ANSWER_MS = 5000, PAGE_MAX = 2 * 1024 * 1024 };

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

static const char *large_body(Client *admin, size_t count)
{
    const char *line = json("{'itemId':'%s','qty':1},", wide_item(admin));
    char *lines = repeat(line, count);

    lines[strlen(lines) - 1] = '\0';
    return text(
        "{\"customerId\":\"%s\",\"orderDate\":\"%s\",\"notes\":\"%s\",\"customerPO\":\"%s\","
        "\"items\":[%s]}",
        new_customer(admin), today(), wide(2000), wide(255), lines);
}

/* A page of the orders behind that id, as inventory asks for it. */
static const BusMessage *export_page(int64_t after)
{
    const BusText headers[] = {{"Sf-Username", "system"}, {0}};
    unsigned char query[16] = {1 << 3};
    size_t length = 1;

    for (uint64_t rest = (uint64_t)after; length == 1 || rest; rest >>= 7)
        query[length++] = (unsigned char)((rest & 127) | (rest > 127 ? 128 : 0));
    return bus_ask(bus_as("inventory"), "sales.so.export", headers, query, length, ANSWER_MS);
}

Test(large_documents, pages_of_an_export_fit_into_messages)
{
    Client *admin = client_admin();
    const char *body = large_body(admin, FEWER), *orders[3];
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
