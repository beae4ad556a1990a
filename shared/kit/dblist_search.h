/* By which part of a search its rows are looked up. Not for anybody but dblist.c. */
#ifndef SF_KIT_DBLIST_SEARCH_H
#define SF_KIT_DBLIST_SEARCH_H

#include "base/arena.h"

/* The last number of at least 4 digits that is no year and no date: in "PO/2026/1234" that is 1234.
 * The trigram index reads an entry per trigram, and those of "PO/2026/" lead to every order of a
 * year. What has the text also has the number, so the index may look for that one alone and the
 * text itself be compared with what it finds. NULL where there is none, or nothing besides: then
 * the text serves as it is. Not by words: several of them together are rarer than each, and there
 * the index is at its best. */
const char *search_number(Arena *arena, const char *text);

#endif
