/* Statements of delivery orders. States and quantities are do_rules.c's. */
#include "do_store.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "sales.sql.h"
#include "so_store.h"

static const DbColumn STOCK[] = {DB_COLUMN_TEXT(DoStock, uuid),
                                 DB_COLUMN_TEXT(DoStock, code),
                                 DB_COLUMN_TEXT(DoStock, name),
                                 DB_COLUMN_TEXT(DoStock, uom),
                                 DB_COLUMN_DEC(DoStock, allocated, SCALE_QTY),
                                 DB_COLUMN_DEC(DoStock, taken, SCALE_QTY),
                                 DB_END};

/* ---- one ---- */

const Err *do_source(Request *rq, const char *so_uuid, DoSource *ret_source)
{
    *ret_source = (DoSource){.so = SALES__SALES_ORDER__INIT,
                             .warehouse = ARENA_NEW(rq->arena, Sales__WarehouseRef)};
    sales__warehouse_ref__init(ret_source->warehouse);
    db_queue(rq->db, &SO_LOCK, ARG(arg_text("uuid", so_uuid)),
             INTO_INT(ARENA_NEW(rq->arena, int64_t)));
    db_queue(rq->db, &SO_HEADER, ARG(arg_text("uuid", so_uuid)), INTO_MESSAGE(&ret_source->so));
    db_queue(rq->db, &DO_WAREHOUSE, ARG(arg_text("uuid", so_uuid)),
             INTO_MESSAGE(ret_source->warehouse));
    db_queue(rq->db, &DO_ITEMS, ARG(arg_text("uuid", so_uuid)),
             INTO_STRUCTS(STOCK, &ret_source->items, &ret_source->item_count));
    return db_flush(rq->db);
}

void do_queue_read(Request *rq, const char *uuid, Sales__DeliveryOrder *delivery)
{
    db_queue(rq->db, &DO_HEADER, ARG(arg_text("uuid", uuid)), INTO_MESSAGE(delivery));
    db_queue(rq->db, &DO_LINES, ARG(arg_text("uuid", uuid)), INTO_LIST(delivery, "items"));
}

const Err *do_load(Request *rq, const char *uuid, Sales__SalesOrder *so,
                   Sales__DeliveryOrder *delivery)
{
    const char *so_uuid;

    TRY(db_run(rq->db, &DO_ORDER, ARG(arg_text("uuid", uuid)), INTO_TEXT(&so_uuid)));
    so_queue_load(rq, so_uuid, so);
    do_queue_read(rq, uuid, delivery);
    return db_flush(rq->db);
}

const Err *do_insert(Request *rq, Sales__DeliveryOrder *delivery)
{
    char today[DATE_TEXT];

    date_of(rq->now, today);
    db_queue(rq->db, &DO_INSERT,
             ARGS(.message = &delivery->base,
                  .args = WITH(arg_int("month", date_month(today)), arg_text("created_on", today))),
             INTO_MESSAGE(delivery));
    db_queue(rq->db, &DO_INSERT_LINES,
             ARGS(ROWS_OF(delivery, items), .args = WITH(arg_text("uuid", delivery->uuid))),
             INTO_NOTHING);
    return db_flush(rq->db);
}

void do_save(Request *rq, const Sales__DeliveryOrder *delivery)
{
    db_queue(rq->db, &DO_SAVE, ARGS(.message = &delivery->base), INTO_NOTHING);
}

/* ---- many ---- */

struct DoCount {
    int64_t lines;
};

static const DbColumn COUNT[] = {DB_COLUMN_INT(struct DoCount, lines), DB_END};

static void set_init(DoSet *set)
{
    *set =
        (DoSet){.page = SALES__DELIVERY_ORDER_EXPORT__INIT, .lines = SALES__DELIVERY_ORDER__INIT};
}

void do_share_lines(DoSet *set)
{
    size_t line = 0;

    for (size_t i = 0; i < set->page.n_deliveries; i++) {
        set->page.deliveries[i]->items = set->lines.items + line;
        line += set->page.deliveries[i]->n_items = (size_t)set->counts[i].lines;
    }
}

void do_queue_drafts(Request *rq, const char *so_uuid, DoSet *set)
{
    set_init(set);
    db_queue(rq->db, &DO_DRAFTS, ARG(arg_text("uuid", so_uuid)),
             INTO_LIST(&set->page, "deliveries"));
    db_queue(rq->db, &DO_DRAFT_COUNTS, ARG(arg_text("uuid", so_uuid)),
             INTO_STRUCTS(COUNT, &set->counts, &set->count));
    db_queue(rq->db, &DO_DRAFT_LINES, ARG(arg_text("uuid", so_uuid)),
             INTO_LIST(&set->lines, "items"));
}

const Err *do_page(Request *rq, int64_t after_id, Sales__DeliveryOrderExport *ret_page)
{
    DoSet set;

    set_init(&set);
    TRY(db_run(rq->db, &DO_EXPORT_END, ARG(arg_int("after_id", after_id)),
               INTO_MESSAGE(&set.page)));
    if (!set.page.has_last_id)
        return NULL;
    const DbArg page[] = {arg_int("after_id", after_id), arg_int("last_id", set.page.last_id), {0}};
    db_queue(rq->db, &DO_EXPORT, ARGS(.args = page), INTO_LIST(&set.page, "deliveries"));
    db_queue(rq->db, &DO_EXPORT_COUNTS, ARGS(.args = page),
             INTO_STRUCTS(COUNT, &set.counts, &set.count));
    db_queue(rq->db, &DO_EXPORT_LINES, ARGS(.args = page), INTO_LIST(&set.lines, "items"));
    TRY(db_flush_snapshot(rq->db));
    do_share_lines(&set);
    *ret_page = set.page;
    return NULL;
}
