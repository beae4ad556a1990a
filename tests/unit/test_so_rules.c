/* Rules of sales orders: totals, states, months. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/decimal.h"
#include "so_rules.h"

typedef struct TotalsCase {
    const char *what;
    SoLine lines[3];
    size_t count;
    int64_t discount, tax_rate;
    const Err *err;
    int64_t subtotal, tax, total;
} TotalsCase;

Test(so_rules, totals)
{
    const TotalsCase cases[] = {
        {"100 x 65 000 less 5 %",
         {{100000, 6500000, 500, 0}},
         1,
         0,
         1100,
         NULL,
         617500000,
         67925000,
         685425000},
        {"a discount comes off before tax",
         {{1000, 10000, 0, 0}, {2000, 5000, 0, 0}},
         2,
         2000,
         1100,
         NULL,
         20000,
         1980,
         19980},
        {"tax rounds half away from zero", {{1000, 50, 0, 0}}, 1, 0, 1100, NULL, 50, 6, 56},
        {"each line rounds by itself",
         {{1500, 1, 0, 0}, {1500, 1, 0, 0}, {1499, 1, 0, 0}},
         3,
         0,
         0,
         NULL,
         5,
         0,
         5},
        {"price 0 is allowed", {{1000, 0, 0, 0}}, 1, 0, 1100, NULL, 0, 0, 0},
        {"100 % off", {{1000, 100, 10000, 0}}, 1, 0, 1100, NULL, 0, 0, 0},
        {"a discount of the whole subtotal", {{1000, 100, 0, 0}}, 1, 100, 1100, NULL, 100, 0, 0},
        {"a discount above it",
         {{1000, 100, 0, 0}},
         1,
         101,
         1100,
         &SO_DISCOUNT_TOO_HIGH,
         100,
         0,
         0},
        {"the largest total", {{1000, MONEY_MAX, 0, 0}}, 1, 0, 0, NULL, MONEY_MAX, 0, MONEY_MAX},
        {"a line beyond numeric(15,2)", {{2000, MONEY_MAX, 0, 0}}, 1, 0, 0, &SO_TOO_LARGE, 0, 0, 0},
        {"a line beyond 64 bits", {{QTY_MAX, MONEY_MAX, 0, 0}}, 1, 0, 0, &SO_TOO_LARGE, 0, 0, 0},
        {"a sum beyond numeric(15,2)",
         {{1000, MONEY_MAX, 0, 0}, {1000, 1, 0, 0}},
         2,
         0,
         0,
         &SO_TOO_LARGE,
         0,
         0,
         0},
        {"tax beyond numeric(15,2)", {{1000, MONEY_MAX, 0, 0}}, 1, 0, 1100, &SO_TOO_LARGE, 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TotalsCase c = cases[i];
        SoTotals totals = {.discount_amount = c.discount, .tax_rate = c.tax_rate};
        cr_assert(so_totals(c.lines, c.count, &totals) == c.err, "%s: another error", c.what);
        if (c.err == &SO_DISCOUNT_TOO_HIGH)
            cr_assert_eq(totals.subtotal, c.subtotal, "%s: subtotal %ld", c.what, totals.subtotal);
        if (c.err)
            continue;
        cr_assert_eq(totals.subtotal, c.subtotal, "%s: subtotal %ld", c.what, totals.subtotal);
        cr_assert_eq(totals.tax_amount, c.tax, "%s: tax %ld", c.what, totals.tax_amount);
        cr_assert_eq(totals.total, c.total, "%s: total %ld", c.what, totals.total);
    }
}

Test(so_rules, line_totals)
{
    SoLine lines[] = {{100000, 6500000, 500, 0}, {333, 100, 0, 0}};
    SoTotals totals = {0};

    cr_assert_null(so_totals(lines, 2, &totals));
    cr_assert_eq(lines[0].line_total, 617500000);
    cr_assert_eq(lines[1].line_total, 33);
}

static bool may(const void *asker, const char *permission)
{
    return strstr(asker, permission) != NULL;
}

static void check_allowed(const char *status, const char *permissions, const char *expected)
{
    const char *actions[SO_ACTIONS_MAX];
    size_t count = so_allowed(status, may, permissions, actions);
    char text[128] = "";

    for (size_t i = 0; i < count; i++) {
        (void)strcat(text, i ? " " : "");
        (void)strcat(text, actions[i]);
    }
    cr_assert_str_eq(text, expected, "%s for %s: %s", status, permissions, text);
}

Test(so_rules, allowed_actions)
{
    const char *all = "so.update so.approve so.delete do.create";

    check_allowed("draft", all, "update submit cancel");
    check_allowed("draft", "so.update", "update submit");
    check_allowed("draft", "so.read", "");
    check_allowed("pending_approval", all, "approve reject cancel");
    check_allowed("pending_approval", "so.update do.create", "");
    check_allowed("rejected", all, "update cancel");
    check_allowed("approved", all, "cancel deliver");
    check_allowed("partially_delivered", all, "close deliver");
    check_allowed("delivered", all, "");
    check_allowed("cancelled", all, "");
    check_allowed("closed", all, "");
}

Test(so_rules, every_state_is_reached_and_none_twice)
{
    for (size_t i = 0; i < SO_STATES.count; i++) {
        const FsmRow *row = &SO_STATES.rows[i];
        bool reached = strcmp(row->from, "draft") == 0;
        for (size_t j = 0; j < SO_STATES.count; j++) {
            const FsmRow *other = &SO_STATES.rows[j];
            reached =
                reached || (strcmp(other->to, row->from) == 0 && strcmp(other->from, row->from));
            cr_assert(i == j || strcmp(row->from, other->from) || strcmp(row->event, other->event),
                      "%s %s stands twice", row->from, row->event);
        }
        cr_assert(reached, "nothing leads to %s", row->from);
    }
}

Test(so_rules, month)
{
    cr_assert_eq(so_month("2024-12-27"), 202412);
    cr_assert_eq(so_month("2000-01-01"), 200001);
    cr_assert_eq(so_month("2099-12-31"), 209912);
}
