/* By which part of a search its rows are looked up. Not for anybody but dblist.c. */
#ifndef SF_KIT_DBLIST_SEARCH_H
#define SF_KIT_DBLIST_SEARCH_H

#include "base/arena.h"

/* The word of the text that occurs most rarely, as far as words tell: the trigram index reads an
 * entry per trigram, and those of "PO/2026/" lead to every order of a year. What has the text also
 * has the word, so the index may look for that one alone and the text itself be compared with what
 * it finds. NULL where the text is one word, or has none that the index knows: then the text serves
 * as it is. */
const char *search_word(Arena *arena, const char *text);

#endif
