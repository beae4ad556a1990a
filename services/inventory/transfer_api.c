/* Requests about transfers: list, read, create. Value moves at the source's average. */
#include "base/clock.h"
#include "base/decimal.h"
#include "inventory.sql.h"
#include "sentient/inventory.events.h"
#include "sentient/inventory.handlers.h"
#include "stock_effects.h"
#include "stock_store.h"

const Err *transfer_list(Request *rq, const Inventory__TransferQuery *in,
                         Inventory__TransferPage *out)
{
    Inventory__TransferQuery query = *in;

    query.from = day_begin(rq, in->from);
    query.to = day_end(rq, in->to);
    return rq_list(rq, &TRANSFER_LIST, &query.base, &out->base);
}

const Err *transfer_get(Request *rq, const Sentient__DocumentRef *in, Inventory__Transfer *out)
{
    db_queue(rq->db, &TRANSFER_HEADER, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out));
    db_queue(rq->db, &TRANSFER_LINES, ARG(arg_text("uuid", in->uuid)), INTO_LIST(out, "items"));
    return db_flush(rq->db);
}

/* What a transfer is made from, while it is made. */
typedef struct Moving {
    Request *rq;
    const Inventory__TransferInput *in;
    const char *items;
    StockPlaces stock;
    Inventory__Transfer *out;
    Inventory__StockMovements *movements;
} Moving;

static const Err *check_references(const Moving *moving)
{
    const Inventory__TransferInput *in = moving->in;
    ErrList errors = {.arena = moving->rq->arena};

    if (!stock_has_warehouse(&moving->stock, in->from_warehouse_id))
        errlist_add(&errors, "fromWarehouseId", "does not exist");
    if (!stock_has_warehouse(&moving->stock, in->to_warehouse_id))
        errlist_add(&errors, "toWarehouseId", "does not exist");
    for (size_t i = 0; i < in->n_items; i++)
        (void)stock_named(&moving->stock, in->items[i]->item_id, in->from_warehouse_id,
                          arena_printf(errors.arena, "items[%zu].itemId", i), &errors);
    return errlist_result(&errors, &STOCK_BAD_REFERENCES);
}

/* What all lines take of the item; at most QTY_MAX more than there can be. */
static int64_t item_wanted(const Moving *moving, const char *item)
{
    int64_t wanted = 0;

    for (size_t i = 0; i < moving->in->n_items; i++)
        if (wanted <= QTY_MAX && str_eq(moving->in->items[i]->item_id, item))
            wanted += moving->in->items[i]->qty;
    return wanted;
}

static const Err *check_available(const Moving *moving)
{
    const Inventory__TransferInput *in = moving->in;
    ErrList errors = {.arena = moving->rq->arena};

    for (size_t i = 0; i < in->n_items; i++) {
        const StockPlace *from =
            stock_place(&moving->stock, in->items[i]->item_id, in->from_warehouse_id);
        if (item_wanted(moving, from->item) > from->on_hand - from->reserved)
            stock_explain(&errors, arena_printf(errors.arena, "items[%zu].qty", i), from);
    }
    return errlist_result(&errors, &STOCK_SHORT);
}

static const Err *line_book(Moving *moving, size_t i)
{
    const Inventory__TransferLineInput *in = moving->in->items[i];
    const Inventory__TransferInput *transfer = moving->in;
    StockPlace *from = stock_place(&moving->stock, in->item_id, transfer->from_warehouse_id);
    StockPlace *to = stock_place(&moving->stock, in->item_id, transfer->to_warehouse_id);
    Inventory__TransferLine *line = ARENA_NEW(moving->rq->arena, Inventory__TransferLine);
    int64_t value;

    TRY(stock_take(&from->level, in->qty, &value));
    TRY(stock_add_value(&to->level, in->qty, value));
    movements_add(moving->rq, moving->movements, &moving->stock, from, "transfer_out", i + 1,
                  -in->qty, -value);
    movements_add(moving->rq, moving->movements, &moving->stock, to, "transfer_in", i + 1, in->qty,
                  value);
    inventory__transfer_line__init(line);
    line->item = item_ref(moving->rq, from);
    line->has_qty = line->has_value = true;
    line->qty = in->qty;
    line->value = value;
    line->has_unit_cost = stock_unit_cost(in->qty, value, &line->unit_cost);
    moving->out->items[moving->out->n_items++] = line;
    return NULL;
}

static const Err *book_lines(Moving *moving)
{
    Arena *arena = moving->rq->arena;
    size_t count = moving->in->n_items;

    moving->movements = movements_new(moving->rq, "transfer", moving->out->uuid, NULL, 2 * count);
    moving->out->items = arena_array(arena, count, sizeof(Inventory__TransferLine *));
    for (size_t i = 0; i < count; i++) {
        const Err *err = line_book(moving, i);
        if (err)
            return rq_detail(moving->rq, err, arena_printf(arena, "items[%zu].qty", i),
                             "is out of range");
    }
    return NULL;
}

static void compose_header(Moving *moving)
{
    const Inventory__TransferInput *in = moving->in;
    Inventory__Transfer *out = moving->out;
    const char *item = in->items[0]->item_id;

    out->uuid = rq_uuid(moving->rq);
    out->from_warehouse =
        warehouse_ref(moving->rq, stock_place(&moving->stock, item, in->from_warehouse_id));
    out->to_warehouse =
        warehouse_ref(moving->rq, stock_place(&moving->stock, item, in->to_warehouse_id));
    out->notes = in->notes;
    out->created_by = arena_strdup(moving->rq->arena, moving->rq->username);
    out->created_at = moving->stock.now;
    out->has_version = true;
    out->version = 1;
}

static const Err *save(Moving *moving, StockEffects *ret_effects)
{
    Request *rq = moving->rq;
    const Inventory__TransferInput *in = moving->in;
    const char *number;
    char day[DATE_TEXT];

    date_of(moving->stock.clock, day);
    db_queue(rq->db, &TRANSFER_INSERT,
             ARGS(.message = &moving->out->base, .args = WITH(arg_int("month", date_month(day)))),
             INTO_TEXT(&number));
    movements_queue(rq, moving->movements);
    stock_effects_queue(rq, moving->items, in->to_warehouse_id, ret_effects);
    TRY(db_flush(rq->db));
    moving->out->number = moving->movements->number = arena_strdup(rq->arena, number);
    return NULL;
}

const Err *transfer_create(Request *rq, const Inventory__TransferInput *in,
                           Inventory__Transfer *out)
{
    Moving moving = {
        .rq = rq, .in = in, .out = out, .items = ARRAY_OF(rq->arena, in, items, "item_id")};
    StockEffects effects = {0};
    Buf warehouses = {.arena = rq->arena};

    db_array_add(&warehouses, in->from_warehouse_id);
    db_array_add(&warehouses, in->to_warehouse_id);
    stock_queue_lock(rq, moving.items);
    TRY(stock_load(rq, moving.items, db_array_text(&warehouses), &moving.stock));
    TRY(check_references(&moving));
    TRY(check_available(&moving));
    compose_header(&moving);
    TRY(book_lines(&moving));
    TRY(save(&moving, &effects));
    TRY(emit_inv_transferred(rq, moving.movements));
    return stock_effects_announce(rq, &effects);
}
