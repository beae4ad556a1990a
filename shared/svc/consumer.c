/* The consumer: events of other services, in order, in transactions that also move this service's
 * position. Up to BATCH_MAX at once; where that fails, one by one; what is refused for good is put
 * aside with the later events of its document. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/envelope.h"
#include "svc.sql.h"
#include "svc/crash.h"
#include "svc/deadletter.h"
#include "svc/observe.h"
#include "svc/position.h"
#include "svc/role.h"
#include "svc/stream.h"

enum {
    BATCH_MAX = 64,
    BATCH_BYTES = 4 * 1024 * 1024,
    WAIT_MS = 200,
    LOOK_MS = 1000,
    TRIES = 3,
    SAVE_EVERY = 1000,
    SILENT_LOOKS = 3
};

typedef struct Consumer {
    BusStream *stream;
    uint64_t epoch;            /* of the connection that the subscription was made under; 0: none */
    int64_t created;           /* of the stream */
    uint64_t passed;           /* last sequence seen, ours or not */
    uint64_t saved;            /* the position in PostgreSQL */
    char last[UUID_TEXT];      /* id of the event at `passed` */
    int64_t looked_at;         /* when the stream and the events put aside were looked at */
    uint64_t looked_at_passed; /* `passed` then */
    int silent;                /* looks at which the stream had more, and none of it had come */
} Consumer;

static bool is_uuid(const char *text)
{
    return text && uuid_valid(text, strlen(text));
}

static bool event_read(Arena *arena, const Service *service, const BusMessage *message,
                       Event *ret_event)
{
    const EventHandler *handler = event_handler(service, message->subject);
    const char *id = bus_header(message, HDR_CE_ID),
               *document = bus_header(message, HDR_CE_SUBJECT);
    if (!handler)
        return false;
    if (!is_uuid(id) || !is_uuid(document)) {
        log_error("event without identity passed over", LOG_STR("subject", message->subject),
                  LOG_INT("sequence", message->sequence));
        return false;
    }
    *ret_event = (Event){
        .handler = handler,
        .id = id,
        .document = document,
        .subject = message->subject,
        .traceparent = bus_header(message, HDR_TRACEPARENT),
        .data = message->data,
        .length = message->length,
        .sequence = message->sequence,
        .payload = pb_unpack(arena, handler->type->payload, message->data, message->length),
    };
    return true;
}

/* ---- effects ---- */

typedef struct EventBatch {
    RoleRun *run;
    Event *events;
    size_t count;
    uint64_t position; /* last sequence that the batch covers, ours or not */
    const char *last;  /* id of the event there */
    const char *dead;  /* the one event is put aside, for this reason; NULL: it is handled */
} EventBatch;

typedef struct TextRow {
    const char *text;
} TextRow;

static const DbColumn EVENT_ID[] = {{"event_id", DB_TEXT, 0, offsetof(TextRow, text)}, DB_END};
static const DbColumn DOCUMENT[] = {{"document", DB_TEXT, 0, offsetof(TextRow, text)}, DB_END};

/* Each row counts once: the same event may come several times in one batch. */
static bool rows_take(TextRow *rows, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].text || !str_eq_nocase(rows[i].text, text))
            continue;
        rows[i].text = NULL;
        return true;
    }
    return false;
}

static bool rows_hold(const TextRow *rows, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(rows[i].text, text))
            return true;
    return false;
}

static const Err *event_effect(Request *rq, const EventBatch *batch, const Event *event)
{
    if (!batch->dead)
        return event_handle(rq, event);
    dead_letter_add(rq, event, "dead", batch->dead);
    return NULL;
}

static void queue_position(Request *rq, const Consumer *consumer, uint64_t sequence,
                           const char *event)
{
    db_queue(rq->db, &RT_POSITION_SAVE,
             ARG(arg_int("created", consumer->created), arg_int("sequence", (int64_t)sequence),
                 arg_text("event", event)),
             INTO_NOTHING);
}

static const Err *batch_body(Request *rq, void *context)
{
    const EventBatch *batch = context;
    TextRow *fresh = NULL, *blocked = NULL;
    size_t fresh_count = 0, blocked_count = 0;
    Buf ids = {.arena = rq->arena}, sequences = ids, documents = ids;
    for (size_t i = 0; i < batch->count; i++) {
        db_array_add(&ids, batch->events[i].id);
        db_array_add(&sequences, arena_printf(rq->arena, "%" PRIu64, batch->events[i].sequence));
        db_array_add(&documents, batch->events[i].document);
    }
    db_queue(rq->db, &RT_INBOX_CLAIM,
             ARG(arg_text("event", db_array_text(&ids)),
                 arg_text("sequence", db_array_text(&sequences))),
             INTO_STRUCTS(EVENT_ID, &fresh, &fresh_count));
    TRY(db_run(rq->db, &RT_BLOCKED, ARG(arg_text("document", db_array_text(&documents))),
               INTO_STRUCTS(DOCUMENT, &blocked, &blocked_count)));
    for (size_t i = 0; i < batch->count; i++) {
        const Event *event = &batch->events[i];
        if (!rows_take(fresh, fresh_count, event->id))
            continue; /* had its effect before */
        if (rows_hold(blocked, blocked_count, event->document))
            dead_letter_add(rq, event, "parked", "an earlier event of this document is put aside");
        else
            TRY(event_effect(rq, batch, event));
    }
    queue_position(rq, batch->run->state, batch->position, batch->last);
    crash_point("consumer_before_commit");
    return NULL;
}

static const Err *batch_run(EventBatch *batch)
{
    Request rq = worker_request(batch->run->worker);
    TRY(role_transaction(batch->run, &rq, batch_body, batch));
    crash_point("consumer_after_commit");
    return NULL;
}

static const Err *event_alone(RoleRun *run, Event *event)
{
    EventBatch one = {
        .run = run, .events = event, .count = 1, .position = event->sequence, .last = event->id};
    const Err *err = NULL;
    for (int i = 0; i < TRIES; i++) {
        err = batch_run(&one);
        if (!err || event_error_passes(err))
            return err;
    }
    one.dead = err->cause ? err->cause : err->message;
    return batch_run(&one);
}

static const Err *batch_effect(RoleRun *run, EventBatch *batch)
{
    const Err *err = batch_run(batch);
    if (!err || event_error_passes(err))
        return err;
    for (size_t i = 0; i < batch->count; i++)
        TRY(event_alone(run, &batch->events[i]));
    return NULL;
}

/* ---- subscribing ---- */

static const Err *consumer_subscribe(RoleRun *run)
{
    Consumer *consumer = run->state;
    BusStreamState state;
    uint64_t from = 1;
    TRY(stream_ensure(consumer->stream, run->worker->arena));
    TRY(bus_stream_state(consumer->stream, &state));
    consumer->created = state.created;
    TRY(position_begin(run, consumer->stream, &state, &from));
    TRY(bus_stream_consume(consumer->stream, from));
    consumer->passed = consumer->saved = from - 1;
    consumer->last[0] = '\0';
    log_info("events are read", LOG_INT("from", from));
    return NULL;
}

/* Whether the stream has more, and none of it has come for some looks: the reader's connection may
 * be dead without knowing it. */
static bool consumer_hears_nothing(Consumer *consumer, const BusStreamState *state)
{
    bool more = state->last > consumer->passed && state->first <= state->last;
    bool none = consumer->passed == consumer->looked_at_passed;
    consumer->silent = more && none ? consumer->silent + 1 : 0;
    consumer->looked_at_passed = consumer->passed;
    if (consumer->silent < SILENT_LOOKS)
        return false;
    consumer->silent = 0;
    log_warn("no events come from the stream", LOG_INT("passed", consumer->passed),
             LOG_INT("last", state->last));
    return true;
}

/* A stream that was deleted or made anew without a reconnect would leave the subscription waiting
 * for ever. */
static void consumer_watch(Consumer *consumer)
{
    BusStreamState state;
    const Err *err = bus_stream_state(consumer->stream, &state);
    if (!err)
        observe_behind(state.last > consumer->passed ? (int64_t)(state.last - consumer->passed)
                                                     : 0);
    bool other = !err && (state.created != consumer->created || state.last < consumer->passed ||
                          consumer_hears_nothing(consumer, &state));
    if (other || err_is(err, &ERR_NO_DOCUMENT))
        consumer->epoch = 0;
}

/* ---- the role ---- */

static const Err *consumer_lead(RoleRun *run)
{
    Consumer *consumer = calloc(1, sizeof *consumer);
    if (!consumer)
        abort();
    run->state = consumer;
    consumer->stream = bus_stream_new(run->worker->bus, EVENT_STREAM);
    return consumer->stream ? NULL : &BUS_AWAY;
}

/* Takes what is there, up to BATCH_MAX events of ours and one beyond BATCH_BYTES of any. */
static size_t consumer_collect(RoleRun *run, Event *events)
{
    Consumer *consumer = run->state;
    Arena *arena = run->worker->arena;
    BusMessage message;
    size_t count = 0, bytes = 0;
    for (int64_t wait = WAIT_MS; count < BATCH_MAX && bytes < BATCH_BYTES; wait = 1) {
        if (!bus_stream_next(consumer->stream, arena, wait, &message))
            break;
        const char *id = bus_header(&message, HDR_CE_ID);
        bytes += message.length;
        consumer->passed = message.sequence;
        (void)snprintf(consumer->last, sizeof consumer->last, "%s", id ? id : "");
        count += event_read(arena, run->worker->runtime->service, &message, &events[count]);
        if (consumer->passed - consumer->saved >= SAVE_EVERY)
            break;
    }
    return count;
}

static const Err *consumer_batch(RoleRun *run)
{
    Consumer *consumer = run->state;
    Event events[BATCH_MAX];
    EventBatch batch = {.run = run, .events = events};
    batch.count = consumer_collect(run, events);
    batch.position = consumer->passed;
    batch.last = uuid_valid(consumer->last, strlen(consumer->last)) ? consumer->last : NULL;
    if (!batch.count && consumer->passed - consumer->saved < SAVE_EVERY)
        return NULL;
    TRY(batch_effect(run, &batch));
    consumer->saved = batch.position;
    observe_consumed((int64_t)batch.count);
    return NULL;
}

static const Err *consumer_step(RoleRun *run)
{
    Consumer *consumer = run->state;
    uint64_t epoch = bus_epoch(run->worker->bus);
    int64_t now = clock_monotonic_ms();
    if (!bus_connected(run->worker->bus)) {
        role_pause(run, WAIT_MS);
        return db_run(run->worker->db, &RT_FENCE, ARG(arg_int("backend", run->backend)),
                      INTO_NOTHING);
    }
    if (consumer->epoch != epoch) {
        TRY(consumer_subscribe(run));
        consumer->epoch = epoch;
    }
    if (now - consumer->looked_at >= LOOK_MS) {
        consumer->looked_at = now;
        TRY(dead_letters_resume(run));
        consumer_watch(consumer);
    }
    return consumer_batch(run);
}

static void consumer_leave(RoleRun *run)
{
    Consumer *consumer = run->state;
    observe_behind(0);
    bus_stream_delete(consumer->stream);
    free(consumer);
    run->state = NULL;
}

const Role ROLE_CONSUMER = {.name = "consumer",
                            .number = 2,
                            .lead = consumer_lead,
                            .step = consumer_step,
                            .leave = consumer_leave,
                            .stand_by = position_stand_by};
