/* From rules to JSON Schema, as OpenAPI 3.1 has it. */
#include <string.h>

#include "openapi.h"

bool field_in_body(const Message *message, size_t index)
{
    bool addressed = index < FIELDS_MAX && message->addressed >> index & 1;
    return !message->fields[index].hidden && !addressed;
}

bool method_has_body(const Method *method)
{
    if (method->verb != VERB_POST && method->verb != VERB_PUT)
        return false;
    for (size_t i = 0; i < method->in->count; i++)
        if (field_in_body(method->in, i))
            return true;
    return false;
}

static const char *component(Arena *arena, const Message *message, Flavour flavour)
{
    bool both = message->shown & SHOWN_REPLY;
    const char *suffix = flavour == SHOWN_PARTIAL           ? "Partial"
                         : flavour == SHOWN_REQUEST && both ? "Request"
                                                            : "";
    return arena_printf(arena, "%s%s", message->schema, suffix);
}

void schema_ref(Json *json, const char *key, const Message *message, Flavour flavour)
{
    Arena *arena = json->buf->arena;
    json_open(json, key, '{');
    json_text(json, "$ref",
              arena_printf(arena, "#/components/schemas/%s", component(arena, message, flavour)));
    json_close(json, '}');
}

static void put_type(Json *json, const Field *field, const char *type)
{
    if (!field->rule->nullable) {
        json_text(json, "type", type);
        return;
    }
    json_open(json, "type", '[');
    json_text(json, NULL, type);
    json_text(json, NULL, "null");
    json_close(json, ']');
}

#define NOT_BLANK "[^ \\t\\r\\n]"

typedef struct TextRule {
    const char *format, *pattern;
    uint32_t min, max; /* of requests; 0: none */
} TextRule;

/* In the order of sentient.Format. */
static const TextRule TEXT_RULES[] = {
    [SENTIENT__FORMAT__TEXT] = {NULL, NOT_BLANK, 1, 255},
    [SENTIENT__FORMAT__UUID] = {"uuid", NULL, 0, 0},
    [SENTIENT__FORMAT__DATE] = {"date", NULL, 0, 0},
    [SENTIENT__FORMAT__INSTANT] = {"date-time", NULL, 0, 0},
    [SENTIENT__FORMAT__CODE] = {NULL, "^[A-Za-z0-9._/-]{1,40}$", 1, 40},
    [SENTIENT__FORMAT__EMAIL] = {"email", NULL, 3, 254},
    [SENTIENT__FORMAT__PASSWORD] = {"password", NULL, 8, 1024},
    [SENTIENT__FORMAT__NOTES] = {NULL, NOT_BLANK, 1, 2000},
    [SENTIENT__FORMAT__SORT] = {NULL, NULL, 0, 0},
    [SENTIENT__FORMAT__SEARCH] = {NULL, NULL, 0, 255},
    [SENTIENT__FORMAT__OPAQUE] = {NULL, NULL, 0, 4096},
    [SENTIENT__FORMAT__PERMISSION_NAME] = {NULL, NULL, 0, 0},
};

static void put_set(Json *json, const Field *field)
{
    const Sentient__FieldRule *rule = field->rule;
    json_open(json, "enum", '[');
    for (size_t i = 0; i < rule->n_in; i++) {
        json_text(json, NULL, rule->in[i]);
        if (rule->format == SENTIENT__FORMAT__SORT)
            json_text(json, NULL, arena_printf(json->buf->arena, "-%s", rule->in[i]));
    }
    if (rule->nullable)
        json_raw(json, NULL, "null");
    json_close(json, ']');
}

static void put_text(Json *json, const Field *field, Flavour flavour)
{
    const Sentient__FieldRule *rule = field->rule;
    const TextRule *text = &TEXT_RULES[rule->format];
    put_type(json, field, "string");
    if (text->format)
        json_text(json, "format", text->format);
    if (rule->n_in) {
        put_set(json, field);
        return;
    }
    if (flavour == SHOWN_REPLY)
        return;
    bool nothing = rule->format == SENTIENT__FORMAT__NOTES && rule->nullable; /* is null */
    uint32_t min = rule->has_min_length ? rule->min_length
                   : nothing            ? 0
                   : !text->min         ? rule->required && text->max
                                        : text->min;
    uint32_t max = rule->max_length ? rule->max_length : text->max;
    if (text->pattern && !nothing)
        json_text(json, "pattern", text->pattern);
    if (min)
        json_number(json, "minLength", min);
    if (max)
        json_number(json, "maxLength", max);
}

static void put_number(Json *json, const Field *field, Flavour flavour)
{
    const Sentient__FieldRule *rule = field->rule;
    put_type(json, field, rule->decimals ? "number" : "integer");
    if (!rule->decimals)
        json_text(json, "format", field->kind == KIND_INT32 ? "int32" : "int64");
    if (flavour == SHOWN_REPLY)
        return;
    if (rule->min || field->kind == KIND_UINT32)
        json_raw(json, "minimum", rule->min ? rule->min : "0");
    if (rule->max || field->kind == KIND_UINT32)
        json_raw(json, "maximum", rule->max ? rule->max : "4294967295");
    if (rule->not_zero)
        json_raw(json, "not", "{\"const\":0}");
}

static void put_scalar(Json *json, const Field *field, Flavour flavour)
{
    switch (field->kind) {
    case KIND_STRING: put_text(json, field, flavour); break;
    case KIND_BOOL: put_type(json, field, "boolean"); break;
    case KIND_BYTES:
        put_type(json, field, "string");
        json_text(json, "contentEncoding", "base64");
        break;
    default: put_number(json, field, flavour);
    }
}

static void put_list(Json *json, const Field *field, Flavour flavour)
{
    uint32_t max = field->rule->max_items ? field->rule->max_items : (uint32_t)ITEMS_MAX_DEFAULT;
    Sentient__FieldRule rule = *field->rule;
    Field element = *field;
    rule.nullable = false;
    element.rule = &rule;
    put_type(json, field, "array");
    if (field->message) {
        schema_ref(json, "items", field->message, flavour);
    } else {
        json_open(json, "items", '{');
        put_text(json, &element, flavour);
        json_close(json, '}');
    }
    if (flavour == SHOWN_REPLY)
        return;
    if (field->rule->required)
        json_number(json, "minItems", 1);
    json_number(json, "maxItems", max);
}

static void put_message(Json *json, const Field *field, Flavour flavour)
{
    json_open(json, field->rule->nullable ? "anyOf" : "allOf", '[');
    schema_ref(json, NULL, field->message, flavour);
    if (field->rule->nullable) {
        json_open(json, NULL, '{');
        json_text(json, "type", "null");
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* The comment, and what no keyword says without binary floating point (multipleOf). */
static void put_description(Json *json, const Field *field)
{
    Buf text = {.arena = json->buf->arena};
    buf_puts(&text, field->comment);
    if (field->rule->decimals)
        buf_printf(&text, "%sAt most %u decimals.", text.length ? " " : "", field->rule->decimals);
    if (text.length)
        json_text(json, "description", text.data);
}

void schema_field(Json *json, const char *key, const Field *field, Flavour flavour)
{
    /* What lies inside a PUT's body is whole. */
    Flavour inside = flavour == SHOWN_PARTIAL ? SHOWN_REQUEST : flavour;
    json_open(json, key, '{');
    if (field->list)
        put_list(json, field, inside);
    else if (field->kind == KIND_MESSAGE)
        put_message(json, field, inside);
    else
        put_scalar(json, field, inside);
    if (field->rule->default_value && flavour == SHOWN_REQUEST)
        json_raw(json, "default", field->rule->default_value);
    put_description(json, field);
    json_close(json, '}');
}

static bool field_shown(const Message *message, size_t index, Flavour flavour)
{
    return flavour == SHOWN_REPLY ? !message->fields[index].hidden : field_in_body(message, index);
}

static bool field_required(const Field *field, Flavour flavour)
{
    return (flavour == SHOWN_REQUEST && field->rule->required) ||
           (flavour != SHOWN_REPLY && field->rule->must_be_given) ||
           (flavour == SHOWN_REPLY && !field->rule->omit_unset);
}

static void put_required(Json *json, const Message *message, Flavour flavour)
{
    bool open = false;
    for (size_t i = 0; i < message->count; i++) {
        const Field *field = &message->fields[i];
        if (!field_shown(message, i, flavour) || !field_required(field, flavour))
            continue;
        if (!open)
            json_open(json, "required", '[');
        open = true;
        json_text(json, NULL, field->json);
    }
    if (open)
        json_close(json, ']');
}

static void put_component(Json *json, const Message *message, Flavour flavour)
{
    if (!(message->shown & flavour))
        return;
    json_open(json, component(json->buf->arena, message, flavour), '{');
    json_text(json, "type", "object");
    if (*message->comment)
        json_text(json, "description", message->comment);
    json_open(json, "properties", '{');
    for (size_t i = 0; i < message->count; i++)
        if (field_shown(message, i, flavour))
            schema_field(json, message->fields[i].json, &message->fields[i], flavour);
    json_close(json, '}');
    put_required(json, message, flavour);
    if (flavour != SHOWN_REPLY)
        json_raw(json, "additionalProperties", "false");
    json_close(json, '}');
}

void schema_components(Json *json, const Model *model)
{
    for (size_t f = 0; f < model->count; f++)
        for (size_t m = 0; m < model->files[f].count; m++) {
            const Message *message = &model->files[f].messages[m];
            put_component(json, message, SHOWN_REPLY);
            put_component(json, message, SHOWN_REQUEST);
            put_component(json, message, SHOWN_PARTIAL);
        }
}
