/* Work on orders that no request waits for. Dates passing are not here: the alerts service watches
 * them. */
#include "so_jobs.h"

#include "sales.sql.h"

const Err *so_refresh_search(Request *rq)
{
    db_queue(rq->db, &SO_REFRESH_SEARCH, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &DO_REFRESH_SEARCH, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &SO_REFRESH_DONE, NO_ARGS, INTO_NOTHING);
    return NULL;
}
