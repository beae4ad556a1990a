/* Requests about warehouses: list, create, export. Not the stock that lies in them. */
#include "inventory.sql.h"
#include "sentient/inventory.events.h"
#include "sentient/inventory.handlers.h"

const Err *warehouse_list(Request *rq, const Inventory__WarehouseQuery *in,
                          Inventory__WarehousePage *out)
{
    return rq_list(rq, &WAREHOUSE_LIST, &in->base, &out->base);
}

const Err *warehouse_create(Request *rq, const Inventory__WarehouseInput *in,
                            Inventory__Warehouse *out)
{
    TRY(db_run(rq->db, &WAREHOUSE_INSERT,
               ARGS(.message = &in->base,
                    .args = WITH(arg_text("uuid", rq_uuid(rq)), arg_text("now", rq_now(rq)))),
               INTO_MESSAGE(out)));
    return emit_warehouse_created(rq, out);
}

const Err *warehouse_export(Request *rq, const Sentient__ExportQuery *in,
                            Inventory__WarehouseExport *out)
{
    return rq_export(rq, &WAREHOUSE_EXPORT_END, &WAREHOUSE_EXPORT, in->after_id,
                     INTO_LIST(out, "warehouses"));
}
