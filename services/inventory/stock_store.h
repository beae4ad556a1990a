/* Finding stock under its lock, and booking what a document moves. What is worth what is
 * stock_rules.c's; what follows for others is stock_effects.c's. */
#ifndef INVENTORY_STOCK_STORE_H
#define INVENTORY_STOCK_STORE_H

#include "sentient/inventory.pb-c.h"
#include "stock_rules.h"
#include "svc/request.h"

/* WH-MAIN, where a document names no warehouse (proto/sentient/inventory.proto). */
#define WAREHOUSE_MAIN "00000000-0000-7000-8000-000000000001"

/* One item in one warehouse, as a document finds it and leaves it. */
typedef struct StockPlace {
    const char *item, *code, *name, *uom;
    const char *warehouse, *warehouse_code, *warehouse_name; /* NULL: there is no such warehouse */
    int64_t standard_cost;
    bool deleted;
    int64_t on_hand, reserved, value; /* found */
    const char *last_at;              /* of the newest ledger row; NULL: none */
    StockLevel level;                 /* left, after what was booked so far */
} StockPlace;

typedef struct StockPlaces {
    StockPlace *places;
    size_t count;
    char *now;     /* the clock, read under the lock */
    int64_t clock; /* the same, microseconds since 1970 */
} StockPlaces;

/* Queues the shared gate and locks the items (an array of uuids), in the one order that commands
 * lock stock in. */
void stock_queue_lock(Request *rq, const char *items);
/* Reads the items in the warehouses (arrays of uuids), in one round trip with what is queued. */
const Err *stock_load(Request *rq, const char *items, const char *warehouses, StockPlaces *ret);
/* NULL: there is no such item or warehouse. */
StockPlace *stock_place(const StockPlaces *stock, const char *item, const char *warehouse);
/* Whether there is such a warehouse; with no item that exists, it cannot be told and counts as
 * there. */
bool stock_has_warehouse(const StockPlaces *stock, const char *warehouse);
/* Where the item does not exist (or is deleted), adds a detail about `field` and returns NULL. */
StockPlace *stock_named(const StockPlaces *stock, const char *item, const char *warehouse,
                        const char *field, ErrList *errors);
/* Adds a detail with the figures: `field` asks for more than is available. */
void stock_explain(ErrList *errors, const char *field, const StockPlace *place);

extern const Err STOCK_BAD_REFERENCES; /* 422: names what does not exist */

/* An empty set of movements of a document, with room for `rows` of them. */
Inventory__StockMovements *movements_new(Request *rq, const char *type, const char *uuid,
                                         const char *number, size_t rows);
/* Adds the row of a movement that place->level has been through already. qty and value are
 * signed. */
Inventory__StockMovement *movements_add(Request *rq, Inventory__StockMovements *movements,
                                        const StockPlaces *stock, const StockPlace *place,
                                        const char *movement, size_t line, int64_t qty,
                                        int64_t value);
/* Queues the rows and the balances that they leave. The source stands already. */
void movements_queue(Request *rq, const Inventory__StockMovements *movements);

Inventory__ItemRef *item_ref(Request *rq, const StockPlace *place);
Inventory__WarehouseRef *warehouse_ref(Request *rq, const StockPlace *place);

/* Bounds of business days for filters of lists: the day's first instant, and the first one behind
 * it. NULL stays. */
char *day_begin(Request *rq, const char *date);
char *day_end(Request *rq, const char *date);

#endif
