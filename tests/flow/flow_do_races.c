/* Orders and deliveries, many at once: nothing is taken twice, one of two that exclude each other
 * wins, numbers have no gaps. */
#include <stdlib.h>
#include <string.h>

#include "trade.h"

enum { MANY = 40 };

typedef struct Race {
    const char *order, *item, *delivery;
    const char *orders[MANY];
    const Response *answers[MANY];
} Race;

static int count_status(const Race *race, int count, int status)
{
    int found = 0;
    for (int i = 0; i < count; i++)
        found += race->answers[i]->status == status;
    return found;
}

static void expect_one_winner(const Race *race, int count)
{
    int won = count_status(race, count, 200) + count_status(race, count, 201);
    expect_number(won, 1);
    expect_number(count_status(race, count, 422), count - 1);
}

static void ship(void *context, int index)
{
    Race *race = context;
    race->answers[index] = delivery_do(client_admin(), race->delivery, "ship");
}

static void deliver(void *context, int index)
{
    Race *race = context;
    race->answers[index] = delivery_do(client_admin(), race->delivery, "deliver");
}

static void ship_or_cancel(void *context, int index)
{
    Race *race = context;
    race->answers[index] = index % 2 ? delivery_cancel(client_admin(), race->delivery)
                                     : delivery_do(client_admin(), race->delivery, "ship");
}

static void take_three(void *context, int index)
{
    Race *race = context;
    race->answers[index] = delivery_of(client_admin(), race->order, race->item, "3");
}

static void take_or_cancel(void *context, int index)
{
    Race *race = context;
    race->answers[index] = index ? delivery_of(client_admin(), race->order, race->item, "1")
                                 : order_cancel(client_admin(), race->order);
}

static void approve_one(void *context, int index)
{
    Race *race = context;
    race->answers[index] = order_do(client_admin(), race->orders[index], "approve");
}

Test(do_races, a_delivery_is_shipped_and_delivered_once)
{
    Client *admin = client_admin();
    Race race = {.item = new_stocked_item(admin, "10")};
    race.order = order_reserved(admin, new_customer(admin), race.item, "10");
    race.delivery = created_uuid(delivery_of(admin, race.order, race.item, "4"));
    parallel(12, ship, &race);
    expect_one_winner(&race, 12);
    expect_json(order_get(admin, race.order), "items[0].shippedQty", "4");
    parallel(12, deliver, &race);
    expect_one_winner(&race, 12);
    const Response *r = order_get(admin, race.order);
    expect_json(r, "items[0].deliveredQty", "4");
    expect_json(r, "version", "4");
}

Test(do_races, a_delivery_is_shipped_or_cancelled)
{
    Client *admin = client_admin();
    Race race = {.item = new_stocked_item(admin, "10")};
    race.order = order_reserved(admin, new_customer(admin), race.item, "10");
    race.delivery = created_uuid(delivery_of(admin, race.order, race.item, "4"));
    parallel(12, ship_or_cancel, &race);
    expect_one_winner(&race, 12);
    const Response *r = get(admin, "/delivery-orders/%s", race.delivery);
    bool shipped = strcmp(json_string(r->body, "status"), "shipped") == 0;
    expect_json(order_get(admin, race.order), "items[0].shippedQty", shipped ? "4" : "0");
}

Test(do_races, deliveries_at_once_share_what_is_reserved)
{
    Client *admin = client_admin();
    Race race = {.item = new_stocked_item(admin, "20")};
    race.order = order_reserved(admin, new_customer(admin), race.item, "20");
    parallel(MANY, take_three, &race);
    expect_number(count_status(&race, MANY, 201), 6);
    expect_number(count_status(&race, MANY, 422), MANY - 6);
    expect_text(sql_text("SELECT sum(l.qty) FROM sales.delivery_order_line l JOIN "
                         "sales.delivery_order d ON d.id = l.delivery_id JOIN sales.sales_order o "
                         "ON o.id = d.sales_order_id WHERE o.uuid = '%s'",
                         race.order),
                "18.000");
}

/* Whatever was drafted before the order was cancelled is cancelled with it. */
Test(do_races, no_delivery_outlives_a_cancelled_order)
{
    Client *admin = client_admin();
    Race race = {.item = new_stocked_item(admin, "40")};
    race.order = order_reserved(admin, new_customer(admin), race.item, "40");
    parallel(20, take_or_cancel, &race);
    expect_status(race.answers[0], 200);
    int made = count_status(&race, 20, 201);
    expect_number(made + count_status(&race, 20, 422), 19);
    expect_json(get(admin, "/delivery-orders?salesOrderId=%s", race.order), "total",
                text("%d", made));
    expect_json(get(admin, "/delivery-orders?salesOrderId=%s&status=cancelled", race.order),
                "total", text("%d", made));
}

static int64_t gaps(const char *table)
{
    return sql_int("SELECT count(*) FROM (SELECT number_counter - row_number() OVER (PARTITION BY "
                   "number_month ORDER BY number_counter) AS gap FROM sales.%s) n WHERE gap <> 0",
                   table);
}

static void take_from_own(void *context, int index)
{
    Race *race = context;
    race->answers[index] = delivery_of(client_admin(), race->orders[index % 4], race->item, "1");
}

Test(do_races, numbers_without_gaps)
{
    Client *admin = client_admin();
    Race race = {.item = new_stocked_item(admin, "32")};
    for (int i = 0; i < 4; i++)
        race.orders[i] = order_reserved(admin, new_customer(admin), race.item, "8");
    parallel(MANY, take_from_own, &race);
    expect_number(count_status(&race, MANY, 201), 32);
    expect_number(gaps("delivery_order"), 0);
    expect_number(gaps("sales_order"), 0);
}

/* 30 orders of one piece each, and 10 pieces. */
Test(do_races, approvals_at_once_reserve_what_is_there)
{
    Client *admin = client_admin();
    Race race = {.item = new_stocked_item(admin, "10")};
    const char *customer = new_customer(admin);
    for (int i = 0; i < 30; i++)
        race.orders[i] = order_submitted(admin, customer, race.item, "1");
    parallel(30, approve_one, &race);
    expect_number(count_status(&race, 30, 200), 30);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.sales_order_line WHERE item_id = '%s' AND "
                       "allocated_qty = 1",
                       race.item) == 10);
    expect_number(sql_int("SELECT count(*) FROM sales.sales_order_line WHERE item_id = '%s' AND "
                          "allocated_qty > 0",
                          race.item),
                  10);
}
