/* Reactions to sales orders. A batch of events holds the gate alone, so no item needs a lock. */
#include "reservation_events.h"

#include "inventory.sql.h"
#include "sentient/sales.pb-c.h"
#include "stock_effects.h"
#include "stock_store.h"

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

/* The items of the lines, in their order. */
static const char *order_items(Request *rq, const Sales__SalesOrder *so)
{
    Buf items = {.arena = rq->arena};

    for (size_t i = 0; i < so->n_items; i++)
        array_add(&items, so->items[i]->item->uuid);
    return array_text(&items);
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
    bool fresh = false;

    TRY(check_readable(so));
    const char *items = order_items(rq, so), *warehouse = so->warehouse->uuid;
    db_queue(rq->db, &STOCK_GATE_ALONE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &STOCK_UNKNOWN,
             ARG(arg_text("item_id", items), arg_text("warehouse", warehouse)), INTO_INT(&unknown));
    db_queue(rq->db, &RESERVATION_OPEN,
             ARGS(.message = document, .args = WITH(arg_text("warehouse", warehouse))),
             TRY_INT(&effects.opened, &fresh));
    db_queue(rq->db, &RESERVATION_SEEN, ARGS(.message = document), INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_OPEN_LINES,
             ARGS(.message = document, .rows = (ProtobufCMessage *const *)so->items,
                  .row_count = so->n_items,
                  .args = WITH(arg_text("item_id", items), arg_text("queued_at", approved_at(so)))),
             INTO_NOTHING);
    stock_effects_queue(rq, items, warehouse, &effects);
    TRY(db_flush(rq->db));
    return unknown ? &UNKNOWN : stock_effects_announce(rq, &effects);
}

const Err *reservation_order_ended(Request *rq, const ProtobufCMessage *document)
{
    const Sales__SalesOrder *so = (const Sales__SalesOrder *)document;
    const char *warehouse;
    StockEffects effects = {0};

    TRY(check_readable(so));
    warehouse = so->warehouse->uuid;
    db_queue(rq->db, &STOCK_GATE_ALONE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_CLOSE,
             ARGS(.message = document, .args = WITH(arg_text("warehouse", warehouse))),
             INTO_NOTHING);
    db_queue(rq->db, &RESERVATION_RELEASE,
             ARGS(.message = document, .rows = (ProtobufCMessage *const *)so->items,
                  .row_count = so->n_items),
             INTO_STRUCTS(RESERVATION_ID, &effects.released, &effects.released_count));
    stock_effects_queue(rq, order_items(rq, so), warehouse, &effects);
    TRY(db_flush(rq->db));
    return stock_effects_announce(rq, &effects);
}

const Err *reservation_order_page(Request *rq, const ProtobufCMessage *page)
{
    const Sales__SalesOrderExport *export = (const Sales__SalesOrderExport *)page;

    for (size_t i = 0; i < export->n_orders; i++) {
        const Sales__SalesOrder *so = export->orders[i];
        if (str_eq(so->status, "approved") || str_eq(so->status, "partially_delivered"))
            TRY(reservation_order_approved(rq, &so->base));
        else if (str_eq(so->status, "cancelled") || str_eq(so->status, "closed"))
            TRY(reservation_order_ended(rq, &so->base));
    }
    return NULL;
}
