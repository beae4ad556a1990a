/* Reactions to what inventory sets aside, for the tables of main.c. */
#ifndef SALES_RESERVATION_EVENTS_H
#define SALES_RESERVATION_EVENTS_H

#include "svc/request.h"

/* inv.reserved: the lines' figures. News that are older than what a line has have no effect, nor
 * have those of other documents than sales orders. */
const Err *reservation_changed(Request *rq, const ProtobufCMessage *document);
/* A page of inventory.reservation.export. */
const Err *reservation_page(Request *rq, const ProtobufCMessage *page);

#endif
