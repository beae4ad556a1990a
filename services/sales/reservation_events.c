/* What inv.reserved does to an order's lines. Not to its version: it is no command on the order. */
#include "reservation_events.h"

#include "base/str.h"
#include "sales.sql.h"
#include "sentient/inventory.pb-c.h"

const Err *reservation_changed(Request *rq, const ProtobufCMessage *document)
{
    const Inventory__Reservation *reservation = (const Inventory__Reservation *)document;

    if (!str_eq(reservation->owner_type, "sales_order") || !reservation->n_lines)
        return NULL;
    db_queue(rq->db, &SO_SAVE_ALLOCATION,
             ARGS(.message = &reservation->base, ROWS_OF(reservation, lines)), INTO_NOTHING);
    return NULL;
}

const Err *reservation_page(Request *rq, const ProtobufCMessage *page)
{
    const Inventory__ReservationExport *all = (const Inventory__ReservationExport *)page;

    for (size_t i = 0; i < all->n_reservations; i++)
        TRY(reservation_changed(rq, &all->reservations[i]->base));
    return NULL;
}
