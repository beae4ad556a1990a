/* Who may be changed by whom. Pure decisions over facts that the handler collected. */
#ifndef SF_AUTH_USER_RULES_H
#define SF_AUTH_USER_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

extern const Err USER_EXCEEDS;    /* 403: more than the asking user may do himself */
extern const Err USER_SELF;       /* 422 */
extern const Err USER_LAST_ADMIN; /* 422 */

typedef struct UserFacts {
    bool self;             /* it is the asking user */
    bool exceeds;          /* may do what the asking user may not */
    bool active_admin;     /* active, with the role Admin */
    int64_t active_admins; /* this one counted; needed where active_admin */
} UserFacts;

typedef struct UserChange {
    bool deletes, deactivates, activates;
    bool changes_role;
    bool leaves_admin; /* from the role Admin to another */
    bool credentials;  /* a new password, or an e-mail that a new password would be sent to */
    bool renames;      /* the username: what he signs in with, and what documents call him */
} UserChange;

/* Whether the change takes an Admin away, so that active_admins must be known. */
bool user_change_counts(UserFacts facts, UserChange change);
/* USER_LAST_ADMIN, USER_SELF, and USER_EXCEEDS for all but name, phone and language of a user who
 * may do more than the asking one. */
const Err *user_change_check(UserFacts facts, UserChange change);

#endif
