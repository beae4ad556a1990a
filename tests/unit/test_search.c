/* By which word a search is looked up. */
#include <criterion/criterion.h>

#include "base/str.h"
#include "kit/dblist_search.h"

Test(search, the_rarest_word)
{
    static const char *const WORDS[][2] = {
        {"PO/2026/1234", "1234"},
        {"SO-202611-0131", "0131"},
        {"SO-202611", "202611"},
        {"jaya 2026", "jaya"},
        {"griya nusantara", "nusantara"},
        {"griya nusantara 12", "nusantara"},
        {"abc def", "def"},
        {"kursi é", "kursi"},
        {"ééé ab", "ééé"},
        {" kursi", "kursi"},
        {"100%", "100"},
        {"kursi", NULL}, /* all of it */
        {"ééé", NULL},
        {"a b", NULL}, /* nothing that the index knows */
        {"%_%", NULL},
        {"éé a", NULL},
        {"", NULL},
    };
    Arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        const char *word = search_word(arena, WORDS[i][0]);
        cr_assert(str_eq(word, WORDS[i][1]), "%s: %s", WORDS[i][0], word ? word : "none");
    }
    arena_delete(arena);
}
