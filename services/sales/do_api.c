/* Requests about delivery orders: list, read, create, ship, deliver, cancel, export, and what that
 * does to their order. Stock is inventory's: it learns by events. */
#include "base/decimal.h"
#include "base/str.h"
#include "do_rules.h"
#include "do_store.h"
#include "sales.sql.h"
#include "sentient/sales.events.h"
#include "sentient/sales.handlers.h"
#include "so_document.h"
#include "so_store.h"
#include "status.h"

static const Err DO_NO_ORDER = {.kind = ERR_RULE, .message = "The sales order does not exist"};
static const Err DO_REFUSED = {.kind = ERR_RULE,
                               .message = "The order cannot give what the delivery asks for"};

static void do_show_actions(Request *rq, Sales__DeliveryOrder *delivery)
{
    const char *actions[FSM_ACTIONS_MAX];
    size_t count = fsm_allowed(&DO_STATES, delivery->status, status_may, rq, actions);

    status_show_actions(rq, actions, count, &delivery->n_allowed_actions,
                        &delivery->allowed_actions);
}

const Err *do_list(Request *rq, const Sales__DeliveryOrderQuery *in, Sales__DeliveryOrderPage *out)
{
    const char *actions[FSM_ACTIONS_MAX];

    TRY(rq_list(rq, &DO_LIST, &in->base, &out->base));
    for (size_t i = 0; i < out->n_data; i++) {
        size_t count = fsm_allowed(&DO_STATES, out->data[i]->status, status_may, rq, actions);
        status_show_actions(rq, actions, count, &out->data[i]->n_allowed_actions,
                            &out->data[i]->allowed_actions);
    }
    return NULL;
}

const Err *do_get(Request *rq, const Sentient__DocumentRef *in, Sales__DeliveryOrder *out)
{
    do_queue_read(rq, in->uuid, out);
    TRY(db_flush_snapshot(rq->db));
    do_show_actions(rq, out);
    return NULL;
}

const Err *do_export(Request *rq, const Sentient__ExportQuery *in, Sales__DeliveryOrderExport *out)
{
    return do_page(rq, in->after_id, out);
}

/* ---- creating ---- */

static void take_fault(ErrList *errors, size_t line, const Err *err, const DoItem *item)
{
    char left[DECIMAL_TEXT], allocated[DECIMAL_TEXT], taken[DECIMAL_TEXT];

    if (err == &DO_FOREIGN_ITEM) {
        errlist_add(errors, arena_printf(errors->arena, "items[%zu].itemId", line),
                    "is not on the order");
        return;
    }
    decimal_format(do_free(item), SCALE_QTY, left);
    decimal_format(item->allocated, SCALE_QTY, allocated);
    decimal_format(item->taken, SCALE_QTY, taken);
    errlist_add(errors, arena_printf(errors->arena, "items[%zu].qty", line),
                "is more than the %s left: %s reserved so far, %s on deliveries", left, allocated,
                taken);
}

/* What the delivery takes of each item: what is asked for, or all that there is. */
static const Err *do_take_items(Request *rq, const Sales__DeliveryOrderInput *in, DoItem *items,
                                size_t count)
{
    ErrList errors = {.arena = rq->arena};
    DoItem *item = NULL;

    if (!in->n_items) {
        const Err *err = do_take_all(items, count);
        return err ? rq_detail(rq, err, "items", "must hold what is reserved: nothing is left")
                   : NULL;
    }
    for (size_t i = 0; i < in->n_items; i++) {
        const Err *err = do_take(items, count, in->items[i]->item_id, in->items[i]->qty, &item);
        if (err)
            take_fault(&errors, i, err, item);
    }
    return errlist_result(&errors, &DO_REFUSED);
}

static Sales__DeliveryOrderLine *line_compose(Request *rq, const DoStock *stock, int64_t qty)
{
    Sales__DeliveryOrderLine *line = ARENA_NEW(rq->arena, Sales__DeliveryOrderLine);

    sales__delivery_order_line__init(line);
    line->item = ARENA_NEW(rq->arena, Sales__ItemRef);
    sales__item_ref__init(line->item);
    line->item->uuid = arena_strdup(rq->arena, stock->uuid);
    line->item->code = arena_strdup(rq->arena, stock->code);
    line->item->name = arena_strdup(rq->arena, stock->name);
    line->item->uom = arena_strdup(rq->arena, stock->uom);
    line->has_qty = true;
    line->qty = qty;
    return line;
}

static const Err *do_set_items(Request *rq, const Sales__DeliveryOrderInput *in,
                               const DoSource *source, Sales__DeliveryOrder *delivery)
{
    DoItem *items = arena_array(rq->arena, source->item_count, sizeof *items);

    for (size_t i = 0; i < source->item_count; i++)
        items[i] = (DoItem){.uuid = source->items[i].uuid,
                            .allocated = source->items[i].allocated,
                            .taken = source->items[i].taken};
    TRY(do_take_items(rq, in, items, source->item_count));
    delivery->items =
        arena_array(rq->arena, source->item_count, sizeof(Sales__DeliveryOrderLine *));
    for (size_t i = 0; i < source->item_count; i++)
        if (items[i].qty)
            delivery->items[delivery->n_items++] =
                line_compose(rq, &source->items[i], items[i].qty);
    return NULL;
}

/* The new draft, as the next GET will show it; items and number come later. */
static void do_compose(Request *rq, const Sales__DeliveryOrderInput *in, const DoSource *source,
                       Sales__DeliveryOrder *delivery)
{
    const Sales__SalesOrder *so = &source->so;

    delivery->uuid = rq_uuid(rq);
    delivery->sales_order = ARENA_NEW(rq->arena, Sales__SalesOrderRef);
    sales__sales_order_ref__init(delivery->sales_order);
    delivery->sales_order->uuid = so->uuid;
    delivery->sales_order->so_number = so->so_number;
    delivery->customer = so->customer;
    delivery->warehouse = source->warehouse;
    delivery->status = "draft";
    delivery->notes = in->notes;
    delivery->created_by = arena_strdup(rq->arena, rq->username);
    delivery->created_at = delivery->updated_at = rq_now(rq);
    delivery->has_version = true;
    delivery->version = 1;
}

const Err *do_create(Request *rq, const Sales__DeliveryOrderInput *in, Sales__DeliveryOrder *out)
{
    DoSource source;
    const char *to;

    const Err *err = do_source(rq, in->sales_order_id, &source);
    if (err_is(err, &ERR_NO_DOCUMENT))
        return rq_detail(rq, &DO_NO_ORDER, "salesOrderId", "does not exist");
    TRY(err);
    TRY(status_step(rq, &SO_STATES, source.so.status, "deliver", &to));
    do_compose(rq, in, &source, out);
    TRY(do_set_items(rq, in, &source, out));
    TRY(do_insert(rq, out));
    TRY(emit_do_created(rq, out));
    do_show_actions(rq, out);
    return NULL;
}

/* ---- moving on ---- */

static const Err *do_step(Request *rq, Sales__DeliveryOrder *delivery, const char *event)
{
    const char *to;

    TRY(rq_check_version(rq, delivery->version));
    TRY(status_step(rq, &DO_STATES, delivery->status, event, &to));
    delivery->status = arena_strdup(rq->arena, to);
    delivery->updated_at = status_instant_after(rq, delivery->updated_at);
    delivery->version++;
    return NULL;
}

/* Fills the lines, each up to its limit, with what is on the delivery. */
static const Err *lines_fill(Request *rq, DoLine *lines, size_t count,
                             const Sales__DeliveryOrder *delivery)
{
    for (size_t i = 0; i < delivery->n_items; i++)
        if (!do_fill(lines, count, delivery->items[i]->item->uuid, delivery->items[i]->qty))
            return err_with_cause(rq->arena, &ERR_DEFECT, "delivery %s is more than its order",
                                  delivery->uuid);
    return NULL;
}

static const Err *so_ship(Request *rq, Sales__SalesOrder *so, const Sales__DeliveryOrder *delivery)
{
    DoLine *lines = arena_array(rq->arena, so->n_items, sizeof *lines);

    for (size_t i = 0; i < so->n_items; i++)
        lines[i] = (DoLine){so->items[i]->item->uuid, so->items[i]->qty, so->items[i]->shipped_qty};
    TRY(lines_fill(rq, lines, so->n_items, delivery));
    for (size_t i = 0; i < so->n_items; i++)
        so->items[i]->shipped_qty = lines[i].done;
    so_save_quantities(rq, so);
    return NULL;
}

const Err *do_ship(Request *rq, const Sales__DeliveryShipment *in, Sales__DeliveryOrder *out)
{
    Sales__SalesOrder so = SALES__SALES_ORDER__INIT;

    TRY(do_load(rq, in->uuid, &so, out));
    TRY(do_step(rq, out, "ship"));
    out->carrier = in->carrier;
    out->tracking_no = in->tracking_no;
    out->shipped_at = out->updated_at;
    TRY(so_ship(rq, &so, out));
    do_save(rq, out);
    TRY(emit_do_shipped(rq, out));
    do_show_actions(rq, out);
    return NULL;
}

/* *ret_all: nothing of the order is left to deliver. */
static const Err *so_fill_delivered(Request *rq, Sales__SalesOrder *so,
                                    const Sales__DeliveryOrder *delivery, bool *ret_all)
{
    DoLine *lines = arena_array(rq->arena, so->n_items, sizeof *lines);

    for (size_t i = 0; i < so->n_items; i++)
        lines[i] = (DoLine){so->items[i]->item->uuid, so->items[i]->shipped_qty,
                            so->items[i]->delivered_qty};
    TRY(lines_fill(rq, lines, so->n_items, delivery));
    *ret_all = true;
    for (size_t i = 0; i < so->n_items; i++) {
        so->items[i]->delivered_qty = lines[i].done;
        *ret_all = *ret_all && lines[i].done == so->items[i]->qty;
    }
    so_save_quantities(rq, so);
    return NULL;
}

/* The order becomes partially delivered, or delivered; one that was closed stays closed. */
static const Err *so_deliver(Request *rq, Sales__SalesOrder *so,
                             const Sales__DeliveryOrder *delivery)
{
    bool all;
    size_t known = so->n_history;

    TRY(so_fill_delivered(rq, so, delivery, &all));
    const FsmRow *row =
        fsm_find(&SO_STATES, so->status, all ? "delivered_in_full" : "delivered_in_part");
    if (!row || str_eq(row->to, so->status))
        return NULL;
    so_show_delivery(so, delivery);
    so_move(rq, so, row->to, NULL);
    so_save_status(rq, so);
    so_save_history(rq, so, known);
    return all ? emit_so_delivered(rq, so_told(rq, so)) : emit_so_updated(rq, so_told(rq, so));
}

const Err *do_deliver(Request *rq, const Sales__DeliveryReceipt *in, Sales__DeliveryOrder *out)
{
    Sales__SalesOrder so = SALES__SALES_ORDER__INIT;

    TRY(do_load(rq, in->uuid, &so, out));
    TRY(do_step(rq, out, "deliver"));
    out->received_by = in->received_by;
    out->delivered_at = out->updated_at;
    do_save(rq, out);
    TRY(emit_do_delivered(rq, out));
    TRY(so_deliver(rq, &so, out));
    do_show_actions(rq, out);
    return NULL;
}

const Err *do_cancel(Request *rq, const Sentient__DocumentRef *in, Sales__DeliveryOrder *out)
{
    Sales__SalesOrder so = SALES__SALES_ORDER__INIT;

    TRY(do_load(rq, in->uuid, &so, out));
    TRY(do_step(rq, out, "cancel"));
    do_save(rq, out);
    TRY(emit_do_cancelled(rq, out));
    do_show_actions(rq, out);
    return NULL;
}
