/* Partial updates and defaults: what a message takes from elsewhere. Not what it may hold:
 * pb_check.c. */
#include "kit/pb_internal.h"

#include <stdlib.h>
#include <string.h>

static int field_by_tag(const PbRule *rule, uint32_t tag)
{
    const ProtobufCFieldDescriptor *found =
        protobuf_c_message_descriptor_get_field(rule->descriptor, tag);
    return found ? (int)(found - rule->descriptor->fields) : -1;
}

/* Fields of another kind, of other decimals or with messages of another type are the handler's. */
static bool same_type(const PbRule *a, int i, const PbRule *b, int k)
{
    const ProtobufCFieldDescriptor *left = &a->descriptor->fields[i];
    const ProtobufCFieldDescriptor *right = &b->descriptor->fields[k];
    bool number = pb_kind(a, i) == PB_INT && pb_kind(b, k) == PB_INT && !pb_is_list(a, i);
    return (left->type == right->type || number) && left->label == right->label &&
           left->descriptor == right->descriptor && a->fields[i].decimals == b->fields[k].decimals;
}

static void field_copy(const PbRule *from_rule, const ProtobufCMessage *from, int i,
                       const PbRule *to_rule, ProtobufCMessage *to, int k)
{
    int64_t number;
    pb_clear(to_rule, to, k);
    if (!pb_is_set(from_rule, from, i))
        return;
    if (pb_is_list(from_rule, i)) {
        *pb_count(to_rule, to, k) = *pb_count(from_rule, from, i);
        *(void **)pb_slot(to_rule, to, k) = *(void **)pb_slot(from_rule, from, i);
    } else if (pb_kind(from_rule, i) == PB_INT) {
        (void)pb_get_int(from_rule, from, i, &number);
        pb_set_int(to_rule, to, k, number);
    } else {
        memcpy(pb_slot(to_rule, to, k), pb_slot(from_rule, from, i), pb_size(from_rule, i));
        pb_set_has(to_rule, to, k);
    }
}

void pb_merge(const PbRule *update_rule, const ProtobufCMessage *update,
              const PbRule *document_rule, ProtobufCMessage *document)
{
    if (update_rule->given < 0)
        return;
    const uint32_t *given = *(uint32_t **)pb_slot(update_rule, update, update_rule->given);
    for (size_t n = 0; n < *pb_count(update_rule, update, update_rule->given); n++) {
        int i = field_by_tag(update_rule, given[n]);
        if (i < 0 || i == update_rule->given)
            continue;
        int k = pb_field(document_rule, update_rule->descriptor->fields[i].name);
        if (k >= 0 && k != document_rule->given && same_type(update_rule, i, document_rule, k))
            field_copy(update_rule, update, i, document_rule, document, k);
    }
}

static void default_take(Arena *arena, const PbRule *rule, ProtobufCMessage *message, int field)
{
    ErrList errors = {.arena = arena};
    const char *text = rule->fields[field].default_json;
    if (json_read_field(arena, rule, message, field, text, strlen(text), &errors) || errors.count)
        abort(); /* the table itself is wrong */
}

static void defaults_below(Arena *arena, const PbRule *rule, ProtobufCMessage *message, int field)
{
    bool list = pb_is_list(rule, field);
    size_t count = list ? *pb_count(rule, message, field) : 1;
    void *slot = pb_slot(rule, message, field);
    ProtobufCMessage **messages = list ? *(ProtobufCMessage ***)slot : slot;
    for (size_t i = 0; i < count; i++)
        pb_defaults(arena, rule->fields[field].message, messages[i], 0);
}

static int tag_order(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Of the tags, those of fields that must be given. */
static size_t given_keep(const PbRule *rule, uint32_t *tags, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int field = field_by_tag(rule, tags[i]);
        if (field >= 0 && rule->fields[field].must_be_given)
            tags[kept++] = tags[i];
    }
    return kept;
}

/* Two bodies that mean the same become the same message: the order of members means nothing, and in
 * a whole document neither does which of them took their default. */
static void given_settle(const PbRule *rule, ProtobufCMessage *message, unsigned flags)
{
    if (rule->given < 0)
        return;
    size_t *count = pb_count(rule, message, rule->given);
    uint32_t **tags = pb_slot(rule, message, rule->given);
    if (!(flags & PB_PARTIAL))
        *count = given_keep(rule, *tags, *count);
    if (*count)
        qsort(*tags, *count, sizeof **tags, tag_order);
}

/* In a PUT what is absent stays as it is; null, where it is allowed, means the default. */
static bool takes_default(const PbRule *rule, const ProtobufCMessage *message, int field,
                          unsigned flags)
{
    const PbField *own = &rule->fields[field];
    if (!own->default_json || !(flags & PB_PARTIAL))
        return own->default_json;
    return own->nullable && pb_given(rule, message, rule->descriptor->fields[field].name);
}

void pb_defaults(Arena *arena, const PbRule *rule, ProtobufCMessage *message, unsigned flags)
{
    for (int i = 0; i < (int)rule->descriptor->n_fields; i++) {
        if (i == rule->given)
            continue;
        if (pb_is_set(rule, message, i)) {
            if (pb_kind(rule, i) == PB_MESSAGE)
                defaults_below(arena, rule, message, i);
        } else if (takes_default(rule, message, i, flags)) {
            default_take(arena, rule, message, i);
        }
    }
    given_settle(rule, message, flags);
}
