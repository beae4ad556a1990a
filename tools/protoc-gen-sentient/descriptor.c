/* protobuf-c on an arena. Custom options are unknown to descriptor.proto's own types, so protobuf-c
 * keeps them as raw bytes: the length, then the message. */
#include "descriptor.h"

#include <string.h>

#include "base/str.h"

uint8_t *stream_read(Arena *arena, FILE *stream, size_t *ret_length)
{
    Buf buf = {.arena = arena};
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, stream)) > 0)
        buf_add(&buf, block, n);
    *ret_length = buf.length;
    if (ferror(stream))
        return NULL;
    buf_puts(&buf, "");
    return (uint8_t *)buf.data;
}

static void *allocate(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void release(void *arena, void *pointer)
{
    (void)arena, (void)pointer;
}

void *message_unpack(Arena *arena, const ProtobufCMessageDescriptor *type, const uint8_t *data,
                     size_t length)
{
    ProtobufCAllocator allocator = {allocate, release, arena};
    return protobuf_c_message_unpack(type, &allocator, length, data);
}

uint8_t *message_pack(Arena *arena, const ProtobufCMessage *message, size_t *ret_length)
{
    *ret_length = protobuf_c_message_get_packed_size(message);
    uint8_t *data = arena_alloc(arena, *ret_length + 1);
    protobuf_c_message_pack(message, data);
    return data;
}

static void *option_unpack(Arena *arena, const ProtobufCMessageUnknownField *field,
                           const ProtobufCMessageDescriptor *type)
{
    size_t prefix = 0;
    while (prefix < field->len && field->data[prefix] & 0x80)
        prefix++;
    prefix++;
    if (field->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED || prefix > field->len)
        return NULL;
    return message_unpack(arena, type, field->data + prefix, field->len - prefix);
}

void *option_message(Arena *arena, const ProtobufCMessage *options, uint32_t tag, size_t index,
                     const ProtobufCMessageDescriptor *type)
{
    for (unsigned i = 0; options && i < options->n_unknown_fields; i++)
        if (options->unknown_fields[i].tag == tag && index-- == 0)
            return option_unpack(arena, &options->unknown_fields[i], type);
    return NULL;
}

/* Lines of a paragraph become one; an empty line parts paragraphs. */
static const char *comment_clean(Arena *arena, const char *raw)
{
    Buf buf = {.arena = arena};
    buf_puts(&buf, "");
    bool parted = false;
    for (const char *line = raw; *line;) {
        size_t length = strcspn(line, "\n");
        const char *end = line + length;
        while (length && strchr(" \t\r", line[length - 1]))
            length--;
        size_t skip = length ? strspn(line, " \t") : 0;
        if (length > skip) {
            if (buf.length)
                buf_puts(&buf, parted ? "\n\n" : " ");
            buf_add(&buf, line + skip, length - skip);
            parted = false;
        } else {
            parted = true;
        }
        line = end + (*end == '\n');
    }
    return buf.data;
}

const char *comment_find(Arena *arena, const Google__Protobuf__FileDescriptorProto *file,
                         const int32_t *path, size_t length)
{
    const Google__Protobuf__SourceCodeInfo *info = file->source_code_info;
    for (size_t i = 0; info && i < info->n_location; i++) {
        const Google__Protobuf__SourceCodeInfo__Location *at = info->location[i];
        if (at->n_path != length || memcmp(at->path, path, length * sizeof *path) != 0)
            continue;
        const char *text = at->leading_comments ? at->leading_comments : at->trailing_comments;
        return text ? comment_clean(arena, text) : "";
    }
    return "";
}
