/* Sets of permissions: who may hand on what. Pure; not the tables that keep them. */
#ifndef SF_AUTH_ROLE_RULES_H
#define SF_AUTH_ROLE_RULES_H

#include <stdbool.h>

/* A set of permissions is text: names between commas, "so.read,so.create". Empty ones count for
 * nothing. */

/* Whether `rights` has the permission. NULL has none. */
bool rights_have(const char *rights, const char *permission);
/* Whether everything in `wanted` is in `own`: nobody hands on what he lacks. */
bool rights_cover(const char *own, const char *wanted);

/* Whether one of the patterns, separated by spaces, matches: "so.read", "so.*", "*.read", "*". */
bool rights_match(const char *patterns, const char *permission);

#endif
