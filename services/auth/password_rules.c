/* The rule for new passwords. Not their check against a hash. */
#include "password_rules.h"

#include <string.h>

#include "base/str.h"

enum { PASSWORD_CHARACTERS_MIN = 8 };

const char *password_fault(const char *password, const char *username)
{
    if (utf8_count(password, strlen(password)) < PASSWORD_CHARACTERS_MIN)
        return "must have at least 8 characters";
    if (utf8_eq_nocase(password, username))
        return "must not be the username";
    return NULL;
}
