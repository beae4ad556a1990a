/* Shipping the audit: rows that triggers wrote leave as audit.recorded, in their order. */
#include "svc/audit.h"

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

static void audit_key(const uint8_t secret[32], uint8_t key[crypto_secretbox_KEYBYTES])
{
    static const uint8_t PURPOSE[] = "audit";
    (void)crypto_generichash(key, crypto_secretbox_KEYBYTES, PURPOSE, sizeof PURPOSE - 1, secret,
                             32);
}

ProtobufCBinaryData audit_seal(Arena *arena, const uint8_t secret[32],
                               const Sentient__AuditEntries *entries)
{
    size_t length = 0;
    uint8_t key[crypto_secretbox_KEYBYTES];
    const uint8_t *plain = pb_pack(arena, &entries->base, &length);
    ProtobufCBinaryData sealed = {.len = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES +
                                         length};
    sealed.data = arena_alloc(arena, sealed.len);
    randombytes_buf(sealed.data, crypto_secretbox_NONCEBYTES);
    audit_key(secret, key);
    (void)crypto_secretbox_easy(sealed.data + crypto_secretbox_NONCEBYTES, plain, length,
                                sealed.data, key);
    return sealed;
}

Sentient__AuditEntries *audit_open(Arena *arena, const uint8_t secret[32],
                                   const ProtobufCBinaryData *sealed)
{
    uint8_t key[crypto_secretbox_KEYBYTES];
    size_t around = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (sealed->len < around)
        return NULL;
    uint8_t *plain = arena_alloc(arena, sealed->len - around);
    audit_key(secret, key);
    if (crypto_secretbox_open_easy(plain, sealed->data + crypto_secretbox_NONCEBYTES,
                                   sealed->len - crypto_secretbox_NONCEBYTES, sealed->data,
                                   key) != 0)
        return NULL;
    return (Sentient__AuditEntries *)pb_unpack(arena, &SENTIENT_AUDIT_ENTRIES_RULE, plain,
                                               sealed->len - around);
}

const Err *audit_ship(Request *rq)
{
    Sentient__AuditBatch batch = SENTIENT__AUDIT_BATCH__INIT;
    Sentient__AuditEntries rows = SENTIENT__AUDIT_ENTRIES__INIT;
    const Runtime *runtime = rq->worker->runtime;
    TRY(db_run(rq->db, &RT_AUDIT_PENDING, NO_ARGS, INTO_LIST(&rows, "entries")));
    if (!rows.n_entries)
        return NULL;
    batch.service = arena_strdup(rq->arena, runtime->name);
    batch.uuid = batch_uuid(rq->arena, batch.service);
    batch.has_sealed = true;
    batch.sealed = audit_seal(rq->arena, runtime->hash_key, &rows);
    db_queue(rq->db, &RT_AUDIT_SHIPPED, ARGS(ROWS_OF(&rows, entries)), INTO_NOTHING);
    return rq_emit(rq, &EVENT_AUDIT_RECORDED, &batch.base);
}
