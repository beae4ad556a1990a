/* Text: a growing buffer in an arena, and the checks that every input needs. Not locale-aware. */
#ifndef SF_BASE_STR_H
#define SF_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A text under construction. `data` is NUL-terminated after every call and belongs to the arena. */
typedef struct Buf {
    Arena *arena;
    char *data;
    size_t length;
    size_t capacity;
} Buf;

void buf_add(Buf *buf, const void *data, size_t length);
void buf_puts(Buf *buf, const char *text);
void buf_putc(Buf *buf, char c);
void buf_printf(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Appends a JSON string with its quotes; control characters are escaped, UTF-8 stays. */
void buf_json(Buf *buf, const char *text);

bool str_eq(const char *a, const char *b);        /* both may be NULL; NULL equals only NULL */
bool str_eq_nocase(const char *a, const char *b); /* ASCII letters */
bool str_starts(const char *text, const char *prefix);
/* Whether `word`, of that length, stands in a list such as "a,b" or ",a,b,"; NULL holds nothing. */
bool str_list_has(const char *list, const char *word, size_t length);

/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool utf8_valid(const char *text, size_t length);
/* Code points of a well-formed text. */
size_t utf8_count(const char *text, size_t length);
/* Whether two well-formed texts differ by the case of letters alone, as PostgreSQL's lower() sees
 * it in the locale C.UTF-8: code point by code point. Both may be NULL; NULL equals only NULL. */
bool utf8_eq_nocase(const char *a, const char *b);

/* Checked decimal integers: the whole text, no sign for the unsigned one, no white space, no
 * leading zero. */
bool str_to_int64(const char *text, int64_t *ret_value);

/* base64url without padding. Decoding refuses every other character and non-zero spare bits. */
char *base64url_encode(Arena *arena, const uint8_t *data, size_t length);
bool base64url_decode(Arena *arena, const char *text, size_t length, uint8_t **ret_data,
                      size_t *ret_length);

/* Lower-case hexadecimal. */
char *hex_encode(Arena *arena, const uint8_t *data, size_t length);

#endif
