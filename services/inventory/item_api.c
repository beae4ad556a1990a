/* Requests about items: list, read, create, change, delete, export.
 * Not their stock, but that it has to be gone before an item goes. */
#include <inttypes.h>

#include "base/decimal.h"
#include "inventory.sql.h"
#include "sentient/inventory.events.h"
#include "sentient/inventory.handlers.h"
#include "sentient/sales.client.h"
#include "stock_effects.h"

static const Err ITEM_IN_USE = {.kind = ERR_RULE, .message = "The item is used by open documents"};
static const Err ITEM_IN_STOCK = {.kind = ERR_RULE, .message = "There is stock of the item"};

/* What keeps an item from being deleted. */
typedef struct ItemStock {
    int64_t on_hand, reserved;
    bool waited_for;
} ItemStock;

static const DbColumn ITEM_STOCK[] = {DB_COLUMN_DEC(ItemStock, on_hand, SCALE_QTY),
                                      DB_COLUMN_DEC(ItemStock, reserved, SCALE_QTY),
                                      DB_COLUMN_BOOL(ItemStock, waited_for), DB_END};

const Err *item_list(Request *rq, const Inventory__ItemQuery *in, Inventory__ItemPage *out)
{
    return rq_list(rq, &ITEM_LIST, &in->base, &out->base);
}

const Err *item_get(Request *rq, const Sentient__DocumentRef *in, Inventory__Item *out)
{
    return db_run(rq->db, &ITEM_GET, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out));
}

const Err *item_create(Request *rq, const Inventory__ItemInput *in, Inventory__Item *out)
{
    StockEffects effects = {0};
    Buf items = {.arena = rq->arena};
    const char *uuid = rq_uuid(rq);

    db_array_add(&items, uuid);
    db_queue(rq->db, &ITEM_INSERT,
             ARGS(.message = &in->base,
                  .args = WITH(arg_text("uuid", uuid), arg_text("now", rq_now(rq)))),
             INTO_MESSAGE(out));
    stock_watch_queue(rq, db_array_text(&items), &effects);
    TRY(db_flush(rq->db));
    TRY(emit_item_created(rq, out));
    return stock_effects_announce(rq, &effects);
}

const Err *item_update(Request *rq, const Inventory__ItemInput *in, Inventory__Item *out)
{
    StockEffects effects = {0};
    Buf items = {.arena = rq->arena};

    db_queue(rq->db, &STOCK_GATE, NO_ARGS, INTO_NOTHING);
    TRY(db_run(rq->db, &ITEM_LOCK, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(out)));
    TRY(rq_check_version(rq, out->version));
    pb_merge(rq->method->in, &in->base, rq->method->out, &out->base);
    db_array_add(&items, in->uuid);
    db_queue(rq->db, &ITEM_UPDATE,
             ARGS(.message = &out->base, .args = WITH(arg_text("now", rq_now(rq)))),
             INTO_MESSAGE(out));
    stock_watch_queue(rq, db_array_text(&items), &effects);
    TRY(db_flush(rq->db));
    TRY(emit_item_updated(rq, out));
    return stock_effects_announce(rq, &effects);
}

const Err *item_delete_prepare(Request *rq, const Sentient__DocumentRef *in)
{
    Sentient__UsageCount *usage;

    TRY(sales_usage_count(rq, in, &usage));
    rq->prepared = usage;
    return NULL;
}

static const Err *check_no_stock(Request *rq, const ItemStock *stock)
{
    char on_hand[DECIMAL_TEXT], reserved[DECIMAL_TEXT];

    if (stock->on_hand == 0 && !stock->waited_for)
        return NULL;
    decimal_format(stock->on_hand, SCALE_QTY, on_hand);
    decimal_format(stock->reserved, SCALE_QTY, reserved);
    return rq_detail(rq, &ITEM_IN_STOCK, "stock", "%s on hand, %s reserved%s", on_hand, reserved,
                     stock->waited_for ? ", orders wait for more" : "");
}

const Err *item_delete(Request *rq, const Sentient__DocumentRef *in, Sentient__Deleted *out)
{
    Inventory__Item item = INVENTORY__ITEM__INIT;
    const Sentient__UsageCount *usage = rq->prepared;
    ItemStock stock;

    db_queue(rq->db, &STOCK_GATE, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &ITEM_LOCK, ARG(arg_text("uuid", in->uuid)), INTO_MESSAGE(&item));
    TRY(db_run(rq->db, &STOCK_OF_DELETED, ARG(arg_text("uuid", in->uuid)),
               INTO_STRUCT(ITEM_STOCK, &stock)));
    TRY(rq_check_version(rq, item.version));
    TRY(check_no_stock(rq, &stock));
    if (!usage)
        return &RETRY_PREPARED;
    if (usage->documents > 0)
        return rq_detail(rq, &ITEM_IN_USE, "documents", "%" PRId64 " open documents use it",
                         usage->documents);
    TRY(db_run(rq->db, &ITEM_DELETE, ARG(arg_text("uuid", in->uuid), arg_text("now", rq_now(rq))),
               INTO_MESSAGE(&item)));
    out->uuid = in->uuid;
    out->has_deleted = out->deleted = true;
    return emit_item_deleted(rq, &item);
}

const Err *item_export(Request *rq, const Sentient__ExportQuery *in, Inventory__ItemExport *out)
{
    return rq_export(rq, &ITEM_EXPORT_END, &ITEM_EXPORT, in->after_id, INTO_LIST(out, "items"));
}
