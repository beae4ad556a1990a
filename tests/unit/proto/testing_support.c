/* Reading an Order, and faults as text. */
#include "testing_support.h"

#include <string.h>

#include "base/str.h"

const char *faults_text(const ErrList *errors)
{
    Buf buf = {.arena = errors->arena};
    buf_puts(&buf, "");
    for (const ErrDetail *detail = errors->first; detail; detail = detail->next)
        buf_printf(&buf, "%s%s: %s", buf.length ? "\n" : "", detail->field, detail->message);
    return buf.data;
}

Reading order_read(Arena *arena, const char *text, size_t length)
{
    Reading reading = {.errors = {.arena = arena}};
    ProtobufCMessage *message = pb_new(arena, &ORDER_RULE);
    reading.err = json_read(arena, &ORDER_RULE, message, text, length, 0, &reading.errors);
    reading.order = (Testing__Order *)message;
    reading.faults = faults_text(&reading.errors);
    return reading;
}

Reading order_check(Arena *arena, const char *text, unsigned flags)
{
    Reading reading = order_read(arena, text, strlen(text));
    if (!reading.err)
        pb_check(&ORDER_RULE, &reading.order->base, flags, &reading.errors);
    reading.faults = faults_text(&reading.errors);
    return reading;
}

const char *order_write(Arena *arena, const Testing__Order *order)
{
    Buf buf = {.arena = arena};
    json_write(&buf, &ORDER_RULE, &order->base);
    return buf.data;
}
