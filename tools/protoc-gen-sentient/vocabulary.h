/* The options of proto/sentient/options.proto as they stand on methods, fields and messages.
 * The one place that knows their extension numbers. */
#ifndef SENTIENT_GEN_VOCABULARY_H
#define SENTIENT_GEN_VOCABULARY_H

#include <stdbool.h>

#include "base/arena.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "sentient/options.pb-c.h"

/* NULL where the element carries none. */
const Sentient__MethodRule *rule_of_method(Arena *arena,
                                           const Google__Protobuf__MethodDescriptorProto *method);
const Sentient__FieldRule *rule_of_field(Arena *arena,
                                         const Google__Protobuf__FieldDescriptorProto *field);
/* A message may carry several: index 0, 1 … until NULL. */
const Sentient__EventRule *
rule_of_event(Arena *arena, const Google__Protobuf__DescriptorProto *message, size_t index);

/* Whether the file is the vocabulary itself, or what it imports: no contract stands there. */
bool is_vocabulary(const char *path);

#endif
