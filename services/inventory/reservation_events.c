/* Reactions to sales orders. A batch of events holds the gate alone, so no item needs a lock. */
#include "reservation_events.h"

#include "inventory.sql.h"
#include "sentient/sales.pb-c.h"
#include "stock_effects.h"

enum { PORTION = 500 }; /* orders that a snapshot brought, in one transaction */

static const Err UNREADABLE = {.kind = ERR_INVALID, .message = "The order cannot be read"};
static const Err UNKNOWN = {.kind = ERR_RULE,
                            .message = "The order names an item or a warehouse that is not here"};

static const Err *check_readable(const Sales__SalesOrder *so)
{
    if (!so->uuid || !so->so_number || !so->has_version || !so->warehouse || !so->warehouse->uuid)
        return &UNREADABLE;
    for (size_t i = 0; i < so->n_items; i++)
        if (!so->items[i]->item || !so->items[i]->item->uuid || !so->items[i]->has_qty)
            return &UNREADABLE;
    return NULL;
}

static const char *order_items(Request *rq, const Sales__SalesOrder *so)
{
    return ARRAY_OF(rq->arena, so, items, "item.uuid");
}

/* Since when the order waits. */
static const char *approved_at(const Sales__SalesOrder *so)
{
    for (size_t i = so->n_history; i > 0; i--)
        if (str_eq(so->history[i - 1]->to, "approved"))
            return so->history[i - 1]->at;
    return so->updated_at;
}

const Err *reservation_order_approved(Request *rq, const ProtobufCMessage *document)
{
    const Sales__SalesOrder *so = (const Sales__SalesOrder *)document;
    StockEffects effects = {0};
    int64_t unknown = 0;

    TRY(check_readable(so));
    const char *items = order_items(rq, so), *warehouse = so->warehouse->uuid;
    db_queue(rq->db, &STOCK_GATE_ALONE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &STOCK_UNKNOWN,
             ARG(arg_text("item_id", items), arg_text("warehouse", warehouse)), INTO_INT(&unknown));
    db_queue(rq->db, &RESERVATION_OPEN, ARGS(.message = document),
             INTO_STRUCTS(RESERVATION_ID, &effects.opened, &effects.opened_count));
    db_queue(rq->db, &RESERVATION_SEEN, ARGS(.message = document), INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_OPEN_LINES,
             ARGS(.message = document, ROWS_OF(so, items),
                  .args = WITH(arg_text("queued_at", approved_at(so)))),
             INTO_NOTHING);
    stock_effects_queue(rq, items, warehouse, &effects);
    TRY(db_flush(rq->db));
    return unknown ? &UNKNOWN : stock_effects_announce(rq, &effects);
}

/* Queues the end of an order: what was not shipped is free. */
static const Err *order_end(Request *rq, const Sales__SalesOrder *so, StockEffects *effects)
{
    TRY(check_readable(so));
    db_queue(rq->db, &STOCK_GATE_ALONE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_CLOSE, ARGS(.message = &so->base), INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_RELEASE, ARGS(.message = &so->base, ROWS_OF(so, items)),
             INTO_STRUCTS(RESERVATION_ID, &effects->released, &effects->released_count));
    return NULL;
}

const Err *reservation_order_ended(Request *rq, const ProtobufCMessage *document)
{
    const Sales__SalesOrder *so = (const Sales__SalesOrder *)document;
    StockEffects effects = {0};

    TRY(order_end(rq, so, &effects));
    stock_effects_queue(rq, order_items(rq, so), so->warehouse->uuid, &effects);
    TRY(db_flush(rq->db));
    return stock_effects_announce(rq, &effects);
}

/* ---- snapshots ---- */

/* An order that waits for goods, in a snapshot: nothing is given to anybody yet. */
static const Err *order_take_over(Request *rq, const Sales__SalesOrder *so)
{
    StockEffects effects = {0};
    int64_t unknown = 0;

    TRY(check_readable(so));
    const char *items = order_items(rq, so), *warehouse = so->warehouse->uuid;
    db_queue(rq->db, &STOCK_GATE_ALONE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &STOCK_UNKNOWN,
             ARG(arg_text("item_id", items), arg_text("warehouse", warehouse)), INTO_INT(&unknown));
    db_queue(rq->db, &RESERVATION_OPEN, ARGS(.message = &so->base), INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_SEEN, ARGS(.message = &so->base), INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_TAKE_OVER,
             ARGS(.message = &so->base, ROWS_OF(so, items),
                  .args = WITH(arg_text("queued_at", approved_at(so)),
                               arg_text("delivery", ARRAY_OF(rq->arena, so, deliveries, "uuid")))),
             INTO_NOTHING);
    stock_watch_queue(rq, items, &effects);
    TRY(db_flush(rq->db));
    return unknown ? &UNKNOWN : stock_effects_announce(rq, &effects);
}

/* An order that ended, in a snapshot: what it gives back goes to who waits behind the last page. */
static const Err *order_end_seen(Request *rq, const Sales__SalesOrder *so)
{
    StockEffects effects = {0};

    TRY(order_end(rq, so, &effects));
    stock_watch_queue(rq, order_items(rq, so), &effects);
    TRY(db_flush(rq->db));
    return stock_effects_announce(rq, &effects);
}

const Err *reservation_order_page(Request *rq, const ProtobufCMessage *page)
{
    const Sales__SalesOrderExport *export = (const Sales__SalesOrderExport *)page;

    for (size_t i = 0; i < export->n_orders; i++) {
        const Sales__SalesOrder *so = export->orders[i];
        if (str_eq(so->status, "approved") || str_eq(so->status, "partially_delivered"))
            TRY(order_take_over(rq, so));
        else if (str_eq(so->status, "cancelled") || str_eq(so->status, "closed"))
            TRY(order_end_seen(rq, so));
    }
    return NULL;
}

/* An item that somebody waits for and that is free, and its warehouse. */
typedef struct WaitingItem {
    const char *warehouse, *item;
} WaitingItem;

static const DbColumn WAITING[] = {DB_COLUMN_TEXT(WaitingItem, warehouse),
                                   DB_COLUMN_TEXT(WaitingItem, item), DB_END};

/* Lines of a portion of orders begin to wait. */
static const Err *settle_lines(Request *rq, bool *ret_more)
{
    int64_t lines = 0;

    TRY(db_run(rq->db, &RESERVATION_SETTLE_LINES, ARG(arg_int("portion", PORTION)),
               INTO_COUNT(&lines)));
    *ret_more = lines > 0;
    return NULL;
}

/* One item goes to who waits for it, now that everybody does. */
static const Err *settle_item(Request *rq, bool *ret_more)
{
    WaitingItem waiting;
    StockEffects effects = {0};

    TRY(db_run(rq->db, &RESERVATION_WAITING, NO_ARGS, TRY_STRUCT(WAITING, &waiting, ret_more)));
    if (!*ret_more)
        return NULL;
    stock_effects_queue(rq, arena_printf(rq->arena, "{%s}", waiting.item), waiting.warehouse,
                        &effects);
    TRY(db_flush(rq->db));
    *ret_more = effects.served_count > 0;
    return stock_effects_announce(rq, &effects);
}

/* A portion of orders is told what it has and what it lacks. */
static const Err *settle_orders(Request *rq, bool *ret_more)
{
    StockEffects effects = {0};

    TRY(db_run(rq->db, &RESERVATION_SETTLE, ARG(arg_int("portion", PORTION)),
               INTO_STRUCTS(RESERVATION_ID, &effects.released, &effects.released_count)));
    effects.opened = effects.released;
    effects.opened_count = effects.released_count;
    *ret_more = effects.released_count == PORTION;
    return stock_effects_announce(rq, &effects);
}

const Err *reservation_settle(Request *rq, bool *ret_more)
{
    db_queue(rq->db, &STOCK_GATE_ALONE, NO_ARGS, INTO_NOTHING);
    TRY(settle_lines(rq, ret_more));
    if (!*ret_more)
        TRY(settle_item(rq, ret_more));
    return *ret_more ? NULL : settle_orders(rq, ret_more);
}
