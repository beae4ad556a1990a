/* Hostile bytes as a message: unpacking, checking, defaults, writing and packing stay within
 * memory, and a message that keeps its rules can be read as JSON. */
#include <stdlib.h>
#include <string.h>

#include "testing_support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new(0);
    Testing__Order *order = (Testing__Order *)pb_unpack(arena, &ORDER_RULE, data, size);
    if (order) {
        ErrList errors = {.arena = arena};
        size_t length;
        pb_check(&ORDER_RULE, &order->base, size & 1 ? PB_PARTIAL : 0, &errors);
        pb_defaults(arena, &ORDER_RULE, &order->base, 0);
        (void)pb_pack(arena, &order->base, &length);
        const char *text = order_write(arena, order);
        if (!errors.count && !(size & 1)) {
            Reading back = order_read(arena, text, strlen(text));
            require(!back.err && !back.errors.count);
            require(strcmp(order_write(arena, back.order), text) == 0);
        }
        Testing__Document document = TESTING__DOCUMENT__INIT;
        pb_merge(&ORDER_RULE, &order->base, &DOCUMENT_RULE, &document.base);
        (void)pb_pack(arena, &document.base, &length);
    }
    arena_delete(arena);
    return 0;
}
