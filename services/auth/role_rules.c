/* Sets of permissions as text. Not who has which. */
#include "role_rules.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

bool rights_have(const char *rights, const char *permission)
{
    return str_list_has(rights, permission, strlen(permission));
}

bool rights_cover(const char *own, const char *wanted)
{
    for (const char *at = wanted; at && *at;) {
        size_t n = strcspn(at, ",");
        if (n && !str_list_has(own, at, n))
            return false;
        at += n + (at[n] == ',');
    }
    return true;
}

/* "*" stands for any text, at the beginning or at the end of a pattern. */
static bool pattern_match(const char *pattern, size_t length, const char *permission)
{
    size_t n = strlen(permission);
    if (length == 1 && *pattern == '*')
        return true;
    if (*pattern == '*')
        return n >= length - 1 &&
               memcmp(permission + n - (length - 1), pattern + 1, length - 1) == 0;
    if (pattern[length - 1] == '*')
        return n >= length - 1 && memcmp(permission, pattern, length - 1) == 0;
    return n == length && memcmp(permission, pattern, n) == 0;
}

bool rights_match(const char *patterns, const char *permission)
{
    for (const char *at = patterns; *at;) {
        size_t n = strcspn(at, " ");
        if (n && pattern_match(at, n, permission))
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}
