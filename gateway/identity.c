/* Following auth's feed. Asked for, not listened to: an answer that is lost is asked for again, so
 * there is nothing to miss; begun anew after every reconnect and every IDENTITY_RELOAD_MS, so that
 * nothing wrong stays. */
#include "identity.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "identity_table.h"
#include "kit/envelope.h"
#include "kit/pb.h"
#include "sentient/auth.contract.h"

/* An answer takes a millisecond or two. One that stays out was asked of an instance that is frozen
 * or just died, so it is soon asked of another; longer at last, since all of them may be slow. */
enum { ASK_MS = 100, ASK_TRIES = 8, ASK_LAST_MS = 1000, ARENA_KEEP = 256 * 1024 };

struct Identity {
    Bus *bus;
    BusCaller *caller;
    Arena *arena; /* of one round */
    pthread_t thread;
    pthread_rwlock_t lock; /* of `table` */
    IdentityTable *table;  /* replaced and filled by the thread alone */
    _Atomic bool loaded, stopping;
    uint64_t epoch; /* of the connection over which the table was read */
    int64_t reload_ms;
};

static const Err *ask_again(Identity *identity, const uint8_t *data, size_t length,
                            BusMessage *ret_reply)
{
    static const BusHeader HEADERS[] = {{HDR_USERNAME, "gateway"}, {0}};
    const Err *err = &BUS_TIMEOUT;
    for (int i = 0; i <= ASK_TRIES && err_is(err, &BUS_TIMEOUT); i++)
        err = bus_request(identity->caller, identity->arena, AUTH_IDENTITY_CHANGES->subject,
                          HEADERS, data, length,
                          clock_monotonic_ms() + (i < ASK_TRIES ? ASK_MS : ASK_LAST_MS), ret_reply);
    return err;
}

static const Err *ask(Identity *identity, int64_t after, Auth__IdentityPage **ret_page)
{
    Sentient__ExportQuery query = SENTIENT__EXPORT_QUERY__INIT;
    BusMessage reply;
    size_t length;
    query.has_after_id = true;
    query.after_id = after;
    const uint8_t *data = pb_pack(identity->arena, &query.base, &length);
    TRY(ask_again(identity, data, length, &reply));
    if (bus_header(&reply, HDR_ERROR_CODE))
        return &ERR_AWAY;
    *ret_page = (Auth__IdentityPage *)pb_unpack(identity->arena, AUTH_IDENTITY_CHANGES->out,
                                                reply.data, reply.length);
    return *ret_page ? NULL : &ERR_AWAY;
}

static const Err *read_whole(Identity *identity, IdentityTable *table)
{
    Auth__IdentityPage *page;
    do {
        arena_reset(identity->arena);
        TRY(ask(identity, identity_table_last(table), &page));
        if (!identity_table_apply(table, page))
            return &ERR_AWAY;
    } while (page->has_more && page->more);
    return NULL;
}

/* The old table serves until the new one is whole. */
static void reload(Identity *identity)
{
    uint64_t epoch = bus_epoch(identity->bus);
    IdentityTable *fresh = identity_table_new(), *old = identity->table;
    if (read_whole(identity, fresh)) {
        identity_table_delete(fresh);
        return;
    }
    (void)pthread_rwlock_wrlock(&identity->lock);
    identity->table = fresh;
    (void)pthread_rwlock_unlock(&identity->lock);
    identity_table_delete(old);
    identity->epoch = epoch;
    identity->reload_ms = clock_monotonic_ms() + IDENTITY_RELOAD_MS;
    if (!atomic_exchange(&identity->loaded, true))
        log_info("identity loaded", LOG_INT("last", identity_table_last(fresh)));
}

static void follow(Identity *identity)
{
    Auth__IdentityPage *page;
    if (ask(identity, identity_table_last(identity->table), &page))
        return;
    (void)pthread_rwlock_wrlock(&identity->lock);
    bool same = identity_table_apply(identity->table, page);
    (void)pthread_rwlock_unlock(&identity->lock);
    if (!same)
        identity->reload_ms = 0;
}

static void *identity_main(void *context)
{
    Identity *identity = context;
    while (!atomic_load(&identity->stopping)) {
        bool due = !atomic_load(&identity->loaded) || identity->epoch != bus_epoch(identity->bus) ||
                   clock_monotonic_ms() >= identity->reload_ms;
        arena_reset(identity->arena);
        if (bus_connected(identity->bus) && due)
            reload(identity);
        else if (bus_connected(identity->bus))
            follow(identity);
        (void)nanosleep(&(struct timespec){.tv_nsec = IDENTITY_POLL_MS * 1000000L}, NULL);
    }
    return NULL;
}

Identity *identity_start(Arena *arena, Bus *bus)
{
    Identity *identity = ARENA_NEW(arena, Identity);
    *identity = (Identity){.bus = bus, .table = identity_table_new()};
    (void)pthread_rwlock_init(&identity->lock, NULL);
    atomic_init(&identity->loaded, !bus);
    if (!bus)
        return identity;
    identity->arena = arena_new(ARENA_KEEP);
    identity->caller = bus_caller_new(bus);
    if (identity->caller && pthread_create(&identity->thread, NULL, identity_main, identity) == 0)
        return identity;
    log_error("identity cannot be followed");
    return NULL;
}

void identity_stop(Identity *identity)
{
    if (identity->bus) {
        atomic_store(&identity->stopping, true);
        (void)pthread_join(identity->thread, NULL);
        bus_caller_delete(identity->caller);
        arena_delete(identity->arena);
    }
    identity_table_delete(identity->table);
}

bool identity_loaded(const Identity *identity)
{
    return atomic_load(&identity->loaded);
}

bool identity_check(Identity *identity, Arena *arena, JwtClaims *claims)
{
    (void)pthread_rwlock_rdlock(&identity->lock);
    bool alive = identity_table_check(identity->table, arena, clock_wall() / 1000000, claims);
    (void)pthread_rwlock_unlock(&identity->lock);
    return alive;
}
