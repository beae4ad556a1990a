/* <svc>.contract.[ch]: the tables of shared/kit/contract.h. */
#include <inttypes.h>
#include <string.h>

#include "names.h"
#include "output.h"

static const char *const FORMATS[] = {"TEXT", "UUID",   "DATE",     "INSTANT",
                                      "CODE", "EMAIL",  "PASSWORD", "NOTES",
                                      "SORT", "SEARCH", "OPAQUE",   "PERMISSION_NAME"};

static const char *upper(Buf *buf, const char *name)
{
    return name_upper(buf->arena, name);
}

static void write_header(Buf *buf, const File *file)
{
    header_begin(buf, file, "CONTRACT", arena_printf(buf->arena, "the contract of %s", file->path));
    buf_printf(buf, "#include \"kit/contract.h\"\n\nextern const Contract %s_CONTRACT;\n",
               file->upper);
    if (file->method_count) {
        buf_printf(buf,
                   "\n/* Methods by name; their order is the contract's. */\n"
                   "extern const Method %s_METHODS[%zu];\n",
                   file->upper, file->method_count);
        for (size_t i = 0; i < file->method_count; i++)
            buf_printf(buf, "#define %s_%s (&%s_METHODS[%zu])\n", file->upper,
                       upper(buf, file->methods[i].name), file->upper, i);
    }
    if (file->event_count) {
        buf_printf(buf,
                   "\n/* Event types by name: &EVENT_x points to one. */\n"
                   "extern const EventType %s_EVENTS[%zu];\n",
                   file->upper, file->event_count);
        size_t index = 0;
        for (size_t m = 0; m < file->count; m++)
            for (size_t e = 0; e < file->messages[m].event_count; e++)
                buf_printf(buf, "#define EVENT_%s (%s_EVENTS[%zu])\n",
                           upper(buf, file->messages[m].events[e].id), file->upper, index++);
    }
    buf_puts(buf, "\n/* Rules of messages. */\n");
    for (size_t i = 0; i < file->count; i++)
        buf_printf(buf, "extern const PbRule %s_RULE;\n", file->messages[i].upper);
    header_end(buf);
}

static void put_number(Buf *buf, const char *name, int64_t value)
{
    if (value == INT64_MIN)
        buf_printf(buf, ", .has_%s = true, .%s = INT64_MIN", name, name);
    else
        buf_printf(buf, ", .has_%s = true, .%s = INT64_C(%" PRId64 ")", name, name, value);
}

static void put_set(Buf *buf, const Sentient__FieldRule *rule)
{
    buf_puts(buf, ", .in = (const char *const[]){");
    for (size_t i = 0; i < rule->n_in; i++) {
        put_c_string(buf, rule->in[i]);
        buf_puts(buf, ", ");
    }
    buf_puts(buf, "NULL}");
}

/* A text of the rule, where it has one. */
static void put_text(Buf *buf, const char *name, const char *text)
{
    if (!text)
        return;
    buf_printf(buf, ", .%s = ", name);
    put_c_string(buf, text);
}

static void write_field(Buf *buf, const Field *field)
{
    const Sentient__FieldRule *rule = field->rule;
    buf_printf(buf, "    {.json = \"%s\", .format = FORMAT_%s", field->json, FORMATS[rule->format]);
    if (rule->decimals)
        buf_printf(buf, ", .decimals = %" PRIu32, rule->decimals);
    const struct {
        const char *name;
        int set;
    } flags[] = {{"required", rule->required},           {"nullable", rule->nullable},
                 {"omit_unset", rule->omit_unset},       {"secret", rule->secret},
                 {"must_be_given", rule->must_be_given}, {"not_zero", rule->not_zero}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].set)
            buf_printf(buf, ", .%s = true", flags[i].name);
    if (field->has_min)
        put_number(buf, "min", field->min);
    if (field->has_max)
        put_number(buf, "max", field->max);
    if (rule->min_length)
        buf_printf(buf, ", .min_length = %" PRIu32, rule->min_length);
    if (rule->max_length)
        buf_printf(buf, ", .max_length = %" PRIu32, rule->max_length);
    buf_printf(buf, ", .max_items = %" PRIu32,
               rule->max_items ? rule->max_items : (uint32_t)ITEMS_MAX_DEFAULT);
    if (rule->n_in)
        put_set(buf, rule);
    put_text(buf, "default_json", rule->default_value);
    put_text(buf, "max_hint", rule->max_hint);
    put_text(buf, "other_than", rule->other_than);
    put_text(buf, "not_before", rule->not_before);
    if (field->message)
        buf_printf(buf, ", .message = &%s_RULE", field->message->upper);
    buf_printf(buf, "}, /* %s */\n", field->name);
}

static void write_rule(Buf *buf, const Message *message)
{
    if (message->count) {
        buf_printf(buf, "\nstatic const PbField %s_FIELDS[] = {\n", message->upper);
        for (size_t i = 0; i < message->count; i++)
            write_field(buf, &message->fields[i]);
        buf_puts(buf, "};\n");
    }
    buf_printf(buf, "\nconst PbRule %s_RULE = {.descriptor = &%s__descriptor, .fields = ",
               message->upper, message->lower);
    buf_printf(buf, message->count ? "%s_FIELDS" : "NULL", message->upper);
    buf_printf(buf, ", .given = %d};\n", message->given);
}

static void write_method(Buf *buf, const Method *method)
{
    static const char *const ACCESS[] = {"PERMISSION", "SIGNED_IN", "PUBLIC"};
    static const char *const TX[] = {"NONE", "READ", "WRITE"};
    static const char *const PREPARE[] = {"NEVER", "ALWAYS", "ON_DEMAND"};
    const Sentient__MethodRule *rule = method->rule;
    const char *verb = verb_name(method->verb);
    uint64_t closed = method->path_fields;
    if (method->verb == VERB_POST || method->verb == VERB_PUT)
        closed |= method->in->addressed;

    buf_printf(buf, "    {.subject = \"%s\",\n     .name = \"%s\",\n     .operation = \"%s\",\n",
               rule->subject, method->name, method->operation);
    buf_printf(buf, "     .verb = VERB_%s", verb ? verb : "NONE");
    if (method->path)
        buf_printf(buf, ", .path = \"%s\"", method->path);
    if (rule->permission)
        buf_printf(buf, ", .permission = \"%s\"", rule->permission);
    buf_printf(buf, ",\n     .access = ACCESS_%s, .tx = TX_%s, .prepare = PREPARE_%s,\n",
               ACCESS[rule->access], TX[rule->tx], PREPARE[rule->prepare]);
    buf_printf(buf, "     .status = %" PRIu32 ", .internal = %s, .partial = %s", rule->status,
               rule->internal ? "true" : "false", method->verb == VERB_PUT ? "true" : "false");
    if (closed)
        buf_printf(buf, ", .path_fields = UINT64_C(0x%" PRIx64 ")", closed);
    buf_printf(buf, ",\n     .in = &%s_RULE, .out = &%s_RULE},\n", method->in->upper,
               method->out->upper);
}

static void write_events_table(Buf *buf, const File *file)
{
    buf_printf(buf, "\nconst EventType %s_EVENTS[%zu] = {\n", file->upper, file->event_count);
    for (size_t m = 0; m < file->count; m++)
        for (size_t e = 0; e < file->messages[m].event_count; e++) {
            const Event *event = &file->messages[m].events[e];
            buf_printf(buf, "    {.subject = \"%s\", .description = ", event->subject);
            put_c_string(buf, event->description);
            buf_printf(buf, ", .payload = &%s_RULE},\n", file->messages[m].upper);
        }
    buf_puts(buf, "};\n");
}

static void write_tables(Buf *buf, const File *file)
{
    if (file->method_count) {
        buf_printf(buf, "\nconst Method %s_METHODS[%zu] = {\n", file->upper, file->method_count);
        for (size_t i = 0; i < file->method_count; i++)
            write_method(buf, &file->methods[i]);
        buf_puts(buf, "};\n");
    }
    if (file->event_count)
        write_events_table(buf, file);
    if (file->count) {
        buf_puts(buf, "\nstatic const PbRule *const RULES[] = {\n");
        for (size_t i = 0; i < file->count; i++)
            buf_printf(buf, "    &%s_RULE,\n", file->messages[i].upper);
        buf_puts(buf, "};\n");
    }
}

static void write_root(Buf *buf, const File *file)
{
    buf_printf(buf, "\nconst Contract %s_CONTRACT = {\n    .service = \"%s\",\n", file->upper,
               file->name);
    if (file->method_count)
        buf_printf(buf, "    .methods = %s_METHODS,\n    .method_count = %zu,\n", file->upper,
                   file->method_count);
    if (file->event_count)
        buf_printf(buf, "    .events = %s_EVENTS,\n    .event_count = %zu,\n", file->upper,
                   file->event_count);
    if (file->count)
        buf_printf(buf, "    .rules = RULES,\n    .rule_count = %zu,\n", file->count);
    buf_puts(buf, "};\n");
}

static void write_permissions(Buf *buf, const Model *model)
{
    buf_puts(buf, "\nconst PermissionInfo PERMISSIONS[] = {\n");
    for (size_t i = 0; i < model->permission_count; i++) {
        buf_printf(buf, "    {\"%s\", ", model->permissions[i].name);
        put_c_string(buf, model->permissions[i].description);
        buf_puts(buf, "},\n");
    }
    buf_printf(buf, "};\nconst size_t PERMISSION_COUNT = %zu;\n", model->permission_count);
}

void write_contract(Output *output, const Model *model, const File *file)
{
    write_header(output_file(output, "%s.contract.h", file->name), file);
    Buf *buf = output_file(output, "%s.contract.c", file->name);
    source_begin(buf, arena_printf(buf->arena, "the contract of %s", file->path));
    buf_printf(buf, "#include \"sentient/%s.contract.h\"\n\n", file->name);
    for (size_t i = 0; i < file->proto->n_dependency; i++)
        buf_printf(buf, "#include \"sentient/%s.contract.h\"\n",
                   name_base(buf->arena, file->proto->dependency[i]));
    buf_printf(buf, "#include \"sentient/%s.pb-c.h\"\n", file->name);
    for (size_t i = 0; i < file->count; i++)
        write_rule(buf, &file->messages[i]);
    write_tables(buf, file);
    write_root(buf, file);
    if (file == model->permission_file)
        write_permissions(buf, model);
}
