/* The leaf that tells how many open documents use a row of another service's master data.
 * Calls nobody. */
#include "sales.sql.h"
#include "sentient/sales.handlers.h"

const Err *usage_count(Request *rq, const Sentient__DocumentRef *in, Sentient__UsageCount *out)
{
    return db_run(rq->db, &REFERENCE_USAGE, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out));
}
