/* Building and moving an order's document. Its statements are so_store.c's, its rules so_rules.c's.
 */
#include "so_document.h"

#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "kit/config.h"
#include "status.h"

/* ---- composing ---- */

static Sales__SalesOrderLine *line_compose(Request *rq, const Sales__SalesOrderLineInput *in,
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

static void so_set_lines(Request *rq, const Sales__SalesOrderInput *in, const SoReferences *refs,
                         Sales__SalesOrder *so)
{
    so->n_items = 0;
    so->items = arena_array(rq->arena, in->n_items, sizeof(Sales__SalesOrderLine *));
    for (; so->n_items < in->n_items; so->n_items++)
        so->items[so->n_items] =
            line_compose(rq, in->items[so->n_items], &refs->items[so->n_items]);
}

static void so_set_customer(Request *rq, const SoCustomer *customer, Sales__SalesOrder *so)
{
    so->customer = ARENA_NEW(rq->arena, Sales__CustomerRef);
    sales__customer_ref__init(so->customer);
    so->customer->uuid = arena_strdup(rq->arena, customer->uuid);
    so->customer->code = arena_strdup(rq->arena, customer->code);
    so->customer->name = arena_strdup(rq->arena, customer->name);
}

static void so_set_warehouse(Request *rq, const SoWarehouse *warehouse, Sales__SalesOrder *so)
{
    so->warehouse = ARENA_NEW(rq->arena, Sales__WarehouseRef);
    sales__warehouse_ref__init(so->warehouse);
    so->warehouse->uuid = arena_strdup(rq->arena, warehouse->uuid);
    so->warehouse->code = arena_strdup(rq->arena, warehouse->code);
}

static void history_add(Request *rq, Sales__SalesOrder *so, const char *from, const char *to,
                        const char *note)
{
    Sales__StateChange *change = ARENA_NEW(rq->arena, Sales__StateChange);
    Sales__StateChange **grown = arena_array(rq->arena, so->n_history + 1, sizeof(change));

    sales__state_change__init(change);
    change->at = so->updated_at;
    change->by = arena_strdup(rq->arena, rq->username);
    change->from = from ? arena_strdup(rq->arena, from) : NULL;
    change->to = arena_strdup(rq->arena, to);
    change->note = note ? arena_strdup(rq->arena, note) : NULL;
    if (so->n_history)
        memcpy(grown, so->history, so->n_history * sizeof(change));
    so->history = grown;
    so->history[so->n_history++] = change;
}

void so_compose(Request *rq, const Sales__SalesOrderInput *in, const SoReferences *refs,
                Sales__SalesOrder *so)
{
    so->uuid = rq_uuid(rq);
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
    so->created_at = so->updated_at = rq_now(rq);
    so_set_customer(rq, &refs->customer, so);
    so_set_warehouse(rq, &refs->warehouse, so);
    history_add(rq, so, NULL, so->status, NULL);
    so_set_lines(rq, in, refs, so);
}

void so_merge(Request *rq, const Sales__SalesOrderInput *in, const SoReferences *refs,
              Sales__SalesOrder *so)
{
    pb_merge(rq->method->in, &in->base, rq->method->out, &so->base);
    if (refs->customer.uuid)
        so_set_customer(rq, &refs->customer, so);
    if (refs->warehouse.uuid)
        so_set_warehouse(rq, &refs->warehouse, so);
    if (in->n_items)
        so_set_lines(rq, in, refs, so);
}

/* ---- totals ---- */

static const Err *so_total_fault(Request *rq, const Err *err, const SoTotals *totals)
{
    char subtotal[DECIMAL_TEXT];

    if (err != &SO_DISCOUNT_TOO_HIGH)
        return rq_detail(rq, err, "items", "must add up to at most 9999999999999.99 with tax");
    decimal_format(totals->subtotal, SCALE_MONEY, subtotal);
    return rq_detail(rq, err, "discountAmount", "must be at most the subtotal of %s", subtotal);
}

const Err *so_set_totals(Request *rq, Sales__SalesOrder *so)
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

/* ---- moving ---- */

static bool has_action(char *const *actions, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(actions[i], name))
            return true;
    return false;
}

/* Of an order as it was loaded, whose query brought a fact in the actions' place. */
static SoFacts so_facts(const Sales__SalesOrder *so)
{
    SoFacts facts = {.status = so->status};

    facts.deliverable = has_action(so->allowed_actions, so->n_allowed_actions, "deliverable");
    for (size_t i = 0; i < so->n_items; i++)
        facts.some_shipped = facts.some_shipped || so->items[i]->shipped_qty > 0;
    return facts;
}

/* A step that what has shipped forbids: the lines of which something has. */
static const Err *so_forbidden(Request *rq, const Sales__SalesOrder *so, const Err *err)
{
    ErrList errors = {.arena = rq->arena};
    char shipped[DECIMAL_TEXT];

    for (size_t i = 0; i < so->n_items; i++) {
        if (!so->items[i]->shipped_qty)
            continue;
        decimal_format(so->items[i]->shipped_qty, SCALE_QTY, shipped);
        errlist_add(&errors, arena_printf(rq->arena, "items[%zu].shippedQty", i), "is %s", shipped);
    }
    return errlist_result(&errors, err);
}

const Err *so_step(Request *rq, Sales__SalesOrder *so, const char *event, const char *note)
{
    SoFacts facts = so_facts(so);
    const char *to;

    TRY(rq_check_version(rq, so->version));
    TRY(status_step(rq, &SO_STATES, so->status, event, &to));
    const Err *err = so_guard(&facts, event);
    if (err)
        return so_forbidden(rq, so, err);
    so_move(rq, so, to, note);
    return NULL;
}

void so_move(Request *rq, Sales__SalesOrder *so, const char *to, const char *note)
{
    so->updated_at = status_instant_after(rq, so->updated_at);
    so->version++;
    if (!str_eq(so->status, to))
        history_add(rq, so, so->status, to, note);
    so->status = arena_strdup(rq->arena, to);
}

/* ---- telling ---- */

static bool history_has(Sales__StateChange *const *history, size_t count, const char *to)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(history[i]->to, to))
            return true;
    return false;
}

const Sales__SalesOrder *so_told(Request *rq, const Sales__SalesOrder *so)
{
    Sales__SalesOrder *told = ARENA_NEW(rq->arena, Sales__SalesOrder);
    Sales__StateChange **history = arena_array(rq->arena, so->n_history, sizeof *history);
    size_t first = so->n_history;

    for (size_t i = so->n_history; i > 0; i--)
        if (!history_has(history + first, so->n_history - first, so->history[i - 1]->to))
            history[--first] = so->history[i - 1];
    *told = *so;
    told->history = history + first;
    told->n_history = so->n_history - first;
    told->n_allowed_actions = 0;
    return told;
}

/* ---- showing ---- */

void so_show_delivery(Sales__SalesOrder *so, const Sales__DeliveryOrder *delivery)
{
    for (size_t i = 0; i < so->n_deliveries; i++)
        if (str_eq(so->deliveries[i]->uuid, delivery->uuid))
            so->deliveries[i]->status = delivery->status;
}

void so_show_actions(Request *rq, Sales__SalesOrder *so)
{
    const char *actions[FSM_ACTIONS_MAX];
    SoFacts facts = so_facts(so);
    size_t count = so_allowed(&facts, status_may, rq, actions);

    status_show_actions(rq, actions, count, &so->n_allowed_actions, &so->allowed_actions);
}

void so_show_row_actions(Request *rq, Sales__SalesOrderSummary *row)
{
    const char *actions[FSM_ACTIONS_MAX];
    SoFacts facts = {.status = row->status};

    facts.some_shipped = has_action(row->allowed_actions, row->n_allowed_actions, "some_shipped");
    facts.deliverable = has_action(row->allowed_actions, row->n_allowed_actions, "deliverable");
    size_t count = so_allowed(&facts, status_may, rq, actions);
    status_show_actions(rq, actions, count, &row->n_allowed_actions, &row->allowed_actions);
}
