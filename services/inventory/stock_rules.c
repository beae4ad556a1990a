/* Moving average, kept as value: no rounding is ever lost. */
#include "stock_rules.h"

#include "base/decimal.h"

const Err STOCK_SHORT = {.kind = ERR_RULE, .message = "Not enough stock"};
const Err STOCK_TOO_LARGE = {.kind = ERR_RULE,
                             .message = "The stock's quantity or value is too large"};

enum {
    DROP_UNIT_COST = 5, /* thousandths × ten-thousandths ÷ 10^5 = minor units */
    DROP_MONEY = 3,
    UNIT_COST_SCALE = 100000 /* minor units × 10^5 ÷ thousandths = ten-thousandths */
};

static bool value_of(const StockLevel *level, int64_t qty, const StockCost *cost,
                     int64_t *ret_value)
{
    if (cost->given)
        return decimal_mul(qty, cost->unit_cost, DROP_UNIT_COST, ret_value);
    if (level->on_hand > 0)
        return decimal_mul_div(qty, level->value, level->on_hand, ret_value);
    return decimal_mul(qty, cost->standard_cost, DROP_MONEY, ret_value);
}

const Err *stock_add(StockLevel *level, int64_t qty, const StockCost *cost, int64_t *ret_value)
{
    if (!value_of(level, qty, cost, ret_value))
        return &STOCK_TOO_LARGE;
    return stock_add_value(level, qty, *ret_value);
}

const Err *stock_add_value(StockLevel *level, int64_t qty, int64_t value)
{
    StockLevel after;

    if (!decimal_add(level->on_hand, qty, &after.on_hand) || after.on_hand > QTY_MAX ||
        !decimal_add(level->value, value, &after.value) || after.value > MONEY_MAX)
        return &STOCK_TOO_LARGE;
    *level = after;
    return NULL;
}

const Err *stock_take(StockLevel *level, int64_t qty, int64_t *ret_value)
{
    if (qty > level->on_hand)
        return &STOCK_SHORT;
    *ret_value = level->value;
    if (qty < level->on_hand && !decimal_mul_div(qty, level->value, level->on_hand, ret_value))
        return &STOCK_TOO_LARGE;
    level->on_hand -= qty;
    level->value -= *ret_value;
    return NULL;
}

bool stock_unit_cost(int64_t qty, int64_t value, int64_t *ret_cost)
{
    return qty != 0 && decimal_mul_div(value, UNIT_COST_SCALE, qty, ret_cost);
}

int64_t stock_suggestion(int64_t available, int64_t reorder_point, int64_t reorder_qty)
{
    int64_t missing = reorder_point > available ? reorder_point - available : 0;

    return missing > reorder_qty ? missing : reorder_qty;
}
