/* The leaf by which a service sets stock aside for a document of its own, and the export of all
 * that is set aside. Calls nobody. */
#include <inttypes.h>

#include "base/decimal.h"
#include "inventory.sql.h"
#include "sentient/inventory.handlers.h"
#include "stock_effects.h"
#include "stock_store.h"

static const Err BAD_TARGET = {.kind = ERR_RULE, .message = "The reservation cannot be so"};

/* A line of the reservation as it is. */
typedef struct HeldLine {
    const char *warehouse, *item; /* item NULL: the reservation has no line */
    int64_t line, allocated, issued;
} HeldLine;

static const DbColumn HELD_LINE[] = {DB_COLUMN_TEXT(HeldLine, warehouse),
                                     DB_COLUMN_TEXT(HeldLine, item),
                                     DB_COLUMN_INT(HeldLine, line),
                                     DB_COLUMN_DEC(HeldLine, allocated, SCALE_QTY),
                                     DB_COLUMN_DEC(HeldLine, issued, SCALE_QTY),
                                     DB_END};

/* What a reservation is set from, while it is set. */
typedef struct Targeting {
    Request *rq;
    const Inventory__ReservationTarget *in;
    const char *items;
    StockPlaces stock;
    HeldLine *held;
    size_t held_count;
} Targeting;

static const char *line_field(const Targeting *targeting, size_t i, const char *field)
{
    return arena_printf(targeting->rq->arena, "lines[%zu].%s", i, field);
}

static const HeldLine *held_line(const Targeting *targeting, int64_t line)
{
    for (size_t i = 0; i < targeting->held_count; i++)
        if (targeting->held[i].item && targeting->held[i].line == line)
            return &targeting->held[i];
    return NULL;
}

static const Err *check_lines_differ(const Targeting *targeting)
{
    const Inventory__ReservationTarget *in = targeting->in;
    ErrList errors = {.arena = targeting->rq->arena};

    for (size_t i = 0; i < in->n_lines; i++)
        for (size_t k = 0; k < i; k++)
            if (in->lines[i]->line == in->lines[k]->line)
                errlist_add(&errors, line_field(targeting, i, "line"), "stands twice");
    return errlist_result(&errors, &ERR_VALIDATION);
}

static const Err *check_references(const Targeting *targeting)
{
    const Inventory__ReservationTarget *in = targeting->in;
    ErrList errors = {.arena = targeting->rq->arena};

    if (!stock_has_warehouse(&targeting->stock, in->warehouse_id))
        errlist_add(&errors, "warehouseId", "does not exist");
    for (size_t i = 0; i < in->n_lines; i++)
        (void)stock_named(&targeting->stock, in->lines[i]->item_id, in->warehouse_id,
                          line_field(targeting, i, "itemId"), &errors);
    return errlist_result(&errors, &STOCK_BAD_REFERENCES);
}

/* Against what the reservation is: same warehouse, same items, no less than was issued. */
static const Err *check_held(const Targeting *targeting)
{
    const Inventory__ReservationTarget *in = targeting->in;
    ErrList errors = {.arena = targeting->rq->arena};
    char issued[DECIMAL_TEXT];

    if (targeting->held_count && !str_eq(targeting->held->warehouse, in->warehouse_id))
        errlist_add(&errors, "warehouseId", "is another one than before");
    for (size_t i = 0; i < in->n_lines; i++) {
        const HeldLine *held = held_line(targeting, in->lines[i]->line);
        if (held && !str_eq(held->item, in->lines[i]->item_id))
            errlist_add(&errors, line_field(targeting, i, "itemId"), "is another one than before");
        if (!held || in->lines[i]->qty >= held->issued)
            continue;
        decimal_format(held->issued, SCALE_QTY, issued);
        errlist_add(&errors, line_field(targeting, i, "qty"), "is below the %s that was issued",
                    issued);
    }
    return errlist_result(&errors, &BAD_TARGET);
}

static int64_t line_more(const Targeting *targeting, size_t i)
{
    const Inventory__ReservationTargetLine *line = targeting->in->lines[i];
    const HeldLine *held = held_line(targeting, line->line);

    return line->qty - (held ? held->allocated : 0);
}

/* What all lines together want of an item beyond what they have. */
static int64_t item_more(const Targeting *targeting, const char *item)
{
    int64_t more = 0;

    for (size_t i = 0; i < targeting->in->n_lines; i++)
        if (str_eq(targeting->in->lines[i]->item_id, item))
            more += line_more(targeting, i);
    return more;
}

static const Err *check_free(const Targeting *targeting)
{
    const Inventory__ReservationTarget *in = targeting->in;
    ErrList errors = {.arena = targeting->rq->arena};

    for (size_t i = 0; i < in->n_lines; i++) {
        const StockPlace *place =
            stock_place(&targeting->stock, in->lines[i]->item_id, in->warehouse_id);
        int64_t more = item_more(targeting, in->lines[i]->item_id);
        if (more > 0 && more > place->on_hand - place->reserved)
            stock_explain(&errors, line_field(targeting, i, "qty"), place);
    }
    return errlist_result(&errors, &STOCK_SHORT);
}

static const Err *target_load(Targeting *targeting)
{
    Request *rq = targeting->rq;
    const Inventory__ReservationTarget *in = targeting->in;
    Buf warehouses = {.arena = rq->arena};

    db_array_add(&warehouses, in->warehouse_id);
    stock_queue_lock(rq, targeting->items);
    db_queue(rq->db, &RESERVATION_HELD, ARGS(.message = &in->base),
             INTO_STRUCTS(HELD_LINE, &targeting->held, &targeting->held_count));
    return stock_load(rq, targeting->items, db_array_text(&warehouses), &targeting->stock);
}

static const Err *target_save(Targeting *targeting, StockEffects *ret_effects, int64_t *ret_id)
{
    const Inventory__ReservationTarget *in = targeting->in;
    Request *rq = targeting->rq;

    db_queue(rq->db, &RESERVATION_PUT, ARGS(.message = &in->base, ROWS_OF(in, lines)),
             INTO_INT(ret_id));
    stock_effects_queue(rq, targeting->items, in->warehouse_id, ret_effects);
    return db_flush(rq->db);
}

const Err *reservation_set(Request *rq, const Inventory__ReservationTarget *in,
                           Inventory__Reservation *out)
{
    Targeting targeting = {.rq = rq, .in = in, .items = ARRAY_OF(rq->arena, in, lines, "item_id")};
    StockEffects effects = {0};
    ReservationDocument *made;
    size_t count;
    int64_t id = 0;

    TRY(check_lines_differ(&targeting));
    TRY(target_load(&targeting));
    TRY(check_references(&targeting));
    TRY(check_held(&targeting));
    TRY(check_free(&targeting));
    TRY(target_save(&targeting, &effects, &id));
    TRY(reservation_load(rq, arena_printf(rq->arena, "{%" PRId64 "}", id), &made, &count));
    *out = *made->document;
    return stock_effects_announce(rq, &effects);
}

const Err *reservation_export(Request *rq, const Sentient__ExportQuery *in,
                              Inventory__ReservationExport *out)
{
    ReservationId *ids = NULL;
    ReservationDocument *made;
    size_t count;
    Buf array = {.arena = rq->arena};

    TRY(db_run(rq->db, &RESERVATION_EXPORT_IDS, ARG(arg_int("after_id", in->after_id)),
               INTO_STRUCTS(RESERVATION_ID, &ids, &count)));
    if (!count)
        return NULL;
    out->has_last_id = true;
    out->last_id = ids[count - 1].id;
    for (size_t i = 0; i < count; i++)
        db_array_add(&array, arena_printf(rq->arena, "%" PRId64, ids[i].id));
    TRY(reservation_load(rq, db_array_text(&array), &made, &out->n_reservations));
    out->reservations = arena_array(rq->arena, out->n_reservations, sizeof(void *));
    for (size_t i = 0; i < out->n_reservations; i++)
        out->reservations[i] = made[i].document;
    return NULL;
}
