/* Stock under many at once: nothing is sold twice, nothing is lost, nobody waits for ever. */
#include <stdlib.h>
#include <string.h>

#include "stock.h"
#include "trade.h"

enum { APPROVALS = 30, MOVERS = 16, CLIENTS = 64, BANK_ITEMS = 10, ROUNDS = 6 };

/* ---- the last 10 units ---- */

typedef struct Approvals {
    const char *orders[APPROVALS];
    int statuses[APPROVALS];
} Approvals;

static void run_approval(void *context, int index)
{
    Approvals *approvals = context;
    approvals->statuses[index] =
        order_do(client_admin(), approvals->orders[index], "approve")->status;
}

static const char *reserved_sum(const char *item)
{
    return sql_text("SELECT sum(l.allocated - l.issued)::numeric(15,0) FROM "
                    "inventory.reservation_line l JOIN inventory.item i ON i.id = l.item_id WHERE "
                    "i.uuid = '%s'",
                    item);
}

static bool all_heard(const char *item, int64_t lines)
{
    return sql_int("SELECT count(*) FROM inventory.reservation_line l JOIN inventory.item i ON "
                   "i.id = l.item_id WHERE i.uuid = '%s'",
                   item) == lines;
}

Test(stock_races, thirty_approvals_reserve_the_last_ten)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *customer = new_customer(admin);
    Approvals approvals = {0};
    for (int i = 0; i < APPROVALS; i++)
        approvals.orders[i] = order_submitted(admin, customer, item, "1");
    parallel(APPROVALS, run_approval, &approvals);
    for (int i = 0; i < APPROVALS; i++)
        expect_number(approvals.statuses[i], 200);
    EVENTUALLY(SOON_MS, all_heard(item, APPROVALS));
    expect_text(reserved_sum(item), "10");
    expect_stock(admin, item, NULL, "10 10 0 40000 400000");
    expect_integrity(admin);
}

/* ---- taking away against setting aside ---- */

typedef struct Tug {
    const char *item;
    const char *orders[MOVERS];
    int statuses[2 * MOVERS];
} Tug;

static void run_tug(void *context, int index)
{
    Tug *tug = context;
    Client *client = client_admin();
    const Response *r = index < MOVERS ? order_do(client, tug->orders[index], "approve")
                                       : adjust(client, NULL, stock_line(tug->item, "-1", NULL));
    tug->statuses[index] = r->status;
}

Test(stock_races, adjusting_down_against_approving)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin);
    Tug tug = {.item = new_stocked_item(admin, "20")};
    for (int i = 0; i < MOVERS; i++)
        tug.orders[i] = order_submitted(admin, customer, tug.item, "2");
    parallel(2 * MOVERS, run_tug, &tug);
    int64_t taken = 0;
    for (int i = 0; i < MOVERS; i++) {
        expect_number(tug.statuses[i], 200);
        int status = tug.statuses[MOVERS + i];
        cr_assert(status == 201 || status == 422, "an adjustment got %d", status);
        taken += status == 201;
    }
    EVENTUALLY(SOON_MS, all_heard(tug.item, MOVERS));
    expect_text(reserved_sum(tug.item), text("%ld", (long)(20 - taken)));
    expect_integrity(admin);
}

/* ---- both directions ---- */

typedef struct Directions {
    const char *items[2], *other;
    int statuses[MOVERS];
} Directions;

/* Even ones move there and name the items in one order, odd ones back and in the other. */
static void run_direction(void *context, int index)
{
    Directions *directions = context;
    Client *client = client_admin();
    bool odd = index % 2;
    const char *lines = text("%s,%s", stock_line(directions->items[odd], "1", NULL),
                             stock_line(directions->items[!odd], "1", NULL));
    for (int i = 0; i < ROUNDS; i++) {
        const Response *r = transfer(client, odd ? directions->other : MAIN_WAREHOUSE,
                                     odd ? MAIN_WAREHOUSE : directions->other, lines);
        if (r->status != 201)
            directions->statuses[index] = r->status;
    }
}

Test(stock_races, transfers_in_both_directions)
{
    Client *admin = client_admin();
    Directions directions = {.other = new_warehouse(admin)};
    for (int i = 0; i < 2; i++) {
        directions.items[i] = new_item(admin, "1");
        const char *line = stock_line(directions.items[i], "100", "1.2345");
        expect_status(adjust(admin, NULL, line), 201);
        expect_status(adjust(admin, directions.other, line), 201);
    }
    parallel(MOVERS, run_direction, &directions);
    for (int i = 0; i < MOVERS; i++)
        expect_number(directions.statuses[i], 0);
    for (int i = 0; i < 2; i++)
        expect_stock(admin, directions.items[i], NULL, "200 0 200 1.2345 246.9");
    expect_integrity(admin);
}

/* ---- the bank ---- */

typedef struct Bank {
    const char *items[BANK_ITEMS], *warehouses[3];
    int refused[CLIENTS], moved[CLIENTS], odd_sums[CLIENTS];
} Bank;

/* What the list says of an item over all warehouses, in one answer. So many clients may be told 503
 * on a slow machine. */
static bool sum_holds(Client *client, const char *item)
{
    const Response *r = get(client, "/inventory/%s", item);
    return r->status == 503 ||
           (r->status == 200 && strcmp(json_raw(r->body, "totals.onHand"), "90") == 0 &&
            strcmp(json_raw(r->body, "totals.value"), "111.15") == 0);
}

static void run_bank(void *context, int index)
{
    Bank *bank = context;
    Client *client = client_admin();
    unsigned seed = (unsigned)index + 1;
    for (int i = 0; i < ROUNDS; i++) {
        int from = rand_r(&seed) % 3, to = (from + 1 + rand_r(&seed) % 2) % 3;
        int item = rand_r(&seed) % BANK_ITEMS, other = rand_r(&seed) % BANK_ITEMS;
        const char *lines =
            text("%s,%s", stock_line(bank->items[item], text("%d.5", rand_r(&seed) % 9), NULL),
                 stock_line(bank->items[other], "1", NULL));
        int status = transfer(client, bank->warehouses[from], bank->warehouses[to], lines)->status;
        bank->moved[index] += status == 201;
        bank->refused[index] += status != 201 && status != 422 && status != 503;
        bank->odd_sums[index] += !sum_holds(client, bank->items[item]);
    }
}

static void bank_open(Client *admin, Bank *bank)
{
    bank->warehouses[0] = MAIN_WAREHOUSE;
    bank->warehouses[1] = new_warehouse(admin);
    bank->warehouses[2] = new_warehouse(admin);
    for (int i = 0; i < BANK_ITEMS; i++) {
        bank->items[i] = new_item(admin, "1");
        for (int w = 0; w < 3; w++)
            expect_status(
                adjust(admin, bank->warehouses[w], stock_line(bank->items[i], "30", "1.235")), 201);
    }
}

Test(stock_races, the_bank)
{
    Client *admin = client_admin();
    Bank *bank = keep(sizeof *bank);
    bank_open(admin, bank);
    parallel(CLIENTS, run_bank, bank);
    int moved = 0;
    for (int i = 0; i < CLIENTS; i++) {
        expect_number(bank->refused[i], 0);
        expect_number(bank->odd_sums[i], 0);
        moved += bank->moved[i];
    }
    cr_assert_gt(moved, CLIENTS, "hardly anything moved");
    for (int i = 0; i < BANK_ITEMS; i++)
        cr_assert(sum_holds(admin, bank->items[i]), "%s",
                  get(admin, "/inventory/%s", bank->items[i])->body);
    expect_number(sql_int("SELECT count(*) - max(number_counter) FROM inventory.transfer GROUP BY "
                          "number_month ORDER BY number_month DESC LIMIT 1"),
                  0);
    expect_integrity(admin);
}
