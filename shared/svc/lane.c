/* A ring of copied messages between those who receive and the few who do slow work. */
#include "svc/lane.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/str.h"

enum { FLUSH_MS = 1000 };

const Err LANE_BUSY = {.kind = ERR_UNAVAILABLE, .message = "The service is busy", .retry_after = 1};

typedef struct Slot {
    Arena *arena;
    Bus *bus;
    BusMessage message;
} Slot;

struct Lane {
    Runtime *runtime;
    Worker **workers;
    size_t worker_count;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    Slot *slots; /* size of them, `count` from `first` on are waiting or being copied out */
    size_t size, first, count;
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

/* Waits for a message; false at the end. */
static bool lane_next(Lane *lane, Worker *worker, BusMessage *ret_message)
{
    (void)pthread_mutex_lock(&lane->lock);
    while (!lane->count && !lane->closing)
        (void)pthread_cond_wait(&lane->arrived, &lane->lock);
    bool found = lane->count > 0;
    if (found) {
        Slot *slot = &lane->slots[lane->first];
        *ret_message = message_copy(worker->arena, &slot->message);
        worker->reply_bus = slot->bus;
        message_wipe(&slot->message);
        arena_reset(slot->arena);
        lane->first = (lane->first + 1) % lane->size;
        lane->count--;
    }
    (void)pthread_mutex_unlock(&lane->lock);
    return found;
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

static bool is_slow(const Service *service, const char *subject)
{
    for (size_t i = 0; i < service->contract->method_count; i++)
        if (str_eq(service->contract->methods[i].subject, subject))
            return service->code[i].prepare && !service->contract->methods[i].internal;
    return false;
}

LaneAnswer lane_give(Lane *lane, Bus *bus, const BusMessage *message)
{
    if (!lane || !is_slow(lane->runtime->service, message->subject))
        return LANE_OTHER;
    (void)pthread_mutex_lock(&lane->lock);
    bool room = lane->count < lane->size;
    if (room) {
        Slot *slot = &lane->slots[(lane->first + lane->count++) % lane->size];
        slot->bus = bus;
        slot->message = message_copy(slot->arena, message);
        (void)pthread_cond_signal(&lane->arrived);
    }
    (void)pthread_mutex_unlock(&lane->lock);
    return room ? LANE_TAKEN : LANE_FULL;
}

static bool threads_start(Lane *lane, size_t count)
{
    for (; lane->worker_count < count; lane->worker_count++) {
        Worker *worker = worker_new(lane->runtime, "slow");
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
    Slot *slots = calloc(service->slow_queue, sizeof *slots);
    if (!lane || !workers || !slots)
        abort();
    *lane =
        (Lane){.runtime = runtime, .workers = workers, .slots = slots, .size = service->slow_queue};
    (void)pthread_mutex_init(&lane->lock, NULL);
    (void)pthread_cond_init(&lane->arrived, NULL);
    for (size_t i = 0; i < lane->size; i++)
        slots[i].arena = arena_new(0);
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
    for (size_t i = 0; i < lane->size; i++)
        arena_delete(lane->slots[i].arena);
    (void)pthread_cond_destroy(&lane->arrived);
    (void)pthread_mutex_destroy(&lane->lock);
    free(lane->slots);
    free((void *)lane->workers);
    free(lane);
}
