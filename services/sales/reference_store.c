/* Writing the copies of inventory's items and warehouses. Reading them is each noun's own query. */
#include "reference_store.h"

#include "sales.sql.h"

void reference_save_items(Request *rq, Inventory__Item *const *items, size_t count)
{
    if (count)
        db_queue(rq->db, &ITEM_COPY_SAVE,
                 ARGS(.rows = (ProtobufCMessage *const *)items, .row_count = count), INTO_NOTHING);
}

void reference_save_warehouses(Request *rq, Inventory__Warehouse *const *warehouses, size_t count)
{
    if (count)
        db_queue(rq->db, &WAREHOUSE_COPY_SAVE,
                 ARGS(.rows = (ProtobufCMessage *const *)warehouses, .row_count = count),
                 INTO_NOTHING);
}
