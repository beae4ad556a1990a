/* Fields of messages by index: finding, reading, setting. Not their rules: pb_check.c. */
#include "kit/pb_internal.h"

#include <stdlib.h>
#include <string.h>

static const ProtobufCFieldDescriptor *field_of(const PbRule *rule, int field)
{
    return &rule->descriptor->fields[field];
}

int pb_field(const PbRule *rule, const char *name)
{
    const ProtobufCFieldDescriptor *found =
        protobuf_c_message_descriptor_get_field_by_name(rule->descriptor, name);
    return found ? (int)(found - rule->descriptor->fields) : -1;
}

int pb_field_json(const PbRule *rule, const char *name, size_t length)
{
    for (int i = 0; i < (int)rule->descriptor->n_fields; i++) {
        const char *json = rule->fields[i].json;
        if (i != rule->given && strlen(json) == length && memcmp(json, name, length) == 0)
            return i;
    }
    return -1;
}

PbKind pb_kind(const PbRule *rule, int field)
{
    switch (field_of(rule, field)->type) {
    case PROTOBUF_C_TYPE_STRING: return PB_TEXT;
    case PROTOBUF_C_TYPE_BYTES: return PB_BYTES;
    case PROTOBUF_C_TYPE_BOOL: return PB_BOOL;
    case PROTOBUF_C_TYPE_MESSAGE: return PB_MESSAGE;
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE: abort();
    default: return PB_INT;
    }
}

bool pb_is_list(const PbRule *rule, int field)
{
    return field_of(rule, field)->label == PROTOBUF_C_LABEL_REPEATED;
}

static bool is_wide(const PbRule *rule, int field)
{
    switch (field_of(rule, field)->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: return true;
    default: return false;
    }
}

size_t pb_size(const PbRule *rule, int field)
{
    switch (pb_kind(rule, field)) {
    case PB_TEXT: return sizeof(char *);
    case PB_BYTES: return sizeof(ProtobufCBinaryData);
    case PB_BOOL: return sizeof(protobuf_c_boolean);
    case PB_MESSAGE: return sizeof(ProtobufCMessage *);
    default: return is_wide(rule, field) ? sizeof(int64_t) : sizeof(int32_t);
    }
}

void *pb_slot(const PbRule *rule, const ProtobufCMessage *message, int field)
{
    return (char *)(uintptr_t)message + field_of(rule, field)->offset;
}

size_t *pb_count(const PbRule *rule, const ProtobufCMessage *message, int field)
{
    return (void *)((char *)(uintptr_t)message + field_of(rule, field)->quantifier_offset);
}

/* NULL where the value itself tells (strings, messages) or is always there (proto2 required). */
static protobuf_c_boolean *has_of(const PbRule *rule, const ProtobufCMessage *message, int field)
{
    PbKind kind = pb_kind(rule, field);
    if (kind == PB_TEXT || kind == PB_MESSAGE ||
        field_of(rule, field)->label != PROTOBUF_C_LABEL_OPTIONAL)
        return NULL;
    return (void *)((char *)(uintptr_t)message + field_of(rule, field)->quantifier_offset);
}

void pb_set_has(const PbRule *rule, ProtobufCMessage *message, int field)
{
    protobuf_c_boolean *has = has_of(rule, message, field);
    if (has)
        *has = 1;
}

bool pb_is_set(const PbRule *rule, const ProtobufCMessage *message, int field)
{
    if (pb_is_list(rule, field))
        return *pb_count(rule, message, field) > 0;
    PbKind kind = pb_kind(rule, field);
    if (kind == PB_TEXT || kind == PB_MESSAGE)
        return *(void **)pb_slot(rule, message, field) != NULL;
    const protobuf_c_boolean *has = has_of(rule, message, field);
    return !has || *has;
}

void pb_clear(const PbRule *rule, ProtobufCMessage *message, int field)
{
    if (pb_is_list(rule, field)) {
        *pb_count(rule, message, field) = 0;
        *(void **)pb_slot(rule, message, field) = NULL;
        return;
    }
    memset(pb_slot(rule, message, field), 0, pb_size(rule, field));
    protobuf_c_boolean *has = has_of(rule, message, field);
    if (has)
        *has = 0;
}

int64_t pb_load(const PbRule *rule, int field, const void *at)
{
    if (is_wide(rule, field))
        return *(const int64_t *)at;
    ProtobufCType type = field_of(rule, field)->type;
    if (type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_FIXED32)
        return *(const uint32_t *)at;
    return *(const int32_t *)at;
}

void pb_store(const PbRule *rule, int field, void *at, int64_t value)
{
    if (is_wide(rule, field))
        *(int64_t *)at = value;
    else
        *(uint32_t *)at = (uint32_t)(uint64_t)value;
}

const char *pb_get_text(const PbRule *rule, const ProtobufCMessage *message, int field)
{
    return *(const char **)pb_slot(rule, message, field);
}

bool pb_get_int(const PbRule *rule, const ProtobufCMessage *message, int field, int64_t *ret_value)
{
    if (!pb_is_set(rule, message, field))
        return false;
    *ret_value = pb_load(rule, field, pb_slot(rule, message, field));
    return true;
}

void pb_set_text(const PbRule *rule, ProtobufCMessage *message, int field, const char *text)
{
    *(const char **)pb_slot(rule, message, field) = text;
}

void pb_set_int(const PbRule *rule, ProtobufCMessage *message, int field, int64_t value)
{
    pb_store(rule, field, pb_slot(rule, message, field), value);
    pb_set_has(rule, message, field);
}

void pb_set_bool(const PbRule *rule, ProtobufCMessage *message, int field, bool value)
{
    *(protobuf_c_boolean *)pb_slot(rule, message, field) = value;
    pb_set_has(rule, message, field);
}
