/* States and quantities of delivery orders. Not their order's states: so_rules.c. */
#include "do_rules.h"

#include "base/str.h"

const Err DO_FOREIGN_ITEM = {.kind = ERR_RULE, .message = "The order does not have the item"};
const Err DO_TOO_MUCH = {.kind = ERR_RULE,
                         .message = "More than is reserved for the order and on no delivery yet"};
const Err DO_NOTHING = {.kind = ERR_RULE,
                        .message =
                            "Nothing is reserved for the order that is not on a delivery already"};

static const FsmRow ROWS[] = {
    {"draft", "ship", "shipped", "do.update", "inventory issues"},
    {"draft", "cancel", "cancelled", "do.update", NULL},
    {"shipped", "deliver", "delivered", "do.update", "the order moves on"},
};

const Fsm DO_STATES = {"delivery_order", ROWS, sizeof ROWS / sizeof *ROWS};

int64_t do_free(const DoItem *item)
{
    return item->allocated > item->taken ? item->allocated - item->taken : 0;
}

const Err *do_take(DoItem *items, size_t count, const char *uuid, int64_t qty, DoItem **ret_item)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(items[i].uuid, uuid))
            continue;
        *ret_item = &items[i];
        if (qty > do_free(&items[i]) - items[i].qty)
            return &DO_TOO_MUCH;
        items[i].qty += qty;
        return NULL;
    }
    return &DO_FOREIGN_ITEM;
}

const Err *do_take_all(DoItem *items, size_t count)
{
    bool some = false;

    for (size_t i = 0; i < count; i++) {
        items[i].qty = do_free(&items[i]);
        some = some || items[i].qty;
    }
    return some ? NULL : &DO_NOTHING;
}

bool do_fill(DoLine *lines, size_t count, const char *item, int64_t qty)
{
    for (size_t i = 0; i < count && qty > 0; i++) {
        if (!str_eq(lines[i].item, item))
            continue;
        int64_t room = lines[i].limit - lines[i].done;
        int64_t part = qty < room ? qty : room;
        lines[i].done += part;
        qty -= part;
    }
    return qty == 0;
}
