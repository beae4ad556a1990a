/* Third parties' JSON: what cJSON alone would let through or cut. */
#include <criterion/criterion.h>
#include <string.h>

#include "kit/json_tree.h"

Test(json_tree, what_it_takes)
{
    static const char *const TEXTS[] = {
        "{}",
        " [1, \"a\\\"b\\\\\", null] \n",
        "{\"a\":{\"b\":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}}",
        "\"[[[[[[[[[[[[[[[[[[\"",
        "\"\\\\u0000\"",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        cJSON *tree = json_tree(TEXTS[i], strlen(TEXTS[i]));
        cr_expect_not_null(tree, "%s", TEXTS[i]);
        cJSON_Delete(tree);
    }
}

Test(json_tree, what_it_refuses)
{
    static const char *const TEXTS[] = {
        "",
        "{",
        "{} x",
        "\"a\\u0000b\"",
        "\"a\nb\"",
        "\"a\\",
        "\"\xff\"",
        "\"\xed\xa0\x80\"",
        "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
        "<html>",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        cr_expect_null(json_tree(TEXTS[i], strlen(TEXTS[i])), "%s", TEXTS[i]);
    cr_expect_null(json_tree("{}\0", 3));
    cJSON *tree = json_tree("{} beyond", 2);
    cr_expect_not_null(tree, "the length counts");
    cJSON_Delete(tree);
}
