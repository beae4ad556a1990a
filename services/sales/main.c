/* sentient-sales: customers, sales orders and their deliveries.
 * Tables only; what happens stands in the files named after the nouns. */
#include "reference_events.h"
#include "reservation_events.h"
#include "sentient/inventory.contract.h"
#include "sentient/sales.handlers.h"
#include "svc/service.h"

static const Err CODE_TAKEN = {.kind = ERR_CONFLICT, .message = "The code is taken"};

static const DbConstraint CONSTRAINTS[] = {
    {"customer_code_key", &CODE_TAKEN, "code"},
};

static const EventHandler EVENTS[] = {
    {&EVENT_ITEM_CREATED, reference_item_changed},
    {&EVENT_ITEM_UPDATED, reference_item_changed},
    {&EVENT_ITEM_DELETED, reference_item_changed},
    {&EVENT_WAREHOUSE_CREATED, reference_warehouse_changed},
    {&EVENT_INV_RESERVED, reservation_changed},
    {0},
};

static const SnapshotSource SNAPSHOTS[] = {
    {INVENTORY_ITEM_EXPORT, reference_item_page, NULL},
    {INVENTORY_WAREHOUSE_EXPORT, reference_warehouse_page, NULL},
    {INVENTORY_RESERVATION_EXPORT, reservation_page, NULL},
    {0},
};

static const Setting SETTINGS[] = {
    {.name = "TAX_RATE",
     .type = SETTING_PERCENT,
     .default_value = "11",
     .max = 10000,
     .help = "Sales tax in percent."},
    {0},
};

static const Service SERVICE = {
    .contract = &SALES_CONTRACT,
    .code = SALES_CODE,
    .events = EVENTS,
    .snapshots = SNAPSHOTS,
    .constraints = CONSTRAINTS,
    .constraint_count = sizeof CONSTRAINTS / sizeof *CONSTRAINTS,
    .settings = SETTINGS,
};

int main(int argc, char **argv)
{
    return service_run(&SERVICE, argc, argv);
}
