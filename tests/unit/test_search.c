/* By which number a search is looked up. */
#include <criterion/criterion.h>

#include "base/str.h"
#include "kit/dblist_private.h"

Test(search, the_number_that_it_is_looked_up_by)
{
    static const char *const NUMBERS[][2] = {
        {"PO/2026/1234", "1234"},
        {"SO-202611-0131", "0131"},
        {"SO-202611-10131", "10131"},
        {"1234 5678", "5678"},
        {"1234 2026", "1234"},
        {"griya 1234", "1234"},
        {"1234%", "1234"},
        {"SO-202611", NULL}, /* a month */
        {"20261125 x", NULL},
        {"no 123", NULL}, /* too short to be rare */
        {"1234", NULL},   /* all of it */
        {"A1234 x", NULL},
        {"1234é x", NULL},
        {"griya nusantara", NULL},
        {"%_%", NULL},
        {"", NULL},
    };
    Arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        const char *number = search_number(arena, NUMBERS[i][0]);
        cr_assert(str_eq(number, NUMBERS[i][1]), "%s: %s", NUMBERS[i][0], number ? number : "none");
    }
    arena_delete(arena);
}
