/* What follows from a change of stock: orders that wait get what is free, items that run low are
 * told, reservations that changed are announced. Not the change itself. */
#ifndef INVENTORY_STOCK_EFFECTS_H
#define INVENTORY_STOCK_EFFECTS_H

#include "sentient/inventory.pb-c.h"
#include "svc/request.h"

/* A reservation by its id. */
typedef struct ReservationId {
    int64_t id;
} ReservationId;

extern const DbColumn RESERVATION_ID[];

/* An item that became low. */
typedef struct LowItem {
    const char *uuid, *code, *name, *uom, *type, *preferred_vendor_id;
    int64_t available, reorder_point, reorder_qty, lead_time_days;
} LowItem;

typedef struct StockEffects {
    ReservationId *served; /* reservations that got something */
    size_t served_count;
    ReservationId *released; /* reservations that gave something back */
    size_t released_count;
    ReservationId *opened; /* new reservations, whose shortage is to be told */
    size_t opened_count;
    LowItem *low;
    size_t low_count;
} StockEffects;

/* Queues what finds out: what is free of the items (an array of uuids) in the warehouse goes to
 * who waits for it; is_low of the items is kept. The items are locked, or the gate is held alone.
 */
void stock_effects_queue(Request *rq, const char *items, const char *warehouse,
                         StockEffects *effects);
/* Queues only the second half. */
void stock_watch_queue(Request *rq, const char *items, StockEffects *effects);
/* Emits inv.reserved for each reservation that was served or gave back, inv.shortage for each new
 * one that lacks stock, and inv.low_stock. */
const Err *stock_effects_announce(Request *rq, const StockEffects *effects);

typedef struct ReservationDocument {
    int64_t id;
    Inventory__Reservation *document;
} ReservationDocument;

/* Whole reservations by their ids (an array), in the order of the ids. */
const Err *reservation_load(Request *rq, const char *ids, ReservationDocument **ret,
                            size_t *ret_count);

#endif
