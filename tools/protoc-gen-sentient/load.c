/* From descriptors to the model. Tolerates every mistake of the contract: check_*.c name them. */
#include <stdlib.h>
#include <string.h>

#include "descriptor.h"
#include "model.h"
#include "names.h"
#include "vocabulary.h"

/* Field numbers in descriptor.proto, as SourceCodeInfo's paths have them. */
enum {
    FILE_MESSAGE = 4,
    FILE_ENUM = 5,
    FILE_SERVICE = 6,
    MESSAGE_FIELD = 2,
    SERVICE_METHOD = 2,
    ENUM_VALUE = 2
};

#define COMMENT(model, file, ...)                                                                  \
    comment_find((model)->arena, (file), (const int32_t[]){__VA_ARGS__},                           \
                 sizeof(const int32_t[]){__VA_ARGS__} / sizeof(int32_t))

static Kind kind_of(const FieldProto *field)
{
    switch (field->type) {
    case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_STRING: return KIND_STRING;
    case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_BOOL: return KIND_BOOL;
    case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_INT32: return KIND_INT32;
    case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_INT64: return KIND_INT64;
    case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_UINT32: return KIND_UINT32;
    case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_BYTES: return KIND_BYTES;
    case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_MESSAGE: return KIND_MESSAGE;
    default: return KIND_UNSUPPORTED;
    }
}

static void load_field(Model *model, const File *file, size_t message, size_t index, Field *field)
{
    const FieldProto *proto = file->proto->message_type[message]->field[index];
    const Sentient__FieldRule *rule = rule_of_field(model->arena, proto);
    if (!rule) {
        Sentient__FieldRule *none = ARENA_NEW(model->arena, Sentient__FieldRule);
        sentient__field_rule__init(none);
        rule = none;
    }
    *field = (Field){
        .proto = proto,
        .rule = rule,
        .name = proto->name,
        .json = rule->json ? rule->json : name_json(model->arena, proto->name),
        .comment = COMMENT(model, file->proto, FILE_MESSAGE, (int32_t)message, MESSAGE_FIELD,
                           (int32_t)index),
        .kind = kind_of(proto),
        .list = proto->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED,
        .hidden = proto->number == GIVEN_TAG,
    };
    if (field->hidden)
        field->json = "";
    field->has_min = rule->min && field_scaled(field, rule->min, &field->min);
    field->has_max = rule->max && field_scaled(field, rule->max, &field->max);
}

static int field_order(const void *a, const void *b)
{
    int32_t left = ((const Field *)a)->proto->number, right = ((const Field *)b)->proto->number;
    return (left > right) - (left < right);
}

static void load_events(Model *model, Message *message)
{
    size_t count = 0;
    while (rule_of_event(model->arena, message->proto, count))
        count++;
    message->events = arena_array(model->arena, count, sizeof *message->events);
    message->event_count = count;
    for (size_t i = 0; i < count; i++) {
        const Sentient__EventRule *rule = rule_of_event(model->arena, message->proto, i);
        const char *subject = rule->subject ? rule->subject : "";
        message->events[i] = (Event){
            .subject = subject,
            .description = rule->description ? rule->description : "",
            .id = name_replace(model->arena, subject, '.', '_'),
            .message = message,
        };
    }
}

static void load_message(Model *model, const File *file, size_t index, Message *message)
{
    const MessageProto *proto = file->proto->message_type[index];
    const char *package = file->proto->package ? file->proto->package : "";
    const char *full =
        arena_printf(model->arena, *package ? ".%s.%s" : "%s.%s", package, proto->name);
    *message = (Message){
        .file = file,
        .proto = proto,
        .name = proto->name,
        .full = full,
        .c = name_c(model->arena, full),
        .lower = name_lower(model->arena, full),
        .upper = name_upper(model->arena, full),
        .comment = COMMENT(model, file->proto, FILE_MESSAGE, (int32_t)index),
        .fields = arena_array(model->arena, proto->n_field, sizeof(Field)),
        .count = proto->n_field,
        .given = -1,
    };
    for (size_t i = 0; i < message->count; i++)
        load_field(model, file, index, i, &message->fields[i]);
    qsort(message->fields, message->count, sizeof(Field), field_order);
    if (message->count && message->fields[message->count - 1].hidden)
        message->given = (int)message->count - 1;
    load_events(model, message);
}

static Message *find_message(const Model *model, const char *full)
{
    for (size_t f = 0; full && f < model->count; f++)
        for (size_t m = 0; m < model->files[f].count; m++)
            if (strcmp(model->files[f].messages[m].full, full) == 0)
                return &model->files[f].messages[m];
    return NULL;
}

static void load_route(Method *method)
{
    const struct {
        Verb verb;
        const char *path;
    } routes[] = {{VERB_GET, method->rule->get},
                  {VERB_POST, method->rule->post},
                  {VERB_PUT, method->rule->put},
                  {VERB_DELETE, method->rule->delete_}};
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!routes[i].path)
            continue;
        method->verb = routes[i].verb;
        method->path = routes[i].path;
        method->verbs++;
    }
    const char *position = method->path, *name;
    size_t length;
    while (position && method->in && path_next(&position, &name, &length)) {
        int field = message_field(method->in, name, length);
        if (field >= 0 && field < FIELDS_MAX)
            method->path_fields |= UINT64_C(1) << field;
    }
}

/* "sales.so.create" and "sales.internal.so.create" → "so_create". */
static const char *handler_name(Model *model, const char *subject)
{
    const char *dot = strchr(subject, '.');
    if (!dot)
        return "";
    const char *rest = dot + 1;
    if (str_starts(rest, "internal."))
        rest += strlen("internal.");
    return name_replace(model->arena, rest, '.', '_');
}

static void load_method(Model *model, const File *file, size_t service, size_t index,
                        Method *method)
{
    const ServiceProto *owner = file->proto->service[service];
    const MethodProto *proto = owner->method[index];
    const Sentient__MethodRule *rule = rule_of_method(model->arena, proto);
    Sentient__MethodRule *none = ARENA_NEW(model->arena, Sentient__MethodRule);
    sentient__method_rule__init(none);
    *method = (Method){
        .file = file,
        .service = owner->name,
        .operation = arena_printf(model->arena, "%s.%s", owner->name, proto->name),
        .comment = COMMENT(model, file->proto, FILE_SERVICE, (int32_t)service, SERVICE_METHOD,
                           (int32_t)index),
        .proto = proto,
        .rule = rule ? rule : none,
        .ruled = rule != NULL,
        .in = find_message(model, proto->input_type),
        .out = find_message(model, proto->output_type),
    };
    method->name = handler_name(model, method->rule->subject ? method->rule->subject : "");
    load_route(method);
}

static void load_services(Model *model, File *file)
{
    size_t count = 0;
    for (size_t s = 0; s < file->proto->n_service; s++)
        count += file->proto->service[s]->n_method;
    file->methods = arena_array(model->arena, count, sizeof *file->methods);
    file->tags = arena_array(model->arena, file->proto->n_service, sizeof *file->tags);
    for (size_t s = 0; s < file->proto->n_service; s++) {
        const ServiceProto *service = file->proto->service[s];
        Tag *tag = &file->tags[file->tag_count++];
        *tag = (Tag){.name = service->name,
                     .title = name_title(model->arena, service->name),
                     .comment = COMMENT(model, file->proto, FILE_SERVICE, (int32_t)s)};
        for (size_t m = 0; m < service->n_method; m++) {
            Method *method = &file->methods[file->method_count++];
            load_method(model, file, s, m, method);
            tag->routed |= method->verb != VERB_NONE;
        }
    }
}

static void load_file(Model *model, const FileProto *proto, File *file)
{
    *file = (File){
        .proto = proto,
        .path = proto->name,
        .name = name_base(model->arena, proto->name),
        .messages = arena_array(model->arena, proto->n_message_type, sizeof(Message)),
        .count = proto->n_message_type,
    };
    file->upper = name_upper(model->arena, file->name);
    for (size_t i = 0; i < file->count; i++) {
        load_message(model, file, i, &file->messages[i]);
        file->event_count += file->messages[i].event_count;
    }
}

static void load_permissions(Model *model, const File *file)
{
    for (size_t e = 0; e < file->proto->n_enum_type; e++) {
        const EnumProto *type = file->proto->enum_type[e];
        if (!str_eq(file->proto->package, "sentient") || strcmp(type->name, "Permission") != 0)
            continue;
        model->permission_file = file;
        model->permissions = arena_array(model->arena, type->n_value, sizeof(Permission));
        model->permission_count = type->n_value;
        for (size_t i = 0; i < type->n_value; i++) {
            char *name = arena_strdup(model->arena, type->value[i]->name);
            for (char *p = name; *p; p++)
                *p = *p == '_' ? '.' : (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
            model->permissions[i] = (Permission){
                name, COMMENT(model, file->proto, FILE_ENUM, (int32_t)e, ENUM_VALUE, (int32_t)i)};
        }
    }
}

/* Marks the message, which may be NULL, and what its fields hold. */
static void mark_shown(Message *message, unsigned bit)
{
    if (!message || message->shown & bit)
        return;
    message->shown |= bit;
    unsigned inside = bit == SHOWN_PARTIAL ? SHOWN_REQUEST : bit;
    for (size_t i = 0; i < message->count; i++)
        mark_shown(message->fields[i].message, inside);
}

/* What only the whole set tells: types of fields, who takes which message. */
static void link_file(Model *model, File *file)
{
    for (size_t m = 0; m < file->count; m++)
        for (size_t i = 0; i < file->messages[m].count; i++) {
            Field *field = &file->messages[m].fields[i];
            if (field->kind == KIND_MESSAGE)
                field->message = find_message(model, field->proto->type_name);
        }
}

static void link_methods(File *file)
{
    for (size_t i = 0; i < file->method_count; i++) {
        Method *method = &file->methods[i];
        if (!method->in || method->verb == VERB_NONE)
            continue;
        mark_shown(method->out, SHOWN_REPLY);
        if (method->verb != VERB_POST && method->verb != VERB_PUT)
            continue;
        mark_shown(method->in, method->verb == VERB_PUT ? SHOWN_PARTIAL : SHOWN_REQUEST);
        method->in->addressed |= method->path_fields;
    }
}

/* The closed set of fields of format PERMISSION_NAME is the enum's. */
static void link_permissions(Model *model, Field *field)
{
    if (field->rule->format != SENTIENT__FORMAT__PERMISSION_NAME)
        return;
    Sentient__FieldRule *rule = ARENA_NEW(model->arena, Sentient__FieldRule);
    *rule = *field->rule;
    rule->n_in = model->permission_count;
    rule->in = arena_array(model->arena, model->permission_count + 1, sizeof *rule->in);
    for (size_t i = 0; i < model->permission_count; i++)
        rule->in[i] = arena_strdup(model->arena, model->permissions[i].name);
    field->rule = rule;
}

/* The message's own name, with the package before it where two packages show one of that name. */
static const char *schema_name(const Model *model, const Message *message)
{
    size_t same = 0;
    for (size_t f = 0; f < model->count; f++)
        for (size_t m = 0; m < model->files[f].count; m++) {
            const Message *other = &model->files[f].messages[m];
            same += other->shown && strcmp(other->name, message->name) == 0;
        }
    return same > 1 ? name_json(model->arena, message->c) : message->name;
}

void model_load(Model *model, FileProto **files, size_t count)
{
    model->files = arena_array(model->arena, count, sizeof *model->files);
    model->count = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_vocabulary(files[i]->name))
            load_file(model, files[i], &model->files[model->count++]);
    for (size_t i = 0; i < model->count; i++) {
        link_file(model, &model->files[i]);
        load_services(model, &model->files[i]);
        load_permissions(model, &model->files[i]);
    }
    for (size_t i = 0; i < model->count; i++)
        link_methods(&model->files[i]);
    for (size_t f = 0; f < model->count; f++)
        for (size_t m = 0; m < model->files[f].count; m++) {
            Message *message = &model->files[f].messages[m];
            message->schema = schema_name(model, message);
            for (size_t i = 0; i < message->count; i++)
                link_permissions(model, &message->fields[i]);
        }
}
