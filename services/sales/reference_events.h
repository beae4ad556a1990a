/* Reactions to inventory's master data, for the tables of main.c. */
#ifndef SALES_REFERENCE_EVENTS_H
#define SALES_REFERENCE_EVENTS_H

#include "svc/request.h"

/* item.created, item.updated, item.deleted; warehouse.created. An older version than the copy's has
 * no effect. */
const Err *reference_item_changed(Request *rq, const ProtobufCMessage *document);
const Err *reference_warehouse_changed(Request *rq, const ProtobufCMessage *document);
/* Pages of inventory.item.export and inventory.warehouse.export. */
const Err *reference_item_page(Request *rq, const ProtobufCMessage *page);
const Err *reference_warehouse_page(Request *rq, const ProtobufCMessage *page);

#endif
