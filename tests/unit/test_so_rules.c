/* Rules of sales orders: totals, states, credit, months. */
#include <criterion/criterion.h>
#include <stdio.h>
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

static const TotalsCase TOTALS[] = {
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
    {"a discount above it", {{1000, 100, 0, 0}}, 1, 101, 1100, &SO_DISCOUNT_TOO_HIGH, 100, 0, 0},
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

Test(so_rules, totals)
{
    for (size_t i = 0; i < sizeof TOTALS / sizeof *TOTALS; i++) {
        TotalsCase c = TOTALS[i];
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

typedef struct AllowedCase {
    const char *status;
    bool some_shipped, deliverable;
    const char *permissions, *expected;
} AllowedCase;

static void check_allowed(const AllowedCase *c)
{
    const char *actions[FSM_ACTIONS_MAX];
    SoFacts facts = {c->status, c->some_shipped, c->deliverable};
    size_t count = so_allowed(&facts, may, c->permissions, actions);
    char text[128] = "";
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%s", i ? " " : "", actions[i]);
        cr_assert_lt(length, sizeof text);
    }
    cr_assert_str_eq(text, c->expected, "%s for %s: %s", c->status, c->permissions, text);
}

#define ALL "so.update so.approve so.delete do.create"

Test(so_rules, allowed_actions)
{
    const AllowedCase cases[] = {
        {"draft", false, true, ALL, "update submit cancel"},
        {"draft", false, true, "so.update", "update submit"},
        {"draft", false, true, "so.delete", "cancel"},
        {"draft", false, true, "so.read so.approve do.create", ""},
        {"pending_approval", false, true, ALL, "approve reject cancel"},
        {"pending_approval", false, true, "so.approve", "approve reject"},
        {"pending_approval", false, true, "so.update do.create", ""},
        {"rejected", false, true, ALL, "update cancel"},
        {"rejected", false, true, "so.update", "update"},
        {"approved", false, true, ALL, "cancel deliver"},
        {"approved", false, true, "do.create", "deliver"},
        {"approved", false, false, ALL, "cancel"},
        {"approved", false, true, "so.update so.approve", ""},
        {"approved", true, true, ALL, "deliver"},
        {"approved", true, false, ALL, ""},
        {"partially_delivered", true, true, ALL, "close deliver"},
        {"partially_delivered", true, false, ALL, "close"},
        {"partially_delivered", true, true, "so.delete", ""},
        {"delivered", true, false, ALL, ""},
        {"cancelled", false, true, ALL, ""},
        {"closed", true, true, ALL, ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_allowed(&cases[i]);
}

/* Every event in every state: what the contract does not name is illegal. */
Test(so_rules, transitions)
{
    static const char *const STATES[] = {
        "draft",     "pending_approval", "approved",  "partially_delivered",
        "delivered", "rejected",         "cancelled", "closed"};
    static const char *const EVENTS[] = {
        "update", "submit",  "approve",           "reject",           "cancel",
        "close",  "deliver", "delivered_in_part", "delivered_in_full"};
    static const char *const LEADS_TO[8][9] = {
        {"draft", "pending_approval", "", "", "cancelled", "", "", "", ""},
        {"", "", "approved", "rejected", "cancelled", "", "", "", ""},
        {"", "", "", "", "cancelled", "", "approved", "partially_delivered", "delivered"},
        {"", "", "", "", "", "closed", "partially_delivered", "partially_delivered", "delivered"},
        {"", "", "", "", "", "", "", "", ""},
        {"draft", "", "", "", "cancelled", "", "", "", ""},
        {"", "", "", "", "", "", "", "", ""},
        {"", "", "", "", "", "", "", "", ""},
    };

    for (size_t i = 0; i < 8; i++) {
        for (size_t j = 0; j < 9; j++) {
            const FsmRow *row = fsm_find(&SO_STATES, STATES[i], EVENTS[j]);
            cr_assert_str_eq(row ? row->to : "", LEADS_TO[i][j], "%s %s", STATES[i], EVENTS[j]);
        }
    }
}

Test(so_rules, what_has_shipped_forbids)
{
    const SoFacts nothing = {"approved", false, true}, some = {"approved", true, true},
                  all = {"approved", true, false};

    cr_assert_null(so_guard(&nothing, "cancel"));
    cr_assert_eq(so_guard(&some, "cancel"), &SO_SHIPPED);
    cr_assert_null(so_guard(&some, "deliver"));
    cr_assert_eq(so_guard(&all, "deliver"), &SO_NOTHING_FREE);
    cr_assert_null(so_guard(&all, "close"));
}

Test(so_rules, credit)
{
    const struct {
        const char *what;
        SoCredit credit;
        int64_t total;
        const Err *err;
    } cases[] = {
        {"no limit", {false, 0, MONEY_MAX}, MONEY_MAX, NULL},
        {"up to the limit", {true, 1000, 400}, 600, NULL},
        {"above it", {true, 1000, 401}, 600, &SO_OVER_CREDIT},
        {"a limit of 0 allows none", {true, 0, 0}, 1, &SO_OVER_CREDIT},
        {"but what costs nothing", {true, 0, 0}, 0, NULL},
        {"a limit lowered below what is used", {true, 100, 400}, 0, &SO_OVER_CREDIT},
        {"beyond 64 bits", {true, MONEY_MAX, INT64_MAX}, 1, &SO_OVER_CREDIT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_eq(so_credit(&cases[i].credit, cases[i].total), cases[i].err, "%s",
                     cases[i].what);
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
