/* Requests about stock: what lies where now and then, the stock card, what runs low, whether all
 * adds up. They change nothing. */
#include "inventory.sql.h"
#include "sentient/inventory.handlers.h"
#include "stock_integrity.h"
#include "stock_store.h"

const Err *stock_list(Request *rq, const Inventory__StockQuery *in, Inventory__StockPage *out)
{
    return rq_list(rq, in->as_of ? &STOCK_LIST_AS_OF : &STOCK_LIST, &in->base, &out->base);
}

const Err *stock_get(Request *rq, const Inventory__StockRef *in, Inventory__ItemStock *out)
{
    db_queue(rq->db, &STOCK_OF_ITEM, ARG(arg_text("item_id", in->item_id)), INTO_MESSAGE(out));
    db_queue(rq->db, &STOCK_OF_ITEM_BY_WAREHOUSE, ARG(arg_text("item_id", in->item_id)),
             INTO_LIST(out, "warehouses"));
    return db_flush_snapshot(rq->db);
}

const Err *stock_history(Request *rq, const Inventory__StockCardQuery *in,
                         Inventory__StockCardPage *out)
{
    Inventory__StockCardQuery query = *in;
    int64_t known;

    query.from = day_begin(rq, in->from);
    query.to = day_end(rq, in->to);
    db_queue(rq->db, &STOCK_ITEM_KNOWN, ARG(arg_text("item_id", in->item_id)), INTO_INT(&known));
    return rq_list(rq, &STOCK_CARD, &query.base, &out->base);
}

const Err *stock_low(Request *rq, const Inventory__LowStockQuery *in, Inventory__LowStockPage *out)
{
    return rq_list(rq, &LOW_STOCK_LIST, &in->base, &out->base);
}

const Err *stock_integrity(Request *rq, const Sentient__Empty *in, Inventory__IntegrityReport *out)
{
    (void)in;
    return integrity_check(rq, out);
}
