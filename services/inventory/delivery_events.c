/* Reactions to deliveries. A batch of events holds the gate alone, so no item needs a lock. */
#include "delivery_events.h"

#include "base/decimal.h"
#include "base/log.h"
#include "inventory.sql.h"
#include "sentient/inventory.events.h"
#include "sentient/sales.pb-c.h"
#include "stock_effects.h"
#include "stock_store.h"

static const Err UNREADABLE = {.kind = ERR_INVALID, .message = "The delivery cannot be read"};
static const Err UNKNOWN = {
    .kind = ERR_RULE, .message = "The delivery names an item or a warehouse that is not here"};

static const Err *check_readable(const Sales__DeliveryOrder *delivery)
{
    if (!delivery->uuid || !delivery->do_number || !delivery->sales_order ||
        !delivery->sales_order->uuid || !delivery->warehouse || !delivery->warehouse->uuid)
        return &UNREADABLE;
    for (size_t i = 0; i < delivery->n_items; i++) {
        const Sales__DeliveryOrderLine *line = delivery->items[i];
        if (!line->item || !line->item->uuid || line->qty <= 0)
            return &UNREADABLE;
    }
    return NULL;
}

/* What the delivery's order has set aside of an item. */
typedef struct HeldItem {
    const char *item;
    int64_t held;
} HeldItem;

static const DbColumn HELD_ITEM[] = {DB_COLUMN_TEXT(HeldItem, item),
                                     DB_COLUMN_DEC(HeldItem, held, SCALE_QTY), DB_END};

typedef struct HeldItems {
    HeldItem *items;
    size_t count;
} HeldItems;

/* What is set aside for others stays. */
static const Err *check_free(const StockPlace *place, int64_t qty, const HeldItems *held)
{
    int64_t available = place->on_hand - place->reserved;

    for (size_t i = 0; i < held->count; i++)
        if (str_eq(held->items[i].item, place->item))
            available += held->items[i].held;
    return qty > available ? &STOCK_SHORT : NULL;
}

static const Err *book_lines(Request *rq, const Sales__DeliveryOrder *delivery,
                             const StockPlaces *stock, const HeldItems *held,
                             Inventory__StockMovements *movements)
{
    for (size_t i = 0; i < delivery->n_items; i++) {
        const Sales__DeliveryOrderLine *line = delivery->items[i];
        StockPlace *place = stock_place(stock, line->item->uuid, delivery->warehouse->uuid);
        int64_t value;
        if (!place)
            return &UNKNOWN;
        TRY(check_free(place, line->qty, held));
        TRY(stock_take(&place->level, line->qty, &value));
        movements_add(rq, movements, stock, place, "issue", i + 1, -line->qty, -value);
    }
    return NULL;
}

static const Err *issue(Request *rq, const Sales__DeliveryOrder *delivery, const char *items,
                        const Inventory__StockMovements *movements)
{
    StockEffects effects = {0};

    db_queue(rq->db, &STOCK_SOURCE_ADD, ARGS(.message = &movements->base), INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_CONSUME,
             ARGS(ROWS_OF(delivery, items),
                  .args = WITH(arg_text("owner", delivery->sales_order->uuid))),
             INTO_NOTHING);
    movements_queue(rq, movements);
    stock_watch_queue(rq, items, &effects);
    TRY(db_flush(rq->db));
    TRY(emit_inv_issued(rq, movements));
    return stock_effects_announce(rq, &effects);
}

const Err *delivery_shipped(Request *rq, const ProtobufCMessage *document)
{
    const Sales__DeliveryOrder *delivery = (const Sales__DeliveryOrder *)document;
    Inventory__StockMovements *movements;
    StockPlaces stock;
    HeldItems held = {0};
    Buf warehouses = {.arena = rq->arena};
    int64_t booked = 0;

    TRY(check_readable(delivery));
    const char *items = ARRAY_OF(rq->arena, delivery, items, "item.uuid");
    db_array_add(&warehouses, delivery->warehouse->uuid);
    db_queue(rq->db, &STOCK_GATE_ALONE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &STOCK_SOURCE_KNOWN,
             ARG(arg_text("type", "delivery_order"), arg_text("uuid", delivery->uuid)),
             INTO_INT(&booked));
    db_queue(rq->db, &RESERVATION_HELD_ITEMS,
             ARG(arg_text("owner", delivery->sales_order->uuid), arg_text("item_id", items)),
             INTO_STRUCTS(HELD_ITEM, &held.items, &held.count));
    TRY(stock_load(rq, items, db_array_text(&warehouses), &stock));
    if (booked)
        return NULL;
    movements =
        movements_new(rq, "delivery_order", delivery->uuid, delivery->do_number, delivery->n_items);
    TRY(book_lines(rq, delivery, &stock, &held, movements));
    return issue(rq, delivery, items, movements);
}

/* A delivery by its uuid. */
typedef struct DeliveryId {
    const char *uuid;
} DeliveryId;

static const DbColumn DELIVERY_ID[] = {DB_COLUMN_TEXT(DeliveryId, uuid), DB_END};

static bool is_shipped(const Sales__DeliveryOrder *delivery)
{
    return str_eq(delivery->status, "shipped") || str_eq(delivery->status, "delivered");
}

/* What cannot be booked must not keep all others waiting: it is left to ./sentient doctor. */
static const Err *delivery_late(Request *rq, const Sales__DeliveryOrder *delivery)
{
    const Err *err = delivery_shipped(rq, &delivery->base);

    if (!err_is(err, &STOCK_SHORT))
        return err;
    log_error("a shipped delivery finds no stock", LOG_STR("delivery", delivery->uuid),
              LOG_STR("number", delivery->do_number));
    return NULL;
}

const Err *delivery_page(Request *rq, const ProtobufCMessage *page)
{
    const Sales__DeliveryOrderExport *export = (const Sales__DeliveryOrderExport *)page;
    Buf shipped = {.arena = rq->arena};
    DeliveryId *missing = NULL;
    size_t count = 0;

    for (size_t i = 0; i < export->n_deliveries; i++)
        if (is_shipped(export->deliveries[i]))
            db_array_add(&shipped, export->deliveries[i]->uuid);
    TRY(db_run(rq->db, &STOCK_SOURCE_MISSING,
               ARG(arg_text("type", "delivery_order"), arg_text("uuid", db_array_text(&shipped))),
               INTO_STRUCTS(DELIVERY_ID, &missing, &count)));
    for (size_t i = 0, k = 0; i < export->n_deliveries && k < count; i++)
        if (str_eq(export->deliveries[i]->uuid, missing[k].uuid)) {
            TRY(delivery_late(rq, export->deliveries[i]));
            k++;
        }
    return NULL;
}
