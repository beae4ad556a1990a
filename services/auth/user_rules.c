/* The rules for changing and deleting users. Not the rights to ask for it, which the contract
 * holds. */
#include "user_rules.h"

const Err USER_EXCEEDS = {.kind = ERR_FORBIDDEN,
                          .message = "That user or role may do more than you"};
const Err USER_SELF = {.kind = ERR_RULE, .message = "You cannot delete or deactivate yourself"};
const Err USER_LAST_ADMIN = {.kind = ERR_RULE, .message = "This is the last active Admin"};

bool user_change_counts(UserFacts facts, UserChange change)
{
    return facts.active_admin && (change.deletes || change.deactivates || change.leaves_admin);
}

const Err *user_change_check(UserFacts facts, UserChange change)
{
    /* Who sets a stronger user's password, or wakes him up, has his rights. */
    if (facts.exceeds && (change.credentials || change.activates))
        return &USER_EXCEEDS;
    if (facts.self && (change.deletes || change.deactivates))
        return &USER_SELF;
    if (user_change_counts(facts, change) && facts.active_admins <= 1)
        return &USER_LAST_ADMIN;
    return NULL;
}
