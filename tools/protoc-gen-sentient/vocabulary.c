/* Custom options by their extension numbers. */
#include "vocabulary.h"

#include <string.h>

#include "descriptor.h"

enum { METHOD_OPTION = 50001, FIELD_OPTION = 50002, EVENT_OPTION = 50003 };

const Sentient__MethodRule *rule_of_method(Arena *arena,
                                           const Google__Protobuf__MethodDescriptorProto *method)
{
    const ProtobufCMessage *options = method->options ? &method->options->base : NULL;
    return option_message(arena, options, METHOD_OPTION, 0, &sentient__method_rule__descriptor);
}

const Sentient__FieldRule *rule_of_field(Arena *arena,
                                         const Google__Protobuf__FieldDescriptorProto *field)
{
    const ProtobufCMessage *options = field->options ? &field->options->base : NULL;
    return option_message(arena, options, FIELD_OPTION, 0, &sentient__field_rule__descriptor);
}

const Sentient__EventRule *
rule_of_event(Arena *arena, const Google__Protobuf__DescriptorProto *message, size_t index)
{
    const ProtobufCMessage *options = message->options ? &message->options->base : NULL;
    return option_message(arena, options, EVENT_OPTION, index, &sentient__event_rule__descriptor);
}

bool is_vocabulary(const char *path)
{
    return strcmp(path, "sentient/options.proto") == 0 ||
           strcmp(path, "google/protobuf/descriptor.proto") == 0;
}
