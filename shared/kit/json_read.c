/* JSON to messages in one pass, without a tree. Not the rules of formats and ranges: pb_check.c. */
#include <string.h>

#include "kit/json.h"
#include "kit/json_token.h"
#include "kit/pb_internal.h"

const Err ERR_JSON = {.kind = ERR_INVALID, .message = "Malformed JSON"};

typedef struct Reader {
    JsonIn in;
    Arena *arena;
    ErrList *errors;
} Reader;

/* Functions that return bool here: false where the text is malformed. A fault of a value is told to
 * `errors`, and reading goes on. */
static bool read_object(Reader *reader, const PbPath *path, const PbRule *rule,
                        ProtobufCMessage *message, uint64_t closed);

static bool fault(Reader *reader, const PbPath *path, const char *text)
{
    PB_FAULT(reader->errors, path, "%s", text);
    return json_skip(&reader->in);
}

static bool read_text(Reader *reader, char **at, bool *ret_set)
{
    JsonText text;
    if (!json_text(&reader->in, &text))
        return false;
    *at = json_text_copy(reader->arena, &text);
    *ret_set = true;
    return true;
}

static bool read_bytes(Reader *reader, const PbPath *path, ProtobufCBinaryData *at, bool *ret_set)
{
    JsonText text;
    if (!json_text(&reader->in, &text))
        return false;
    char *copy = json_text_copy(reader->arena, &text);
    *ret_set = base64url_decode(reader->arena, copy, strlen(copy), &at->data, &at->len);
    if (!*ret_set)
        PB_FAULT(reader->errors, path, "must be base64url without padding");
    return true;
}

static bool read_bool(Reader *reader, protobuf_c_boolean *at, bool *ret_set)
{
    *at = *reader->in.at == 't';
    *ret_set = true;
    return json_word(&reader->in, *at ? "true" : "false");
}

static bool read_number(Reader *reader, const PbPath *path, const PbRule *rule, int field, void *at,
                        bool *ret_set)
{
    const char *token;
    size_t length;
    int64_t value;
    if (!json_number(&reader->in, &token, &length))
        return false;
    *ret_set = pb_number(reader->errors, path, rule, field, token, length, &value);
    if (*ret_set)
        pb_store(rule, field, at, value);
    return true;
}

static bool read_message(Reader *reader, const PbPath *path, const PbRule *rule,
                         ProtobufCMessage **at, bool *ret_set)
{
    *at = pb_new(reader->arena, rule);
    *ret_set = true;
    return read_object(reader, path, rule, *at, 0);
}

/* One value that is not null, into its place; ret_set stays false where it was a fault. */
static bool read_value(Reader *reader, const PbPath *path, const PbRule *rule, int field, void *at,
                       bool *ret_set)
{
    char c = json_peek(&reader->in);
    switch (pb_kind(rule, field)) {
    case PB_TEXT:
        return c == '"' ? read_text(reader, at, ret_set) : fault(reader, path, "must be a string");
    case PB_BYTES:
        return c == '"' ? read_bytes(reader, path, at, ret_set)
                        : fault(reader, path, "must be a string");
    case PB_BOOL:
        return c == 't' || c == 'f' ? read_bool(reader, at, ret_set)
                                    : fault(reader, path, "must be true or false");
    case PB_INT:
        return c == '-' || (c >= '0' && c <= '9')
                   ? read_number(reader, path, rule, field, at, ret_set)
                   : fault(reader, path, "must be a number");
    default:
        return c == '{' ? read_message(reader, path, rule->fields[field].message, at, ret_set)
                        : fault(reader, path, "must be an object");
    }
}

typedef struct List {
    char *elements;
    size_t count, capacity;
} List;

static void *list_place(Reader *reader, List *list, size_t size)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        char *grown = arena_array(reader->arena, capacity, size);
        if (list->count)
            memcpy(grown, list->elements, list->count * size);
        list->elements = grown;
        list->capacity = capacity;
    }
    return list->elements + list->count++ * size;
}

/* An element that was a fault keeps its place, so that the ones behind it keep their index. */
static void element_blank(Reader *reader, const PbRule *rule, int field, void *at)
{
    static char empty[1];
    PbKind kind = pb_kind(rule, field);
    memset(at, 0, pb_size(rule, field));
    if (kind == PB_TEXT)
        *(char **)at = empty;
    else if (kind == PB_MESSAGE)
        *(ProtobufCMessage **)at = pb_new(reader->arena, rule->fields[field].message);
}

static bool read_element(Reader *reader, const PbPath *path, const PbRule *rule, int field,
                         List *list)
{
    bool set = false;
    void *at = list_place(reader, list, pb_size(rule, field));
    bool null = json_peek(&reader->in) == 'n';
    if (null ? !fault(reader, path, "must not be null")
             : !read_value(reader, path, rule, field, at, &set))
        return false;
    if (!set)
        element_blank(reader, rule, field, at);
    return true;
}

static bool read_list(Reader *reader, const PbPath *path, const PbRule *rule,
                      ProtobufCMessage *message, int field)
{
    List list = {0};
    size_t most = rule->fields[field].max_items;
    bool more, ok, first = true;
    if (!json_open(&reader->in, '['))
        return false;
    for (size_t i = 0;; i++, first = false) {
        if (!json_next(&reader->in, ']', first, &more))
            return false;
        if (!more)
            break;
        PbPath element = {.up = path, .index = i};
        if (i == most)
            PB_FAULT(reader->errors, path, "must hold at most %zu items", most);
        ok = i < most ? read_element(reader, &element, rule, field, &list) : json_skip(&reader->in);
        if (!ok)
            return false;
    }
    *pb_count(rule, message, field) = list.count;
    *(void **)pb_slot(rule, message, field) = list.elements;
    return true;
}

static bool read_field(Reader *reader, const PbPath *path, const PbRule *rule,
                       ProtobufCMessage *message, int field)
{
    char c = json_peek(&reader->in);
    bool set = false;
    if (c == 'n') {
        pb_clear(rule, message, field);
        return rule->fields[field].nullable ? json_word(&reader->in, "null")
                                            : fault(reader, path, "must not be null");
    }
    if (pb_is_list(rule, field))
        return c == '[' ? read_list(reader, path, rule, message, field)
                        : fault(reader, path, "must be a list");
    if (!read_value(reader, path, rule, field, pb_slot(rule, message, field), &set))
        return false;
    if (set)
        pb_set_has(rule, message, field);
    else
        pb_clear(rule, message, field);
    return true;
}

static void given_add(Reader *reader, const PbRule *rule, ProtobufCMessage *message, int field)
{
    if (rule->given < 0)
        return;
    uint32_t **given = pb_slot(rule, message, rule->given);
    size_t *count = pb_count(rule, message, rule->given);
    if (!*count)
        *given = arena_array(reader->arena, rule->descriptor->n_fields, sizeof **given);
    (*given)[(*count)++] = rule->descriptor->fields[field].id;
}

/* Behind the colon of one member. */
static bool read_member(Reader *reader, const PbPath *up, const PbRule *rule,
                        ProtobufCMessage *message, const JsonText *key, uint64_t closed,
                        uint64_t *seen)
{
    PbPath path = {.up = up, .name = key->raw, .length = key->length};
    if (key->escaped) {
        path.name = json_text_copy(reader->arena, key);
        path.length = strlen(path.name);
    }
    int field = pb_field_json(rule, path.name, path.length);
    if (field < 0 || closed >> field & 1)
        return fault(reader, &path, "is not a known field");
    uint64_t bit = UINT64_C(1) << field;
    if (*seen & bit)
        return json_fail(&reader->in, "duplicate key");
    *seen |= bit;
    given_add(reader, rule, message, field);
    return read_field(reader, &path, rule, message, field);
}

static bool read_object(Reader *reader, const PbPath *path, const PbRule *rule,
                        ProtobufCMessage *message, uint64_t closed)
{
    uint64_t seen = 0;
    bool more, first = true;
    JsonText key;
    if (!json_open(&reader->in, '{'))
        return false;
    for (;; first = false) {
        if (!json_next(&reader->in, '}', first, &more))
            return false;
        if (!more)
            return true;
        if (!json_key(&reader->in, &key) ||
            !read_member(reader, path, rule, message, &key, closed, &seen))
            return false;
    }
}

static Reader reader_new(Arena *arena, const char *text, size_t length, ErrList *errors)
{
    text = length ? text : ""; /* a body that is not there has no pointer */
    return (Reader){
        .in = {.start = text, .at = text, .end = text + length}, .arena = arena, .errors = errors};
}

static const Err *reader_result(Reader *reader, bool ok)
{
    if (ok && (json_peek(&reader->in) || reader->in.at < reader->in.end))
        (void)json_fail(&reader->in, "something follows the value");
    if (!reader->in.reason)
        return NULL;
    return err_with_detail(reader->arena, &ERR_JSON, "body", "is malformed at byte %zu: %s",
                           (size_t)(reader->in.at - reader->in.start), reader->in.reason);
}

const Err *json_read(Arena *arena, const PbRule *rule, ProtobufCMessage *message, const char *text,
                     size_t length, uint64_t closed, ErrList *errors)
{
    Reader reader = reader_new(arena, text, length, errors);
    return reader_result(&reader, read_object(&reader, NULL, rule, message, closed));
}

const Err *json_read_field(Arena *arena, const PbRule *rule, ProtobufCMessage *message, int field,
                           const char *text, size_t length, ErrList *errors)
{
    const char *name = rule->fields[field].json;
    PbPath path = {.name = name, .length = strlen(name)};
    Reader reader = reader_new(arena, text, length, errors);
    return reader_result(&reader, read_field(&reader, &path, rule, message, field));
}
