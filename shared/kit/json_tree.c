/* The checks in front of cJSON's lenient parser. No JSON of our own passes here. */
#include "kit/json_tree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { DEPTH_MAX = 16 };

/* One character of a string, an escape being one: its bytes; 0 where it is not allowed. */
static size_t string_step(const char *text, size_t left)
{
    if ((unsigned char)*text < 0x20)
        return 0;
    if (*text != '\\')
        return 1;
    bool is_nul = left >= 6 && memcmp(text, "\\u0000", 6) == 0;
    return left < 2 || is_nul ? 0 : 2;
}

/* Says nothing about the grammar, which cJSON checks. */
static bool shape_good(const char *text, size_t length)
{
    bool in_string = false;
    int depth = 0;
    for (size_t i = 0; i < length;) {
        size_t step = 1;
        if (text[i] == '"')
            in_string = !in_string;
        else if (in_string)
            step = string_step(text + i, length - i);
        else if (text[i] == '{' || text[i] == '[')
            depth++;
        else if (text[i] == '}' || text[i] == ']')
            depth--;
        if (!step || depth > DEPTH_MAX)
            return false;
        i += step;
    }
    return true;
}

cJSON *json_tree(const char *text, size_t length)
{
    if (memchr(text, '\0', length) || !utf8_valid(text, length) || !shape_good(text, length))
        return NULL;
    char *copy = strndup(text, length); /* cJSON wants the NUL within the length */
    if (!copy)
        abort();
    cJSON *tree = cJSON_ParseWithLengthOpts(copy, length + 1, NULL, true);
    free(copy);
    return tree;
}
