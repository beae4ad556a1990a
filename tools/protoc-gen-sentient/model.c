/* Questions that several parts ask about the model, and the list of faults. */
#include "model.h"

#include <string.h>

#include "base/decimal.h"

void model_fault(Model *model, const File *file, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(model->arena, format, args);
    va_end(args);
    buf_printf(&model->faults, "%s: %s: %s\n", file->path, where, text);
    model->fault_count++;
}

const char *verb_name(Verb verb)
{
    static const char *const NAMES[] = {NULL, "GET", "POST", "PUT", "DELETE"};
    return NAMES[verb];
}

bool field_scaled(const Field *field, const char *text, int64_t *ret_value)
{
    unsigned decimals = field->rule->decimals <= DECIMALS_MAX ? field->rule->decimals : 0;
    return decimal_parse(text, strlen(text), decimals, ret_value) == DECIMAL_OK;
}

int message_field(const Message *message, const char *name, size_t length)
{
    for (size_t i = 0; i < message->count; i++)
        if (strlen(message->fields[i].name) == length &&
            memcmp(message->fields[i].name, name, length) == 0)
            return (int)i;
    return -1;
}

bool path_next(const char **position, const char **ret_name, size_t *ret_length)
{
    const char *open = strchr(*position, '{');
    const char *close = open ? strchr(open, '}') : NULL;
    if (!close)
        return false;
    *ret_name = open + 1;
    *ret_length = (size_t)(close - open - 1);
    *position = close + 1;
    return true;
}

bool method_is_write(const Method *method)
{
    return method->verb == VERB_POST || method->verb == VERB_PUT || method->verb == VERB_DELETE;
}

bool method_answers(const Method *method, const char *field)
{
    return method->out && message_field(method->out, field, strlen(field)) >= 0;
}
