/* An order's document while a request works on it: composed, changed, moved from status to status,
 * shown. Not the statements (so_store.c) and not the decisions (so_rules.c). */
#ifndef SALES_SO_DOCUMENT_H
#define SALES_SO_DOCUMENT_H

#include "sentient/sales.pb-c.h"
#include "so_rules.h"
#include "so_store.h"
#include "svc/request.h"

/* The new draft, as the next GET will show it; number and totals come later. */
void so_compose(Request *rq, const Sales__SalesOrderInput *in, const SoReferences *refs,
                Sales__SalesOrder *so);
/* Takes the given fields over; totals come later. */
void so_merge(Request *rq, const Sales__SalesOrderInput *in, const SoReferences *refs,
              Sales__SalesOrder *so);
/* Every line's total and the sums; 422 where they are too large or the discount is. */
const Err *so_set_totals(Request *rq, Sales__SalesOrder *so);

/* Carries out what a user asks for: 412 where If-Match names another version, 422 where the order
 * does not permit `event`; else so_move(). */
const Err *so_step(Request *rq, Sales__SalesOrder *so, const char *event, const char *note);
/* The next version, in that status; the history tells where it is another one. */
void so_move(Request *rq, Sales__SalesOrder *so, const char *to, const char *note);

/* The order as an event tells it: its history holds the newest entry of each status, so that it
 * does not grow without end; actions, which are the asking user's, it has none. */
const Sales__SalesOrder *so_told(Request *rq, const Sales__SalesOrder *so);

/* A delivery's new status, where the order names the delivery. */
void so_show_delivery(Sales__SalesOrder *so, const Sales__DeliveryOrder *delivery);
/* What the asking user may do to the order now. */
void so_show_actions(Request *rq, Sales__SalesOrder *so);
/* The same for a row of the list, whose allowedActions holds "some_shipped" and "deliverable" from
 * the query where they are so. */
void so_show_row_actions(Request *rq, Sales__SalesOrderSummary *row);

#endif
