/* Sealing and opening of audit batches. What triggers write is the flow tests' business. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "svc/audit.h"

static Arena *arena;

static void setup(void)
{
    arena = arena_new(0);
    cr_assert(sodium_init() >= 0);
}

TestSuite(audit, .init = setup);

static ProtobufCBinaryData sealed_entry(const uint8_t secret[32])
{
    Sentient__AuditEntry entry = SENTIENT__AUDIT_ENTRY__INIT;
    Sentient__AuditEntries entries = SENTIENT__AUDIT_ENTRIES__INIT;
    Sentient__AuditEntry *list[] = {&entry};
    entry.entity = "customer";
    entry.changes = "{\"name\": [\"PT Lama\", \"PT Baru\"]}";
    entries.n_entries = 1;
    entries.entries = list;
    return audit_seal(arena, secret, &entries);
}

Test(audit, is_opened_with_the_same_secret_alone)
{
    static const uint8_t SECRET[32] = {1}, OTHER[32] = {2};
    ProtobufCBinaryData sealed = sealed_entry(SECRET);
    cr_expect_null(memmem(sealed.data, sealed.len, "PT Baru", 7), "nobody reads it on the way");
    cr_expect_null(audit_open(arena, OTHER, &sealed));
    Sentient__AuditEntries *opened = audit_open(arena, SECRET, &sealed);
    cr_assert_not_null(opened);
    cr_assert_eq(opened->n_entries, 1);
    cr_expect_str_eq(opened->entries[0]->changes, "{\"name\": [\"PT Lama\", \"PT Baru\"]}");
}

Test(audit, refuses_what_was_changed_or_cut)
{
    static const uint8_t SECRET[32] = {1};
    ProtobufCBinaryData sealed = sealed_entry(SECRET);
    sealed.data[sealed.len - 1] ^= 1;
    cr_expect_null(audit_open(arena, SECRET, &sealed));
    sealed.len = 10;
    cr_expect_null(audit_open(arena, SECRET, &sealed));
}
