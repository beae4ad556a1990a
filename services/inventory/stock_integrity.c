/* Adding the ledger up. Nothing is repaired here. */
#include "stock_integrity.h"

#include "base/log.h"
#include "inventory.sql.h"
#include "svc/metrics.h"

const Err *integrity_check(Request *rq, Inventory__IntegrityReport *out)
{
    out->checked_at = rq_now(rq);
    db_queue(rq->db, &INTEGRITY_ROWS, NO_ARGS, INTO_MESSAGE(out));
    db_queue(rq->db, &INTEGRITY_DIFFERENCES, NO_ARGS, INTO_LIST(out, "differences"));
    TRY(db_flush(rq->db));
    out->has_ok = true;
    out->ok = out->n_differences == 0;
    return NULL;
}

const Err *integrity_job(Request *rq)
{
    Inventory__IntegrityReport report = INVENTORY__INTEGRITY_REPORT__INIT;

    TRY(integrity_check(rq, &report));
    metric_set(metric_gauge("sentient_stock_differences",
                            "Items in warehouses whose ledger, balance and reservations differ",
                            NULL),
               (int64_t)report.n_differences);
    metric_set(metric_gauge("sentient_stock_checked_rows", "Ledger rows in the last check", NULL),
               report.rows);
    if (!report.ok)
        log_error("the stock does not add up", LOG_INT("differences", report.n_differences),
                  LOG_STR("item", report.differences[0]->item->uuid),
                  LOG_STR("warehouse", report.differences[0]->warehouse->uuid));
    return NULL;
}
