/* Adds `repeated uint32 given` to bodies that need it, and drops the vocabulary's own files. */
#include "expand.h"

#include <string.h>

#include "descriptor.h"
#include "model.h"
#include "vocabulary.h"

typedef Google__Protobuf__FileDescriptorSet FileSet;

static MessageProto *set_message(Arena *arena, const FileSet *set, const char *full)
{
    for (size_t i = 0; i < set->n_file; i++) {
        const FileProto *file = set->file[i];
        for (size_t m = 0; m < file->n_message_type; m++) {
            const char *name = file->message_type[m]->name;
            const char *package = file->package ? file->package : "";
            const char *own = arena_printf(arena, *package ? ".%s.%s" : "%s.%s", package, name);
            if (strcmp(own, full) == 0)
                return file->message_type[m];
        }
    }
    return NULL;
}

/* False where the message has a field of that name already. */
static bool add_given(Arena *arena, MessageProto *message)
{
    for (size_t i = 0; i < message->n_field; i++)
        if (strcmp(message->field[i]->name, GIVEN_NAME) == 0)
            return message->field[i]->number == GIVEN_TAG;
    FieldProto *field = ARENA_NEW(arena, FieldProto);
    google__protobuf__field_descriptor_proto__init(field);
    field->name = arena_strdup(arena, GIVEN_NAME);
    field->has_number = field->has_label = field->has_type = true;
    field->number = GIVEN_TAG;
    field->label = GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED;
    field->type = GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_UINT32;

    FieldProto **fields = arena_array(arena, message->n_field + 1, sizeof *fields);
    if (message->n_field)
        memcpy(fields, message->field, message->n_field * sizeof *fields);
    fields[message->n_field++] = field;
    message->field = fields;
    return true;
}

static bool must_be_given(Arena *arena, const MessageProto *message)
{
    for (size_t i = 0; i < message->n_field; i++) {
        const Sentient__FieldRule *rule = rule_of_field(arena, message->field[i]);
        if (rule && rule->must_be_given)
            return true;
    }
    return false;
}

/* The body of a PUT, and of a POST some of which must be given; NULL: neither. */
static MessageProto *body_with_given(Arena *arena, const FileSet *set, const MethodProto *method)
{
    const Sentient__MethodRule *rule = rule_of_method(arena, method);
    if (!rule || (!rule->put && !rule->post))
        return NULL;
    MessageProto *in = set_message(arena, set, method->input_type);
    return in && (rule->put || must_be_given(arena, in)) ? in : NULL;
}

static bool expand_service(Arena *arena, const FileSet *set, const char *file,
                           const ServiceProto *service)
{
    bool good = true;
    for (size_t i = 0; i < service->n_method; i++) {
        const MethodProto *method = service->method[i];
        MessageProto *in = body_with_given(arena, set, method);
        if (in && !add_given(arena, in)) {
            (void)fprintf(stderr, "%s: %s.%s: its request %s must not have a field \"%s\"\n", file,
                          service->name, method->name, in->name, GIVEN_NAME);
            good = false;
        }
    }
    return good;
}

static bool expand_set(Arena *arena, FileSet *set)
{
    bool good = true;
    size_t kept = 0;
    for (size_t i = 0; i < set->n_file; i++) {
        FileProto *file = set->file[i];
        if (is_vocabulary(file->name))
            continue;
        if (file->n_public_dependency || file->n_weak_dependency) {
            (void)fprintf(stderr, "%s: only plain imports\n", file->name);
            good = false;
        }
        size_t imports = 0;
        for (size_t d = 0; d < file->n_dependency; d++)
            if (!is_vocabulary(file->dependency[d]))
                file->dependency[imports++] = file->dependency[d];
        file->n_dependency = imports;
        for (size_t s = 0; s < file->n_service; s++)
            good &= expand_service(arena, set, file->name, file->service[s]);
        set->file[kept++] = file;
    }
    set->n_file = kept;
    return good;
}

static FileSet *set_read(Arena *arena, const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return NULL;
    size_t length;
    uint8_t *data = stream_read(arena, stream, &length);
    (void)fclose(stream);
    if (!data)
        return NULL;
    return message_unpack(arena, &google__protobuf__file_descriptor_set__descriptor, data, length);
}

static bool set_write(Arena *arena, const FileSet *set, const char *path)
{
    size_t length;
    uint8_t *data = message_pack(arena, &set->base, &length);
    FILE *stream = fopen(path, "wb");
    if (!stream)
        return false;
    bool good = fwrite(data, 1, length, stream) == length;
    return fclose(stream) == 0 && good;
}

int expand(Arena *arena, const char *from, const char *to)
{
    FileSet *set = set_read(arena, from);
    if (!set) {
        (void)fprintf(stderr, "%s: no descriptor set\n", from);
        return 1;
    }
    if (!expand_set(arena, set))
        return 1;
    if (!set_write(arena, set, to)) {
        (void)fprintf(stderr, "%s: cannot be written\n", to);
        return 1;
    }
    return 0;
}
