/* Parameters by name, in libpq's form: from arguments, from rows, from a message.
 * Not conversions of SQL types: every parameter has its cast in the statement. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "kit/db_internal.h"
#include "kit/pb.h"

/* A value that was found; `number` is scaled by 10^scale. */
typedef struct Value {
    enum { VALUE_NULL, VALUE_TEXT, VALUE_INT, VALUE_BOOL, VALUE_BYTES, VALUE_UNFIT } kind;
    const char *text;
    const void *bytes;
    size_t length;
    int64_t number;
    unsigned scale;
} Value;

typedef struct Binding {
    Arena *arena;
    const DbQuery *query;
    const DbArgs *args;
} Binding;

/* ---- finding ---- */

static unsigned field_decimals(const ProtobufCMessageDescriptor *descriptor,
                               const ProtobufCFieldDescriptor *field)
{
    const PbRule *rule = pb_rule(descriptor);
    return rule ? rule->fields[field - descriptor->fields].decimals : 0;
}

static bool has_value(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(const void *const *)(base + field->offset) != NULL;
    if (field->label != PROTOBUF_C_LABEL_OPTIONAL)
        return true;
    return *(const protobuf_c_boolean *)(base + field->quantifier_offset);
}

static Value value_of_bytes(const void *at)
{
    const ProtobufCBinaryData *data = at;
    return (Value){.kind = VALUE_BYTES, .bytes = data->data, .length = data->len};
}

static Value value_at(ProtobufCType type, const void *at, unsigned scale)
{
    Value value = {.kind = VALUE_INT, .scale = scale};
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: value.number = *(const int64_t *)at; break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32: value.number = *(const int32_t *)at; break;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: value.number = *(const uint32_t *)at; break;
    case PROTOBUF_C_TYPE_BOOL:
        value.kind = VALUE_BOOL;
        value.number = *(const protobuf_c_boolean *)at;
        break;
    case PROTOBUF_C_TYPE_STRING:
        value.text = *(const char *const *)at;
        value.kind = value.text ? VALUE_TEXT : VALUE_NULL;
        break;
    case PROTOBUF_C_TYPE_BYTES: return value_of_bytes(at);
    default: value.kind = VALUE_UNFIT;
    }
    return value;
}

static size_t size_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: return sizeof(int64_t);
    case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING: return sizeof(char *);
    case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
    default: return sizeof(int32_t);
    }
}

/* Where a name leads in messages of one kind. */
typedef struct Path {
    const ProtobufCFieldDescriptor *through; /* the message field of "item.uuid"; NULL: none */
    const ProtobufCFieldDescriptor *field;   /* NULL: nowhere */
    unsigned scale;
} Path;

static Path find_path(const ProtobufCMessage *message, const char *name)
{
    Path path = {0};
    if (!message)
        return path;
    const ProtobufCMessageDescriptor *in = message->descriptor;
    const char *dot = strchr(name, '.');
    if (dot) {
        char outer[64] = "";
        (void)snprintf(outer, sizeof outer, "%.*s", (int)(dot - name), name);
        path.through = protobuf_c_message_descriptor_get_field_by_name(in, outer);
        if (!path.through || path.through->type != PROTOBUF_C_TYPE_MESSAGE ||
            path.through->label == PROTOBUF_C_LABEL_REPEATED)
            return path;
        in = path.through->descriptor;
        name = dot + 1;
    }
    path.field = protobuf_c_message_descriptor_get_field_by_name(in, name);
    path.scale = path.field ? field_decimals(in, path.field) : 0;
    return path;
}

static bool leads_to_list(const Path *path)
{
    return path->field && path->field->label == PROTOBUF_C_LABEL_REPEATED;
}

static Value value_of_path(const ProtobufCMessage *message, const Path *path)
{
    if (path->through)
        message = *(const ProtobufCMessage *const *)((const char *)message + path->through->offset);
    if (!message || !has_value(message, path->field))
        return (Value){.kind = VALUE_NULL};
    return value_at(path->field->type, (const char *)message + path->field->offset, path->scale);
}

static const DbArg *find_arg(const DbArg *args, const char *name)
{
    for (; args && args->name; args++)
        if (str_eq(args->name, name))
            return args;
    return NULL;
}

static Value value_of_arg(const DbArg *arg, const DbParam *param)
{
    Value value = {.text = arg->text,
                   .bytes = arg->bytes,
                   .length = arg->length,
                   .number = arg->number,
                   .scale = param->type == DB_NUMERIC ? param->scale : 0};
    switch (arg->kind) {
    case ARG_NULL: value.kind = VALUE_NULL; break;
    case ARG_TEXT: value.kind = VALUE_TEXT; break;
    case ARG_INT: value.kind = VALUE_INT; break;
    case ARG_BOOL: value.kind = VALUE_BOOL; break;
    case ARG_BYTES: value.kind = VALUE_BYTES; break;
    }
    return value;
}

/* ---- writing ---- */

/* More decimals than the parameter has would be rounded away by the cast. */
static bool fits(const DbParam *param, const Value *value)
{
    unsigned scale = param->type == DB_NUMERIC ? param->scale : 0;
    if (value->kind == VALUE_INT)
        return value->scale <= scale;
    if (value->kind == VALUE_BYTES)
        return param->type == DB_BYTEA;
    return value->kind != VALUE_UNFIT;
}

static const char *number_text(Arena *arena, const Value *value)
{
    if (value->kind == VALUE_BOOL)
        return value->number ? "t" : "f";
    char *text = arena_alloc(arena, DECIMAL_TEXT);
    (void)decimal_format(value->number, value->scale, text);
    return text;
}

static void bind_value(const Binding *binding, int i, const Value *value, DbBound *bound)
{
    Arena *arena = binding->arena;
    switch (value->kind) {
    case VALUE_TEXT: bound->values[i] = arena_strdup(arena, value->text); break;
    case VALUE_BYTES:
        bound->values[i] = arena_strndup(arena, value->bytes ? value->bytes : "", value->length);
        bound->lengths[i] = (int)value->length;
        bound->formats[i] = 1;
        break;
    case VALUE_INT:
    case VALUE_BOOL: bound->values[i] = number_text(arena, value); break;
    default: break;
    }
}

static void element_text(Buf *buf, const char *text)
{
    buf_putc(buf, '"');
    for (size_t n; *text; text += n) {
        n = strcspn(text, "\"\\");
        buf_add(buf, text, n);
        if (text[n]) {
            buf_putc(buf, '\\');
            buf_putc(buf, text[n++]);
        }
    }
    buf_putc(buf, '"');
}

static void element(Buf *buf, const Value *value)
{
    char number[DECIMAL_TEXT];
    buf_putc(buf, buf->length ? ',' : '{');
    switch (value->kind) {
    case VALUE_TEXT: element_text(buf, value->text); break;
    case VALUE_INT:
        buf_add(buf, number, decimal_format(value->number, value->scale, number));
        break;
    case VALUE_BOOL: buf_putc(buf, value->number ? 't' : 'f'); break;
    case VALUE_BYTES:
        buf_puts(buf, "\"\\\\x");
        buf_puts(buf, hex_encode(buf->arena, value->bytes, value->length));
        buf_putc(buf, '"');
        break;
    default: buf_puts(buf, "NULL");
    }
}

static const Err *unfit(const Binding *binding, const DbParam *param)
{
    return db_defect(binding->arena, binding->query->name, "the value does not fit parameter %s",
                     param->name);
}

/* ---- arrays ---- */

void db_array_add(Buf *array, const char *text)
{
    element(array, &(Value){.kind = VALUE_TEXT, .text = text});
}

const char *db_array_text(Buf *array)
{
    buf_puts(array, array->length ? "}" : "{}");
    return array->data;
}

const char *db_array_of(Arena *arena, ProtobufCMessage *const *rows, size_t count, const char *name)
{
    Buf array = {.arena = arena};
    Path path = find_path(count ? rows[0] : NULL, name);
    if (count && !path.field)
        abort();
    for (size_t i = 0; i < count; i++) {
        Value value = value_of_path(rows[i], &path);
        element(&array, &value);
    }
    return db_array_text(&array);
}

/* One element per row, from the rows' field. */
static const Err *array_of_rows(const Binding *binding, const DbParam *param, const Path *path,
                                Buf *buf)
{
    const DbArgs *args = binding->args;
    for (size_t i = 0; i < args->row_count; i++) {
        Value value = value_of_path(args->rows[i], path);
        if (!fits(param, &value))
            return unfit(binding, param);
        element(buf, &value);
    }
    return NULL;
}

/* The elements of a list field. */
static const Err *array_of_list(const Binding *binding, const DbParam *param, const Path *path,
                                Buf *buf)
{
    const ProtobufCFieldDescriptor *field = path->field;
    const char *base = (const char *)binding->args->message;
    size_t count = *(const size_t *)(base + field->quantifier_offset);
    const char *at = *(const char *const *)(base + field->offset);
    for (size_t i = 0; i < count; i++, at += size_of(field->type)) {
        Value value = value_at(field->type, at, path->scale);
        if (!fits(param, &value))
            return unfit(binding, param);
        element(buf, &value);
    }
    return NULL;
}

static const Err *bind_array(const Binding *binding, const DbParam *param, int i, DbBound *bound)
{
    const DbArgs *args = binding->args;
    Buf buf = {.arena = binding->arena};
    Path in_row = find_path(args->row_count ? args->rows[0] : NULL, param->name);
    Path in_message = find_path(args->message, param->name);

    if (in_row.field && !leads_to_list(&in_row))
        TRY(array_of_rows(binding, param, &in_row, &buf));
    else if (leads_to_list(&in_message) && !in_message.through)
        TRY(array_of_list(binding, param, &in_message, &buf));
    else if (args->row_count)
        return db_defect(binding->arena, binding->query->name, "parameter %s finds no value",
                         param->name);
    bound->values[i] = db_array_text(&buf);
    return NULL;
}

/* ---- all of a statement ---- */

static const Err *bind_one(const Binding *binding, int i, DbBound *bound)
{
    const DbParam *param = &binding->query->params[i];
    const DbArgs *args = binding->args;
    const DbArg *arg = find_arg(args->args, param->name);
    Value value;
    if (arg) {
        value = value_of_arg(arg, param);
    } else if (param->array) {
        return bind_array(binding, param, i, bound);
    } else {
        Path path = find_path(args->message, param->name);
        if (!path.field || leads_to_list(&path))
            return db_defect(binding->arena, binding->query->name, "parameter %s finds no value",
                             param->name);
        value = value_of_path(args->message, &path);
    }
    if (!fits(param, &value))
        return unfit(binding, param);
    bind_value(binding, i, &value, bound);
    return NULL;
}

const Err *db_bind(Arena *arena, const DbQuery *query, const DbArgs *args, DbBound *ret_bound)
{
    Binding binding = {arena, query, args};
    size_t count = query->param_count;
    *ret_bound = (DbBound){.count = (int)count,
                           .values = arena_array(arena, count, sizeof(char *)),
                           .lengths = arena_array(arena, count, sizeof(int)),
                           .formats = arena_array(arena, count, sizeof(int))};
    for (int i = 0; i < ret_bound->count; i++)
        TRY(bind_one(&binding, i, ret_bound));
    return NULL;
}
