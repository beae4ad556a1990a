/* Statements of a sales order's creation: references in, document out. Totals and states are
 * so_rules.c's. */
#include "so_store.h"

#include "base/str.h"
#include "reference_store.h"
#include "sales.sql.h"
#include "so_rules.h"

static const Err SO_BAD_REFERENCES = {
    .kind = ERR_RULE, .message = "The order names what does not exist or is not active"};

static const DbColumn CUSTOMER[] = {
    DB_COLUMN_INT(SoCustomer, id),         DB_COLUMN_TEXT(SoCustomer, uuid),
    DB_COLUMN_TEXT(SoCustomer, code),      DB_COLUMN_TEXT(SoCustomer, name),
    DB_COLUMN_BOOL(SoCustomer, is_active), DB_END};
static const DbColumn WAREHOUSE[] = {DB_COLUMN_TEXT(SoWarehouse, uuid),
                                     DB_COLUMN_TEXT(SoWarehouse, code), DB_END};
static const DbColumn ITEM[] = {DB_COLUMN_TEXT(SoItem, uuid),
                                DB_COLUMN_TEXT(SoItem, code),
                                DB_COLUMN_TEXT(SoItem, name),
                                DB_COLUMN_TEXT(SoItem, uom),
                                DB_COLUMN_DEC(SoItem, price, 2),
                                DB_COLUMN_BOOL(SoItem, is_active),
                                DB_END};

static const Err *references_load(Request *rq, const Sales__SalesOrderInput *in, SoReferences *ret)
{
    const Inventory__ReferenceSet *found = rq->prepared;
    const char *warehouse = in->warehouse_id ? in->warehouse_id : WAREHOUSE_MAIN;
    bool some;

    *ret = (SoReferences){0};
    if (found) {
        reference_save_items(rq, found->items, found->n_items);
        reference_save_warehouses(rq, found->warehouses, found->n_warehouses);
    }
    db_queue(rq->db, &SO_CUSTOMER, ARG(arg_text("customer_id", in->customer_id)),
             TRY_STRUCT(CUSTOMER, &ret->customer, &some));
    db_queue(rq->db, &SO_WAREHOUSE, ARG(arg_text("warehouse_id", warehouse)),
             TRY_STRUCT(WAREHOUSE, &ret->warehouse, &some));
    db_queue(rq->db, &SO_ITEMS,
             ARGS(.rows = (ProtobufCMessage *const *)in->items, .row_count = in->n_items),
             INTO_STRUCTS(ITEM, &ret->items, &ret->item_count));
    return db_flush(rq->db);
}

/* Whether the owner may know better: the copy lacks a row or calls it inactive. */
static bool references_doubtful(const SoReferences *refs)
{
    bool doubtful = !refs->warehouse.uuid;

    for (size_t i = 0; i < refs->item_count; i++)
        doubtful = doubtful || !refs->items[i].uuid || !refs->items[i].is_active;
    return doubtful;
}

static void reference_check(ErrList *errors, const char *field, const char *uuid, bool is_active)
{
    if (!uuid)
        errlist_add(errors, field, "does not exist");
    else if (!is_active)
        errlist_add(errors, field, "is inactive");
}

const Err *so_references(Request *rq, const Sales__SalesOrderInput *in, SoReferences *ret)
{
    ErrList errors = {.arena = rq->arena};

    TRY(references_load(rq, in, ret));
    if (!rq->prepared && references_doubtful(ret))
        return &RETRY_PREPARED;
    reference_check(&errors, "customerId", ret->customer.uuid, ret->customer.is_active);
    reference_check(&errors, "warehouseId", ret->warehouse.uuid, true);
    for (size_t i = 0; i < ret->item_count; i++)
        reference_check(&errors, arena_printf(rq->arena, "items[%zu].itemId", i),
                        ret->items[i].uuid, ret->items[i].is_active);
    return errlist_result(&errors, &SO_BAD_REFERENCES);
}

/* The lines' items as an array of PostgreSQL: they stand in messages of their own. */
static const char *item_uuids(Request *rq, const Sales__SalesOrder *so)
{
    Buf uuids = {.arena = rq->arena};

    for (size_t i = 0; i < so->n_items; i++)
        buf_printf(&uuids, "%c%s", i ? ',' : '{', so->items[i]->item->uuid);
    buf_putc(&uuids, '}');
    return uuids.data;
}

const Err *so_insert(Request *rq, int64_t customer_id, Sales__SalesOrder *so)
{
    db_queue(rq->db, &SO_INSERT,
             ARGS(.message = &so->base, .args = WITH(arg_int("month", so_month(so->order_date)),
                                                     arg_int("customer", customer_id),
                                                     arg_text("customer_name", so->customer->name),
                                                     arg_text("warehouse", so->warehouse->uuid))),
             INTO_MESSAGE(so));
    db_queue(
        rq->db, &SO_INSERT_LINES,
        ARGS(.rows = (ProtobufCMessage *const *)so->items, .row_count = so->n_items,
             .args = WITH(arg_text("uuid", so->uuid), arg_text("item_id", item_uuids(rq, so)))),
        INTO_NOTHING);
    db_queue(rq->db, &SO_INSERT_HISTORY,
             ARGS(.message = &so->history[0]->base, .args = WITH(arg_text("uuid", so->uuid))),
             INTO_NOTHING);
    return db_flush(rq->db);
}
