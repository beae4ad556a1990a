/* Requests about sales orders: list, read, create, change, export. What moves them on is
 * so_flow_api.c's. */
#include <string.h>

#include "reference_store.h"
#include "sales.sql.h"
#include "sentient/inventory.client.h"
#include "sentient/sales.events.h"
#include "sentient/sales.handlers.h"
#include "so_document.h"
#include "so_store.h"

const Err *so_list(Request *rq, const Sales__SalesOrderQuery *in, Sales__SalesOrderPage *out)
{
    TRY(rq_list(rq, &SO_LIST, &in->base, &out->base));
    for (size_t i = 0; i < out->n_data; i++)
        so_show_row_actions(rq, out->data[i]);
    return NULL;
}

const Err *so_get(Request *rq, const Sentient__DocumentRef *in, Sales__SalesOrder *out)
{
    so_queue_read(rq, in->uuid, out);
    TRY(db_flush_snapshot(rq->db));
    so_show_actions(rq, out);
    return NULL;
}

/* ---- what is named ---- */

static SoNames names_of(const Sales__SalesOrderInput *in)
{
    return (SoNames){.customer_id = in->customer_id,
                     .warehouse_id = in->warehouse_id ? in->warehouse_id : WAREHOUSE_MAIN,
                     .items = in->items,
                     .item_count = in->n_items};
}

/* null stands for the default warehouse, absence for the order's own. */
static SoNames names_of_update(const Request *rq, const Sales__SalesOrderInput *in)
{
    SoNames names = names_of(in);

    if (!pb_given(rq->method->in, &in->base, "warehouse_id"))
        names.warehouse_id = NULL;
    return names;
}

static Sentient__DocumentRef *document_ref(Arena *arena, const char *uuid)
{
    Sentient__DocumentRef *ref = ARENA_NEW(arena, Sentient__DocumentRef);

    sentient__document_ref__init(ref);
    ref->uuid = arena_strdup(arena, uuid);
    return ref;
}

/* Asks inventory for all that the order names: which of it the copies lack is the handler's
 * business, and one call costs the same for one row or many. */
static const Err *names_find(Request *rq, const SoNames *names)
{
    Inventory__ReferenceQuery query = INVENTORY__REFERENCE_QUERY__INIT;
    Inventory__ReferenceSet *found;

    query.items = arena_array(rq->arena, names->item_count, sizeof(Sentient__DocumentRef *));
    for (size_t i = 0; i < names->item_count; i++)
        query.items[query.n_items++] = document_ref(rq->arena, names->items[i]->item_id);
    query.warehouses = arena_array(rq->arena, 1, sizeof(Sentient__DocumentRef *));
    if (names->warehouse_id)
        query.warehouses[query.n_warehouses++] = document_ref(rq->arena, names->warehouse_id);
    TRY(inventory_reference_find(rq, &query, &found));
    rq->prepared = found;
    return NULL;
}

const Err *so_create_prepare(Request *rq, const Sales__SalesOrderInput *in)
{
    SoNames names = names_of(in);

    return names_find(rq, &names);
}

const Err *so_update_prepare(Request *rq, const Sales__SalesOrderInput *in)
{
    SoNames names = names_of_update(rq, in);

    return names_find(rq, &names);
}

/* ---- writing ---- */

/* Of an order's own date with one that is given: two that are given were compared already. Days of
 * one form sort as texts. */
static const Err *check_dates(Request *rq, const Sales__SalesOrder *so)
{
    if (!so->delivery_date || strcmp(so->delivery_date, so->order_date) >= 0)
        return NULL;
    return rq_detail(rq, &ERR_VALIDATION, "deliveryDate", "must not be before orderDate");
}

const Err *so_create(Request *rq, const Sales__SalesOrderInput *in, Sales__SalesOrder *out)
{
    SoNames names = names_of(in);
    SoReferences refs;

    so_queue_references(rq, &names, &refs);
    TRY(db_flush(rq->db));
    TRY(so_check_references(rq, &refs));
    so_compose(rq, in, &refs, out);
    TRY(so_set_totals(rq, out));
    TRY(so_insert(rq, refs.customer.id, out));
    TRY(emit_so_created(rq, so_told(rq, out)));
    so_show_actions(rq, out);
    return NULL;
}

const Err *so_update(Request *rq, const Sales__SalesOrderInput *in, Sales__SalesOrder *out)
{
    SoNames names = names_of_update(rq, in);
    SoReferences refs;

    so_queue_load(rq, in->uuid, out);
    so_queue_references(rq, &names, &refs);
    TRY(db_flush(rq->db));
    size_t known = out->n_history;
    TRY(so_step(rq, out, "update", NULL));
    TRY(so_check_references(rq, &refs));
    so_merge(rq, in, &refs, out);
    TRY(check_dates(rq, out));
    TRY(so_set_totals(rq, out));
    so_save(rq, out, in->n_items > 0);
    so_save_history(rq, out, known);
    TRY(emit_so_updated(rq, so_told(rq, out)));
    so_show_actions(rq, out);
    return NULL;
}

/* ---- export ---- */

typedef struct Counts {
    int64_t lines, history, deliveries;
} Counts;

static const DbColumn COUNTS[] = {DB_COLUMN_INT(Counts, lines), DB_COLUMN_INT(Counts, history),
                                  DB_COLUMN_INT(Counts, deliveries), DB_END};

/* Hands out what lies in one row behind the other. */
static void export_share(Sales__SalesOrderExport *out, const Sales__SalesOrder *all,
                         const Counts *counts)
{
    size_t line = 0, change = 0, delivery = 0;

    for (size_t i = 0; i < out->n_orders; i++) {
        Sales__SalesOrder *so = out->orders[i];
        so->items = all->items + line;
        so->history = all->history + change;
        so->deliveries = all->deliveries + delivery;
        line += so->n_items = (size_t)counts[i].lines;
        change += so->n_history = (size_t)counts[i].history;
        delivery += so->n_deliveries = (size_t)counts[i].deliveries;
    }
}

const Err *so_export(Request *rq, const Sentient__ExportQuery *in, Sales__SalesOrderExport *out)
{
    Sales__SalesOrder all = SALES__SALES_ORDER__INIT;
    Counts *counts = NULL;
    size_t count = 0;

    TRY(db_run(rq->db, &SO_EXPORT_END, ARG(arg_int("after_id", in->after_id)), INTO_MESSAGE(out)));
    if (!out->has_last_id)
        return NULL;
    const DbArg page[] = {arg_int("after_id", in->after_id), arg_int("last_id", out->last_id), {0}};
    db_queue(rq->db, &SO_EXPORT, ARGS(.args = page), INTO_LIST(out, "orders"));
    db_queue(rq->db, &SO_EXPORT_COUNTS, ARGS(.args = page), INTO_STRUCTS(COUNTS, &counts, &count));
    db_queue(rq->db, &SO_EXPORT_LINES, ARGS(.args = page), INTO_LIST(&all, "items"));
    db_queue(rq->db, &SO_EXPORT_HISTORY, ARGS(.args = page), INTO_LIST(&all, "history"));
    db_queue(rq->db, &SO_EXPORT_DELIVERIES, ARGS(.args = page), INTO_LIST(&all, "deliveries"));
    TRY(db_flush_snapshot(rq->db));
    export_share(out, &all, counts);
    return NULL;
}
