/* Statements of a sales order: references in, document in and out. Totals and states are
 * so_rules.c's. */
#include "so_store.h"

#include "base/clock.h"
#include "base/decimal.h"
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
                                DB_COLUMN_DEC(SoItem, price, SCALE_MONEY),
                                DB_COLUMN_BOOL(SoItem, is_active),
                                DB_END};

static const DbColumn CREDIT[] = {DB_COLUMN_BOOL(SoCredit, limited),
                                  DB_COLUMN_DEC(SoCredit, credit_limit, SCALE_MONEY), DB_END};
static const DbColumn CREDIT_USED[] = {DB_COLUMN_DEC(SoCredit, used, SCALE_MONEY), DB_END};

/* ---- references ---- */

void so_queue_references(Request *rq, const SoNames *names, SoReferences *refs)
{
    const Inventory__ReferenceSet *found = rq->prepared;
    bool *some = ARENA_NEW(rq->arena, bool); /* nobody asks: what is missing stays NULL */

    *refs = (SoReferences){.names = *names};
    if (found) {
        reference_save_items(rq, found->items, found->n_items);
        reference_save_warehouses(rq, found->warehouses, found->n_warehouses);
    }
    if (names->customer_id)
        db_queue(rq->db, &SO_CUSTOMER, ARG(arg_text("customer_id", names->customer_id)),
                 TRY_STRUCT(CUSTOMER, &refs->customer, some));
    if (names->warehouse_id)
        db_queue(rq->db, &SO_WAREHOUSE, ARG(arg_text("warehouse_id", names->warehouse_id)),
                 TRY_STRUCT(WAREHOUSE, &refs->warehouse, some));
    if (names->item_count)
        db_queue(
            rq->db, &SO_ITEMS,
            ARGS(.rows = (ProtobufCMessage *const *)names->items, .row_count = names->item_count),
            INTO_STRUCTS(ITEM, &refs->items, &refs->item_count));
}

/* Whether the owner may know better: the copy lacks a row or calls it inactive. */
static bool references_doubtful(const SoReferences *refs)
{
    bool doubtful = refs->names.warehouse_id && !refs->warehouse.uuid;

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

const Err *so_check_references(Request *rq, const SoReferences *refs)
{
    ErrList errors = {.arena = rq->arena};

    if (!rq->prepared && references_doubtful(refs))
        return &RETRY_PREPARED;
    if (refs->names.customer_id)
        reference_check(&errors, "customerId", refs->customer.uuid, refs->customer.is_active);
    if (refs->names.warehouse_id)
        reference_check(&errors, "warehouseId", refs->warehouse.uuid, true);
    for (size_t i = 0; i < refs->item_count; i++)
        reference_check(&errors, arena_printf(rq->arena, "items[%zu].itemId", i),
                        refs->items[i].uuid, refs->items[i].is_active);
    return errlist_result(&errors, &SO_BAD_REFERENCES);
}

/* ---- loading ---- */

void so_queue_read(Request *rq, const char *uuid, Sales__SalesOrder *so)
{
    db_queue(rq->db, &SO_HEADER, ARG(arg_text("uuid", uuid)), INTO_MESSAGE(so));
    db_queue(rq->db, &SO_LINES, ARG(arg_text("uuid", uuid)), INTO_LIST(so, "items"));
    db_queue(rq->db, &SO_HISTORY, ARG(arg_text("uuid", uuid)), INTO_LIST(so, "history"));
    db_queue(rq->db, &SO_DELIVERIES, ARG(arg_text("uuid", uuid)), INTO_LIST(so, "deliveries"));
}

void so_queue_load(Request *rq, const char *uuid, Sales__SalesOrder *so)
{
    db_queue(rq->db, &SO_LOCK, ARG(arg_text("uuid", uuid)),
             INTO_INT(ARENA_NEW(rq->arena, int64_t)));
    so_queue_read(rq, uuid, so);
}

void so_queue_credit(Request *rq, const char *uuid, SoCredit *credit)
{
    db_queue(rq->db, &SO_LOCK_CUSTOMER, ARG(arg_text("uuid", uuid)), INTO_STRUCT(CREDIT, credit));
    db_queue(rq->db, &SO_CREDIT_USED, ARG(arg_text("uuid", uuid)),
             INTO_STRUCT(CREDIT_USED, credit));
}

/* ---- saving ---- */

static void lines_insert(Request *rq, const Sales__SalesOrder *so)
{
    db_queue(rq->db, &SO_INSERT_LINES,
             ARGS(ROWS_OF(so, items), .args = WITH(arg_text("uuid", so->uuid))), INTO_NOTHING);
}

const Err *so_insert(Request *rq, int64_t customer_id, Sales__SalesOrder *so)
{
    db_queue(rq->db, &SO_INSERT,
             ARGS(.message = &so->base, .args = WITH(arg_int("month", date_month(so->order_date)),
                                                     arg_int("customer", customer_id))),
             INTO_MESSAGE(so));
    lines_insert(rq, so);
    so_save_history(rq, so, 0);
    return db_flush(rq->db);
}

void so_save(Request *rq, const Sales__SalesOrder *so, bool lines)
{
    db_queue(rq->db, &SO_SAVE, ARGS(.message = &so->base), INTO_NOTHING);
    if (!lines)
        return;
    db_queue(rq->db, &SO_DELETE_LINES, ARG(arg_text("uuid", so->uuid)), INTO_NOTHING);
    lines_insert(rq, so);
}

void so_save_status(Request *rq, const Sales__SalesOrder *so)
{
    db_queue(rq->db, &SO_SAVE_STATUS, ARGS(.message = &so->base), INTO_NOTHING);
}

void so_save_history(Request *rq, const Sales__SalesOrder *so, size_t known)
{
    if (so->n_history > known)
        db_queue(rq->db, &SO_INSERT_HISTORY,
                 ARGS(.message = &so->history[so->n_history - 1]->base,
                      .args = WITH(arg_text("uuid", so->uuid))),
                 INTO_NOTHING);
}

void so_save_quantities(Request *rq, const Sales__SalesOrder *so)
{
    db_queue(rq->db, &SO_SAVE_QUANTITIES,
             ARGS(ROWS_OF(so, items), .args = WITH(arg_text("uuid", so->uuid))), INTO_NOTHING);
}
