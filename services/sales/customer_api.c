/* Requests about customers: list, read, create, change, delete, export.
 * Not their orders, besides asking whether some are open. */
#include <inttypes.h>

#include "sales.sql.h"
#include "sentient/sales.events.h"
#include "sentient/sales.handlers.h"

static const Err CUSTOMER_IN_USE = {.kind = ERR_RULE,
                                    .message = "The customer is named by open sales orders"};

const Err *customer_list(Request *rq, const Sales__CustomerQuery *in, Sales__CustomerPage *out)
{
    return rq_list(rq, &CUSTOMER_LIST, &in->base, &out->base);
}

const Err *customer_get(Request *rq, const Sentient__DocumentRef *in, Sales__Customer *out)
{
    return db_run(rq->db, &CUSTOMER_GET, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out));
}

const Err *customer_create(Request *rq, const Sales__CustomerInput *in, Sales__Customer *out)
{
    const char *uuid = rq_uuid(rq);
    const char *code = in->code;

    if (!code)
        TRY(db_run(rq->db, &CUSTOMER_NEXT_CODE, NO_ARGS, INTO_TEXT(&code)));
    const Err *err = db_run(
        rq->db, &CUSTOMER_INSERT,
        ARGS(.message = &in->base, .args = WITH(arg_text("uuid", uuid), arg_text("code", code),
                                                arg_text("now", rq_now(rq)))),
        INTO_MESSAGE(out));
    if (err && err->kind == ERR_CONFLICT && !in->code)
        return &DB_CONFLICT; /* somebody gave just this code by hand: take the next */
    TRY(err);
    return emit_customer_created(rq, out);
}

const Err *customer_update(Request *rq, const Sales__CustomerInput *in, Sales__Customer *out)
{
    TRY(db_run(rq->db, &CUSTOMER_LOCK, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out)));
    TRY(rq_check_version(rq, out->version));
    pb_merge(rq->method->in, &in->base, rq->method->out, &out->base);
    TRY(db_run(rq->db, &CUSTOMER_UPDATE,
               ARGS(.message = &out->base, .args = WITH(arg_text("now", rq_now(rq)))),
               INTO_MESSAGE(out)));
    return emit_customer_updated(rq, out);
}

/* The count is a statement of its own behind the lock, so that it sees the orders which the lock
 * waited for. */
static const Err *customer_lock(Request *rq, const char *uuid, Sales__Customer *ret_customer,
                                int64_t *ret_open)
{
    db_queue(rq->db, &CUSTOMER_LOCK, ARG(arg_text("uuid", uuid)), INTO_MESSAGE(ret_customer));
    db_queue(rq->db, &CUSTOMER_OPEN_ORDERS, ARG(arg_text("uuid", uuid)), INTO_INT(ret_open));
    return db_flush(rq->db);
}

const Err *customer_delete(Request *rq, const Sentient__DocumentRef *in, Sentient__Deleted *out)
{
    Sales__Customer customer = SALES__CUSTOMER__INIT;
    int64_t open;

    TRY(customer_lock(rq, in->uuid, &customer, &open));
    TRY(rq_check_version(rq, customer.version));
    if (open > 0)
        return rq_detail(rq, &CUSTOMER_IN_USE, "documents", "%" PRId64 " open sales orders name it",
                         open);
    TRY(db_run(rq->db, &CUSTOMER_DELETE,
               ARG(arg_text("uuid", in->uuid), arg_text("now", rq_now(rq))),
               INTO_MESSAGE(&customer)));
    out->uuid = in->uuid;
    out->has_deleted = out->deleted = true;
    return emit_customer_deleted(rq, &customer);
}

const Err *customer_export(Request *rq, const Sentient__ExportQuery *in, Sales__CustomerExport *out)
{
    return rq_export(rq, &CUSTOMER_EXPORT_END, &CUSTOMER_EXPORT, in->after_id,
                     INTO_LIST(out, "customers"));
}
