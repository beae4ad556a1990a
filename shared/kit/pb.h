/* protobuf-c messages under their rules: making, packing, checking. Messages live in an arena and
 * are never freed one by one; strings and lists inside belong to the same arena. */
#ifndef SF_KIT_PB_H
#define SF_KIT_PB_H

#include "base/arena.h"
#include "base/err.h"
#include "kit/contract.h"

/* An empty message of the rule's type. */
ProtobufCMessage *pb_new(Arena *arena, const PbRule *rule);
/* Unpacks into the arena. NULL where the bytes are no such message. Unknown fields are ignored. */
ProtobufCMessage *pb_unpack(Arena *arena, const PbRule *rule, const uint8_t *data, size_t length);
/* Packs into the arena. */
uint8_t *pb_pack(Arena *arena, const ProtobufCMessage *message, size_t *ret_length);

/* Index of a field by protobuf name, or by published JSON name; -1 where there is none. */
int pb_field(const PbRule *rule, const char *name);
int pb_field_json(const PbRule *rule, const char *name, size_t length);
/* Whether field i is set (has_x, a string, a message, a list that is not empty). */
bool pb_is_set(const PbRule *rule, const ProtobufCMessage *message, int field);

/* Reads and writes by index; the caller knows the type. */
const char *pb_get_text(const PbRule *rule, const ProtobufCMessage *message, int field);
bool pb_get_int(const PbRule *rule, const ProtobufCMessage *message, int field, int64_t *ret_value);
void pb_set_text(const PbRule *rule, ProtobufCMessage *message, int field, const char *text);
void pb_set_int(const PbRule *rule, ProtobufCMessage *message, int field, int64_t value);
void pb_set_bool(const PbRule *rule, ProtobufCMessage *message, int field, bool value);

/* Sets a scalar field from the text of a path segment or a query parameter ("true", "12.5",
 * "2024-12-27"), under the same rules as JSON; faults go to `errors` under the field's published
 * name. */
void pb_set_from_text(Arena *arena, const PbRule *rule, ProtobufCMessage *message, int field,
                      const char *text, ErrList *errors);

enum { PB_PARTIAL = 1 };
/* Of lists: rows of a page where nothing is said, and how many pages of how many rows there are. */
enum { PB_LIST_LIMIT = 20, PB_LIST_DEPTH = 10000 };

/* Checks a whole message against its rules, for requests that did not come through the JSON codec
 * (and the last step of those that did): required, formats, ranges, lengths, closed sets, counts,
 * UTF-8. Trims and lower-cases as the formats say, in place. With PB_PARTIAL, top-level required
 * fields may be absent. Adds every fault to `errors`, but nothing for a path that `errors` names
 * already. */
void pb_check(const PbRule *rule, ProtobufCMessage *message, unsigned flags, ErrList *errors);
/* Takes the defaults of absent and null top-level and nested fields; with PB_PARTIAL the absent
 * ones of the top level stay absent: a list that is given replaces the whole list. Afterwards two
 * bodies that mean the same are the same message: `given` is in the order of tags; without
 * PB_PARTIAL it has those alone that must be given. */
void pb_defaults(Arena *arena, const PbRule *rule, ProtobufCMessage *message, unsigned flags);

/* Partial update: for each tag in update->given, the field of the same name in `document` takes the
 * update's value, or is cleared where the update has none. `given` tags whose name the document
 * lacks are left to the handler. */
void pb_merge(const PbRule *update_rule, const ProtobufCMessage *update,
              const PbRule *document_rule, ProtobufCMessage *document);
/* Whether a field's tag stands in `given`. */
bool pb_given(const PbRule *rule, const ProtobufCMessage *message, const char *field);

/* Rules by descriptor, for code that meets messages it has no rule for (row → message). Registered
 * once, before threads. */
void pb_register(const Contract *contract);
const PbRule *pb_rule(const ProtobufCMessageDescriptor *descriptor);

#endif
