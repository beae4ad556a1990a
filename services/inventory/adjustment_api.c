/* Requests about adjustments: list, read, create. Their figures are stock_rules.c's. */
#include "base/clock.h"
#include "base/decimal.h"
#include "inventory.sql.h"
#include "sentient/inventory.events.h"
#include "sentient/inventory.handlers.h"
#include "stock_effects.h"
#include "stock_store.h"

static const Err BELOW_RESERVED = {.kind = ERR_RULE,
                                   .message = "Less would be left than is reserved"};

const Err *adjustment_list(Request *rq, const Inventory__AdjustmentQuery *in,
                           Inventory__AdjustmentPage *out)
{
    Inventory__AdjustmentQuery query = *in;

    query.from = day_begin(rq, in->from);
    query.to = day_end(rq, in->to);
    return rq_list(rq, &ADJUSTMENT_LIST, &query.base, &out->base);
}

const Err *adjustment_get(Request *rq, const Sentient__DocumentRef *in, Inventory__Adjustment *out)
{
    db_queue(rq->db, &ADJUSTMENT_HEADER, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out));
    db_queue(rq->db, &ADJUSTMENT_LINES, ARG(arg_text("uuid", in->uuid)), INTO_LIST(out, "items"));
    return db_flush(rq->db);
}

/* What an adjustment is made from, while it is made. */
typedef struct Adjusting {
    Request *rq;
    const Inventory__AdjustmentInput *in;
    const char *warehouse, *items;
    StockPlaces stock;
    StockPlace **places; /* one per line */
    Inventory__Adjustment *out;
    Inventory__StockMovements *movements;
} Adjusting;

static const Err *find_places(Adjusting *adjusting)
{
    const Inventory__AdjustmentInput *in = adjusting->in;
    ErrList errors = {.arena = adjusting->rq->arena};

    if (!stock_has_warehouse(&adjusting->stock, adjusting->warehouse))
        errlist_add(&errors, "warehouseId", "does not exist");
    adjusting->places = arena_array(adjusting->rq->arena, in->n_items, sizeof(StockPlace *));
    for (size_t i = 0; i < in->n_items; i++)
        adjusting->places[i] =
            stock_named(&adjusting->stock, in->items[i]->item_id, adjusting->warehouse,
                        arena_printf(errors.arena, "items[%zu].itemId", i), &errors);
    return errlist_result(&errors, &STOCK_BAD_REFERENCES);
}

/* What the lines of one place come to together. */
static const Err *place_change(const Adjusting *adjusting, const StockPlace *place,
                               int64_t *ret_change)
{
    *ret_change = 0;
    for (size_t i = 0; i < adjusting->in->n_items; i++)
        if (adjusting->places[i] == place &&
            !decimal_add(*ret_change, adjusting->in->items[i]->qty, ret_change))
            return &STOCK_TOO_LARGE;
    return NULL;
}

/* An item in several lines adds up: its lines are judged by their sum. */
static const Err *check_reserved(const Adjusting *adjusting)
{
    const Inventory__AdjustmentInput *in = adjusting->in;
    ErrList errors = {.arena = adjusting->rq->arena};

    for (size_t i = 0; i < in->n_items; i++) {
        const StockPlace *place = adjusting->places[i];
        int64_t change;
        if (in->items[i]->qty > 0)
            continue;
        TRY(place_change(adjusting, place, &change));
        if (place->on_hand + change < place->reserved)
            stock_explain(&errors, arena_printf(errors.arena, "items[%zu].qty", i), place);
    }
    return errlist_result(&errors, &BELOW_RESERVED);
}

static const Err *line_book(const Adjusting *adjusting, size_t i, int64_t *ret_value)
{
    const Inventory__AdjustmentLineInput *line = adjusting->in->items[i];
    StockPlace *place = adjusting->places[i];
    const StockCost cost = {.given = line->has_unit_cost,
                            .unit_cost = line->unit_cost,
                            .standard_cost = place->standard_cost};

    if (line->qty > 0) {
        TRY(stock_add(&place->level, line->qty, &cost, ret_value));
    } else {
        TRY(stock_take(&place->level, -line->qty, ret_value));
        *ret_value = -*ret_value;
    }
    Inventory__StockMovement *row =
        movements_add(adjusting->rq, adjusting->movements, &adjusting->stock, place, "adjustment",
                      i + 1, line->qty, *ret_value);
    row->has_unit_cost = line->qty > 0 && line->has_unit_cost;
    row->unit_cost = line->unit_cost;
    return NULL;
}

static Inventory__AdjustmentLine *line_new(const Adjusting *adjusting, size_t i, int64_t value)
{
    const Inventory__AdjustmentLineInput *in = adjusting->in->items[i];
    Inventory__AdjustmentLine *line = ARENA_NEW(adjusting->rq->arena, Inventory__AdjustmentLine);

    inventory__adjustment_line__init(line);
    line->item = item_ref(adjusting->rq, adjusting->places[i]);
    line->has_qty = line->has_value = line->has_unit_cost = true;
    line->qty = in->qty;
    line->value = value;
    if (in->qty > 0 && in->has_unit_cost)
        line->unit_cost = in->unit_cost;
    else
        line->has_unit_cost = stock_unit_cost(in->qty, value, &line->unit_cost);
    return line;
}

/* What comes in is booked before what goes out: the sum was judged, no step falls below it. */
static const Err *book_lines(Adjusting *adjusting)
{
    Inventory__Adjustment *out = adjusting->out;
    size_t count = adjusting->in->n_items;
    int64_t value;

    adjusting->movements = movements_new(adjusting->rq, "adjustment", out->uuid, NULL, count);
    out->items = arena_array(adjusting->rq->arena, count, sizeof(Inventory__AdjustmentLine *));
    out->n_items = count;
    for (int out_of = 0; out_of < 2; out_of++) {
        for (size_t i = 0; i < count; i++) {
            if ((adjusting->in->items[i]->qty < 0) != out_of)
                continue;
            const Err *err = line_book(adjusting, i, &value);
            if (err)
                return rq_detail(adjusting->rq, err,
                                 arena_printf(adjusting->rq->arena, "items[%zu].qty", i),
                                 "is out of range");
            out->items[i] = line_new(adjusting, i, value);
        }
    }
    return NULL;
}

static void compose_header(Adjusting *adjusting)
{
    Inventory__Adjustment *out = adjusting->out;

    out->uuid = rq_uuid(adjusting->rq);
    out->warehouse = warehouse_ref(adjusting->rq, adjusting->places[0]);
    out->reason = adjusting->in->reason;
    out->notes = adjusting->in->notes;
    out->created_by = arena_strdup(adjusting->rq->arena, adjusting->rq->username);
    out->created_at = adjusting->stock.now;
    out->has_version = true;
    out->version = 1;
}

static const Err *save(Adjusting *adjusting, StockEffects *ret_effects)
{
    Request *rq = adjusting->rq;
    Inventory__Adjustment *out = adjusting->out;
    const char *number;
    char day[DATE_TEXT];

    date_of(adjusting->stock.clock, day);
    db_queue(rq->db, &ADJUSTMENT_INSERT,
             ARGS(.message = &out->base, .args = WITH(arg_int("month", date_month(day)))),
             INTO_TEXT(&number));
    movements_queue(rq, adjusting->movements);
    stock_effects_queue(rq, adjusting->items, adjusting->warehouse, ret_effects);
    TRY(db_flush(rq->db));
    out->number = adjusting->movements->number = arena_strdup(rq->arena, number);
    return NULL;
}

const Err *adjustment_create(Request *rq, const Inventory__AdjustmentInput *in,
                             Inventory__Adjustment *out)
{
    Adjusting adjusting = {
        .rq = rq, .in = in, .out = out, .items = ARRAY_OF(rq->arena, in, items, "item_id")};
    StockEffects effects = {0};
    Buf warehouses = {.arena = rq->arena};

    adjusting.warehouse = in->warehouse_id ? in->warehouse_id : WAREHOUSE_MAIN;
    db_array_add(&warehouses, adjusting.warehouse);
    stock_queue_lock(rq, adjusting.items);
    TRY(stock_load(rq, adjusting.items, db_array_text(&warehouses), &adjusting.stock));
    TRY(find_places(&adjusting));
    TRY(check_reserved(&adjusting));
    compose_header(&adjusting);
    TRY(book_lines(&adjusting));
    TRY(save(&adjusting, &effects));
    TRY(emit_inv_adjusted(rq, adjusting.movements));
    return stock_effects_announce(rq, &effects);
}
