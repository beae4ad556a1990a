/* The copies of inventory's items and warehouses. Not their owner: see inventory's tables. */
#ifndef SALES_REFERENCE_STORE_H
#define SALES_REFERENCE_STORE_H

#include "sentient/inventory.pb-c.h"
#include "svc/request.h"

/* WH-MAIN, where an order names no warehouse; the same in every installation
 * (proto/sentient/inventory.proto). */
#define WAREHOUSE_MAIN "00000000-0000-7000-8000-000000000001"

/* Queues the writing of rows that are new or newer than what is here. No two of a list may be the
 * same row. */
void reference_save_items(Request *rq, Inventory__Item *const *items, size_t count);
void reference_save_warehouses(Request *rq, Inventory__Warehouse *const *warehouses, size_t count);

#endif
