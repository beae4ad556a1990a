/* sentient-inventory: items, warehouses, the stock ledger and what is set aside from it.
 * Tables only; what happens stands in the files named after the nouns. */
#include "delivery_events.h"
#include "reservation_events.h"
#include "sentient/inventory.handlers.h"
#include "sentient/sales.contract.h"
#include "stock_integrity.h"
#include "svc/service.h"

static const Err CODE_TAKEN = {.kind = ERR_CONFLICT, .message = "The code is taken"};

static const DbConstraint CONSTRAINTS[] = {
    {"item_code_key", &CODE_TAKEN, "code"},
    {"warehouse_code_key", &CODE_TAKEN, "code"},
};

static const EventHandler EVENTS[] = {
    {&EVENT_SO_APPROVED, reservation_order_approved},
    {&EVENT_SO_CANCELLED, reservation_order_ended},
    {&EVENT_SO_CLOSED, reservation_order_ended},
    {&EVENT_DO_SHIPPED, delivery_shipped},
    {0},
};

static const SnapshotSource SNAPSHOTS[] = {
    {SALES_SO_EXPORT, reservation_order_page, NULL},
    {SALES_DO_EXPORT, delivery_page, reservation_settle},
    {0},
};

static const Job JOBS[] = {
    {"stock_integrity", 600000, integrity_job},
    {0},
};

static const Service SERVICE = {
    .contract = &INVENTORY_CONTRACT,
    .code = INVENTORY_CODE,
    .events = EVENTS,
    .snapshots = SNAPSHOTS,
    .jobs = JOBS,
    .constraints = CONSTRAINTS,
    .constraint_count = sizeof CONSTRAINTS / sizeof *CONSTRAINTS,
};

int main(int argc, char **argv)
{
    return service_run(&SERVICE, argc, argv);
}
