/* The feed by which gateways learn whose rights changed and which sessions ended. Calls nobody. */
#include "auth.sql.h"
#include "seed.h"
#include "sentient/auth.handlers.h"

enum { PAGE = 1000 };

const Err *identity_changes(Request *rq, const Sentient__ExportQuery *in, Auth__IdentityPage *out)
{
    db_queue(rq->db, &IDENTITY_CHANGES,
             ARG(arg_int("after_id", in->after_id), arg_int("limit", PAGE)),
             INTO_LIST(out, "changes"));
    db_queue(rq->db, &IDENTITY_LAST, NO_ARGS, INTO_INT(&out->last_id));
    TRY(db_flush_snapshot(rq->db));
    out->has_last_id = out->has_more = true;
    out->more = out->n_changes == PAGE;
    return NULL;
}

const Err *identity_forget(Request *rq)
{
    return db_run(rq->db, &IDENTITY_FORGET, NO_ARGS, INTO_NOTHING);
}
