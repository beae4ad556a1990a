/* Sets of permissions. Not the seeded roles, which the flow tests see. */
#include "role_rules.h"

#include <criterion/criterion.h>

Test(role_rules, have_and_cover)
{
    static const struct {
        const char *own, *wanted;
        bool covered;
    } CASES[] = {
        {",so.read,so.create,", "so.read", true},
        {",so.read,so.create,", "so.create,so.read", true},
        {"so.read,so.create", "so.create,so.read", true},
        {",so.read,", "so.read,so.create", false},
        {",so.readx,xso.read,", "so.read", false},
        {",so.read,", "so.rea", false},
        {",so.read,", "", true},
        {",so.read,", ",,", true},
        {",", "so.read", false},
        {",", "", true},
        {NULL, "so.read", false},
        {NULL, "", true},
        {NULL, NULL, true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        cr_expect_eq(rights_cover(CASES[i].own, CASES[i].wanted), CASES[i].covered, "case %zu", i);
    cr_expect(rights_have("so.read,so.create", "so.create"));
    cr_expect(rights_have(",so.read,", "so.read"));
    cr_expect_not(rights_have("so.read,so.create", "so.delete"));
    cr_expect_not(rights_have("so.read", "so"));
    cr_expect_not(rights_have(NULL, "so.read"));
}

Test(role_rules, match)
{
    static const struct {
        const char *patterns, *permission;
        bool matches;
    } CASES[] = {
        {"*", "so.approve", true},
        {"*.read *.view", "so.read", true},
        {"*.read *.view", "report.view", true},
        {"*.read *.view", "so.approve", false},
        {"so.* do.*", "do.update", true},
        {"so.* do.*", "wo.update", false},
        {"so.*", "so", false},
        {"so.read  so.create", "so.create", true},
        {"so.read", "so.reads", false},
        {"so.reads", "so.read", false},
        {"", "so.read", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        cr_expect_eq(rights_match(CASES[i].patterns, CASES[i].permission), CASES[i].matches,
                     "'%s' and %s", CASES[i].patterns, CASES[i].permission);
}
