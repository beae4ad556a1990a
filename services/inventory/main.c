/* sentient-inventory: items, warehouses and, later, the stock ledger.
 * Tables only; what happens stands in the *_api.c files. */
#include "sentient/inventory.handlers.h"
#include "svc/service.h"

static const Err CODE_TAKEN = {.kind = ERR_CONFLICT, .message = "The code is taken"};

static const DbConstraint CONSTRAINTS[] = {
    {"item_code_key", &CODE_TAKEN, "code"},
    {"warehouse_code_key", &CODE_TAKEN, "code"},
};

static const Service SERVICE = {
    .contract = &INVENTORY_CONTRACT,
    .code = INVENTORY_CODE,
    .constraints = CONSTRAINTS,
    .constraint_count = sizeof CONSTRAINTS / sizeof *CONSTRAINTS,
};

int main(int argc, char **argv)
{
    return service_run(&SERVICE, argc, argv);
}
