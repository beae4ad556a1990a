/* Traders: orders and deliveries from state to state, adjustments, transfers, of few items and by
 * many at once, so that they get in each other's way. Not the comparison: trading_check.c. */
#include "trading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPENING = 200, CREDIT_LIMIT = 60000000, PRICE = 65000, WILD = 12 };

/* ---- the goods ---- */

static const char *created(const Response *r)
{
    const char *uuid = r->status == 201 ? json_string(r->body, "uuid") : NULL;
    if (!uuid)
        cr_assert_fail("%s %s: %d %s", r->method, r->path, r->status, r->body);
    return uuid;
}

static void stock_open(const Trading *trading, Client *client, int warehouse)
{
    const char *lines = "";
    for (int i = 0; i < ITEMS; i++)
        lines = text("%s%s{\"itemId\":\"%s\",\"qty\":%d,\"unitCost\":%d.3333}", lines, i ? "," : "",
                     trading->items[i], (int)(trading->opening / 1000), 1000 + 777 * i);
    (void)created(post(client, "/inventory/adjustments",
                       text("{\"warehouseId\":\"%s\",\"reason\":\"opening\",\"items\":[%s]}",
                            trading->warehouses[warehouse], lines)));
}

Trading *trading_new(const char *prefix)
{
    Trading *trading = keep(sizeof *trading);
    Client *client = client_admin();
    trading->prefix = text("trade-%s", prefix);
    trading->opening = OPENING * 1000;
    pthread_mutex_init(&trading->orders.mutex, NULL);
    pthread_mutex_init(&trading->deliveries.mutex, NULL);
    for (int i = 0; i < CUSTOMERS; i++) {
        const char *code = unique("C"), *limit = i ? "null" : text("%d", CREDIT_LIMIT);
        trading->customers[i] =
            created(post(client, "/customers",
                         json("{'code':'%s','name':'PT %s','creditLimit':%s}", code, code, limit)));
    }
    for (int i = 0; i < ITEMS; i++) {
        const char *code = unique("I");
        trading->items[i] = created(
            post(client, "/items",
                 json("{'code':'%s','name':'Barang %s','type':'finished','uom':'pcs','price':%d,"
                      "'standardCost':40000,'reorderPoint':%d}",
                      code, code, PRICE, i % 3 ? 100 * i : 0)));
    }
    for (int i = 0; i < WAREHOUSES; i++) {
        const char *code = unique("W");
        trading->warehouses[i] = created(
            post(client, "/warehouses", json("{'code':'%s','name':'Gudang %s'}", code, code)));
        stock_open(trading, client, i);
    }
    return trading;
}

TradingLog *trading_log_new(void)
{
    return keep(sizeof(TradingLog));
}

int trading_count(const Writer *writer)
{
    return writer->log ? writer->log->count : 0;
}

/* ---- what was done ---- */

static void deed_add(Writer *writer, const char *kind, const char *verb, const char *number,
                     const Response *r)
{
    TradingLog *log = writer->log;
    if (log->count == log->room) {
        int room = log->room ? 2 * log->room : 256;
        Deed *deeds = keep((size_t)room * sizeof *deeds);
        if (log->count)
            memcpy(deeds, log->deeds, (size_t)log->count * sizeof *deeds);
        log->deeds = deeds;
        log->room = room;
    }
    const char *version = json_raw(r->body, "version");
    log->deeds[log->count++] = (Deed){.kind = kind,
                                      .verb = verb,
                                      .uuid = json_string(r->body, "uuid"),
                                      .number = json_string(r->body, number),
                                      .version = version ? (int)strtol(version, NULL, 10) : 0};
}

/* "12.5" → 12500 */
static int64_t thousandths(const char *number)
{
    char *end;
    int64_t whole = strtoll(number, &end, 10), part = 0;
    for (int i = 0, digits = *end == '.'; i < 3; i++) {
        digits = digits && end[i + 1] >= '0' && end[i + 1] <= '9';
        part = part * 10 + (digits ? end[i + 1] - '0' : 0);
    }
    return whole * 1000 + (*number == '-' ? -part : part);
}

static int index_of(const char *const *uuids, int count, const char *uuid)
{
    for (int i = 0; i < count; i++)
        if (uuid && strcmp(uuids[i], uuid) == 0)
            return i;
    abort();
}

/* Books the lines of the answer, `sign` times each. */
static void stock_moved(Writer *writer, const Response *r, const char *warehouse, int sign)
{
    const Trading *trading = writer->load->trading;
    int place =
        index_of(trading->warehouses, WAREHOUSES, json_string(r->body, text("%s.uuid", warehouse)));
    for (int i = 0, count = json_count(r->body, "items"); i < count; i++) {
        const char *uuid = json_string(r->body, text("items[%d].item.uuid", i));
        int item = index_of(trading->items, ITEMS, uuid);
        writer->log->moved[item][place] +=
            sign * thousandths(json_raw(r->body, text("items[%d].qty", i)));
    }
}

/* ---- documents that all know ---- */

static bool is_over(const Known *known)
{
    static const char *const OVER[] = {"delivered", "cancelled", "closed"};
    for (size_t i = 0; i < sizeof OVER / sizeof *OVER; i++)
        if (strcmp(known->status, OVER[i]) == 0)
            return true;
    return false;
}

/* A full pool forgets one: of a few, one that is over. */
static void pool_add(Pool *pool, Chance *chance, const Known *known)
{
    pthread_mutex_lock(&pool->mutex);
    int at = pool->count < POOL_MAX ? pool->count++ : chance_between(chance, 0, POOL_MAX - 1);
    for (int i = 0; i < 8 && pool->known[at].uuid && !is_over(&pool->known[at]); i++)
        at = chance_between(chance, 0, POOL_MAX - 1);
    pool->known[at] = *known;
    pthread_mutex_unlock(&pool->mutex);
}

/* Mostly one that is not over. False: there is none. */
static bool pool_pick(Pool *pool, Chance *chance, Known *ret_known)
{
    pthread_mutex_lock(&pool->mutex);
    bool some = pool->count > 0;
    for (int i = 0; some && i < 6; i++) {
        *ret_known = pool->known[chance_between(chance, 0, pool->count - 1)];
        if (!is_over(ret_known))
            break;
    }
    pthread_mutex_unlock(&pool->mutex);
    return some;
}

static void pool_update(Pool *pool, const char *uuid, const char *status)
{
    pthread_mutex_lock(&pool->mutex);
    for (int i = 0; i < pool->count; i++)
        if (strcmp(pool->known[i].uuid, uuid) == 0)
            pool->known[i].status = status;
    pthread_mutex_unlock(&pool->mutex);
}

/* ---- orders ---- */

static const char *quantity(Chance *chance, int most)
{
    int whole = chance_between(chance, 1, most);
    return chance_between(chance, 0, 3) ? text("%d", whole)
                                        : text("%d.%03d", whole, chance_between(chance, 1, 999));
}

static const char *order_lines(Writer *writer, Known *known)
{
    Chance *chance = &writer->chance;
    const char *lines = "";
    known->lines = chance_between(chance, 1, LINES_MAX);
    for (int i = 0; i < known->lines; i++) {
        known->items[i] = chance_between(chance, 0, ITEMS - 1);
        lines = text("%s%s{\"itemId\":\"%s\",\"qty\":%s}", lines, i ? "," : "",
                     writer->load->trading->items[known->items[i]], quantity(chance, 20));
    }
    return lines;
}

static void order_create(Writer *writer)
{
    Trading *trading = writer->load->trading;
    Chance *chance = &writer->chance;
    Known known = {.status = "draft"};
    const char *lines = order_lines(writer, &known);
    const char *body =
        text("{\"customerId\":\"%s\",\"orderDate\":\"%s\",\"customerPO\":\"%s%d\","
             "\"warehouseId\":\"%s\",\"items\":[%s]}",
             trading->customers[chance_between(chance, 0, CUSTOMERS - 1)], today(), trading->prefix,
             writer->number, trading->warehouses[chance_between(chance, 0, WAREHOUSES - 1)], lines);
    const Response *r = write_attempt(writer, "POST", "/sales-orders", body, false);
    if (!r)
        return;
    deed_add(writer, "order", "create", "soNumber", r);
    known.uuid = json_string(r->body, "uuid");
    pool_add(&trading->orders, chance, &known);
}

static void delivery_create(Writer *writer, const Known *order)
{
    Trading *trading = writer->load->trading;
    Chance *chance = &writer->chance;
    const char *some = "";
    if (chance_between(chance, 0, 2) == 0)
        some = json(",'items':[{'itemId':'%s','qty':%s}]",
                    trading->items[order->items[chance_between(chance, 0, order->lines - 1)]],
                    quantity(chance, 12));
    const Response *r = write_attempt(writer, "POST", "/delivery-orders",
                                      text("{\"salesOrderId\":\"%s\"%s}", order->uuid, some), true);
    if (!r || r->status != 201)
        return;
    deed_add(writer, "delivery", "create", "doNumber", r);
    Known known = {.uuid = json_string(r->body, "uuid"), .status = "draft"};
    pool_add(&trading->deliveries, chance, &known);
}

typedef struct Step {
    const char *verb, *method, *path, *body; /* the path behind the document's */
} Step;

static const Step ORDER_STEPS[] = {
    {"submit", "POST", "/submit", NULL},
    {"approve", "POST", "/approve", NULL},
    {"reject", "POST", "/reject", "{\"reason\":\"no\"}"},
    {"close", "POST", "/close", "{\"reason\":\"enough\"}"},
    {"cancel", "DELETE", "", NULL},
    {"update", "PUT", "", NULL},
};
static const Step DELIVERY_STEPS[] = {
    {"ship", "PUT", "/ship", "{\"carrier\":\"JNE\"}"},
    {"deliver", "PUT", "/deliver", NULL},
    {"cancel", "DELETE", "", NULL},
};

typedef struct Habit {
    const char *status, *usual, *rare; /* rare: one time in six */
} Habit;

static const Habit ORDER_HABITS[] = {
    {"draft", "submit", "update"},
    {"pending_approval", "approve", "reject"},
    {"rejected", "update", "cancel"},
    {"approved", "deliver", "cancel"},
    {"partially_delivered", "deliver", "close"},
    {0},
};
static const Habit DELIVERY_HABITS[] = {
    {"draft", "ship", "cancel"}, {"shipped", "deliver", "cancel"}, {0}};

static const char *verb_for(Chance *chance, const Habit *habits, const char *status)
{
    for (; habits->status; habits++)
        if (strcmp(habits->status, status) == 0)
            return chance_between(chance, 0, 5) ? habits->usual : habits->rare;
    return NULL;
}

/* What one does in the state it is in; wildly, or where it is over: anything. */
static const Step *step_for(Chance *chance, const Step *steps, int count, const Habit *habits,
                            const char *status)
{
    const char *verb = verb_for(chance, habits, status);
    bool wild = !verb || chance_between(chance, 0, 99) < WILD;
    for (int i = 0; !wild && i < count; i++)
        if (strcmp(steps[i].verb, verb) == 0)
            return &steps[i];
    return wild ? &steps[chance_between(chance, 0, count - 1)] : NULL;
}

static void order_step(Writer *writer)
{
    Trading *trading = writer->load->trading;
    Known order;
    if (!pool_pick(&trading->orders, &writer->chance, &order))
        return;
    const Step *step =
        step_for(&writer->chance, ORDER_STEPS, (int)(sizeof ORDER_STEPS / sizeof *ORDER_STEPS),
                 ORDER_HABITS, order.status);
    if (!step) {
        delivery_create(writer, &order);
        return;
    }
    const char *body = step->body;
    if (strcmp(step->verb, "update") == 0)
        body = text("{\"items\":[%s]}", order_lines(writer, &(Known){0}));
    const Response *r = write_attempt(
        writer, step->method, text("/sales-orders/%s%s", order.uuid, step->path), body, true);
    if (!r || r->status != 200)
        return;
    deed_add(writer, "order", step->verb, "soNumber", r);
    pool_update(&trading->orders, order.uuid, json_string(r->body, "status"));
}

/* What a delivery did to its order is seen by looking. */
static void order_look(Writer *writer, const char *uuid)
{
    const Response *r = get(writer->gateways[writer->gateway], "/sales-orders/%s", uuid);
    if (r->status == 200)
        pool_update(&writer->load->trading->orders, uuid, json_string(r->body, "status"));
}

static void delivery_step(Writer *writer)
{
    Trading *trading = writer->load->trading;
    Known delivery;
    if (!pool_pick(&trading->deliveries, &writer->chance, &delivery))
        return;
    const Step *step = step_for(&writer->chance, DELIVERY_STEPS,
                                (int)(sizeof DELIVERY_STEPS / sizeof *DELIVERY_STEPS),
                                DELIVERY_HABITS, delivery.status);
    const Response *r =
        write_attempt(writer, step->method,
                      text("/delivery-orders/%s%s", delivery.uuid, step->path), step->body, true);
    if (!r || r->status != 200)
        return;
    deed_add(writer, "delivery", step->verb, "doNumber", r);
    if (strcmp(step->verb, "ship") == 0)
        stock_moved(writer, r, "warehouse", -1);
    pool_update(&trading->deliveries, delivery.uuid, json_string(r->body, "status"));
    if (strcmp(step->verb, "deliver") == 0)
        order_look(writer, json_string(r->body, "salesOrder.uuid"));
}

/* ---- stock ---- */

static void adjust(Writer *writer)
{
    const Trading *trading = writer->load->trading;
    Chance *chance = &writer->chance;
    bool up = chance_between(chance, 0, 9) < 6;
    const char *lines = "";
    for (int i = 0, count = chance_between(chance, 1, 3); i < count; i++)
        lines = text("%s%s{\"itemId\":\"%s\",\"qty\":%s%s%s}", lines, i ? "," : "",
                     trading->items[chance_between(chance, 0, ITEMS - 1)], up ? "" : "-",
                     quantity(chance, up ? 90 : 30),
                     up && chance_between(chance, 0, 1) ? ",\"unitCost\":1234.5678" : "");
    const char *body = text("{\"warehouseId\":\"%s\",\"reason\":\"%s\",\"items\":[%s]}",
                            trading->warehouses[chance_between(chance, 0, WAREHOUSES - 1)],
                            trading->prefix, lines);
    const Response *r = write_attempt(writer, "POST", "/inventory/adjustments", body, !up);
    if (!r || r->status != 201)
        return;
    deed_add(writer, "adjustment", "create", "number", r);
    stock_moved(writer, r, "warehouse", 1);
}

static void transfer(Writer *writer)
{
    const Trading *trading = writer->load->trading;
    Chance *chance = &writer->chance;
    int from = chance_between(chance, 0, WAREHOUSES - 1);
    int to = (from + chance_between(chance, 1, WAREHOUSES - 1)) % WAREHOUSES;
    const char *lines = "";
    for (int i = 0, count = chance_between(chance, 1, 3); i < count; i++)
        lines = text("%s%s{\"itemId\":\"%s\",\"qty\":%s}", lines, i ? "," : "",
                     trading->items[chance_between(chance, 0, ITEMS - 1)], quantity(chance, 25));
    const char *body = text(
        "{\"fromWarehouseId\":\"%s\",\"toWarehouseId\":\"%s\",\"notes\":\"%s\",\"items\":[%s]}",
        trading->warehouses[from], trading->warehouses[to], trading->prefix, lines);
    const Response *r = write_attempt(writer, "POST", "/inventory/transfers", body, true);
    if (!r || r->status != 201)
        return;
    deed_add(writer, "transfer", "create", "number", r);
    stock_moved(writer, r, "fromWarehouse", -1);
    stock_moved(writer, r, "toWarehouse", 1);
}

void trading_step(Writer *writer)
{
    int dice = chance_between(&writer->chance, 0, 99);
    if (dice < 15)
        order_create(writer);
    else if (dice < 60)
        order_step(writer);
    else if (dice < 87)
        delivery_step(writer);
    else if (dice < 95)
        adjust(writer);
    else
        transfer(writer);
}
