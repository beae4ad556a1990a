/* What holds for delivery orders: states, what a delivery may take, how it fills its order's lines.
 * Pure: no database, no clock, no request. */
#ifndef SALES_DO_RULES_H
#define SALES_DO_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fsm.h"

/* The states of a delivery and what leads from one to another. */
extern const Fsm DO_STATES;

/* An item of an order, quantities in thousandths. */
typedef struct DoItem {
    const char *uuid;
    int64_t allocated; /* set aside for the order so far, what was shipped included */
    int64_t taken;     /* on its deliveries, cancelled ones left out */
    int64_t qty;       /* for the new delivery: computed */
} DoItem;

extern const Err DO_FOREIGN_ITEM; /* 422: the order does not have the item */
extern const Err DO_TOO_MUCH;     /* 422: more than is set aside and not on a delivery */
extern const Err DO_NOTHING;      /* 422: nothing is */

/* What a new delivery may take of the item; 0 where the news of what is set aside lag behind. */
int64_t do_free(const DoItem *item);
/* Puts `qty` more of an item on the new delivery. *ret_item is the item, where the order has it. */
const Err *do_take(DoItem *items, size_t count, const char *uuid, int64_t qty, DoItem **ret_item);
/* Puts all that is free on it. */
const Err *do_take_all(DoItem *items, size_t count);

/* A line of an order: how much of it can be done (shipped, delivered), and how much is. */
typedef struct DoLine {
    const char *item;
    int64_t limit, done;
} DoLine;

/* Does `qty` of an item to the lines that have it, in their order; false where it does not fit. */
bool do_fill(DoLine *lines, size_t count, const char *item, int64_t qty);

#endif
