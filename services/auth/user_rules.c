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

/* Of a stronger user only what says nothing of who he is and what he may do. Who sets his password,
 * or wakes him up, has his rights; who takes his role away may set his password next, and wait. */
static bool change_needs_rights(UserChange change)
{
    return change.deletes || change.activates || change.deactivates || change.changes_role ||
           change.credentials || change.renames;
}

const Err *user_change_check(UserFacts facts, UserChange change)
{
    if (facts.self && (change.deletes || change.deactivates))
        return &USER_SELF;
    if (user_change_counts(facts, change) && facts.active_admins <= 1)
        return &USER_LAST_ADMIN;
    if (facts.exceeds && change_needs_rights(change))
        return &USER_EXCEEDS;
    return NULL;
}
