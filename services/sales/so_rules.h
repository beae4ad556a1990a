/* What holds for sales orders: totals, states, credit. Pure: no database, no clock, no request. */
#ifndef SALES_SO_RULES_H
#define SALES_SO_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fsm.h"

/* Scaled integers: qty in thousandths, money in minor units, percentages in hundredths. */
typedef struct SoLine {
    int64_t qty, price, discount_pct; /* given */
    int64_t line_total;               /* computed */
} SoLine;

typedef struct SoTotals {
    int64_t discount_amount, tax_rate;   /* given */
    int64_t subtotal, tax_amount, total; /* computed, as far as there was no error */
} SoTotals;

extern const Err SO_DISCOUNT_TOO_HIGH; /* 422: discountAmount above the subtotal */
extern const Err SO_TOO_LARGE;         /* 422: a figure beyond numeric(15,2) */

/* Computes every line's total and the order's sums, in minor units, half away from zero:
 *     line_total = round(qty × price × (1 − discount_pct ÷ 100))
 *     subtotal   = Σ line_total
 *     tax_amount = round((subtotal − discount_amount) × tax_rate ÷ 100)
 *     total      = subtotal − discount_amount + tax_amount */
const Err *so_totals(SoLine *lines, size_t count, SoTotals *totals);

/* The states of an order and what leads from one to another. */
extern const Fsm SO_STATES;

/* What decides about an order's next step. */
typedef struct SoFacts {
    const char *status;
    bool some_shipped; /* of some line something */
    bool deliverable;  /* something is reserved that is on no delivery */
} SoFacts;

extern const Err SO_SHIPPED;      /* 422: what has shipped is not cancelled */
extern const Err SO_NOTHING_FREE; /* 422: nothing is reserved that is on no delivery */

/* What forbids the step although the status permits it. */
const Err *so_guard(const SoFacts *facts, const char *event);

/* What a user may do to such an order; fills `actions` and returns how many. */
size_t so_allowed(const SoFacts *facts, FsmMay may, const void *asker,
                  const char *actions[FSM_ACTIONS_MAX]);

/* A customer's limit and what counts against it, in minor units. */
typedef struct SoCredit {
    bool limited;
    int64_t credit_limit;
    int64_t used; /* by other orders */
} SoCredit;

extern const Err SO_OVER_CREDIT; /* 422: the order takes its customer above the limit */

/* Whether the customer may have one more order of that total. */
const Err *so_credit(const SoCredit *credit, int64_t total);

#endif
