/* Messages to JSON: the same message gives the same bytes. Not reading: json_read.c. */
#include "base/decimal.h"
#include "kit/json.h"
#include "kit/pb_internal.h"

static void write_value(Buf *buf, const PbRule *rule, int field, const void *at)
{
    char number[DECIMAL_TEXT];
    const ProtobufCBinaryData *bytes = at;
    switch (pb_kind(rule, field)) {
    case PB_TEXT: buf_json(buf, *(const char *const *)at); break;
    case PB_BYTES: buf_json(buf, base64url_encode(buf->arena, bytes->data, bytes->len)); break;
    case PB_BOOL: buf_puts(buf, *(const protobuf_c_boolean *)at ? "true" : "false"); break;
    case PB_INT:
        buf_add(buf, number,
                decimal_format(pb_load(rule, field, at), rule->fields[field].decimals, number));
        break;
    case PB_MESSAGE:
        json_write(buf, rule->fields[field].message, *(const ProtobufCMessage *const *)at);
        break;
    }
}

static void write_list(Buf *buf, const PbRule *rule, const ProtobufCMessage *message, int field)
{
    const char *elements = *(const char *const *)pb_slot(rule, message, field);
    size_t count = *pb_count(rule, message, field);
    buf_putc(buf, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_putc(buf, ',');
        write_value(buf, rule, field, elements + i * pb_size(rule, field));
    }
    buf_putc(buf, ']');
}

static void write_field(Buf *buf, const PbRule *rule, const ProtobufCMessage *message, int field)
{
    buf_json(buf, rule->fields[field].json);
    buf_putc(buf, ':');
    if (pb_is_list(rule, field))
        write_list(buf, rule, message, field);
    else if (pb_is_set(rule, message, field))
        write_value(buf, rule, field, pb_slot(rule, message, field));
    else
        buf_puts(buf, "null");
}

void json_write(Buf *buf, const PbRule *rule, const ProtobufCMessage *message)
{
    bool first = true;
    buf_putc(buf, '{');
    for (int i = 0; i < (int)rule->descriptor->n_fields; i++) {
        if (i == rule->given || (rule->fields[i].omit_unset && !pb_is_set(rule, message, i)))
            continue;
        if (!first)
            buf_putc(buf, ',');
        first = false;
        write_field(buf, rule, message, i);
    }
    buf_putc(buf, '}');
}
