/* What main.c hands to the tests' processes. Not for tests. */
#ifndef SF_TESTKIT_PRIVATE_H
#define SF_TESTKIT_PRIVATE_H

#include "testkit.h"

#define STATUS_VARIABLE "FLOW_STATUS"
#define TOKEN_VARIABLE  "FLOW_TOKEN"

/* Seconds until the business day ends. */
int today_left(void);
/* What ./sentient status --json says now. */
const char *status_read(void);

#endif
