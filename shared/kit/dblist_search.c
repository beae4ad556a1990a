/* Finding the number in a search. Not the statement: dblist.c. */
#include "kit/dblist_search.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum { DIGITS_MIN = 4 };

/* 2026, 202611, 20261125: in every number and date. */
static bool like_a_date(const char *start, size_t length)
{
    return (length == 4 || length == 6 || length == 8) && strncmp(start, "20", 2) == 0;
}

/* Letters and digits make a word; what is not ASCII counts as a letter. */
static size_t word_length(const char *start, bool *ret_digits)
{
    size_t length = 0;
    *ret_digits = true;
    for (; isalnum((unsigned char)start[length]) || (unsigned char)start[length] >= 0x80; length++)
        *ret_digits = *ret_digits && isdigit((unsigned char)start[length]);
    return length;
}

const char *search_number(Arena *arena, const char *text)
{
    const char *number = NULL;
    size_t digits = 0, length;
    bool is_number;
    for (const char *c = text; *c; c += length ? length : 1) {
        length = word_length(c, &is_number);
        if (is_number && length >= DIGITS_MIN && !like_a_date(c, length)) {
            number = c;
            digits = length;
        }
    }
    return number && digits < strlen(text) ? arena_strndup(arena, number, digits) : NULL;
}
