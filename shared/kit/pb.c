/* Whole messages: making, packing, unpacking, and the register of rules. Not their fields:
 * pb_field.c; not their checks: pb_check.c. */
#include "kit/pb.h"

#include <stdlib.h>

#include "kit/pb_internal.h"

enum {
    UNPACK_BUDGET = 64 * 1024 * 1024, /* memory of one unpacked message, against tiny repeats */
    REGISTER_SLOTS = 2048,            /* a power of two */
};

ProtobufCMessage *pb_new(Arena *arena, const PbRule *rule)
{
    ProtobufCMessage *message = arena_alloc(arena, rule->descriptor->sizeof_message);
    protobuf_c_message_init(rule->descriptor, message);
    return message;
}

typedef struct Budget {
    Arena *arena;
    size_t left;
} Budget;

static void *budget_alloc(void *data, size_t size)
{
    Budget *budget = data;
    if (size > budget->left)
        return NULL;
    budget->left -= size;
    return arena_alloc(budget->arena, size);
}

static void budget_free(void *data, void *pointer)
{
    (void)data, (void)pointer;
}

/* Unknown fields must not come along when the message is packed again. */
static void unknown_drop(const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage *message)
{
    message->n_unknown_fields = 0;
    message->unknown_fields = NULL;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        void *slot = (char *)message + field->offset;
        bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
        size_t n = list ? *(size_t *)(void *)((char *)message + field->quantifier_offset) : 1;
        ProtobufCMessage **messages = list ? *(ProtobufCMessage ***)slot : slot;
        for (size_t k = 0; k < n; k++)
            if (messages[k])
                unknown_drop(field->descriptor, messages[k]);
    }
}

ProtobufCMessage *pb_unpack(Arena *arena, const PbRule *rule, const uint8_t *data, size_t length)
{
    static const uint8_t NOTHING[1];
    if (length > PB_UNPACK_MAX)
        return NULL;
    Budget budget = {arena, UNPACK_BUDGET};
    ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(rule->descriptor, &allocator, length, length ? data : NOTHING);
    if (message)
        unknown_drop(rule->descriptor, message);
    return message;
}

uint8_t *pb_pack(Arena *arena, const ProtobufCMessage *message, size_t *ret_length)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *data = arena_alloc(arena, length + 1);
    *ret_length = protobuf_c_message_pack(message, data);
    return data;
}

static const PbRule *registered[REGISTER_SLOTS];
static size_t registered_count;

static size_t register_slot(const ProtobufCMessageDescriptor *descriptor)
{
    size_t i = ((uintptr_t)descriptor >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    for (i &= REGISTER_SLOTS - 1;; i = (i + 1) & (REGISTER_SLOTS - 1))
        if (!registered[i] || registered[i]->descriptor == descriptor)
            return i;
}

void pb_register(const Contract *contract)
{
    for (size_t i = 0; i < contract->rule_count; i++) {
        const PbRule *rule = contract->rules[i];
        size_t slot = register_slot(rule->descriptor);
        if (registered[slot])
            continue;
        /* masks of fields have 64 bits; the register must keep free slots */
        if (rule->descriptor->n_fields > PB_FIELDS_MAX || registered_count > REGISTER_SLOTS / 2)
            abort();
        registered[slot] = rule;
        registered_count++;
    }
}

const PbRule *pb_rule(const ProtobufCMessageDescriptor *descriptor)
{
    return registered[register_slot(descriptor)];
}
