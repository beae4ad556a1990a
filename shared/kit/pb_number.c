/* Numbers and single values from text: exact, within the bounds of their field and type. Not JSON:
 * json_read.c finds the tokens. */
#include "kit/pb_internal.h"

#include <string.h>

#include "base/decimal.h"

typedef struct Bounds {
    int64_t low, high;
} Bounds;

static Bounds bounds_of(const PbRule *rule, int field)
{
    const PbField *own = &rule->fields[field];
    Bounds bounds = {INT64_MIN, INT64_MAX};
    switch (rule->descriptor->fields[field].type) {
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: bounds = (Bounds){0, UINT32_MAX}; break;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: bounds.low = 0; break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: break;
    default: bounds = (Bounds){INT32_MIN, INT32_MAX};
    }
    if (own->has_min && own->min > bounds.low)
        bounds.low = own->min;
    if (own->has_max && own->max < bounds.high)
        bounds.high = own->max;
    return bounds;
}

static void low_fault(ErrList *errors, const PbPath *path, const PbField *field, int64_t low)
{
    char text[DECIMAL_TEXT];
    (void)decimal_format(low, field->decimals, text);
    PB_FAULT(errors, path, "must be at least %s", text);
}

static void high_fault(ErrList *errors, const PbPath *path, const PbField *field, int64_t high)
{
    char text[DECIMAL_TEXT];
    (void)decimal_format(high, field->decimals, text);
    if (field->max_hint)
        PB_FAULT(errors, path, "must be at most %s: %s", text, field->max_hint);
    else
        PB_FAULT(errors, path, "must be at most %s", text);
}

bool pb_range(ErrList *errors, const PbPath *path, const PbRule *rule, int field, int64_t value)
{
    Bounds bounds = bounds_of(rule, field);
    if (value < bounds.low)
        low_fault(errors, path, &rule->fields[field], bounds.low);
    else if (value > bounds.high)
        high_fault(errors, path, &rule->fields[field], bounds.high);
    else if (!value && rule->fields[field].not_zero)
        PB_FAULT(errors, path, "must not be 0");
    else
        return true;
    return false;
}

static void precision_fault(ErrList *errors, const PbPath *path, const PbField *field)
{
    if (field->decimals)
        PB_FAULT(errors, path, "must have at most %u decimals", field->decimals);
    else
        PB_FAULT(errors, path, "must be a whole number");
}

bool pb_number(ErrList *errors, const PbPath *path, const PbRule *rule, int field,
               const char *token, size_t length, int64_t *ret_value)
{
    const PbField *own = &rule->fields[field];
    Bounds bounds = bounds_of(rule, field);
    switch (decimal_parse(token, length, own->decimals, ret_value)) {
    case DECIMAL_OK: return pb_range(errors, path, rule, field, *ret_value);
    case DECIMAL_SYNTAX: PB_FAULT(errors, path, "must be a number"); break;
    case DECIMAL_TOO_PRECISE: precision_fault(errors, path, own); break;
    case DECIMAL_RANGE:
        if (*token == '-')
            low_fault(errors, path, own, bounds.low);
        else
            high_fault(errors, path, own, bounds.high);
        break;
    }
    return false;
}

static bool bool_from_text(const char *text, bool *ret_value)
{
    *ret_value = strcmp(text, "true") == 0;
    return *ret_value || strcmp(text, "false") == 0;
}

static void text_from_text(Arena *arena, const PbRule *rule, ProtobufCMessage *message, int field,
                           const PbPath *path, const char *text, ErrList *errors)
{
    const PbField *own = &rule->fields[field];
    char *copy = pb_text_normal(own, arena_strdup(arena, text));
    if (pb_text_check(errors, path, own, copy))
        pb_set_text(rule, message, field, copy);
}

void pb_set_from_text(Arena *arena, const PbRule *rule, ProtobufCMessage *message, int field,
                      const char *text, ErrList *errors)
{
    const char *name = rule->fields[field].json;
    PbPath path = {.name = name, .length = strlen(name)};
    PbKind kind = pb_is_list(rule, field) ? PB_MESSAGE : pb_kind(rule, field);
    int64_t number;
    bool truth;
    switch (kind) {
    case PB_TEXT: text_from_text(arena, rule, message, field, &path, text, errors); break;
    case PB_INT:
        if (!rule->fields[field].decimals && strpbrk(text, ".eE"))
            PB_FAULT(errors, &path, "must be a whole number"); /* 1.0 and 1e0 are JSON's */
        else if (pb_number(errors, &path, rule, field, text, strlen(text), &number))
            pb_set_int(rule, message, field, number);
        break;
    case PB_BOOL:
        if (bool_from_text(text, &truth))
            pb_set_bool(rule, message, field, truth);
        else
            PB_FAULT(errors, &path, "must be true or false");
        break;
    default: PB_FAULT(errors, &path, "must be given in the body");
    }
}
