/* RFC 8259 token by token, over bytes that need no end mark. Knows no messages; never copies until
 * asked. A function that returns false has left the reason and the place in the input. */
#ifndef SF_KIT_JSON_TOKEN_H
#define SF_KIT_JSON_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef struct JsonIn {
    const char *start, *at, *end;
    const char *reason; /* NULL: well-formed so far */
    unsigned depth;
} JsonIn;

/* A string between its quotes: valid UTF-8, no U+0000, no lone surrogates, valid escapes. */
typedef struct JsonText {
    const char *raw;
    size_t length;
    bool escaped;
} JsonText;

/* The first byte of the next token; '\0' at the end of the input. */
char json_peek(JsonIn *in);
/* Always false. */
bool json_fail(JsonIn *in, const char *reason);
bool json_text(JsonIn *in, JsonText *ret_text);
bool json_number(JsonIn *in, const char **ret_token, size_t *ret_length);
/* true, false, null */
bool json_word(JsonIn *in, const char *word);
/* A string and the colon behind it. */
bool json_key(JsonIn *in, JsonText *ret_key);
/* Enters '{' or '['; refused beyond JSON_DEPTH_MAX. */
bool json_open(JsonIn *in, char bracket);
/* Whether another member follows; takes the comma before it, or the closing bracket. */
bool json_next(JsonIn *in, char close, bool first, bool *ret_more);
/* Passes over one whole value. */
bool json_skip(JsonIn *in);

/* The string without escapes, NUL-terminated, in the arena. */
char *json_text_copy(Arena *arena, const JsonText *text);

#endif
