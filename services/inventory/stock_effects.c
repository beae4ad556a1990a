/* Statements and events behind a change of stock. */
#include "stock_effects.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "inventory.sql.h"
#include "sentient/inventory.events.h"
#include "stock_rules.h"

const DbColumn RESERVATION_ID[] = {DB_COLUMN_INT(ReservationId, id), DB_END};

static const DbColumn LOW_ITEM[] = {DB_COLUMN_TEXT(LowItem, uuid),
                                    DB_COLUMN_TEXT(LowItem, code),
                                    DB_COLUMN_TEXT(LowItem, name),
                                    DB_COLUMN_TEXT(LowItem, uom),
                                    DB_COLUMN_TEXT(LowItem, type),
                                    DB_COLUMN_TEXT(LowItem, preferred_vendor_id),
                                    DB_COLUMN_DEC(LowItem, available, SCALE_QTY),
                                    DB_COLUMN_DEC(LowItem, reorder_point, SCALE_QTY),
                                    DB_COLUMN_DEC(LowItem, reorder_qty, SCALE_QTY),
                                    DB_COLUMN_INT(LowItem, lead_time_days),
                                    DB_END};

/* A reservation's line, with its header in every row. */
typedef struct ReservationRow {
    int64_t id, version, line, qty, allocated; /* line 0: the reservation has none */
    const char *uuid, *owner_type, *number, *warehouse, *item;
    bool is_closed;
} ReservationRow;

static const DbColumn RESERVATION_ROW[] = {DB_COLUMN_INT(ReservationRow, id),
                                           DB_COLUMN_INT(ReservationRow, version),
                                           DB_COLUMN_INT(ReservationRow, line),
                                           DB_COLUMN_DEC(ReservationRow, qty, SCALE_QTY),
                                           DB_COLUMN_DEC(ReservationRow, allocated, SCALE_QTY),
                                           DB_COLUMN_TEXT(ReservationRow, uuid),
                                           DB_COLUMN_TEXT(ReservationRow, owner_type),
                                           DB_COLUMN_TEXT(ReservationRow, number),
                                           DB_COLUMN_TEXT(ReservationRow, warehouse),
                                           DB_COLUMN_TEXT(ReservationRow, item),
                                           DB_COLUMN_BOOL(ReservationRow, is_closed),
                                           DB_END};

void stock_watch_queue(Request *rq, const char *items, StockEffects *effects)
{
    db_queue(rq->db, &STOCK_WATCH, ARG(arg_text("item_id", items)),
             INTO_STRUCTS(LOW_ITEM, &effects->low, &effects->low_count));
}

void stock_effects_queue(Request *rq, const char *items, const char *warehouse,
                         StockEffects *effects)
{
    db_queue(rq->db, &RESERVATION_ALLOCATE,
             ARG(arg_text("item_id", items), arg_text("warehouse", warehouse)),
             INTO_STRUCTS(RESERVATION_ID, &effects->served, &effects->served_count));
    stock_watch_queue(rq, items, effects);
}

/* ---- reservations ---- */

static Inventory__Reservation *reservation_new(Request *rq, const ReservationRow *row, size_t lines)
{
    Inventory__Reservation *reservation = ARENA_NEW(rq->arena, Inventory__Reservation);

    inventory__reservation__init(reservation);
    reservation->uuid = arena_strdup(rq->arena, row->uuid);
    reservation->owner_type = arena_strdup(rq->arena, row->owner_type);
    reservation->number = arena_strdup(rq->arena, row->number);
    reservation->warehouse_id = arena_strdup(rq->arena, row->warehouse);
    reservation->has_version = reservation->has_complete = reservation->complete = true;
    reservation->version = row->version;
    reservation->lines = arena_array(rq->arena, lines, sizeof(Inventory__ReservationLine *));
    return reservation;
}

static void reservation_add_line(Request *rq, Inventory__Reservation *reservation,
                                 const ReservationRow *row)
{
    Inventory__ReservationLine *line = ARENA_NEW(rq->arena, Inventory__ReservationLine);

    inventory__reservation_line__init(line);
    line->item_id = arena_strdup(rq->arena, row->item);
    line->has_line = line->has_qty = line->has_allocated_qty = line->has_short_qty = true;
    line->line = (int32_t)row->line;
    line->qty = row->qty;
    line->allocated_qty = row->allocated;
    line->short_qty = row->is_closed ? 0 : row->qty - row->allocated;
    reservation->complete = reservation->complete && line->short_qty == 0;
    reservation->lines[reservation->n_lines++] = line;
}

/* How many rows of the same reservation stand from `first` on. */
static size_t lines_of(const ReservationRow *rows, size_t first, size_t count)
{
    size_t end = first;

    while (end < count && rows[end].id == rows[first].id)
        end++;
    return end - first;
}

const Err *reservation_load(Request *rq, const char *ids, ReservationDocument **ret,
                            size_t *ret_count)
{
    ReservationRow *rows = NULL;
    size_t count = 0, made = 0;

    TRY(db_run(rq->db, &RESERVATION_DOCUMENTS, ARG(arg_text("id", ids)),
               INTO_STRUCTS(RESERVATION_ROW, &rows, &count)));
    ReservationDocument *list = *ret = arena_array(rq->arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        if (!i || rows[i].id != rows[i - 1].id)
            list[made++] = (ReservationDocument){
                rows[i].id, reservation_new(rq, &rows[i], lines_of(rows, i, count))};
        if (rows[i].line)
            reservation_add_line(rq, list[made - 1].document, &rows[i]);
    }
    *ret_count = made;
    return NULL;
}

static void add_ids(Buf *array, const ReservationId *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        db_array_add(array, arena_printf(array->arena, "%" PRId64, ids[i].id));
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = ((const ReservationId *)a)->id, y = ((const ReservationId *)b)->id;

    return (x > y) - (x < y);
}

static void sort_ids(ReservationId *ids, size_t count)
{
    if (count)
        qsort(ids, count, sizeof *ids, compare_ids);
}

/* Of sorted ones. */
static bool has_id(const ReservationId *ids, size_t count, int64_t id)
{
    ReservationId key = {id};

    return count && bsearch(&key, ids, count, sizeof *ids, compare_ids);
}

static const Err *announce_reservation(Request *rq, const StockEffects *effects,
                                       const ReservationDocument *reservation)
{
    if (has_id(effects->served, effects->served_count, reservation->id) ||
        has_id(effects->released, effects->released_count, reservation->id))
        TRY(emit_inv_reserved(rq, reservation->document));
    if (has_id(effects->opened, effects->opened_count, reservation->id) &&
        !reservation->document->complete)
        TRY(emit_inv_shortage(rq, reservation->document));
    return NULL;
}

static const Err *announce_reservations(Request *rq, const StockEffects *effects)
{
    ReservationDocument *reservations = NULL;
    size_t count = 0;
    Buf ids = {.arena = rq->arena};

    add_ids(&ids, effects->served, effects->served_count);
    add_ids(&ids, effects->released, effects->released_count);
    add_ids(&ids, effects->opened, effects->opened_count);
    if (!ids.length)
        return NULL;
    sort_ids(effects->served, effects->served_count);
    sort_ids(effects->released, effects->released_count);
    sort_ids(effects->opened, effects->opened_count);
    TRY(reservation_load(rq, db_array_text(&ids), &reservations, &count));
    for (size_t i = 0; i < count; i++)
        TRY(announce_reservation(rq, effects, &reservations[i]));
    return NULL;
}

/* ---- items that run low ---- */

static const Err *announce_low(Request *rq, const LowItem *item)
{
    Inventory__LowStock low = INVENTORY__LOW_STOCK__INIT;

    low.uuid = arena_strdup(rq->arena, item->uuid);
    low.code = arena_strdup(rq->arena, item->code);
    low.name = arena_strdup(rq->arena, item->name);
    low.uom = arena_strdup(rq->arena, item->uom);
    low.type = arena_strdup(rq->arena, item->type);
    low.has_available = low.has_reorder_point = low.has_reorder_qty = true;
    low.available = item->available;
    low.reorder_point = item->reorder_point;
    low.reorder_qty = item->reorder_qty;
    low.has_suggested_qty = low.has_lead_time_days = true;
    low.suggested_qty = stock_suggestion(item->available, item->reorder_point, item->reorder_qty);
    low.lead_time_days = (int32_t)item->lead_time_days;
    if (item->preferred_vendor_id)
        low.preferred_vendor_id = arena_strdup(rq->arena, item->preferred_vendor_id);
    return emit_inv_low_stock(rq, &low);
}

const Err *stock_effects_announce(Request *rq, const StockEffects *effects)
{
    TRY(announce_reservations(rq, effects));
    for (size_t i = 0; i < effects->low_count; i++)
        TRY(announce_low(rq, &effects->low[i]));
    return NULL;
}
