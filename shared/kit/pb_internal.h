/* What the files of the codec share: where a field lies in a message, paths for errors, number
 * tokens. Not for other parts: they use kit/pb.h and kit/json.h. */
#ifndef SF_KIT_PB_INTERNAL_H
#define SF_KIT_PB_INTERNAL_H

#include "kit/pb.h"

enum { PB_UNPACK_MAX = 2 * 1024 * 1024, PB_FIELDS_MAX = 64 };

typedef enum PbKind { PB_TEXT, PB_BYTES, PB_BOOL, PB_INT, PB_MESSAGE } PbKind;

/* Aborts on float and double: no message has them. Enums count as numbers. */
PbKind pb_kind(const PbRule *rule, int field);
bool pb_is_list(const PbRule *rule, int field);
/* Bytes of one value in a message or a list. */
size_t pb_size(const PbRule *rule, int field);
/* The value (of a list: the pointer to its elements), and has_x or n_x. */
void *pb_slot(const PbRule *rule, const ProtobufCMessage *message, int field);
size_t *pb_count(const PbRule *rule, const ProtobufCMessage *message, int field);
void pb_set_has(const PbRule *rule, ProtobufCMessage *message, int field);
/* The integer at a place that pb_slot() or a list's elements gave; pb_kind() is PB_INT. */
int64_t pb_load(const PbRule *rule, int field, const void *at);
void pb_store(const PbRule *rule, int field, void *at, int64_t value);
/* Unsets a field: no value, an empty list. */
void pb_clear(const PbRule *rule, ProtobufCMessage *message, int field);

/* Where a value stands, from the inside out; lives on the stack of whoever descends. */
typedef struct PbPath {
    const struct PbPath *up; /* NULL: the top-level message */
    const char *name;        /* a key; NULL: an element of a list */
    size_t length;           /* of the key */
    size_t index;            /* of the element */
} PbPath;

/* items[0].qty; long keys are cut. NULL is the message itself: "". */
const char *pb_path_text(Arena *arena, const PbPath *path);
bool pb_path_named(const ErrList *errors, const PbPath *path);
#define PB_FAULT(errors, path, ...)                                                                \
    errlist_add((errors), pb_path_text((errors)->arena, (path)), __VA_ARGS__)

/* The value of a JSON number token for an integer field. False: told as a fault, unless the token
 * is no number at all (DECIMAL_SYNTAX), which is told as one too. */
bool pb_number(ErrList *errors, const PbPath *path, const PbRule *rule, int field,
               const char *token, size_t length, int64_t *ret_value);
/* The bounds of the field and of its type. False: told as a fault. */
bool pb_range(ErrList *errors, const PbPath *path, const PbRule *rule, int field, int64_t value);

/* Trims and lower-cases a text as its format says, in place; the new start of the text. */
char *pb_text_normal(const PbField *field, char *text);
/* The text's format, length and closed set. False: told as a fault. */
bool pb_text_check(ErrList *errors, const PbPath *path, const PbField *field, const char *text);

/* Reads the JSON text of one value into a field (kit/json.h). */
const Err *json_read_field(Arena *arena, const PbRule *rule, ProtobufCMessage *message, int field,
                           const char *text, size_t length, ErrList *errors);

#endif
