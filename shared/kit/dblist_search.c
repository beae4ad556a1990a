/* Choosing a search's rarest word. Not the statement: dblist.c. */
#include "kit/dblist_search.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum { WORD_MIN = 3 };

typedef struct Word {
    const char *start;
    size_t length;
    int score; /* the higher, the rarer; 0: not to be looked for */
} Word;

/* As the index sees it: letters and digits. What is not ASCII counts as a letter. */
static bool in_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* 2026, 202611, 20261125: in every number and date. */
static bool like_a_date(const char *start, size_t length)
{
    return (length == 4 || length == 6 || length == 8) && strncmp(start, "20", 2) == 0;
}

static Word word_at(const char *start)
{
    Word word = {.start = start};
    bool digits = true;
    for (; in_word(start[word.length]); word.length++)
        digits = digits && isdigit((unsigned char)start[word.length]);
    size_t known = utf8_count(start, word.length);
    if (known < WORD_MIN)
        return word;
    if (digits && like_a_date(start, word.length))
        word.score = 1;
    else
        word.score = (int)known + digits; /* figures repeat less than syllables */
    return word;
}

const char *search_word(Arena *arena, const char *text)
{
    Word best = {0};
    size_t length = strlen(text);
    for (const char *c = text; *c;) {
        Word word = word_at(c);
        if (word.score && word.score >= best.score)
            best = word;
        c += word.length ? word.length : 1;
    }
    if (!best.score || best.length == length)
        return NULL;
    return arena_strndup(arena, best.start, best.length);
}
