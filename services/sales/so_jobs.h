/* What sales does by the clock for its orders, for the tables of main.c. */
#ifndef SALES_SO_JOBS_H
#define SALES_SO_JOBS_H

#include "svc/request.h"

/* Rewrites what the search of orders and deliveries looks in, after customers were renamed: 500 of
 * each a time. */
const Err *so_refresh_search(Request *rq);

#endif
