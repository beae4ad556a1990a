/* The audit's way out of a service. Writing it is the business of the trigger audit_row(). */
#ifndef SF_SVC_AUDIT_H
#define SF_SVC_AUDIT_H

#include "svc/request.h"

/* A job: up to 200 rows that have not left yet become one audit.recorded in the outbox. */
const Err *audit_ship(Request *rq);

#endif
