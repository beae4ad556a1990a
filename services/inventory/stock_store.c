/* Statements around the ledger: lock, read, append. */
#include "stock_store.h"

#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "inventory.sql.h"
#include "kit/config.h"

const Err STOCK_BAD_REFERENCES = {.kind = ERR_RULE,
                                  .message = "The document names what does not exist"};

static const DbColumn PLACE[] = {DB_COLUMN_TEXT(StockPlace, item),
                                 DB_COLUMN_TEXT(StockPlace, code),
                                 DB_COLUMN_TEXT(StockPlace, name),
                                 DB_COLUMN_TEXT(StockPlace, uom),
                                 DB_COLUMN_TEXT(StockPlace, warehouse),
                                 DB_COLUMN_TEXT(StockPlace, warehouse_code),
                                 DB_COLUMN_TEXT(StockPlace, warehouse_name),
                                 DB_COLUMN_DEC(StockPlace, standard_cost, SCALE_MONEY),
                                 DB_COLUMN_BOOL(StockPlace, deleted),
                                 DB_COLUMN_DEC(StockPlace, on_hand, SCALE_QTY),
                                 DB_COLUMN_DEC(StockPlace, reserved, SCALE_QTY),
                                 DB_COLUMN_DEC(StockPlace, value, SCALE_MONEY),
                                 DB_COLUMN_TEXT(StockPlace, last_at),
                                 DB_END};

void stock_queue_lock(Request *rq, const char *items)
{
    db_queue(rq->db, &STOCK_GATE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &STOCK_LOCK, ARG(arg_text("item_id", items)), INTO_NOTHING);
}

const Err *stock_load(Request *rq, const char *items, const char *warehouses, StockPlaces *ret)
{
    *ret = (StockPlaces){.now = arena_alloc(rq->arena, INSTANT_TEXT)};
    TRY(db_run(rq->db, &STOCK_LOAD,
               ARG(arg_text("item_id", items), arg_text("warehouse_id", warehouses)),
               INTO_STRUCTS(PLACE, &ret->places, &ret->count)));
    for (size_t i = 0; i < ret->count; i++)
        ret->places[i].level = (StockLevel){ret->places[i].on_hand, ret->places[i].value};
    ret->clock = clock_business();
    instant_format(ret->clock, ret->now);
    return NULL;
}

StockPlace *stock_place(const StockPlaces *stock, const char *item, const char *warehouse)
{
    for (size_t i = 0; i < stock->count; i++) {
        StockPlace *place = &stock->places[i];
        if (str_eq(place->item, item) && str_eq(place->warehouse, warehouse))
            return place;
    }
    return NULL;
}

bool stock_has_warehouse(const StockPlaces *stock, const char *warehouse)
{
    for (size_t i = 0; i < stock->count; i++)
        if (str_eq(stock->places[i].warehouse, warehouse))
            return true;
    return stock->count == 0;
}

static bool item_exists(const StockPlaces *stock, const char *item)
{
    for (size_t i = 0; i < stock->count; i++)
        if (str_eq(stock->places[i].item, item))
            return !stock->places[i].deleted;
    return false;
}

StockPlace *stock_named(const StockPlaces *stock, const char *item, const char *warehouse,
                        const char *field, ErrList *errors)
{
    if (!item_exists(stock, item)) {
        errlist_add(errors, field, "does not exist");
        return NULL;
    }
    return stock_place(stock, item, warehouse);
}

void stock_explain(ErrList *errors, const char *field, const StockPlace *place)
{
    char on_hand[DECIMAL_TEXT], reserved[DECIMAL_TEXT], available[DECIMAL_TEXT];

    decimal_format(place->on_hand, SCALE_QTY, on_hand);
    decimal_format(place->reserved, SCALE_QTY, reserved);
    decimal_format(place->on_hand - place->reserved, SCALE_QTY, available);
    errlist_add(errors, field, "takes more than the %s available: on hand %s, reserved %s",
                available, on_hand, reserved);
}

Inventory__StockMovements *movements_new(Request *rq, const char *type, const char *uuid,
                                         const char *number, size_t rows)
{
    Inventory__StockMovements *movements = ARENA_NEW(rq->arena, Inventory__StockMovements);

    inventory__stock_movements__init(movements);
    movements->uuid = arena_strdup(rq->arena, uuid);
    movements->type = arena_strdup(rq->arena, type);
    movements->number = number ? arena_strdup(rq->arena, number) : NULL;
    movements->rows = arena_array(rq->arena, rows, sizeof(Inventory__StockMovement *));
    return movements;
}

/* The clock, but never before the place's last row. Instants of one form sort as texts. */
static char *movement_at(Request *rq, const StockPlaces *stock, const StockPlace *place)
{
    bool ahead = place->last_at && strcmp(place->last_at, stock->now) > 0;

    return ahead ? arena_strdup(rq->arena, place->last_at) : stock->now;
}

Inventory__StockMovement *movements_add(Request *rq, Inventory__StockMovements *movements,
                                        const StockPlaces *stock, const StockPlace *place,
                                        const char *movement, size_t line, int64_t qty,
                                        int64_t value)
{
    Inventory__StockMovement *row = ARENA_NEW(rq->arena, Inventory__StockMovement);

    inventory__stock_movement__init(row);
    row->at = movement_at(rq, stock, place);
    row->item_id = arena_strdup(rq->arena, place->item);
    row->warehouse_id = arena_strdup(rq->arena, place->warehouse);
    row->movement = arena_strdup(rq->arena, movement);
    row->has_line = row->has_qty = row->has_value = row->has_on_hand = row->has_stock_value = true;
    row->line = (int32_t)line;
    row->qty = qty;
    row->value = value;
    row->on_hand = place->level.on_hand;
    row->stock_value = place->level.value;
    row->created_by = arena_strdup(rq->arena, rq->username);
    movements->rows[movements->n_rows++] = row;
    return row;
}

void movements_queue(Request *rq, const Inventory__StockMovements *movements)
{
    db_queue(rq->db, &STOCK_APPEND,
             ARGS(ROWS_OF(movements, rows),
                  .args = WITH(arg_text("type", movements->type), arg_text("uuid", movements->uuid),
                               arg_text("created_by", rq->username))),
             INTO_NOTHING);
}

Inventory__ItemRef *item_ref(Request *rq, const StockPlace *place)
{
    Inventory__ItemRef *ref = ARENA_NEW(rq->arena, Inventory__ItemRef);

    inventory__item_ref__init(ref);
    ref->uuid = arena_strdup(rq->arena, place->item);
    ref->code = arena_strdup(rq->arena, place->code);
    ref->name = arena_strdup(rq->arena, place->name);
    ref->uom = arena_strdup(rq->arena, place->uom);
    return ref;
}

Inventory__WarehouseRef *warehouse_ref(Request *rq, const StockPlace *place)
{
    Inventory__WarehouseRef *ref = ARENA_NEW(rq->arena, Inventory__WarehouseRef);

    inventory__warehouse_ref__init(ref);
    ref->uuid = arena_strdup(rq->arena, place->warehouse);
    ref->code = arena_strdup(rq->arena, place->warehouse_code);
    ref->name = arena_strdup(rq->arena, place->warehouse_name);
    return ref;
}

static char *day_bound(Request *rq, const char *date, const char *time)
{
    if (!date)
        return NULL;
    return arena_printf(rq->arena, "%s %s %s", date, time, config_text("APP_TIMEZONE"));
}

char *day_begin(Request *rq, const char *date)
{
    return day_bound(rq, date, "00:00:00");
}

char *day_end(Request *rq, const char *date)
{
    return day_bound(rq, date, "24:00:00");
}
