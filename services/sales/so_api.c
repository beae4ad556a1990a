/* Requests about sales orders: list, read, create. Their statements are so_store.c's, their rules
 * so_rules.c's. */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "kit/config.h"
#include "reference_store.h"
#include "sales.sql.h"
#include "sentient/inventory.client.h"
#include "sentient/sales.events.h"
#include "sentient/sales.handlers.h"
#include "so_rules.h"
#include "so_store.h"

static bool asker_may(const void *asker, const char *permission)
{
    return rq_may(asker, permission);
}

/* What the asking user may do to an order in that state, as the document shows it. */
static void so_show_actions(Request *rq, const char *status, size_t *ret_count, char ***ret_actions)
{
    const char *actions[SO_ACTIONS_MAX];
    size_t count = so_allowed(status, asker_may, rq, actions);

    *ret_actions = arena_array(rq->arena, SO_ACTIONS_MAX, sizeof **ret_actions);
    for (size_t i = 0; i < count; i++)
        (*ret_actions)[i] = arena_strdup(rq->arena, actions[i]);
    *ret_count = count;
}

const Err *so_list(Request *rq, const Sales__SalesOrderQuery *in, Sales__SalesOrderPage *out)
{
    TRY(rq_list(rq, &SO_LIST, &in->base, &out->base));
    for (size_t i = 0; i < out->n_data; i++)
        so_show_actions(rq, out->data[i]->status, &out->data[i]->n_allowed_actions,
                        &out->data[i]->allowed_actions);
    return NULL;
}

const Err *so_get(Request *rq, const Sentient__DocumentRef *in, Sales__SalesOrder *out)
{
    db_queue(rq->db, &SO_HEADER, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out));
    db_queue(rq->db, &SO_LINES, ARG(arg_text("uuid", in->uuid)), INTO_LIST(out, "items"));
    db_queue(rq->db, &SO_HISTORY, ARG(arg_text("uuid", in->uuid)), INTO_LIST(out, "history"));
    TRY(db_flush_snapshot(rq->db));
    so_show_actions(rq, out->status, &out->n_allowed_actions, &out->allowed_actions);
    return NULL;
}

static Sentient__DocumentRef *document_ref(Arena *arena, char *uuid)
{
    Sentient__DocumentRef *ref = ARENA_NEW(arena, Sentient__DocumentRef);

    sentient__document_ref__init(ref);
    ref->uuid = uuid;
    return ref;
}

/* Asks inventory for all that the order names: which of it the copies lack is the handler's
 * business, and one call costs the same for one row or many. */
const Err *so_create_prepare(Request *rq, const Sales__SalesOrderInput *in)
{
    Inventory__ReferenceQuery query = INVENTORY__REFERENCE_QUERY__INIT;
    Inventory__ReferenceSet *found;
    char *warehouse = in->warehouse_id ? in->warehouse_id : WAREHOUSE_MAIN;

    query.items = arena_array(rq->arena, in->n_items, sizeof(Sentient__DocumentRef *));
    for (size_t i = 0; i < in->n_items; i++)
        query.items[query.n_items++] = document_ref(rq->arena, in->items[i]->item_id);
    query.warehouses = &(Sentient__DocumentRef *){document_ref(rq->arena, warehouse)};
    query.n_warehouses = 1;
    TRY(inventory_reference_find(rq, &query, &found));
    rq->prepared = found;
    return NULL;
}

static char *instant_text(Request *rq)
{
    char *text = arena_alloc(rq->arena, INSTANT_TEXT);

    instant_format(rq->now, text);
    return text;
}

static Sales__SalesOrderLine *so_line(Request *rq, const Sales__SalesOrderLineInput *in,
                                      const SoItem *item)
{
    Sales__SalesOrderLine *line = ARENA_NEW(rq->arena, Sales__SalesOrderLine);

    sales__sales_order_line__init(line);
    line->item = ARENA_NEW(rq->arena, Sales__ItemRef);
    sales__item_ref__init(line->item);
    line->item->uuid = arena_strdup(rq->arena, item->uuid);
    line->item->code = arena_strdup(rq->arena, item->code);
    line->item->name = arena_strdup(rq->arena, item->name);
    line->item->uom = arena_strdup(rq->arena, item->uom);
    line->has_qty = line->has_price = line->has_discount_pct = line->has_line_total = true;
    line->qty = in->qty;
    line->price = in->has_price ? in->price : item->price;
    line->discount_pct = in->discount_pct;
    line->has_reserved_qty = line->has_shipped_qty = line->has_delivered_qty = true;
    return line;
}

static void so_set_parties(Request *rq, const SoReferences *refs, Sales__SalesOrder *so)
{
    so->customer = ARENA_NEW(rq->arena, Sales__CustomerRef);
    sales__customer_ref__init(so->customer);
    so->customer->uuid = arena_strdup(rq->arena, refs->customer.uuid);
    so->customer->code = arena_strdup(rq->arena, refs->customer.code);
    so->customer->name = arena_strdup(rq->arena, refs->customer.name);
    so->warehouse = ARENA_NEW(rq->arena, Sales__WarehouseRef);
    sales__warehouse_ref__init(so->warehouse);
    so->warehouse->uuid = arena_strdup(rq->arena, refs->warehouse.uuid);
    so->warehouse->code = arena_strdup(rq->arena, refs->warehouse.code);
}

/* The first entry of the history: from nothing to the order's state. */
static void so_set_beginning(Request *rq, Sales__SalesOrder *so)
{
    Sales__StateChange *change = ARENA_NEW(rq->arena, Sales__StateChange);

    sales__state_change__init(change);
    change->at = so->created_at;
    change->by = so->created_by;
    change->to = so->status;
    so->history = ARENA_NEW(rq->arena, Sales__StateChange *);
    so->history[so->n_history++] = change;
}

/* The new document, as the next GET will show it; number and totals come later. */
static void so_compose(Request *rq, const Sales__SalesOrderInput *in, const SoReferences *refs,
                       Sales__SalesOrder *so)
{
    so->uuid = arena_alloc(rq->arena, UUID_TEXT);
    uuid_v7(so->uuid);
    so->order_date = in->order_date;
    so->delivery_date = in->delivery_date;
    so->customer_po = in->customer_po;
    so->notes = in->notes;
    so->status = "draft";
    so->has_discount_amount = so->has_tax_rate = so->has_version = true;
    so->discount_amount = in->discount_amount;
    so->tax_rate = config_int("TAX_RATE");
    so->version = 1;
    so->created_by = arena_strdup(rq->arena, rq->username);
    so->created_at = so->updated_at = instant_text(rq);
    so_set_parties(rq, refs, so);
    so_set_beginning(rq, so);
    so->items = arena_array(rq->arena, in->n_items, sizeof(Sales__SalesOrderLine *));
    for (; so->n_items < in->n_items; so->n_items++)
        so->items[so->n_items] = so_line(rq, in->items[so->n_items], &refs->items[so->n_items]);
}

static const Err *so_total_fault(Request *rq, const Err *err, const SoTotals *totals)
{
    char subtotal[DECIMAL_TEXT];

    if (err != &SO_DISCOUNT_TOO_HIGH)
        return rq_detail(rq, err, "items", "must add up to at most 9999999999999.99 with tax");
    decimal_format(totals->subtotal, SCALE_MONEY, subtotal);
    return rq_detail(rq, err, "discountAmount", "must be at most the subtotal of %s", subtotal);
}

static const Err *so_set_totals(Request *rq, Sales__SalesOrder *so)
{
    SoTotals totals = {.discount_amount = so->discount_amount, .tax_rate = so->tax_rate};
    SoLine *lines = arena_array(rq->arena, so->n_items, sizeof *lines);

    for (size_t i = 0; i < so->n_items; i++)
        lines[i] = (SoLine){.qty = so->items[i]->qty,
                            .price = so->items[i]->price,
                            .discount_pct = so->items[i]->discount_pct};
    const Err *err = so_totals(lines, so->n_items, &totals);
    if (err)
        return so_total_fault(rq, err, &totals);
    for (size_t i = 0; i < so->n_items; i++)
        so->items[i]->line_total = lines[i].line_total;
    so->has_subtotal = so->has_tax_amount = so->has_total = true;
    so->subtotal = totals.subtotal;
    so->tax_amount = totals.tax_amount;
    so->total = totals.total;
    return NULL;
}

const Err *so_create(Request *rq, const Sales__SalesOrderInput *in, Sales__SalesOrder *out)
{
    SoReferences refs;

    TRY(so_references(rq, in, &refs));
    so_compose(rq, in, &refs, out);
    TRY(so_set_totals(rq, out));
    TRY(so_insert(rq, refs.customer.id, out));
    TRY(emit_so_created(rq, out));
    so_show_actions(rq, out->status, &out->n_allowed_actions, &out->allowed_actions);
    return NULL;
}
