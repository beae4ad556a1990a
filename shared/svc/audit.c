/* Shipping the audit: rows that triggers wrote leave as audit.recorded, in their order. */
#include "svc/audit.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "sentient/common.contract.h"
#include "sentient/common.pb-c.h"
#include "svc.sql.h"
#include "svc/runtime.h"

/* The same for every batch of a service, so that its sequence counts them. */
static char *batch_uuid(Arena *arena, const char *service)
{
    uint8_t hash[16];
    const char *text = arena_printf(arena, "audit.%s", service);
    (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text), NULL, 0);
    hash[6] = (uint8_t)(0x80 | (hash[6] & 0x0f)); /* version 8: made to a scheme of one's own */
    hash[8] = (uint8_t)(0x80 | (hash[8] & 0x3f));
    const char *hex = hex_encode(arena, hash, sizeof hash);
    return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
                        hex + 20);
}

const Err *audit_ship(Request *rq)
{
    Sentient__AuditBatch batch = SENTIENT__AUDIT_BATCH__INIT;
    Buf ids = {.arena = rq->arena};
    TRY(db_run(rq->db, &RT_AUDIT_PENDING, NO_ARGS, INTO_LIST(&batch, "entries")));
    if (!batch.n_entries)
        return NULL;
    batch.service = arena_strdup(rq->arena, rq->worker->runtime->name);
    batch.uuid = batch_uuid(rq->arena, batch.service);
    for (size_t i = 0; i < batch.n_entries; i++)
        buf_printf(&ids, "%c%" PRId64, i ? ',' : '{', batch.entries[i]->id);
    buf_putc(&ids, '}');
    db_queue(rq->db, &RT_AUDIT_SHIPPED, ARG(arg_text("id", ids.data)), INTO_NOTHING);
    return rq_emit(rq, &EVENT_AUDIT_RECORDED, &batch.base);
}
