/* Checks of the whole: files, names that must be unique across files, messages without end. */
#include "check.h"

#include <ctype.h>
#include <string.h>

bool is_name(const char *text, unsigned parts)
{
    bool begins = true;
    for (const char *p = text; *p; p++) {
        bool letter = islower((unsigned char)*p);
        if (!letter && (begins || (*p != '.' && *p != '_' && !isdigit((unsigned char)*p))))
            return false;
        begins = *p == '.';
        parts -= begins && parts;
    }
    return !begins && parts == 1;
}

static void check_file(Model *model, const File *file)
{
    const FileProto *proto = file->proto;
    if (proto->syntax && strcmp(proto->syntax, "proto2") != 0)
        model_fault(model, file, "syntax", "must be proto2 (presence)");
    if (!is_name(file->name, 1))
        model_fault(model, file, "file name", "must be lower case");
    if (file->method_count && !str_eq(proto->package, file->name))
        model_fault(model, file, "package", "must be \"%s\", as the file is called", file->name);
    for (size_t i = 0; i < proto->n_enum_type; i++)
        if (file != model->permission_file || strcmp(proto->enum_type[i]->name, "Permission") != 0)
            model_fault(model, file, proto->enum_type[i]->name,
                        "enums are not supported: use a string with `in`");
    if (proto->n_extension)
        model_fault(model, file, "extend", "extensions belong to options.proto");
}

/* Two paths are of one shape where they differ in the names of their parameters alone. */
static bool same_shape(const char *a, const char *b)
{
    while (*a && *b) {
        if (*a != *b)
            return false;
        if (*a == '{') {
            a += strcspn(a, "}");
            b += strcspn(b, "}");
        }
        a += *a != '\0';
        b += *b != '\0';
    }
    return *a == *b;
}

static void compare_methods(Model *model, const Method *method, const Method *earlier)
{
    const char *of = arena_printf(model->arena, "%s: %s", earlier->file->path, earlier->operation);
    const char *subject = method->rule->subject;
    if (method->verb != VERB_NONE && method->verb == earlier->verb &&
        same_shape(method->path, earlier->path))
        model_fault(model, method->file, method->operation, "route %s %s is that of %s",
                    verb_name(method->verb), method->path, of);
    if (subject && str_eq(subject, earlier->rule->subject))
        model_fault(model, method->file, method->operation, "subject %s is that of %s", subject,
                    of);
    else if (method->file == earlier->file && *method->name &&
             strcmp(method->name, earlier->name) == 0)
        model_fault(model, method->file, method->operation, "handler %s is that of %s",
                    method->name, of);
    if (method->path && earlier->path && same_shape(method->path, earlier->path) &&
        strcmp(method->path, earlier->path) != 0)
        model_fault(model, method->file, method->operation,
                    "path %s names its fields otherwise than %s", method->path, of);
}

static void check_unique_methods(Model *model, size_t file, size_t index)
{
    const Method *method = &model->files[file].methods[index];
    for (size_t f = 0; f <= file; f++) {
        size_t end = f == file ? index : model->files[f].method_count;
        for (size_t m = 0; m < end; m++)
            compare_methods(model, method, &model->files[f].methods[m]);
    }
}

/* The first event with that name, in the order of the files. */
static const Event *first_event(const Model *model, const char *id)
{
    for (size_t f = 0; f < model->count; f++)
        for (size_t m = 0; m < model->files[f].count; m++)
            for (size_t e = 0; e < model->files[f].messages[m].event_count; e++)
                if (strcmp(model->files[f].messages[m].events[e].id, id) == 0)
                    return &model->files[f].messages[m].events[e];
    return NULL;
}

static void check_events(Model *model, const Message *message)
{
    for (size_t e = 0; e < message->event_count; e++) {
        const Event *event = &message->events[e];
        const Event *first = first_event(model, event->id);
        if (!is_name(event->subject, 2))
            model_fault(model, message->file, message->name,
                        "event subject \"%s\" is not <thing>.<what_happened>", event->subject);
        if (first != event)
            model_fault(model, message->file, message->name, "event %s is that of %s: %s",
                        event->subject, first->message->file->path, first->message->name);
        if (!*event->description)
            model_fault(model, message->file, message->name, "event %s has no description",
                        event->subject);
    }
    int uuid = message->event_count ? message_field(message, "uuid", 4) : 0;
    if (message->event_count &&
        (uuid < 0 || message->fields[uuid].kind != KIND_STRING || message->fields[uuid].list))
        model_fault(model, message->file, message->name,
                    "is the payload of an event, but has no string field uuid");
}

/* Whether `target` can be reached from the fields of `from`. `seen` marks messages by their place
 * in the model. */
static bool reaches(const Model *model, const Message *from, const Message *target, bool *seen)
{
    size_t place = 0;
    for (size_t f = 0; &model->files[f] != from->file; f++)
        place += model->files[f].count;
    place += (size_t)(from - from->file->messages);
    if (seen[place])
        return false;
    seen[place] = true;
    for (size_t i = 0; i < from->count; i++) {
        const Message *next = from->fields[i].message;
        if (next && (next == target || reaches(model, next, target, seen)))
            return true;
    }
    return false;
}

static void check_recursion(Model *model, const Message *message)
{
    size_t total = 0;
    for (size_t f = 0; f < model->count; f++)
        total += model->files[f].count;
    bool *seen = arena_array(model->arena, total, sizeof *seen);
    if (reaches(model, message, message, seen))
        model_fault(model, message->file, message->name, "contains itself");
}

static void check_permissions(Model *model)
{
    for (size_t i = 0; i < model->permission_count; i++)
        if (!*model->permissions[i].description)
            model_fault(model, model->permission_file, model->permissions[i].name,
                        "has no comment: it is the description that clients see");
    if (!model->permission_count && model->count)
        model_fault(model, &model->files[0], "sentient.Permission", "no file declares this enum");
}

void model_check(Model *model)
{
    check_permissions(model);
    for (size_t f = 0; f < model->count; f++) {
        const File *file = &model->files[f];
        check_file(model, file);
        for (size_t m = 0; m < file->method_count; m++) {
            check_method(model, &file->methods[m]);
            check_unique_methods(model, f, m);
        }
        for (size_t m = 0; m < file->count; m++) {
            check_message(model, &file->messages[m]);
            check_recursion(model, &file->messages[m]);
            check_events(model, &file->messages[m]);
        }
    }
}
