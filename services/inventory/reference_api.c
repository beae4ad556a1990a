/* The leaf by which other services learn of items and warehouses that their copies lack.
 * Calls nobody. */
#include "inventory.sql.h"
#include "sentient/inventory.handlers.h"

const Err *reference_find(Request *rq, const Inventory__ReferenceQuery *in,
                          Inventory__ReferenceSet *out)
{
    if (in->n_items)
        db_queue(rq->db, &ITEM_FIND, ARGS(ROWS_OF(in, items)), INTO_LIST(out, "items"));
    if (in->n_warehouses)
        db_queue(rq->db, &WAREHOUSE_FIND, ARGS(ROWS_OF(in, warehouses)),
                 INTO_LIST(out, "warehouses"));
    return db_flush(rq->db);
}
