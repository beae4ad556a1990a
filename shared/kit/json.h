/* JSON ⇄ protobuf: one strict streaming codec over the rule tables, without a tree.
 * Reading refuses: anything but one object, trailing bytes, invalid UTF-8, U+0000, lone surrogates,
 * duplicate and unknown keys, nesting beyond 16, numbers with more decimals than their field has,
 * NaN, literals in the wrong place. Numbers never pass through binary floating point. */
#ifndef SF_KIT_JSON_H
#define SF_KIT_JSON_H

#include "base/err.h"
#include "base/str.h"
#include "kit/contract.h"

/* 400 with the position, where the text is no JSON at all. */
extern const Err ERR_JSON;

enum { JSON_DEPTH_MAX = 16 };

/* Fills `message` from `text`. Returns ERR_JSON for malformed JSON (at once); faults of values go
 * to `errors`, all of them, by path ("items[0].qty"). Fields in `closed` (bit = index) are unknown
 * here. Fills the hidden `given` list where the message has one. null: clears where the field is
 * nullable, else a fault. Only reads: pb_check() and pb_defaults() come after, and the reader
 * leaves out of `message` what it reported. */
const Err *json_read(Arena *arena, const PbRule *rule, ProtobufCMessage *message, const char *text,
                     size_t length, uint64_t closed, ErrList *errors);

/* Appends the message as one JSON object, fields in the order of their tags; unset fields as null,
 * or left out (omit_unset); scaled integers as shortest decimals. Same message, same bytes. */
void json_write(Buf *buf, const PbRule *rule, const ProtobufCMessage *message);

#endif
