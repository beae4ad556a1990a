/* Warehouses, adjustments, transfers and figures of stock, for the flow tests about them. Under the
 * rules of testkit.h. */
#ifndef SF_STOCK_H
#define SF_STOCK_H

#include "testkit.h"

#define MAIN_WAREHOUSE "00000000-0000-7000-8000-000000000001"

/* A new warehouse's uuid. */
const char *new_warehouse(Client *client);
/* A new item with these fields besides the usual ones: "'reorderPoint':10". */
const char *new_item_with(Client *client, const char *fields);

/* One line of a document: adjust(admin, wh, stock_line(item, "5", "1.5")); cost NULL: none. */
const char *stock_line(const char *item, const char *qty, const char *cost);
/* POST /inventory/adjustments; warehouse NULL: not given. */
const Response *adjust(Client *client, const char *warehouse, const char *lines);
/* POST /inventory/transfers. */
const Response *transfer(Client *client, const char *from, const char *to, const char *lines);

/* "onHand reserved available averageCost value" of an item there, or over all warehouses (NULL), as
 * GET /inventory/:itemId says; "" where it has never been there. */
const char *stock_text(Client *client, const char *item, const char *warehouse);
#define expect_stock(client, item, warehouse, figures)                                             \
    expect_text(stock_text((client), (item), (warehouse)), (figures))
/* Waits for them. */
#define EVENTUALLY_STOCK(client, item, warehouse, figures)                                         \
    EVENTUALLY(SOON_MS, strcmp(stock_text((client), (item), (warehouse)), (figures)) == 0)

/* Fails where GET /inventory/integrity finds a difference. */
void expect_integrity(Client *client);

#endif
