/* Rows as messages: columns find fields by name, dotted ones in message fields.
 * Not the number of rows: see db_sink.c. */
#include <string.h>

#include "kit/db_internal.h"
#include "kit/pb.h"

enum { NODES_MAX = 16 };

/* A message that columns reach: the row's own, or one in a field of another. */
typedef struct Node {
    const ProtobufCMessageDescriptor *descriptor;
    const ProtobufCFieldDescriptor *field; /* of the parent; NULL: the row's own */
    int parent;
} Node;

typedef struct Target {
    const ProtobufCFieldDescriptor *field; /* NULL: ignored */
    int node;
    unsigned scale;
} Target;

struct DbRows {
    Arena *arena;
    const char *query;
    const PGresult *result;
    int columns;
    Target *targets;
    Node nodes[NODES_MAX];
    int node_count;
};

/* ---- planning ---- */

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *descriptor,
                                                  const char *name, size_t length)
{
    char text[64];
    if (length >= sizeof text)
        return NULL;
    memcpy(text, name, length);
    text[length] = '\0';
    return protobuf_c_message_descriptor_get_field_by_name(descriptor, text);
}

/* The node of a message field; -1: no such field. */
static int node_of(DbRows *rows, int parent, const char *name, size_t length)
{
    const ProtobufCFieldDescriptor *field =
        find_field(rows->nodes[parent].descriptor, name, length);
    if (!field || field->type != PROTOBUF_C_TYPE_MESSAGE ||
        field->label == PROTOBUF_C_LABEL_REPEATED)
        return -1;
    for (int i = 1; i < rows->node_count; i++)
        if (rows->nodes[i].parent == parent && rows->nodes[i].field == field)
            return i;
    if (rows->node_count == NODES_MAX)
        return -1;
    rows->nodes[rows->node_count] = (Node){field->descriptor, field, parent};
    return rows->node_count++;
}

static bool plan_column(DbRows *rows, const char *name, Target *target)
{
    const char *dot;
    for (; (dot = strchr(name, '.')); name = dot + 1) {
        target->node = node_of(rows, target->node, name, (size_t)(dot - name));
        if (target->node < 0)
            return false;
    }
    const ProtobufCMessageDescriptor *descriptor = rows->nodes[target->node].descriptor;
    target->field = descriptor ? find_field(descriptor, name, strlen(name)) : NULL;
    if (!target->field || target->field->type == PROTOBUF_C_TYPE_MESSAGE)
        return false;
    const PbRule *rule = pb_rule(descriptor);
    target->scale = rule ? rule->fields[target->field - descriptor->fields].decimals : 0;
    return true;
}

const Err *db_rows_plan(Arena *arena, const char *query,
                        const ProtobufCMessageDescriptor *descriptor, const PGresult *result,
                        DbRows **ret_rows)
{
    DbRows *rows = ARENA_NEW(arena, DbRows);
    *rows = (DbRows){.arena = arena,
                     .query = query,
                     .result = result,
                     .columns = PQnfields(result),
                     .nodes = {{.descriptor = descriptor}},
                     .node_count = 1};
    rows->targets = arena_array(arena, (size_t)rows->columns, sizeof *rows->targets);
    for (int i = 0; i < rows->columns; i++) {
        const char *name = PQfname(result, i);
        if (*name != '_' && !plan_column(rows, name, &rows->targets[i]))
            return db_defect(arena, query, "column %s has no field in %s", name, descriptor->name);
    }
    *ret_rows = rows;
    return NULL;
}

/* ---- reading ---- */

static ProtobufCMessage *node_message(const DbRows *rows, ProtobufCMessage **made, int node)
{
    if (made[node])
        return made[node];
    const Node *of = &rows->nodes[node];
    char *parent = (char *)node_message(rows, made, of->parent);
    ProtobufCMessage **slot = (ProtobufCMessage **)(void *)(parent + of->field->offset);
    if (!*slot) {
        *slot = arena_alloc(rows->arena, of->descriptor->sizeof_message);
        protobuf_c_message_init(of->descriptor, *slot);
    }
    made[node] = *slot;
    return *slot;
}

static void set_has(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, bool has)
{
    if (field->label == PROTOBUF_C_LABEL_OPTIONAL && field->type != PROTOBUF_C_TYPE_STRING)
        *(protobuf_c_boolean *)((char *)message + field->quantifier_offset) = has;
}

static void clear(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    char *at = (char *)message + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        *(size_t *)(void *)((char *)message + field->quantifier_offset) = 0;
    else if (field->type == PROTOBUF_C_TYPE_STRING)
        *(char **)(void *)at = NULL;
    else
        set_has(message, field, false);
}

static bool read_number(const DbRows *rows, int row, int column, void *at)
{
    const Target *target = &rows->targets[column];
    int64_t value;
    if (!db_value_decimal(rows->result, row, column, target->scale, &value))
        return false;
    switch (target->field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        *(int32_t *)at = (int32_t)value;
        return value >= INT32_MIN && value <= INT32_MAX;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        *(uint32_t *)at = (uint32_t)value;
        return value >= 0 && value <= UINT32_MAX;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: *(int64_t *)at = value; return true;
    default: return false;
    }
}

static bool read_list(const DbRows *rows, int row, int column, ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = rows->targets[column].field;
    char *base = (char *)message;
    return field->type == PROTOBUF_C_TYPE_STRING &&
           db_value_array(rows->arena, rows->result, row, column,
                          (char ***)(void *)(base + field->offset),
                          (size_t *)(void *)(base + field->quantifier_offset));
}

static bool read_value(const DbRows *rows, int row, int column, ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = rows->targets[column].field;
    void *at = (char *)message + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_list(rows, row, column, message);
    set_has(message, field, true);
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        *(char **)at = db_value_text(rows->arena, rows->result, row, column);
        return true;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = db_value_bool(rows->result, row, column);
        return true;
    case PROTOBUF_C_TYPE_BYTES: return db_value_bytes(rows->arena, rows->result, row, column, at);
    default: return read_number(rows, row, column, at);
    }
}

const Err *db_rows_read(const DbRows *rows, int row, ProtobufCMessage *message)
{
    ProtobufCMessage *made[NODES_MAX] = {message};
    for (int i = 0; i < rows->columns; i++) {
        const Target *target = &rows->targets[i];
        if (!target->field)
            continue;
        if (PQgetisnull(rows->result, row, i)) {
            if (!target->node)
                clear(message, target->field);
            continue;
        }
        if (!read_value(rows, row, i, node_message(rows, made, target->node)))
            return db_defect(rows->arena, rows->query, "column %s does not fit field %s",
                             PQfname(rows->result, i), target->field->name);
    }
    return NULL;
}
