/* What sales orders do to reservations, for the tables of main.c. */
#ifndef INVENTORY_RESERVATION_EVENTS_H
#define INVENTORY_RESERVATION_EVENTS_H

#include "svc/request.h"

/* so.approved: reserves line by line what is there; the rest waits. Repeated, or heard after the
 * order's end: without effect. */
const Err *reservation_order_approved(Request *rq, const ProtobufCMessage *document);
/* so.cancelled, so.closed: gives back what was not shipped, to who waits. May come before
 * so.approved. */
const Err *reservation_order_ended(Request *rq, const ProtobufCMessage *document);
/* A page of sales.so.export: what is not here of orders that wait for goods comes in with what
 * sales knows to be set aside for them; of what ended the rest is released. Gives nothing to who
 * waits. */
const Err *reservation_order_page(Request *rq, const ProtobufCMessage *page);
/* Behind the last page of orders and deliveries, a portion a call: what is free goes to who waits
 * for it, earliest approval first; orders that came in are told as they are now. */
const Err *reservation_settle(Request *rq, bool *ret_more);

#endif
