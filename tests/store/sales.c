/* Handlers of sales on the migrated schema: how many round trips each takes, that its exports show
 * whole documents, which news of inventory count. What they answer over HTTP is the flow tests'. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"
#include "kit/config.h"
#include "reference_store.h"
#include "reservation_events.h"
#include "sales.sql.h"
#include "sentient/inventory.contract.h"
#include "sentient/sales.contract.h"
#include "sentient/sales.handlers.h"
#include "so_document.h"

static Db *db;
static Arena *arena;
static char item[UUID_TEXT];

static void must(const Err *err)
{
    cr_assert_null(err, "%s: %s", err->message, err->cause ? err->cause : "");
}

static const Method *method_named(const char *name)
{
    size_t i = 0;

    while (i < SALES_CONTRACT.method_count && !str_eq(SALES_CONTRACT.methods[i].name, name))
        i++;
    cr_assert_lt(i, SALES_CONTRACT.method_count, "no method %s", name);
    return &SALES_CONTRACT.methods[i];
}

static Request request(const char *name)
{
    return (Request){.arena = arena,
                     .db = db,
                     .method = method_named(name),
                     .username = "admin",
                     .permissions = ",so.update,so.approve,so.delete,do.create,do.update,",
                     .now = clock_business(),
                     .deadline_ms = clock_monotonic_ms() + 5000,
                     .if_match = -1};
}

/* Runs a handler as the runtime does, which adds its own statements to the same batches. */
static uint64_t trips(const char *name, Handler handler, const void *in, void *out)
{
    Request rq = request(name);
    uint64_t before = db_round_trips(db);

    if (rq.method->tx == TX_WRITE)
        db_begin(db);
    must(handler(&rq, in, out));
    if (rq.method->tx == TX_WRITE)
        must(db_commit(db));
    return db_round_trips(db) - before;
}

#define TRIPS(name, in, out) trips(#name, (Handler)name, (in), (out))

/* ---- what there is before ---- */

static void open_database(void)
{
    static const Setting SETTINGS[] = {
        {.name = "TAX_RATE", .type = SETTING_PERCENT, .default_value = "11"},
        {.name = "APP_SECRET", .type = SETTING_TEXT, .default_value = "a secret of this test"},
        {0}};
    const DbConfig config = {.host = getenv("DB_HOST"),
                             .port = getenv("DB_PORT"),
                             .name = getenv("DB_NAME"),
                             .user = getenv("DB_USER"),
                             .password = getenv("DB_PASS"),
                             .schema = "sales"};
    cr_assert(config_load((const Setting *const[]){CONFIG_APP, SETTINGS, NULL}, stderr));
    pb_register(&SALES_CONTRACT);
    pb_register(&INVENTORY_CONTRACT);
    arena = arena_new(0);
    db = db_new(&config, NULL, 0);
    db_use_arena(db, arena);
    must(db_connect(db));
}

static void close_database(void)
{
    db_delete(db);
    arena_delete(arena);
}

TestSuite(sales, .init = open_database, .fini = close_database);

/* The copies of inventory's rows. */
static void make_references(void)
{
    Request rq = request("so_create");
    Inventory__Item thing = INVENTORY__ITEM__INIT, *things = &thing;
    Inventory__Warehouse main = INVENTORY__WAREHOUSE__INIT, *warehouses = &main;

    uuid_v7(item);
    thing.uuid = item;
    thing.code = thing.name = thing.uom = "x";
    thing.has_price = thing.has_is_active = thing.has_version = true;
    thing.price = 100;
    thing.is_active = true;
    thing.version = 1;
    main.uuid = WAREHOUSE_MAIN;
    main.code = main.name = "WH-MAIN";
    main.has_version = true;
    main.version = 1;
    reference_save_items(&rq, &things, 1);
    reference_save_warehouses(&rq, &warehouses, 1);
    must(db_flush(db));
}

static char *make_customer(void)
{
    Sales__CustomerInput in = SALES__CUSTOMER_INPUT__INIT;
    Sales__Customer out = SALES__CUSTOMER__INIT;

    in.name = "PT Pelanggan";
    in.has_payment_term_days = in.has_is_active = in.is_active = true;
    (void)TRIPS(customer_create, &in, &out);
    return out.uuid;
}

static uint64_t make_order(const char *customer, Sales__SalesOrder *ret_order)
{
    Sales__SalesOrderInput in = SALES__SALES_ORDER_INPUT__INIT;
    Sales__SalesOrderLineInput line = SALES__SALES_ORDER_LINE_INPUT__INIT;

    line.item_id = item;
    line.has_qty = true;
    line.qty = 5000;
    in.customer_id = arena_strdup(arena, customer);
    in.order_date = "2024-12-27";
    in.items = (Sales__SalesOrderLineInput *[]){&line, &line, &line};
    in.n_items = 3;
    sales__sales_order__init(ret_order);
    return TRIPS(so_create, &in, ret_order);
}

static Sales__SalesOrder *shown(char *uuid)
{
    Sentient__DocumentRef ref = SENTIENT__DOCUMENT_REF__INIT;
    Sales__SalesOrder *so = ARENA_NEW(arena, Sales__SalesOrder);

    ref.uuid = uuid;
    sales__sales_order__init(so);
    (void)TRIPS(so_get, &ref, so);
    return so;
}

static uint64_t step(const char *name, Handler handler, char *uuid)
{
    Sentient__DocumentRef ref = SENTIENT__DOCUMENT_REF__INIT;
    Sales__SalesOrder out = SALES__SALES_ORDER__INIT;

    ref.uuid = uuid;
    return trips(name, handler, &ref, &out);
}

#define STEP(name, uuid) step(#name, (Handler)name, (uuid))

static uint64_t decide(const char *name, Handler handler, char *uuid)
{
    Sales__SalesOrderDecision decision = SALES__SALES_ORDER_DECISION__INIT;
    Sales__SalesOrder out = SALES__SALES_ORDER__INIT;

    decision.uuid = uuid;
    decision.reason = "because";
    return trips(name, handler, &decision, &out);
}

#define DECIDE(name, uuid) decide(#name, (Handler)name, (uuid))

/* As inv.reserved would. */
static void allocate(const char *uuid)
{
    static const DbParam PARAMS[] = {{"uuid", DB_TEXT, 0, false}};
    static const DbQuery ALLOCATE = {
        "allocate",
        "UPDATE sales_order_line SET allocated_qty = qty "
        "WHERE order_id = (SELECT id FROM sales_order WHERE uuid = $1::uuid)",
        PARAMS, 1};

    must(db_run(db, &ALLOCATE, ARG(arg_text("uuid", uuid)), INTO_NOTHING));
}

static uint64_t make_delivery(char *order, int64_t qty, Sales__DeliveryOrder *ret_delivery)
{
    Sales__DeliveryOrderInput in = SALES__DELIVERY_ORDER_INPUT__INIT;
    Sales__DeliveryOrderLineInput line = SALES__DELIVERY_ORDER_LINE_INPUT__INIT;

    line.item_id = item;
    line.has_qty = true;
    line.qty = qty;
    in.sales_order_id = order;
    in.items = (Sales__DeliveryOrderLineInput *[]){&line};
    in.n_items = 1;
    sales__delivery_order__init(ret_delivery);
    return TRIPS(do_create, &in, ret_delivery);
}

static uint64_t ship(char *uuid)
{
    Sales__DeliveryShipment in = SALES__DELIVERY_SHIPMENT__INIT;
    Sales__DeliveryOrder out = SALES__DELIVERY_ORDER__INIT;

    in.uuid = uuid;
    return TRIPS(do_ship, &in, &out);
}

static uint64_t deliver(char *uuid)
{
    Sales__DeliveryReceipt in = SALES__DELIVERY_RECEIPT__INIT;
    Sales__DeliveryOrder out = SALES__DELIVERY_ORDER__INIT;

    in.uuid = uuid;
    return TRIPS(do_deliver, &in, &out);
}

/* ---- counting ---- */

static void count_reads(char *order, char *delivery)
{
    Sentient__DocumentRef ref = SENTIENT__DOCUMENT_REF__INIT;
    Sales__SalesOrder so = SALES__SALES_ORDER__INIT;
    Sales__DeliveryOrder one = SALES__DELIVERY_ORDER__INIT;
    Sales__SalesOrderQuery query = SALES__SALES_ORDER_QUERY__INIT;
    Sales__SalesOrderPage page = SALES__SALES_ORDER_PAGE__INIT;

    ref.uuid = order;
    cr_expect_eq(TRIPS(so_get, &ref, &so), 1);
    ref.uuid = delivery;
    cr_expect_eq(TRIPS(do_get, &ref, &one), 1);
    cr_expect_eq(TRIPS(so_list, &query, &page), 1);
}

Test(sales, round_trips)
{
    Sales__SalesOrder so, other;
    Sales__DeliveryOrder first, second;
    Sales__SalesOrderInput change = SALES__SALES_ORDER_INPUT__INIT;
    Sales__SalesOrder changed = SALES__SALES_ORDER__INIT;

    make_references();
    char *customer = make_customer();
    cr_expect_eq(make_order(customer, &so), 3);
    change.uuid = so.uuid;
    cr_expect_eq(TRIPS(so_update, &change, &changed), 2);
    cr_expect_eq(STEP(so_submit, so.uuid), 2);
    cr_expect_eq(DECIDE(so_reject, so.uuid), 2);
    sales__sales_order__init(&changed);
    cr_expect_eq(TRIPS(so_update, &change, &changed), 2);
    cr_expect_eq(STEP(so_submit, so.uuid), 2);
    cr_expect_eq(STEP(so_approve, so.uuid), 2);
    allocate(so.uuid);
    cr_expect_eq(make_delivery(so.uuid, 7000, &first), 3);
    cr_expect_eq(make_delivery(so.uuid, 1000, &second), 3);
    cr_expect_eq(ship(first.uuid), 3);
    cr_expect_eq(deliver(first.uuid), 3);
    count_reads(so.uuid, first.uuid);
    cr_expect_eq(DECIDE(so_close, so.uuid), 2);
    (void)make_order(customer, &other);
    cr_expect_eq(STEP(so_cancel, other.uuid), 2);
}

/* ---- exports ---- */

static void expect_same(ProtobufCMessage *a, ProtobufCMessage *b)
{
    size_t a_length, b_length;
    uint8_t *left = pb_pack(arena, a, &a_length), *right = pb_pack(arena, b, &b_length);

    cr_assert_eq(a_length, b_length);
    cr_assert_eq(memcmp(left, right, a_length), 0);
}

static size_t expect_orders_exported(void)
{
    Sentient__ExportQuery query = SENTIENT__EXPORT_QUERY__INIT;
    size_t seen = 0;

    for (query.has_after_id = true;;) {
        Sales__SalesOrderExport page = SALES__SALES_ORDER_EXPORT__INIT;
        (void)TRIPS(so_export, &query, &page);
        if (!page.has_last_id)
            return seen;
        cr_assert_leq(page.n_orders, 100);
        for (size_t i = 0; i < page.n_orders; i++, seen++) {
            Sales__SalesOrder *so = shown(page.orders[i]->uuid);
            so->n_allowed_actions = 0; /* are the asking user's */
            Request rq = request("so_get");
            expect_same(&page.orders[i]->base, (ProtobufCMessage *)(uintptr_t)so_told(&rq, so));
        }
        query.after_id = page.last_id;
    }
}

static size_t expect_deliveries_exported(void)
{
    Sentient__ExportQuery query = SENTIENT__EXPORT_QUERY__INIT;
    size_t seen = 0;

    for (query.has_after_id = true;;) {
        Sales__DeliveryOrderExport page = SALES__DELIVERY_ORDER_EXPORT__INIT;
        (void)TRIPS(do_export, &query, &page);
        if (!page.has_last_id)
            return seen;
        for (size_t i = 0; i < page.n_deliveries; i++, seen++) {
            Sentient__DocumentRef ref = SENTIENT__DOCUMENT_REF__INIT;
            Sales__DeliveryOrder one = SALES__DELIVERY_ORDER__INIT;
            ref.uuid = page.deliveries[i]->uuid;
            (void)TRIPS(do_get, &ref, &one);
            one.n_allowed_actions = 0;
            expect_same(&page.deliveries[i]->base, &one.base);
        }
        query.after_id = page.last_id;
    }
}

Test(sales, exports_show_whole_documents)
{
    Sales__SalesOrder so;
    Sales__DeliveryOrder delivery;

    make_references();
    char *customer = make_customer();
    size_t before = expect_orders_exported(), deliveries = expect_deliveries_exported();
    for (int i = 0; i < 120; i++)
        (void)make_order(customer, &so);
    (void)STEP(so_submit, so.uuid);
    (void)DECIDE(so_reject, so.uuid);
    Sales__SalesOrderInput change = SALES__SALES_ORDER_INPUT__INIT;
    Sales__SalesOrder changed = SALES__SALES_ORDER__INIT;
    change.uuid = so.uuid;
    (void)TRIPS(so_update, &change, &changed);
    (void)STEP(so_submit, so.uuid);
    (void)STEP(so_approve, so.uuid);
    allocate(so.uuid);
    for (int i = 0; i < 3; i++)
        (void)make_delivery(so.uuid, 2000, &delivery);
    (void)ship(delivery.uuid);
    cr_assert_eq(expect_orders_exported(), before + 120);
    cr_assert_eq(expect_deliveries_exported(), deliveries + 3);
}

/* ---- news of inventory ---- */

static void tell(const char *owner, const char *uuid, int64_t version, int line, int64_t allocated)
{
    Request rq = request("so_create");
    Inventory__Reservation news = INVENTORY__RESERVATION__INIT;
    Inventory__ReservationLine of = INVENTORY__RESERVATION_LINE__INIT;

    of.has_line = of.has_allocated_qty = true;
    of.line = line;
    of.item_id = item;
    of.allocated_qty = allocated;
    news.uuid = arena_strdup(arena, uuid);
    news.owner_type = arena_strdup(arena, owner);
    news.has_version = true;
    news.version = version;
    news.lines = (Inventory__ReservationLine *[]){&of};
    news.n_lines = 1;
    must(reservation_changed(&rq, &news.base));
    must(db_flush(db));
}

Test(sales, newer_news_of_inventory_win)
{
    Sales__SalesOrder so;

    make_references();
    (void)make_order(make_customer(), &so);
    tell("sales_order", so.uuid, 2, 2, 3000);
    cr_assert_eq(shown(so.uuid)->items[1]->reserved_qty, 0, "a draft has nothing set aside");
    (void)STEP(so_submit, so.uuid);
    (void)STEP(so_approve, so.uuid);
    Sales__SalesOrder *now = shown(so.uuid);
    cr_assert_eq(now->items[0]->reserved_qty, 0);
    cr_assert_eq(now->items[1]->reserved_qty, 3000);
    tell("sales_order", so.uuid, 1, 2, 1000);
    tell("work_order", so.uuid, 9, 2, 1000);
    tell("sales_order", so.uuid, 2, 2, 1000);
    cr_assert_eq(shown(so.uuid)->items[1]->reserved_qty, 3000);
    tell("sales_order", so.uuid, 3, 2, 5000);
    now = shown(so.uuid);
    cr_assert_eq(now->items[1]->reserved_qty, 5000);
    cr_assert_eq(now->version, 3, "news are no commands");
}
