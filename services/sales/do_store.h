/* Loading and saving delivery orders. Not the rules of them. */
#ifndef SALES_DO_STORE_H
#define SALES_DO_STORE_H

#include "sentient/sales.pb-c.h"
#include "svc/request.h"

/* An item of an order with its figures, in the order's order. */
typedef struct DoStock {
    const char *uuid, *code, *name, *uom;
    int64_t allocated, taken; /* see do_rules.h */
} DoStock;

/* What a new delivery is made from. */
typedef struct DoSource {
    Sales__SalesOrder so;           /* without items and history */
    Sales__WarehouseRef *warehouse; /* the order's, with its name */
    DoStock *items;
    size_t item_count;
} DoSource;

/* Locks the order and loads what can go on a delivery of it. ERR_NO_DOCUMENT where there is none.
 */
const Err *do_source(Request *rq, const char *so_uuid, DoSource *ret_source);

/* Queues the reading of a whole delivery. */
void do_queue_read(Request *rq, const char *uuid, Sales__DeliveryOrder *delivery);
/* Locks a delivery's order, the lock for all of its deliveries, and loads both. */
const Err *do_load(Request *rq, const char *uuid, Sales__SalesOrder *so,
                   Sales__DeliveryOrder *delivery);

/* Saves a new delivery with its lines, in one round trip, and sets its number. */
const Err *do_insert(Request *rq, Sales__DeliveryOrder *delivery);
/* Queues the saving of its status and what came with it. */
void do_save(Request *rq, const Sales__DeliveryOrder *delivery);

/* Whole deliveries as they are loaded: their lines lie in one row behind the other. */
typedef struct DoSet {
    Sales__DeliveryOrderExport page;
    Sales__DeliveryOrder lines;
    struct DoCount *counts;
    size_t count;
} DoSet;

/* Queues the loading of an order's drafts. */
void do_queue_drafts(Request *rq, const char *so_uuid, DoSet *set);
/* After the flush: hands the lines out to their deliveries. */
void do_share_lines(DoSet *set);
/* The export's page behind `after_id`. */
const Err *do_page(Request *rq, int64_t after_id, Sales__DeliveryOrderExport *ret_page);

#endif
