/* What inventory's events and exports do to the copies. Nothing else follows from them here. */
#include "reference_events.h"

#include "reference_store.h"

const Err *reference_item_changed(Request *rq, const ProtobufCMessage *document)
{
    reference_save_items(rq, &(Inventory__Item *){(Inventory__Item *)document}, 1);
    return NULL;
}

const Err *reference_warehouse_changed(Request *rq, const ProtobufCMessage *document)
{
    reference_save_warehouses(rq, &(Inventory__Warehouse *){(Inventory__Warehouse *)document}, 1);
    return NULL;
}

const Err *reference_item_page(Request *rq, const ProtobufCMessage *page)
{
    const Inventory__ItemExport *items = (const Inventory__ItemExport *)page;

    reference_save_items(rq, items->items, items->n_items);
    return NULL;
}

const Err *reference_warehouse_page(Request *rq, const ProtobufCMessage *page)
{
    const Inventory__WarehouseExport *warehouses = (const Inventory__WarehouseExport *)page;

    reference_save_warehouses(rq, warehouses->warehouses, warehouses->n_warehouses);
    return NULL;
}
