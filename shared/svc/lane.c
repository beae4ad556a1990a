/* Rings of copied messages between those who receive and the few who do slow work. */
#include "svc/lane.h"

#include <sodium.h>
#include <stdlib.h>

enum { FLUSH_MS = 1000 };

const Err LANE_BUSY = {.kind = ERR_UNAVAILABLE, .message = "The service is busy", .retry_after = 1};

typedef struct Slot {
    Arena *arena;
    Bus *bus;
    BusMessage message;
} Slot;

/* Places of a rank: `count` from `first` on are waiting or being copied out. */
typedef struct Ring {
    Slot *slots;
    size_t size, first, count;
} Ring;

struct Lane {
    Runtime *runtime;
    Worker **workers;
    size_t worker_count;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    Ring rings[RANK_COUNT];
    size_t turn; /* of the ring that was taken from last */
    bool closing;
};

static const BusHeader *headers_copy(Arena *arena, const BusHeader *headers)
{
    size_t count = 0;
    while (headers && headers[count].name)
        count++;
    BusHeader *copy = arena_array(arena, count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = (BusHeader){arena_strdup(arena, headers[i].name),
                              arena_strdup(arena, headers[i].value)};
    return copy;
}

static BusMessage message_copy(Arena *arena, const BusMessage *message)
{
    return (BusMessage){
        .subject = arena_strdup(arena, message->subject),
        .reply = message->reply ? arena_strdup(arena, message->reply) : NULL,
        .data = (uint8_t *)arena_strndup(arena, message->length ? (const char *)message->data : "",
                                         message->length),
        .length = message->length,
        .headers = headers_copy(arena, message->headers),
    };
}

/* What is slow may hold a password: nothing of it stays behind. */
static void message_wipe(BusMessage *message)
{
    sodium_memzero((void *)(uintptr_t)message->data, message->length);
}

/* The next ring in turn where something waits; NULL: nowhere. */
static Ring *ring_waiting(Lane *lane)
{
    for (size_t i = 1; i <= RANK_COUNT; i++) {
        size_t at = (lane->turn + i) % RANK_COUNT;
        if (lane->rings[at].count) {
            lane->turn = at;
            return &lane->rings[at];
        }
    }
    return NULL;
}

/* Waits for a message; false at the end. */
static bool lane_next(Lane *lane, Worker *worker, BusMessage *ret_message)
{
    (void)pthread_mutex_lock(&lane->lock);
    Ring *ring;
    while (!(ring = ring_waiting(lane)) && !lane->closing)
        (void)pthread_cond_wait(&lane->arrived, &lane->lock);
    if (ring) {
        Slot *slot = &ring->slots[ring->first];
        *ret_message = message_copy(worker->arena, &slot->message);
        worker->reply_bus = slot->bus;
        message_wipe(&slot->message);
        arena_reset(slot->arena);
        ring->first = (ring->first + 1) % ring->size;
        ring->count--;
    }
    (void)pthread_mutex_unlock(&lane->lock);
    return ring != NULL;
}

static void *lane_main(void *argument)
{
    Worker *worker = argument;
    BusMessage message;
    while (lane_next(worker->runtime->lane, worker, &message)) {
        dispatch(worker, &message);
        message_wipe(&message);
        arena_reset(worker->arena);
        if (atomic_load(&worker->runtime->stopping))
            bus_flush(worker->reply_bus, FLUSH_MS);
    }
    return NULL;
}

/* A place of the rank, or of one below it. */
static Slot *place_take(Lane *lane, Rank rank)
{
    for (size_t at = rank + 1; at-- > 0;) {
        Ring *ring = &lane->rings[at];
        if (ring->count < ring->size)
            return &ring->slots[(ring->first + ring->count++) % ring->size];
    }
    return NULL;
}

bool lane_give(Lane *lane, Bus *bus, const BusMessage *message, Rank rank)
{
    (void)pthread_mutex_lock(&lane->lock);
    Slot *slot = place_take(lane, rank);
    if (slot) {
        slot->bus = bus;
        slot->message = message_copy(slot->arena, message);
        (void)pthread_cond_signal(&lane->arrived);
    }
    (void)pthread_mutex_unlock(&lane->lock);
    return slot != NULL;
}

static Ring ring_new(size_t size)
{
    Slot *slots = calloc(size, sizeof *slots);
    if (!slots)
        abort();
    for (size_t i = 0; i < size; i++)
        slots[i].arena = arena_new(0);
    return (Ring){.slots = slots, .size = size};
}

static void ring_delete(Ring *ring)
{
    for (size_t i = 0; i < ring->size; i++)
        arena_delete(ring->slots[i].arena);
    free(ring->slots);
}

static bool threads_start(Lane *lane, size_t count)
{
    for (; lane->worker_count < count; lane->worker_count++) {
        Worker *worker = worker_new(lane->runtime, "slow");
        if (worker)
            worker->slow = true;
        if (!worker || pthread_create(&worker->thread, NULL, lane_main, worker) != 0) {
            worker_delete(worker);
            return false;
        }
        lane->workers[lane->worker_count] = worker;
    }
    return true;
}

Lane *lane_start(Runtime *runtime)
{
    const Service *service = runtime->service;
    Lane *lane = calloc(1, sizeof *lane);
    Worker **workers = calloc(service->slow_workers, sizeof(Worker *));
    size_t quarter = service->slow_queue / 4;
    if (!lane || !workers || !quarter)
        abort();
    *lane = (Lane){.runtime = runtime, .workers = workers};
    lane->rings[RANK_STRANGER] = ring_new(service->slow_queue - 2 * quarter);
    lane->rings[RANK_KNOWN] = ring_new(quarter);
    lane->rings[RANK_PROVEN] = ring_new(quarter);
    (void)pthread_mutex_init(&lane->lock, NULL);
    (void)pthread_cond_init(&lane->arrived, NULL);
    runtime->lane = lane;
    return threads_start(lane, service->slow_workers) ? lane : NULL;
}

void lane_stop(Lane *lane)
{
    if (!lane)
        return;
    (void)pthread_mutex_lock(&lane->lock);
    lane->closing = true;
    (void)pthread_cond_broadcast(&lane->arrived);
    (void)pthread_mutex_unlock(&lane->lock);
    for (size_t i = 0; i < lane->worker_count; i++) {
        (void)pthread_join(lane->workers[i]->thread, NULL);
        worker_delete(lane->workers[i]);
    }
    for (size_t i = 0; i < RANK_COUNT; i++)
        ring_delete(&lane->rings[i]);
    (void)pthread_cond_destroy(&lane->arrived);
    (void)pthread_mutex_destroy(&lane->lock);
    free((void *)lane->workers);
    free(lane);
}
