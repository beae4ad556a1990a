/* Rules of stock: what comes in is worth, what leaves takes along, what to order. */
#include <criterion/criterion.h>
#include <inttypes.h>

#include "base/decimal.h"
#include "stock_rules.h"

typedef struct AddCase {
    const char *what;
    StockLevel level;
    int64_t qty;
    StockCost cost;
    const Err *err;
    int64_t value;
} AddCase;

Test(stock_rules, adding)
{
    static const AddCase CASES[] = {
        {"10 at 1.5", {0, 0}, 10000, {true, 15000, 4000000}, NULL, 1500},
        {"half a cent rounds away from zero", {0, 0}, 1, {true, 50000, 0}, NULL, 1},
        {"less than half a cent is nothing", {0, 0}, 1, {true, 49999, 0}, NULL, 0},
        {"a cost of 0 is a cost", {1000, 100}, 1000, {true, 0, 4000000}, NULL, 0},
        {"the average where none is given", {3000, 1000}, 2000, {false, 0, 4000000}, NULL, 667},
        {"an average of 0 is one", {3000, 0}, 2000, {false, 0, 4000000}, NULL, 0},
        {"the standard cost where nothing lies", {0, 0}, 1500, {false, 0, 4000000}, NULL, 6000000},
        {"the largest quantity", {0, 0}, QTY_MAX, {true, 0, 0}, NULL, 0},
        {"one more", {QTY_MAX, 0}, 1, {true, 0, 0}, &STOCK_TOO_LARGE, 0},
        {"the largest value", {0, 0}, 1000, {false, 0, MONEY_MAX}, NULL, MONEY_MAX},
        {"a value beyond it", {1000, MONEY_MAX}, 1000, {true, 100, 0}, &STOCK_TOO_LARGE, 0},
        {"beyond 64 bits",
         {0, 0},
         QTY_MAX,
         {true, INT64_C(999999999999999), 0},
         &STOCK_TOO_LARGE,
         0},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const AddCase *c = &CASES[i];
        StockLevel level = c->level;
        int64_t value = 0;
        cr_assert(stock_add(&level, c->qty, &c->cost, &value) == c->err, "%s: another error",
                  c->what);
        cr_assert_eq(level.on_hand, c->level.on_hand + (c->err ? 0 : c->qty),
                     "%s: on hand %" PRId64, c->what, level.on_hand);
        cr_assert_eq(level.value, c->level.value + c->value, "%s: value %" PRId64, c->what,
                     level.value);
    }
}

typedef struct TakeCase {
    const char *what;
    StockLevel level;
    int64_t qty;
    const Err *err;
    int64_t value;
} TakeCase;

Test(stock_rules, taking)
{
    static const TakeCase CASES[] = {
        {"a third of 10", {3000, 1000}, 1000, NULL, 333},
        {"a half rounds away from zero", {2000, 1}, 1000, NULL, 1},
        {"all of it takes all the value", {3, 1000}, 3, NULL, 1000},
        {"worth nothing", {5000, 0}, 1000, NULL, 0},
        {"more than there is", {1000, 500}, 1001, &STOCK_SHORT, 0},
        {"from nothing", {0, 0}, 1, &STOCK_SHORT, 0},
        {"of the largest", {QTY_MAX, MONEY_MAX}, QTY_MAX - 1, NULL, MONEY_MAX - 1},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const TakeCase *c = &CASES[i];
        StockLevel level = c->level;
        int64_t value = 0;
        cr_assert(stock_take(&level, c->qty, &value) == c->err, "%s: another error", c->what);
        cr_assert_eq(value, c->value, "%s: value %" PRId64, c->what, value);
        cr_assert_eq(level.on_hand, c->level.on_hand - (c->err ? 0 : c->qty), "%s", c->what);
        cr_assert_eq(level.value, c->level.value - c->value, "%s", c->what);
    }
}

Test(stock_rules, the_last_unit_takes_the_rest)
{
    StockLevel level = {3000, 1000};
    int64_t value, sum = 0;

    for (int i = 0; i < 3; i++) {
        cr_assert_null(stock_take(&level, 1000, &value));
        sum += value;
    }
    cr_assert_eq(sum, 1000);
    cr_assert_eq(level.on_hand, 0);
    cr_assert_eq(level.value, 0);
}

/* xorshift: the same numbers everywhere. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* One random movement; returns what it changed the value by. */
static int64_t move(StockLevel *level, uint64_t *seed)
{
    int64_t value = 0, qty = (int64_t)(next(seed) % 50000) + 1;
    const StockCost cost = {.given = next(seed) % 2,
                            .unit_cost = (int64_t)(next(seed) % 1000000000),
                            .standard_cost = (int64_t)(next(seed) % 10000000)};

    if (next(seed) % 2 || !level->on_hand) {
        cr_assert_null(stock_add(level, qty, &cost, &value));
        return value;
    }
    if (next(seed) % 4 == 0 || qty > level->on_hand)
        qty = level->on_hand;
    cr_assert_null(stock_take(level, qty, &value));
    return -value;
}

Test(stock_rules, value_never_drifts)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15);
        StockLevel level = {0, 0};
        int64_t sum = 0;
        for (int i = 0; i < 1000; i++) {
            sum += move(&level, &state);
            cr_assert_eq(sum, level.value, "seed %" PRIu64 " step %d: the sum is off", seed, i);
            cr_assert_geq(level.value, 0, "seed %" PRIu64 " step %d", seed, i);
            cr_assert(level.on_hand > 0 || level.value == 0,
                      "seed %" PRIu64 " step %d: nothing is worth something", seed, i);
        }
    }
}

/* A movement to another place takes from one value what it adds to the other. */
Test(stock_rules, transfers_keep_the_sum)
{
    uint64_t state = 42;
    StockLevel a = {1000000, 123456789}, b = {0, 0};

    for (int i = 0; i < 10000; i++) {
        StockLevel *from = next(&state) % 2 ? &a : &b, *to = from == &a ? &b : &a;
        int64_t value, qty = (int64_t)(next(&state) % 5000) + 1;
        if (qty > from->on_hand)
            continue;
        cr_assert_null(stock_take(from, qty, &value));
        cr_assert_null(stock_add_value(to, qty, value));
        cr_assert_eq(a.on_hand + b.on_hand, 1000000);
        cr_assert_eq(a.value + b.value, 123456789, "step %d", i);
    }
}

Test(stock_rules, unit_cost)
{
    int64_t cost = 0;

    cr_assert(stock_unit_cost(3000, 1000, &cost));
    cr_assert_eq(cost, 33333); /* 10 ÷ 3 = 3.3333 */
    cr_assert(stock_unit_cost(-3000, -1000, &cost));
    cr_assert_eq(cost, 33333);
    cr_assert(stock_unit_cost(1, MONEY_MAX / 1000, &cost));
    cr_assert_eq(cost, MONEY_MAX / 1000 * 100000);
    cr_assert_not(stock_unit_cost(0, 0, &cost));
    cr_assert_not(stock_unit_cost(1, MONEY_MAX, &cost), "beyond 64 bits");
}

Test(stock_rules, suggestion)
{
    cr_assert_eq(stock_suggestion(4000, 10000, 0), 6000);
    cr_assert_eq(stock_suggestion(4000, 10000, 5000), 6000);
    cr_assert_eq(stock_suggestion(4000, 10000, 20000), 20000);
    cr_assert_eq(stock_suggestion(10000, 10000, 0), 0);
    cr_assert_eq(stock_suggestion(12000, 10000, 0), 0);
}
