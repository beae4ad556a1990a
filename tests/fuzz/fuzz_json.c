/* JSON that the codec accepts survives writing, packing and reading again; what it accepts, cJSON
 * (which is laxer) accepts as well. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "testing_support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

static void same_as_cjson(Arena *arena, const uint8_t *data, size_t size)
{
    cJSON *tree = cJSON_ParseWithLengthOpts(arena_strndup(arena, (const char *)data, size),
                                            size + 1, NULL, 1);
    require(tree);
    cJSON_Delete(tree);
}

static void same_when_read_again(Arena *arena, const Testing__Order *order)
{
    const char *once = order_write(arena, order);
    Reading again = order_read(arena, once, strlen(once));
    require(!again.err && !again.errors.count);
    require(strcmp(order_write(arena, again.order), once) == 0);
}

static void same_when_packed(Arena *arena, const Testing__Order *order)
{
    size_t length;
    uint8_t *packed = pb_pack(arena, &order->base, &length);
    ProtobufCMessage *back = pb_unpack(arena, &ORDER_RULE, packed, length);
    require(back);
    require(strcmp(order_write(arena, (Testing__Order *)back), order_write(arena, order)) == 0);
}

/* What passed the rules once passes them again, unchanged. */
static void same_when_checked_again(Arena *arena, Testing__Order *order)
{
    ErrList errors = {.arena = arena};
    pb_check(&ORDER_RULE, &order->base, 0, &errors);
    if (errors.count)
        return;
    const char *once = order_write(arena, order);
    Reading again = order_check(arena, once, 0);
    require(!again.err && !again.errors.count);
    require(strcmp(order_write(arena, again.order), once) == 0);
    pb_defaults(arena, &ORDER_RULE, &again.order->base, 0);
    same_when_read_again(arena, again.order);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new(0);
    Reading reading = order_read(arena, (const char *)data, size);
    require(reading.errors.count <= ERR_DETAILS_MAX);
    if (reading.err) {
        require(err_is(reading.err, &ERR_JSON) && reading.err->details);
    } else {
        same_as_cjson(arena, data, size);
        if (!reading.errors.count) {
            same_when_read_again(arena, reading.order);
            same_when_packed(arena, reading.order);
            same_when_checked_again(arena, reading.order);
        } else {
            pb_check(&ORDER_RULE, &reading.order->base, 0, &reading.errors);
        }
    }
    arena_delete(arena);
    return 0;
}
