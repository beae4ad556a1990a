/* What deliveries of sales do to the stock, for the tables of main.c. */
#ifndef INVENTORY_DELIVERY_EVENTS_H
#define INVENTORY_DELIVERY_EVENTS_H

#include "svc/request.h"

/* do.shipped: takes the delivery's items out of the ledger and out of what is set aside for its
 * order. Once per delivery. An error where the stock is not there: the delivery took more than was
 * set aside, and nothing else is free. */
const Err *delivery_shipped(Request *rq, const ProtobufCMessage *document);
/* A page of sales.do.export: what was shipped and is not booked yet. */
const Err *delivery_page(Request *rq, const ProtobufCMessage *page);

#endif
