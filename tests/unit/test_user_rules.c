/* Who may be changed by whom. */
#include "user_rules.h"

#include <criterion/criterion.h>

Test(user_rules, change_check)
{
    static const struct {
        UserFacts facts;
        UserChange change;
        char verdict; /* e: exceeds, s: self, a: last Admin, -: allowed */
    } CASES[] = {
        {{0}, {0}, '-'},
        {{0}, {.deletes = true}, '-'},
        {{.self = true}, {.deletes = true}, 's'},
        {{.self = true}, {.deactivates = true}, 's'},
        {{.self = true}, {.credentials = true}, '-'},
        {{.exceeds = true}, {0}, '-'},
        {{.exceeds = true}, {.credentials = true}, 'e'},
        {{.exceeds = true}, {.activates = true}, 'e'},
        {{.exceeds = true}, {.deactivates = true}, 'e'},
        {{.exceeds = true}, {.deletes = true}, 'e'},
        {{.exceeds = true}, {.changes_role = true}, 'e'},
        {{.exceeds = true}, {.renames = true}, 'e'},
        {{.exceeds = true, .active_admin = true, .active_admins = 1}, {.deletes = true}, 'a'},
        {{.exceeds = true, .active_admin = true, .active_admins = 2}, {.deletes = true}, 'e'},
        {{.active_admin = true, .active_admins = 1}, {.deletes = true}, 'a'},
        {{.active_admin = true, .active_admins = 1}, {.deactivates = true}, 'a'},
        {{.active_admin = true, .active_admins = 1}, {.leaves_admin = true}, 'a'},
        {{.active_admin = true, .active_admins = 1}, {.credentials = true}, '-'},
        {{.active_admin = true, .active_admins = 2}, {.deletes = true}, '-'},
        {{.active_admin = true, .active_admins = 2}, {.leaves_admin = true}, '-'},
        {{.self = true, .active_admin = true, .active_admins = 1}, {.leaves_admin = true}, 'a'},
        {{.self = true, .active_admin = true, .active_admins = 2}, {.leaves_admin = true}, '-'},
        {{.active_admins = 1}, {.deletes = true}, '-'}, /* an inactive one: he does not count */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Err *err = user_change_check(CASES[i].facts, CASES[i].change);
        char verdict = '?';
        verdict = !err ? '-' : verdict;
        verdict = err == &USER_EXCEEDS ? 'e' : verdict;
        verdict = err == &USER_SELF ? 's' : verdict;
        verdict = err == &USER_LAST_ADMIN ? 'a' : verdict;
        cr_expect_eq(verdict, CASES[i].verdict, "case %zu: %c", i, verdict);
    }
}
