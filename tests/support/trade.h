/* Stories of orders, stock and deliveries, for the flow tests that tell them. Under the rules of
 * testkit.h. */
#ifndef SF_TRADE_H
#define SF_TRADE_H

#include "testkit.h"

typedef struct Trade {
    Client *admin;
    const char *customer, *item;
} Trade;

/* A new customer, and a new item with that stock. */
Trade trade_begin(const char *stock);

/* Books stock of an item into the main warehouse. */
void stock_in(Client *client, const char *item, const char *qty);
/* A new item of which `qty` are in stock, at 65000 each. */
const char *new_stocked_item(Client *client, const char *qty);

/* A draft for `qty` of the item; its uuid. */
const char *order_draft(Client *client, const char *customer, const char *item, const char *qty);
/* POST /sales-orders/:uuid/verb without a body. */
const Response *order_do(Client *client, const char *order, const char *verb);
/* The same with {"reason": …}. */
const Response *order_decide(Client *client, const char *order, const char *verb,
                             const char *reason);
const Response *order_cancel(Client *client, const char *order);
const Response *order_get(Client *client, const char *order);
/* A draft that was submitted; and approved; and for which inventory has reserved everything. */
const char *order_submitted(Client *client, const char *customer, const char *item,
                            const char *qty);
const char *order_approved(Client *client, const char *customer, const char *item, const char *qty);
const char *order_reserved(Client *client, const char *customer, const char *item, const char *qty);
/* Waits until the order's field shows that value: order_shows(admin, so, "items[0].reservedQty",
 * "10"). */
void order_shows(Client *client, const char *order, const char *path, const char *value);

/* A delivery of all that is reserved; of `qty` of one item (the answer as it came). */
const char *delivery_of_all(Client *client, const char *order);
const Response *delivery_of(Client *client, const char *order, const char *item, const char *qty);
const Response *delivery_get(Client *client, const char *delivery);
/* PUT /delivery-orders/:uuid/verb without a body. */
const Response *delivery_do(Client *client, const char *delivery, const char *verb);
const Response *delivery_cancel(Client *client, const char *delivery);
/* A reserved order for `qty` of which `part` is delivered; its uuid. */
const char *order_partially_delivered(Client *client, const char *customer, const char *item,
                                      const char *qty, const char *part);

/* The uuid of a created document; fails the test where it was not created. */
const char *created_uuid(const Response *response);

#endif
