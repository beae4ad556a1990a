/* Whether the ledger, the balances and the reservations say the same. */
#ifndef INVENTORY_STOCK_INTEGRITY_H
#define INVENTORY_STOCK_INTEGRITY_H

#include "sentient/inventory.pb-c.h"
#include "svc/request.h"

/* Adds everything up, as of one moment. */
const Err *integrity_check(Request *rq, Inventory__IntegrityReport *out);
/* The same by the clock: an error in the log, and sentient_stock_differences for the alarm. */
const Err *integrity_job(Request *rq);

#endif
