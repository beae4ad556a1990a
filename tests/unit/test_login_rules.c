/* Who waits before the next sign-in. Not the counting of failures. */
#include "login_rules.h"

#include <criterion/criterion.h>

Test(login_rules, login_wait)
{
    static const struct {
        const char *what;
        LoginHistory history;
        uint32_t wait;
    } CASES[] = {
        {"nothing happened", {0}, 0},
        {"a name under attack, from elsewhere", {.name_wait = 700}, 700},
        {"its user's own place", {.name_wait = 700, .known = true, .known_lately = true}, 0},
        {"a place left long ago", {.name_wait = 700, .known = true}, 700},
        {"an address that guesses", {.address_wait = 60}, 60},
        {"who signed in there before", {.address_wait = 60, .known = true}, 0},
        {"both", {.name_wait = 60, .address_wait = 700}, 700},
        {"both, in the other order", {.name_wait = 700, .address_wait = 60}, 700},
        {"four own failures", {.pair_failures = 4, .known = true, .known_lately = true}, 0},
        {"five", {.pair_failures = 5, .known = true, .known_lately = true}, 1},
        {"six", {.pair_failures = 6, .known = true, .known_lately = true}, 2},
        {"seven", {.pair_failures = 7, .known = true, .known_lately = true}, 4},
        {"nine", {.pair_failures = 9, .known = true, .known_lately = true}, 16},
        {"ten", {.pair_failures = 10, .known = true, .known_lately = true}, 30},
        {"very many", {.pair_failures = 1000, .known = true, .known_lately = true}, 30},
        {"waited a little",
         {.pair_failures = 8, .pair_idle = 3, .known = true, .known_lately = true},
         5},
        {"waited enough",
         {.pair_failures = 8, .pair_idle = 8, .known = true, .known_lately = true},
         0},
        {"a stranger's wait is the longer one", {.name_wait = 800, .pair_failures = 5}, 800},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        cr_expect_eq(login_wait(&CASES[i].history), CASES[i].wait, "%s: %u", CASES[i].what,
                     login_wait(&CASES[i].history));
}
