/* Rules of delivery orders: states, what one may take, how it fills its order's lines. */
#include <criterion/criterion.h>
#include <string.h>

#include "do_rules.h"

Test(do_rules, transitions)
{
    static const char *const STATES[] = {"draft", "shipped", "delivered", "cancelled"};
    static const char *const EVENTS[] = {"ship", "deliver", "cancel"};
    static const char *const LEADS_TO[4][3] = {
        {"shipped", "", "cancelled"}, {"", "delivered", ""}, {"", "", ""}, {"", "", ""}};

    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 3; j++) {
            const FsmRow *row = fsm_find(&DO_STATES, STATES[i], EVENTS[j]);
            cr_assert_str_eq(row ? row->to : "", LEADS_TO[i][j], "%s %s", STATES[i], EVENTS[j]);
        }
    }
}

static bool may(const void *asker, const char *permission)
{
    return strcmp(asker, permission) == 0;
}

Test(do_rules, allowed_actions)
{
    const char *actions[FSM_ACTIONS_MAX];

    cr_assert_eq(fsm_allowed(&DO_STATES, "draft", may, "do.update", actions), 2);
    cr_assert_str_eq(actions[0], "ship");
    cr_assert_str_eq(actions[1], "cancel");
    cr_assert_eq(fsm_allowed(&DO_STATES, "shipped", may, "do.update", actions), 1);
    cr_assert_str_eq(actions[0], "deliver");
    cr_assert_eq(fsm_allowed(&DO_STATES, "delivered", may, "do.update", actions), 0);
    cr_assert_eq(fsm_allowed(&DO_STATES, "cancelled", may, "do.update", actions), 0);
    cr_assert_eq(fsm_allowed(&DO_STATES, "draft", may, "do.read", actions), 0);
}

Test(do_rules, taking)
{
    const struct {
        const char *what, *item;
        int64_t allocated, taken, before, qty;
        const Err *err;
    } cases[] = {
        {"all that is left", "a", 10, 4, 0, 6, NULL},
        {"one more", "a", 10, 4, 0, 7, &DO_TOO_MUCH},
        {"an item named twice is added up", "a", 10, 0, 6, 4, NULL},
        {"also beyond what is left", "a", 10, 0, 6, 5, &DO_TOO_MUCH},
        {"nothing is set aside", "a", 0, 0, 0, 1, &DO_TOO_MUCH},
        {"more is on deliveries than the news say", "a", 3, 5, 0, 1, &DO_TOO_MUCH},
        {"another order's item", "b", 10, 0, 0, 1, &DO_FOREIGN_ITEM},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DoItem *found = NULL, item = {.uuid = "a",
                                      .allocated = cases[i].allocated,
                                      .taken = cases[i].taken,
                                      .qty = cases[i].before};
        const Err *err = do_take(&item, 1, cases[i].item, cases[i].qty, &found);
        cr_assert_eq(err, cases[i].err, "%s", cases[i].what);
        cr_assert_eq(item.qty, cases[i].before + (err ? 0 : cases[i].qty), "%s", cases[i].what);
        cr_assert_eq(found, err == &DO_FOREIGN_ITEM ? NULL : &item, "%s", cases[i].what);
    }
}

Test(do_rules, taking_all)
{
    DoItem items[] = {{"a", 10, 4, 0}, {"b", 5, 5, 0}, {"c", 2, 3, 0}};

    cr_assert_null(do_take_all(items, 3));
    cr_assert_eq(items[0].qty, 6);
    cr_assert_eq(items[1].qty, 0);
    cr_assert_eq(items[2].qty, 0);
    cr_assert_eq(do_take_all(items + 1, 2), &DO_NOTHING);
}

Test(do_rules, filling)
{
    const struct {
        const char *what;
        int64_t done[3], qty;
        bool fits;
        int64_t expected[3];
    } cases[] = {
        {"the first line first", {0, 0, 0}, 4, true, {4, 0, 0}},
        {"then the next of the item", {4, 0, 0}, 8, true, {10, 0, 2}},
        {"to the last piece", {10, 0, 2}, 3, true, {10, 0, 5}},
        {"and no further", {10, 0, 2}, 4, false, {10, 0, 5}},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DoLine lines[] = {
            {"a", 10, cases[i].done[0]}, {"b", 7, cases[i].done[1]}, {"a", 5, cases[i].done[2]}};
        cr_assert_eq(do_fill(lines, 3, "a", cases[i].qty), cases[i].fits, "%s", cases[i].what);
        for (size_t j = 0; j < 3; j++)
            cr_assert_eq(lines[j].done, cases[i].expected[j], "%s: line %zu", cases[i].what, j);
    }
}
