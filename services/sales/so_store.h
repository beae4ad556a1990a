/* Loading what an order names, loading and saving the order. Not the rules of it. */
#ifndef SALES_SO_STORE_H
#define SALES_SO_STORE_H

#include "sentient/sales.pb-c.h"
#include "so_rules.h"
#include "svc/request.h"

typedef struct SoCustomer {
    int64_t id;
    const char *uuid, *code, *name;
    bool is_active;
} SoCustomer;

typedef struct SoWarehouse {
    const char *uuid, *code; /* NULL: there is none */
} SoWarehouse;

typedef struct SoItem {
    const char *uuid, *code, *name, *uom; /* NULL: there is none */
    int64_t price;
    bool is_active;
} SoItem;

/* What a request names. */
typedef struct SoNames {
    const char *customer_id, *warehouse_id; /* NULL: not named */
    Sales__SalesOrderLineInput **items;
    size_t item_count;
} SoNames;

/* What that is; what was not named is empty. */
typedef struct SoReferences {
    SoNames names;
    SoCustomer customer;
    SoWarehouse warehouse;
    SoItem *items; /* one per line, in their order */
    size_t item_count;
} SoReferences;

/* Queues the loading of what is named, and holds the customer against deletion. What rq->prepared
 * (an Inventory__ReferenceSet) brought is saved to the copies first. */
void so_queue_references(Request *rq, const SoNames *names, SoReferences *refs);
/* After the flush: RETRY_PREPARED where the copies lack something and the owner was not asked yet;
 * 422 naming every field whose row does not exist or is inactive. */
const Err *so_check_references(Request *rq, const SoReferences *refs);

/* Queues the reading of a whole order. */
void so_queue_read(Request *rq, const char *uuid, Sales__SalesOrder *so);
/* The same behind a lock on its row, which everything that changes the order or one of its
 * deliveries holds. ERR_NO_DOCUMENT in the flush where there is no such order. */
void so_queue_load(Request *rq, const char *uuid, Sales__SalesOrder *so);
/* Queues a lock on the order's customer, so that its approvals follow each other, and the reading
 * of its credit. */
void so_queue_credit(Request *rq, const char *uuid, SoCredit *credit);

/* Saves a new order with its lines and history, in one round trip, and sets its number. */
const Err *so_insert(Request *rq, int64_t customer_id, Sales__SalesOrder *so);
/* Each queues the saving of: what a user may change, with the lines where `lines` says so; status
 * and version; the newest entry of the history, where the order had `known` before; what was
 * shipped and delivered. */
void so_save(Request *rq, const Sales__SalesOrder *so, bool lines);
void so_save_status(Request *rq, const Sales__SalesOrder *so);
void so_save_history(Request *rq, const Sales__SalesOrder *so, size_t known);
void so_save_quantities(Request *rq, const Sales__SalesOrder *so);

#endif
