/* Ids and times of new rows, as queries take them. In the request's arena. */
#ifndef SF_AUTH_STAMP_H
#define SF_AUTH_STAMP_H

#include "svc/request.h"

/* A new uuid. */
const char *stamp_uuid(Request *rq);
/* The request's business time. */
const char *stamp_now(Request *rq);

#endif
