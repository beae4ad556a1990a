/* What must stand in the tables before anybody can sign in. Runs at every start, changes only what
 * is missing. */
#ifndef SF_AUTH_SEED_H
#define SF_AUTH_SEED_H

#include "svc/request.h"

/* Service.start: permissions, roles, users. Refuses (422 for the log) where nobody could ever sign
 * in as Admin in production. */
const Err *auth_start(Request *rq);

/* The contract's permissions and the seeded roles. */
const Err *role_seed(Request *rq);

/* Jobs: drop sessions that ran out long ago, failed sign-ins that count no more, changes that no
 * living token knows of, links that are too old. */
const Err *session_forget(Request *rq);
const Err *login_forget(Request *rq);
const Err *identity_forget(Request *rq);
const Err *reset_forget(Request *rq);
/* Job: mails a link for a new password, outside of any transaction; then says how that went. */
const Err *reset_mail_send(Request *rq);
const Err *reset_mail_mark(Request *rq);

#endif
