/* What a document's status permits, told to the client. Not the tables: so_rules.c, do_rules.c. */
#ifndef SALES_STATUS_H
#define SALES_STATUS_H

#include "base/fsm.h"
#include "svc/request.h"

/* The status that `event` leads to; 422 naming the status where it does not know the event. */
const Err *status_step(Request *rq, const Fsm *fsm, const char *status, const char *event,
                       const char **ret_to);

/* rq_now(), but not before the instant `last`: the clock may have been set back, and two commands
 * may have waited for one lock. */
char *status_instant_after(Request *rq, const char *last);

/* Asks whether a user (a Request) has a permission, for the rules. */
bool status_may(const void *asker, const char *permission);
/* The actions in the arena, as a list field of a document. */
void status_show_actions(Request *rq, const char *const *actions, size_t count, size_t *ret_count,
                         char ***ret_actions);

#endif
