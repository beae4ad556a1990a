/* Asking over an inbox of one's own, and answering as a member of a queue group. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/bus_private.h"

enum { INBOX_RANDOM = 16, PENDING_MESSAGES = 1024, PENDING_BYTES = 8 * 1024 * 1024 };

const Err BUS_NOBODY = {
    .kind = ERR_UNAVAILABLE, .message = "The service is away", .retry_after = 1};
const Err BUS_TIMEOUT = {
    .kind = ERR_UNAVAILABLE, .message = "The service did not answer in time", .retry_after = 1};

/* Answers come to <inbox>.<sequence>: a late one is told from the one that is waited for. */
struct BusCaller {
    Bus *bus;
    natsSubscription *subscription;
    char inbox[128];
    uint64_t sequence;
};

struct BusQueue {
    natsSubscription *subscription;
};

BusCaller *bus_caller_new(Bus *bus)
{
    BusCaller *caller = calloc(1, sizeof *caller);
    uint8_t random[INBOX_RANDOM];
    if (!caller)
        abort();
    random_bytes(random, sizeof random);
    Arena *arena = arena_new(0);
    (void)snprintf(caller->inbox, sizeof caller->inbox, "%s.%s", bus->config.inbox_prefix,
                   hex_encode(arena, random, sizeof random));
    arena_delete(arena);
    caller->bus = bus;
    char subject[sizeof caller->inbox + 2];
    (void)snprintf(subject, sizeof subject, "%s.*", caller->inbox);
    natsStatus s = natsConnection_SubscribeSync(&caller->subscription, bus->connection, subject);
    if (s == NATS_OK)
        return caller;
    log_error("bus cannot open an inbox", LOG_STR("status", natsStatus_GetText(s)));
    free(caller);
    return NULL;
}

void bus_caller_delete(BusCaller *caller)
{
    if (!caller)
        return;
    natsSubscription_Destroy(caller->subscription);
    free(caller);
}

static bool answers(const natsMsg *msg, const char *reply)
{
    return str_eq(natsMsg_GetSubject(msg), reply);
}

static const Err *caller_wait(BusCaller *caller, Arena *arena, const char *reply,
                              int64_t deadline_ms, BusMessage *ret_reply)
{
    for (;;) {
        natsMsg *msg = NULL;
        int64_t left = deadline_ms - clock_monotonic_ms();
        natsStatus s = natsSubscription_NextMsg(&msg, caller->subscription, left > 0 ? left : 1);
        if (s == NATS_TIMEOUT)
            return &BUS_TIMEOUT;
        if (s == NATS_NO_RESPONDERS)
            return &BUS_NOBODY;
        if (s != NATS_OK)
            return err_with_cause(arena, &BUS_AWAY, "%s", natsStatus_GetText(s));
        bool mine = answers(msg, reply), nobody = natsMsg_IsNoResponders(msg);
        if (mine && !nobody)
            *ret_reply = bus_message(arena, msg);
        natsMsg_Destroy(msg);
        if (mine)
            return nobody ? &BUS_NOBODY : NULL;
    }
}

const Err *bus_request(BusCaller *caller, Arena *arena, const char *subject,
                       const BusHeader *headers, const void *data, size_t length,
                       int64_t deadline_ms, BusMessage *ret_reply)
{
    if (!bus_connected(caller->bus))
        return &BUS_AWAY; /* a request into the reconnect buffer would be carried out after its
                             caller has gone */
    if (clock_monotonic_ms() >= deadline_ms)
        return &BUS_TIMEOUT;
    char *reply = arena_printf(arena, "%s.%" PRIu64, caller->inbox, ++caller->sequence);
    natsMsg *msg = bus_compose(subject, reply, headers, data, length);
    natsStatus s = msg ? natsConnection_PublishMsg(caller->bus->connection, msg) : NATS_NO_MEMORY;
    natsMsg_Destroy(msg);
    if (s != NATS_OK)
        return err_with_cause(arena, &BUS_AWAY, "%s", natsStatus_GetText(s));
    return caller_wait(caller, arena, reply, deadline_ms, ret_reply);
}

BusQueue *bus_queue_new(Bus *bus, const char *subject, const char *group)
{
    BusQueue *queue = calloc(1, sizeof *queue);
    if (!queue)
        abort();
    natsStatus s =
        natsConnection_QueueSubscribeSync(&queue->subscription, bus->connection, subject, group);
    s = s == NATS_OK ? natsSubscription_SetPendingLimits(queue->subscription, PENDING_MESSAGES,
                                                         PENDING_BYTES)
                     : s;
    if (s == NATS_OK)
        return queue;
    log_error("bus cannot join the queue", LOG_STR("subject", subject),
              LOG_STR("status", natsStatus_GetText(s)));
    bus_queue_delete(queue);
    return NULL;
}

bool bus_queue_next(BusQueue *queue, Arena *arena, int64_t timeout_ms, BusMessage *ret_message)
{
    natsMsg *msg = NULL;
    natsStatus s =
        natsSubscription_NextMsg(&msg, queue->subscription, timeout_ms > 0 ? timeout_ms : 1);
    if (s != NATS_OK)
        return false;
    *ret_message = bus_message(arena, msg);
    natsMsg_Destroy(msg);
    return true;
}

void bus_queue_drain(BusQueue *queue)
{
    (void)natsSubscription_Drain(queue->subscription);
}

void bus_queue_delete(BusQueue *queue)
{
    if (!queue)
        return;
    natsSubscription_Destroy(queue->subscription);
    free(queue);
}
