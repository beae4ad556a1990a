/* Totals, states and credit of sales orders. Not their deliveries: do_rules.c. */
#include "so_rules.h"

#include "base/decimal.h"
#include "base/str.h"

const Err SO_DISCOUNT_TOO_HIGH = {.kind = ERR_RULE,
                                  .message = "The discount is above the subtotal"};
const Err SO_TOO_LARGE = {.kind = ERR_RULE, .message = "The order's total is too large"};
const Err SO_SHIPPED = {.kind = ERR_RULE, .message = "Something of the order has been shipped"};
const Err SO_NOTHING_FREE = {.kind = ERR_RULE,
                             .message = "Nothing is reserved that is not on a delivery already"};
const Err SO_OVER_CREDIT = {.kind = ERR_RULE,
                            .message = "The order is above the customer's credit limit"};

enum { PERCENT_DIGITS = 4 }; /* a percentage in hundredths is a fraction of 10^4 */

static bool money_add(int64_t a, int64_t b, int64_t *ret_sum)
{
    return decimal_add(a, b, ret_sum) && *ret_sum <= MONEY_MAX;
}

const Err *so_totals(SoLine *lines, size_t count, SoTotals *totals)
{
    totals->subtotal = 0;
    for (size_t i = 0; i < count; i++) {
        SoLine *line = &lines[i];
        if (!decimal_line_total(line->qty, line->price, line->discount_pct, &line->line_total) ||
            !money_add(totals->subtotal, line->line_total, &totals->subtotal))
            return &SO_TOO_LARGE;
    }
    if (totals->discount_amount > totals->subtotal)
        return &SO_DISCOUNT_TOO_HIGH;
    int64_t net = totals->subtotal - totals->discount_amount;
    if (!decimal_mul(net, totals->tax_rate, PERCENT_DIGITS, &totals->tax_amount) ||
        !money_add(net, totals->tax_amount, &totals->total))
        return &SO_TOO_LARGE;
    return NULL;
}

static const FsmRow ROWS[] = {
    {"draft", "update", "draft", "so.update", NULL},
    {"draft", "submit", "pending_approval", "so.update", NULL},
    {"draft", "cancel", "cancelled", "so.delete", NULL},
    {"pending_approval", "approve", "approved", "so.approve", "inventory reserves"},
    {"pending_approval", "reject", "rejected", "so.approve", NULL},
    {"pending_approval", "cancel", "cancelled", "so.delete", NULL},
    {"rejected", "update", "draft", "so.update", NULL},
    {"rejected", "cancel", "cancelled", "so.delete", NULL},
    {"approved", "cancel", "cancelled", "so.delete", "inventory releases"},
    {"approved", "deliver", "approved", "do.create", "a delivery is drafted"},
    {"approved", "delivered_in_part", "partially_delivered", NULL, NULL},
    {"approved", "delivered_in_full", "delivered", NULL, NULL},
    {"partially_delivered", "close", "closed", "so.approve", "inventory releases the rest"},
    {"partially_delivered", "deliver", "partially_delivered", "do.create", "a delivery is drafted"},
    {"partially_delivered", "delivered_in_part", "partially_delivered", NULL, NULL},
    {"partially_delivered", "delivered_in_full", "delivered", NULL, NULL},
};

const Fsm SO_STATES = {"sales_order", ROWS, sizeof ROWS / sizeof *ROWS};

const Err *so_guard(const SoFacts *facts, const char *event)
{
    if (facts->some_shipped && str_eq(event, "cancel"))
        return &SO_SHIPPED;
    if (!facts->deliverable && str_eq(event, "deliver"))
        return &SO_NOTHING_FREE;
    return NULL;
}

size_t so_allowed(const SoFacts *facts, FsmMay may, const void *asker,
                  const char *actions[FSM_ACTIONS_MAX])
{
    size_t count = 0, known = fsm_allowed(&SO_STATES, facts->status, may, asker, actions);

    for (size_t i = 0; i < known; i++)
        if (!so_guard(facts, actions[i]))
            actions[count++] = actions[i];
    return count;
}

const Err *so_credit(const SoCredit *credit, int64_t total)
{
    int64_t all;

    if (!credit->limited)
        return NULL;
    return decimal_add(credit->used, total, &all) && all <= credit->credit_limit ? NULL
                                                                                 : &SO_OVER_CREDIT;
}
