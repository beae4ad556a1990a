/* Results to where the caller wants them: one row or many, as messages, structs or single values.
 * Not the reading of a message's row: see db_row.c. */
#include <string.h>

#include "base/str.h"
#include "kit/db_internal.h"

typedef struct Taking {
    Arena *arena;
    const char *query;
    const DbSink *sink;
    DbTail *tail;
    const PGresult *result;
} Taking;

/* ---- messages ---- */

static const Err *take_message(const Taking *take)
{
    DbRows *rows;
    TRY(db_rows_plan(take->arena, take->query, take->sink->message->descriptor, take->result,
                     &rows));
    return db_rows_read(rows, 0, take->sink->message);
}

/* Room for `more` elements behind those that a list field has; returns the first new one. */
static void *list_grow(Arena *arena, ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field, size_t more)
{
    size_t *count = (size_t *)(void *)((char *)message + field->quantifier_offset);
    void ***list = (void ***)(void *)((char *)message + field->offset);
    void **grown = arena_array(arena, *count + more, sizeof(void *));
    if (*count)
        memcpy(grown, *list, *count * sizeof(void *));
    *list = grown;
    *count += more;
    return grown + *count - more;
}

static const Err *tail_read(const Taking *take, int row)
{
    int id = PQfnumber(take->result, "\"_id\""), sort = PQfnumber(take->result, "\"_sort\"");
    if (id < 0 || sort < 0 || PQgetisnull(take->result, row, sort) ||
        !db_value_int(take->result, row, id, &take->tail->id))
        return db_defect(take->arena, take->query, "a row has no id or no sort value");
    take->tail->sort = arena_strdup(take->arena, PQgetvalue(take->result, row, sort));
    return NULL;
}

static const Err *take_texts(const Taking *take, const ProtobufCFieldDescriptor *field, int count)
{
    if (field->type != PROTOBUF_C_TYPE_STRING || PQnfields(take->result) != 1)
        return db_defect(take->arena, take->query, "rows do not fit the list %s", field->name);
    char **texts = list_grow(take->arena, take->sink->message, field, (size_t)count);
    for (int i = 0; i < count; i++)
        texts[i] = db_value_text(take->arena, take->result, i, 0);
    return NULL;
}

static const Err *take_list(const Taking *take)
{
    ProtobufCMessage *message = take->sink->message;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, take->sink->field);
    if (!field || field->label != PROTOBUF_C_LABEL_REPEATED)
        return db_defect(take->arena, take->query, "%s has no list %s", message->descriptor->name,
                         take->sink->field);
    int count = PQntuples(take->result);
    if (take->tail && count > take->tail->limit) {
        take->tail->more = true;
        count = take->tail->limit;
    }
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return take_texts(take, field, count);
    const ProtobufCMessageDescriptor *of = field->descriptor;
    DbRows *rows;
    TRY(db_rows_plan(take->arena, take->query, of, take->result, &rows));
    ProtobufCMessage **list = list_grow(take->arena, message, field, (size_t)count);
    char *block = arena_array(take->arena, (size_t)count, of->sizeof_message);
    for (int i = 0; i < count; i++, block += of->sizeof_message) {
        list[i] = (ProtobufCMessage *)(void *)block;
        protobuf_c_message_init(of, list[i]);
        TRY(db_rows_read(rows, i, list[i]));
    }
    return take->tail && take->tail->more ? tail_read(take, count - 1) : NULL;
}

/* ---- structs ---- */

static int column_number(const PGresult *result, const char *name)
{
    for (int i = 0; i < PQnfields(result); i++)
        if (str_eq(PQfname(result, i), name))
            return i;
    return -1;
}

static const DbColumn *column_find(const DbColumn *columns, const char *name)
{
    for (; columns->name; columns++)
        if (str_eq(columns->name, name))
            return columns;
    return NULL;
}

/* The result's column of each member. */
static const Err *struct_plan(const Taking *take, int **ret_numbers)
{
    const DbColumn *columns = take->sink->columns;
    size_t count = 0;
    while (columns[count].name)
        count++;
    int *numbers = *ret_numbers = arena_array(take->arena, count, sizeof *numbers);
    for (int i = 0; i < PQnfields(take->result); i++) {
        const char *name = PQfname(take->result, i);
        if (*name != '_' && !column_find(columns, name))
            return db_defect(take->arena, take->query, "column %s has no member", name);
    }
    for (size_t i = 0; i < count; i++) {
        numbers[i] = column_number(take->result, columns[i].name);
        if (numbers[i] < 0)
            return db_defect(take->arena, take->query, "member %s has no column", columns[i].name);
    }
    return NULL;
}

static bool member_read(const Taking *take, const DbColumn *column, int row, int number, void *at)
{
    bool null = PQgetisnull(take->result, row, number);
    switch (column->type) {
    case DB_TEXT:
        *(const char **)at = null ? NULL : db_value_text(take->arena, take->result, row, number);
        return true;
    case DB_BOOL: *(bool *)at = !null && db_value_bool(take->result, row, number); return true;
    case DB_INT:
    case DB_NUMERIC:
        *(int64_t *)at = 0;
        return null || db_value_decimal(take->result, row, number, column->scale, at);
    case DB_BYTEA:
        *(ProtobufCBinaryData *)at = (ProtobufCBinaryData){0};
        return null || db_value_bytes(take->arena, take->result, row, number, at);
    }
    return false;
}

static const Err *struct_read(const Taking *take, const int *numbers, int row, void *into)
{
    for (const DbColumn *column = take->sink->columns; column->name; column++) {
        if (!member_read(take, column, row, *numbers++, (char *)into + column->offset))
            return db_defect(take->arena, take->query, "column %s does not fit its member",
                             column->name);
    }
    return NULL;
}

static const Err *take_struct(const Taking *take)
{
    int *numbers = NULL;
    TRY(struct_plan(take, &numbers));
    return struct_read(take, numbers, 0, take->sink->into);
}

static const Err *take_structs(const Taking *take)
{
    int *numbers = NULL;
    TRY(struct_plan(take, &numbers));
    size_t count = (size_t)PQntuples(take->result);
    char *array = arena_array(take->arena, count, take->sink->size);
    for (size_t i = 0; i < count; i++)
        TRY(struct_read(take, numbers, (int)i, array + i * take->sink->size));
    *(void **)take->sink->into = array;
    *take->sink->count = count;
    return NULL;
}

/* ---- single values ---- */

static const Err *take_int(const Taking *take)
{
    int64_t *into = take->sink->into;
    *into = 0;
    if (PQnfields(take->result) < 1 ||
        (!PQgetisnull(take->result, 0, 0) && !db_value_int(take->result, 0, 0, into)))
        return db_defect(take->arena, take->query, "the result is no integer");
    return NULL;
}

static const Err *take_text(const Taking *take)
{
    if (PQnfields(take->result) < 1)
        return db_defect(take->arena, take->query, "the result has no column");
    *(const char **)take->sink->into =
        PQgetisnull(take->result, 0, 0) ? NULL : db_value_text(take->arena, take->result, 0, 0);
    return NULL;
}

static const Err *take_count(const Taking *take)
{
    int64_t *into = take->sink->into;
    if (!str_to_int64(PQcmdTuples((PGresult *)take->result), into))
        return db_defect(take->arena, take->query, "the statement counts no rows");
    return NULL;
}

/* One row, or none where the caller asks whether there is one. */
static const Err *take_one(const Taking *take, const Err *(*read)(const Taking *))
{
    int count = PQntuples(take->result);
    if (count > 1)
        return db_defect(take->arena, take->query, "%d rows where one was expected", count);
    if (take->sink->found)
        *take->sink->found = count == 1;
    else if (!count)
        return &ERR_NO_DOCUMENT;
    return count ? read(take) : NULL;
}

const Err *db_sink_take(Arena *arena, const char *query, const DbSink *sink, DbTail *tail,
                        const PGresult *result)
{
    Taking take = {arena, query, sink, tail, result};
    switch (sink->kind) {
    case SINK_NONE: return NULL;
    case SINK_COUNT: return take_count(&take);
    case SINK_MESSAGE: return take_one(&take, take_message);
    case SINK_STRUCT: return take_one(&take, take_struct);
    case SINK_INT: return take_one(&take, take_int);
    case SINK_TEXT: return take_one(&take, take_text);
    case SINK_LIST: return take_list(&take);
    case SINK_STRUCTS: return take_structs(&take);
    }
    return NULL;
}
