/* Requests that move sales orders on: submit, approve, reject, close, cancel. Each locks, asks the
 * rules, saves and tells. What deliveries do to an order is do_api.c's. */
#include "base/decimal.h"
#include "do_store.h"
#include "sentient/sales.events.h"
#include "sentient/sales.handlers.h"
#include "so_document.h"
#include "so_store.h"
#include "status.h"

/* Moves the loaded order on and queues the saving. */
static const Err *so_advance(Request *rq, Sales__SalesOrder *so, const char *event,
                             const char *note)
{
    size_t known = so->n_history;

    TRY(so_step(rq, so, event, note));
    so_save_status(rq, so);
    so_save_history(rq, so, known);
    return NULL;
}

const Err *so_submit(Request *rq, const Sentient__DocumentRef *in, Sales__SalesOrder *out)
{
    so_queue_load(rq, in->uuid, out);
    TRY(db_flush(rq->db));
    TRY(so_advance(rq, out, "submit", NULL));
    TRY(emit_so_submitted(rq, so_told(rq, out)));
    so_show_actions(rq, out);
    return NULL;
}

static const Err *so_over_credit(Request *rq, const Err *err, const SoCredit *credit, int64_t total)
{
    char limit[DECIMAL_TEXT], used[DECIMAL_TEXT], more[DECIMAL_TEXT];

    decimal_format(credit->credit_limit, SCALE_MONEY, limit);
    decimal_format(credit->used, SCALE_MONEY, used);
    decimal_format(total, SCALE_MONEY, more);
    return rq_detail(rq, err, "creditLimit", "is %s; other approved orders take %s, this one %s",
                     limit, used, more);
}

const Err *so_approve(Request *rq, const Sentient__DocumentRef *in, Sales__SalesOrder *out)
{
    SoCredit credit;

    so_queue_load(rq, in->uuid, out);
    so_queue_credit(rq, in->uuid, &credit);
    TRY(db_flush(rq->db));
    TRY(so_advance(rq, out, "approve", NULL));
    const Err *err = so_credit(&credit, out->total);
    if (err)
        return so_over_credit(rq, err, &credit, out->total);
    TRY(emit_so_approved(rq, so_told(rq, out)));
    so_show_actions(rq, out);
    return NULL;
}

const Err *so_reject(Request *rq, const Sales__SalesOrderDecision *in, Sales__SalesOrder *out)
{
    so_queue_load(rq, in->uuid, out);
    TRY(db_flush(rq->db));
    TRY(so_advance(rq, out, "reject", in->reason));
    TRY(emit_so_rejected(rq, so_told(rq, out)));
    so_show_actions(rq, out);
    return NULL;
}

/* Cancels the drafts, also in the order's document, and tells. */
static const Err *cancel_drafts(Request *rq, DoSet *drafts, Sales__SalesOrder *so)
{
    do_share_lines(drafts);
    for (size_t i = 0; i < drafts->page.n_deliveries; i++) {
        Sales__DeliveryOrder *delivery = drafts->page.deliveries[i];
        delivery->status = "cancelled";
        delivery->updated_at = status_instant_after(rq, delivery->updated_at);
        delivery->version++;
        do_save(rq, delivery);
        TRY(emit_do_cancelled(rq, delivery));
        so_show_delivery(so, delivery);
    }
    return NULL;
}

/* Ends an order before it is delivered: nothing is set aside for it any more, and what is drafted
 * to leave stays. */
static const Err *so_end(Request *rq, const char *uuid, const char *event, const char *note,
                         Sales__SalesOrder *so)
{
    DoSet drafts;

    so_queue_load(rq, uuid, so);
    do_queue_drafts(rq, uuid, &drafts);
    TRY(db_flush(rq->db));
    TRY(so_advance(rq, so, event, note));
    for (size_t i = 0; i < so->n_items; i++)
        so->items[i]->reserved_qty = 0;
    return cancel_drafts(rq, &drafts, so);
}

const Err *so_close(Request *rq, const Sales__SalesOrderDecision *in, Sales__SalesOrder *out)
{
    TRY(so_end(rq, in->uuid, "close", in->reason, out));
    TRY(emit_so_closed(rq, so_told(rq, out)));
    so_show_actions(rq, out);
    return NULL;
}

const Err *so_cancel(Request *rq, const Sentient__DocumentRef *in, Sales__SalesOrder *out)
{
    TRY(so_end(rq, in->uuid, "cancel", NULL, out));
    TRY(emit_so_cancelled(rq, so_told(rq, out)));
    so_show_actions(rq, out);
    return NULL;
}
