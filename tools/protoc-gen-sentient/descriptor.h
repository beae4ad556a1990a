/* Reading descriptors: messages in an arena, custom options among unknown fields, comments.
 * Knows protobuf, nothing of the contract. */
#ifndef SENTIENT_GEN_DESCRIPTOR_H
#define SENTIENT_GEN_DESCRIPTOR_H

#include <stdio.h>

#include "base/arena.h"
#include "google/protobuf/descriptor.pb-c.h"

/* Everything until the end of the stream; NULL where it cannot be read. */
uint8_t *stream_read(Arena *arena, FILE *stream, size_t *ret_length);
/* NULL where the bytes are no such message. */
void *message_unpack(Arena *arena, const ProtobufCMessageDescriptor *type, const uint8_t *data,
                     size_t length);
uint8_t *message_pack(Arena *arena, const ProtobufCMessage *message, size_t *ret_length);

/* The index-th value of the extension `tag`, which is a message of that type. NULL where there is
 * none; `options` may be NULL. */
void *option_message(Arena *arena, const ProtobufCMessage *options, uint32_t tag, size_t index,
                     const ProtobufCMessageDescriptor *type);

/* The comment above the element at this path of SourceCodeInfo, else the one behind it, as
 * paragraphs; "" where there is none. */
const char *comment_find(Arena *arena, const Google__Protobuf__FileDescriptorProto *file,
                         const int32_t *path, size_t length);

#endif
