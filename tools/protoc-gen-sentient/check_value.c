/* Whether a default is a value that a client could have given: JSON text under its field's rule. */
#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "check.h"

static const char *number_fault(const Field *field)
{
    int64_t value;
    if (!field_scaled(field, field->rule->default_value, &value))
        return "is no number of that many decimals";
    bool low = (field->has_min && value < field->min) ||
               (field->kind == KIND_UINT32 && value < 0) ||
               (field->kind == KIND_INT32 && value < INT32_MIN);
    bool high = (field->has_max && value > field->max) ||
                (field->kind == KIND_UINT32 && value > UINT32_MAX) ||
                (field->kind == KIND_INT32 && value > INT32_MAX);
    return low || high || (!value && field->rule->not_zero) ? "is out of range" : NULL;
}

static bool in_set(const Field *field, const char *text)
{
    if (field->rule->format == SENTIENT__FORMAT__SORT && *text == '-')
        text++;
    for (size_t i = 0; i < field->rule->n_in; i++)
        if (strcmp(field->rule->in[i], text) == 0)
            return true;
    return field->rule->n_in == 0;
}

static bool is_code(const char *text, size_t length)
{
    for (const char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("._/-", *p))
            return false;
    return length >= 1 && length <= 40;
}

static bool has_format(const Field *field, const char *text, size_t length)
{
    int64_t instant;
    switch (field->rule->format) {
    case SENTIENT__FORMAT__UUID: return uuid_valid(text, length);
    case SENTIENT__FORMAT__DATE: return date_valid(text, length);
    case SENTIENT__FORMAT__INSTANT: return instant_parse(text, length, &instant);
    case SENTIENT__FORMAT__CODE: return is_code(text, length);
    case SENTIENT__FORMAT__EMAIL: return strchr(text, '@') && length <= 254;
    default: return true;
    }
}

/* `text` is a JSON string with its quotes; escapes are not needed in defaults, so refused. */
static const char *text_fault(const Field *field)
{
    const char *json = field->rule->default_value;
    size_t length = strlen(json);
    if (length < 2 || json[0] != '"' || strcspn(json + 1, "\"\\") != length - 2)
        return "is no JSON string (without escapes)";
    char text[1024];
    length -= 2;
    if (length >= sizeof text)
        return "is too long";
    memcpy(text, json + 1, length);
    text[length] = '\0';

    size_t characters = utf8_count(text, length);
    uint32_t limit = field->rule->max_length ? field->rule->max_length : 255;
    if (characters < field->rule->min_length || characters > limit)
        return "is too short or too long";
    if (!in_set(field, text))
        return "is not in the closed set";
    return has_format(field, text, length) ? NULL : "has not the field's format";
}

const char *default_fault(const Field *field)
{
    const char *json = field->rule->default_value;
    if (field->list)
        return "belongs to a single value";
    switch (field->kind) {
    case KIND_BOOL:
        return strcmp(json, "true") == 0 || strcmp(json, "false") == 0 ? NULL
                                                                       : "is not true or false";
    case KIND_INT32:
    case KIND_INT64:
    case KIND_UINT32: return number_fault(field);
    case KIND_STRING: return text_fault(field);
    default: return "belongs to a single value";
    }
}
