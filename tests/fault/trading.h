/* What trading.c and trading_check.c share: the goods, and what was done with them. Not for tests.
 */
#ifndef SF_TRADING_H
#define SF_TRADING_H

#include "load.h"

enum { ITEMS = 12, WAREHOUSES = 3, CUSTOMERS = 4, LINES_MAX = 4, POOL_MAX = 192 };

/* One command that had its effect. */
typedef struct Deed {
    const char *kind; /* "order", "delivery", "adjustment", "transfer" */
    const char *verb; /* "create", "ship" … */
    const char *uuid, *number;
    int version; /* of the document, behind it; 0: has none */
} Deed;

struct TradingLog {
    Deed *deeds;
    int count, room;
    int64_t moved[ITEMS][WAREHOUSES]; /* in thousandths */
};

/* A document that anybody may take on, as it was answered last. */
typedef struct Known {
    const char *uuid, *status;
    int items[LINES_MAX], lines; /* of an order */
} Known;

typedef struct Pool {
    pthread_mutex_t mutex;
    Known known[POOL_MAX];
    int count;
} Pool;

struct Trading {
    const char *prefix; /* of orders' customer PO, of reasons and notes */
    const char *items[ITEMS], *warehouses[WAREHOUSES];
    const char *customers[CUSTOMERS]; /* the first has a credit limit */
    int64_t opening;                  /* of every item in every warehouse, in thousandths */
    Pool orders, deliveries;
};

#endif
