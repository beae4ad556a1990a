/* Loading what an order names and saving the order. Not the rules of it. */
#ifndef SALES_SO_STORE_H
#define SALES_SO_STORE_H

#include "sentient/sales.pb-c.h"
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

/* What a given order names. */
typedef struct SoReferences {
    SoCustomer customer;
    SoWarehouse warehouse;
    SoItem *items; /* one per line, in their order */
    size_t item_count;
} SoReferences;

/* Loads what the order names, in one round trip, and holds the customer against deletion. What
 * rq->prepared (an Inventory__ReferenceSet) brought is saved to the copies first.
 * RETRY_PREPARED where the copies lack something and the owner was not asked yet; 422 naming every
 * field whose row does not exist or is inactive. */
const Err *so_references(Request *rq, const Sales__SalesOrderInput *in, SoReferences *ret);

/* Saves a new order with its lines and history, in one round trip, and sets its number. */
const Err *so_insert(Request *rq, int64_t customer_id, Sales__SalesOrder *so);

#endif
