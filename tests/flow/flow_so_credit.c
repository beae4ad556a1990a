/* A customer's credit limit at approval: the figures, the edges, many at once. */
#include <string.h>

#include "trade.h"

/* A customer with that limit ("null": none). */
static const char *customer_with(Client *client, const char *limit)
{
    return created_uuid(
        post(client, "/customers", json("{'name':'PT Kredit','creditLimit':%s}", limit)));
}

/* A submitted order whose total is `price` × 1.11. */
static const char *submitted(Client *client, const char *customer, const char *item,
                             const char *price)
{
    const char *order = created_uuid(
        post(client, "/sales-orders",
             json("{'customerId':'%s','orderDate':'%s','items':[{'itemId':'%s','qty':1,"
                  "'price':%s}]}",
                  customer, today(), item, price)));
    expect_status(order_do(client, order, "submit"), 200);
    return order;
}

static void expect_over(Client *client, const char *order, const char *figures)
{
    const char *before = order_get(client, order)->body;
    const Response *r = order_do(client, order, "approve");
    expect_error(r, 422, "creditLimit");
    expect_json(r, "details.creditLimit[0]", text("'%s'", figures));
    expect_text(order_get(client, order)->body, before);
}

Test(so_credit, what_counts)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1"), *customer = customer_with(admin, "3330");
    const char *first = submitted(admin, customer, item, "1000"),
               *second = submitted(admin, customer, item, "2000"),
               *third = submitted(admin, customer, item, "0.01");
    expect_status(order_do(admin, first, "approve"), 200);
    expect_status(order_do(admin, second, "approve"), 200);
    expect_over(admin, third, "is 3330; other approved orders take 3330, this one 0.01");
    expect_status(order_cancel(admin, first), 200);
    expect_status(order_do(admin, third, "approve"), 200);
    const char *fourth = submitted(admin, customer, item, "1000");
    expect_over(admin, fourth, "is 3330; other approved orders take 2220.01, this one 1110");
    expect_status(put(admin, text("/customers/%s", customer), json("{'creditLimit':3330.01}")),
                  200);
    expect_status(order_do(admin, fourth, "approve"), 200);
}

Test(so_credit, nothing_and_no_limit)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1"), *none = customer_with(admin, "0");
    expect_over(admin, submitted(admin, none, item, "1"),
                "is 0; other approved orders take 0, this one 1.11");
    expect_status(order_do(admin, submitted(admin, none, item, "0"), "approve"), 200);
    const char *unlimited = customer_with(admin, "null");
    expect_status(order_do(admin, submitted(admin, unlimited, item, "9000000000000"), "approve"),
                  200);
    expect_status(order_do(admin, submitted(admin, unlimited, item, "9000000000000"), "approve"),
                  200);
}

/* ---- at once ---- */

enum { MANY = 30, FIT = 7 };

typedef struct Race {
    const char *orders[MANY];
    const Response *answers[MANY];
} Race;

static void approve(void *context, int index)
{
    Race *race = context;
    race->answers[index] = order_do(client_admin(), race->orders[index], "approve");
}

Test(so_credit, approvals_at_once_share_one_limit)
{
    Client *admin = client_admin();
    const char *item = new_item(admin, "1");
    const char *customer = customer_with(admin, text("%d", FIT * 111 + 110));
    Race race = {0};
    for (int i = 0; i < MANY; i++)
        race.orders[i] = submitted(admin, customer, item, "100");
    parallel(MANY, approve, &race);
    int approved = 0;
    for (int i = 0; i < MANY; i++) {
        int status = race.answers[i]->status;
        cr_assert(status == 200 || status == 422, "%d %s", status, race.answers[i]->body);
        approved += status == 200;
    }
    expect_number(approved, FIT);
    expect_json(get(admin, "/sales-orders?customerId=%s&status=approved", customer), "total",
                text("%d", FIT));
}
