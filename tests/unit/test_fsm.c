/* State machines as tables. */
#include "base/fsm.h"

#include <criterion/criterion.h>

static const FsmRow ROWS[] = {
    {"draft", "submit", "pending", "so.update", NULL},
    {"pending", "approve", "approved", "so.approve", "reserves stock"},
    {"approved", "ship", "approved", NULL, NULL},
};
static const Fsm ORDER = {"order", ROWS, 3};
static const Err ILLEGAL = {.kind = ERR_RULE, .message = "Not in this state"};

Test(fsm, finds_the_row)
{
    cr_expect_eq(fsm_find(&ORDER, "pending", "approve"), &ROWS[1]);
    cr_expect_null(fsm_find(&ORDER, "draft", "approve"));
    cr_expect_null(fsm_find(&ORDER, "approved", "submit"));
    cr_expect_null(fsm_find(&ORDER, NULL, "submit"));
    cr_expect_null(fsm_find(&ORDER, "draft", ""));
}

Test(fsm, steps)
{
    const char *to = "untouched";
    cr_expect_eq(fsm_step(&ORDER, "draft", "approve", &ILLEGAL, &to), &ILLEGAL);
    cr_expect_str_eq(to, "untouched");
    cr_expect_null(fsm_step(&ORDER, "draft", "submit", &ILLEGAL, &to));
    cr_expect_str_eq(to, "pending");
    cr_expect_null(fsm_step(&ORDER, "approved", "ship", &ILLEGAL, &to));
    cr_expect_str_eq(to, "approved");
}
