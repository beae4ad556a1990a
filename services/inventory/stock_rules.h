/* What holds for stock: quantities and values of movements, what may leave, what to order. Pure: no
 * database, no clock, no request. Not who gets stock that arrives: that is one statement
 * (sql/reservation.sql). */
#ifndef INVENTORY_STOCK_RULES_H
#define INVENTORY_STOCK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Scaled integers: quantities in thousandths, values in minor units, unit costs in ten-thousandths.
 */

/* What lies in one place, and what it is worth: nothing is worth nothing. */
typedef struct StockLevel {
    int64_t on_hand, value;
} StockLevel;

/* What a unit that comes in is worth: as given, else the average of what lies there, else the
 * item's standard cost (minor units). */
typedef struct StockCost {
    bool given;
    int64_t unit_cost;
    int64_t standard_cost;
} StockCost;

extern const Err STOCK_SHORT;     /* 422: less lies there than is to leave */
extern const Err STOCK_TOO_LARGE; /* 422: beyond numeric(15,3) or numeric(15,2) */

/* qty (> 0) comes in at `cost`; *ret_value is what it adds. The level stays as it is on an error.
 */
const Err *stock_add(StockLevel *level, int64_t qty, const StockCost *cost, int64_t *ret_value);
/* qty (> 0) comes in with a value that is known. */
const Err *stock_add_value(StockLevel *level, int64_t qty, int64_t value);
/* qty (> 0) leaves and takes round(qty × value ÷ on hand) along; the last unit takes the rest. */
const Err *stock_take(StockLevel *level, int64_t qty, int64_t *ret_value);

/* Value per unit of a movement: both above 0, or both below. False where it cannot be told. */
bool stock_unit_cost(int64_t qty, int64_t value, int64_t *ret_cost);

/* What to order of an item that runs out: what is missing up to the reorder point, and at least
 * reorder_qty. */
int64_t stock_suggestion(int64_t available, int64_t reorder_point, int64_t reorder_qty);

#endif
