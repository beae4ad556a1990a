/* Checks of one message and its fields: supported types, rules on types that know them. */
#include <ctype.h>
#include <string.h>

#include "check.h"

typedef struct Place {
    Model *model;
    const Message *message;
    const Field *field;
} Place;

static void fault(const Place *place, const char *text)
{
    model_fault(
        place->model, place->message->file,
        arena_printf(place->model->arena, "%s.%s", place->message->name, place->field->name), "%s",
        text);
}

static bool is_integer(const Field *field)
{
    return field->kind == KIND_INT32 || field->kind == KIND_INT64 || field->kind == KIND_UINT32;
}

static bool is_map(const Place *place)
{
    const MessageProto *proto = place->message->proto;
    const char *type = place->field->proto->type_name;
    const char *dot = type ? strrchr(type, '.') : NULL;
    for (size_t i = 0; dot && i < proto->n_nested_type; i++)
        if (strcmp(proto->nested_type[i]->name, dot + 1) == 0 && proto->nested_type[i]->options)
            return proto->nested_type[i]->options->map_entry;
    return false;
}

static void check_type(const Place *place)
{
    const Field *field = place->field;
    const FieldProto *proto = field->proto;
    if (field->kind == KIND_UNSUPPORTED)
        fault(place, "type is not supported: only string, bool, int32, int64, uint32, bytes and "
                     "messages");
    else if (field->kind == KIND_MESSAGE && !field->message)
        fault(place, is_map(place) ? "maps are not supported"
                                   : "its message must stand at the top level of a file");
    if (field->list && !field->hidden && field->kind != KIND_STRING &&
        field->kind != KIND_MESSAGE && field->kind != KIND_UNSUPPORTED)
        fault(place, "lists are of strings or messages only");
    if (proto->has_oneof_index)
        fault(place, "oneof is not supported");
    if (proto->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REQUIRED)
        fault(place, "write `optional` and the rule `required: true`");
    if (proto->default_value)
        fault(place, "write the rule `default_value` instead of [default]");
}

static void check_rule_types(const Place *place)
{
    const Sentient__FieldRule *rule = place->field->rule;
    bool text = place->field->kind == KIND_STRING;
    if (rule->has_decimals && (place->field->kind != KIND_INT64 || place->field->list))
        fault(place, "decimals belong to int64");
    if (rule->decimals > DECIMALS_MAX)
        fault(place, "decimals must be 0..9");
    if (rule->has_format && !text)
        fault(place, "format belongs to string");
    if (rule->n_in && !text)
        fault(place, "in belongs to string");
    if ((rule->has_min_length || rule->has_max_length) && !text)
        fault(place, "min_length and max_length belong to string");
    if ((rule->min || rule->max) && (!is_integer(place->field) || place->field->list))
        fault(place, "min and max belong to int32, int64 and uint32");
    if (rule->not_zero && !is_integer(place->field))
        fault(place, "not_zero belongs to int32, int64 and uint32");
    if (rule->max_hint && !rule->max)
        fault(place, "max_hint belongs to a max");
    if (rule->has_max_items && !place->field->list)
        fault(place, "max_items belongs to repeated");
    if (rule->format == SENTIENT__FORMAT__SORT && !rule->n_in)
        fault(place, "format SORT needs its members: in");
}

/* Whether the type holds the scaled value. */
static bool fits(const Field *field, int64_t value)
{
    switch (field->kind) {
    case KIND_INT32: return value >= INT32_MIN && value <= INT32_MAX;
    case KIND_UINT32: return value >= 0 && value <= UINT32_MAX;
    default: return true;
    }
}

static void check_range(const Place *place)
{
    const Field *field = place->field;
    const Sentient__FieldRule *rule = field->rule;
    if (is_integer(field) && rule->min && !(field->has_min && fits(field, field->min)))
        fault(place, "min is no value of the field");
    if (is_integer(field) && rule->max && !(field->has_max && fits(field, field->max)))
        fault(place, "max is no value of the field");
    if (field->has_min && field->has_max && field->min > field->max)
        fault(place, "min is above max");
    if (rule->max_length && rule->min_length > rule->max_length)
        fault(place, "min_length is above max_length");
}

/* A single text that stands before this one: it has been checked when this one is. */
static const Field *field_before(const Place *place, const char *name)
{
    int index = message_field(place->message, name, strlen(name));
    const Field *other = index < 0 ? NULL : &place->message->fields[index];
    return other && other < place->field && other->kind == KIND_STRING && !other->list ? other
                                                                                       : NULL;
}

static bool is_date(const Field *field)
{
    return field && field->kind == KIND_STRING && !field->list &&
           field->rule->format == SENTIENT__FORMAT__DATE;
}

static void check_other(const Place *place)
{
    const Field *field = place->field;
    const char *other = field->rule->other_than, *first = field->rule->not_before;
    if (other && (!field_before(place, other) || field->kind != KIND_STRING || field->list))
        fault(place, "other_than belongs to a string and names a string field before it");
    if (first && !(is_date(field) && is_date(field_before(place, first))))
        fault(place, "not_before belongs to a date and names a date before it");
}

static void check_presence(const Place *place)
{
    const Field *field = place->field;
    if (field->rule->required && field->rule->nullable)
        fault(place, "is required and nullable");
    if (field->rule->required && field->rule->default_value)
        fault(place, "is required and has a default_value");
    if (field->rule->must_be_given && place->message->given < 0)
        fault(place, "must_be_given belongs to bodies of POSTs and PUTs");
    const char *wrong = field->rule->default_value ? default_fault(field) : NULL;
    if (wrong)
        fault(place, arena_printf(place->model->arena, "default_value %s", wrong));
}

static void check_json(const Place *place)
{
    const Field *field = place->field;
    bool good = islower((unsigned char)*field->json);
    for (const char *p = field->json; *p; p++)
        good &= isalnum((unsigned char)*p) != 0;
    if (!good)
        fault(place, "its JSON name is not camelCase");
    for (const Field *other = place->message->fields; other < field; other++)
        if (strcmp(other->json, field->json) == 0)
            fault(place, arena_printf(place->model->arena, "JSON name \"%s\" is that of %s",
                                      field->json, other->name));
}

void check_message(Model *model, const Message *message)
{
    const MessageProto *proto = message->proto;
    for (size_t i = 0; i < proto->n_nested_type; i++)
        if (!proto->nested_type[i]->options || !proto->nested_type[i]->options->map_entry)
            model_fault(model, message->file, message->name,
                        "message %s inside: only at the top level of a file",
                        proto->nested_type[i]->name);
    if (proto->n_enum_type || proto->n_extension || proto->n_extension_range)
        model_fault(model, message->file, message->name,
                    "enums and extensions inside messages are not supported");
    if (message->count > FIELDS_MAX)
        model_fault(model, message->file, message->name, "has more than %d fields", FIELDS_MAX);
    for (size_t i = 0; i < message->count; i++) {
        const Place place = {model, message, &message->fields[i]};
        if (place.field->hidden)
            continue;
        check_type(&place);
        check_rule_types(&place);
        check_range(&place);
        check_other(&place);
        check_presence(&place);
        check_json(&place);
    }
}
