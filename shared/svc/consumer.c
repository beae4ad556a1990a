/* The consumer: events of other services, in order, in transactions that also move this service's
 * position. Up to BATCH_MAX at once; where that fails, one by one; what is refused for good is put
 * aside with the later events of its document. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/envelope.h"
#include "svc.sql.h"
#include "svc/observe.h"
#include "svc/role.h"
#include "svc/snapshot.h"
#include "svc/stream.h"

enum { BATCH_MAX = 64, WAIT_MS = 200, TRIES = 3, SAVE_EVERY = 1000 };

/* An event that this service acts on. */
typedef struct Event {
    const EventHandler *handler;
    const char *id, *document, *subject, *traceparent;
    const uint8_t *data;
    size_t length;
    uint64_t sequence;
    const ProtobufCMessage *payload; /* NULL: unreadable */
} Event;

typedef struct Consumer {
    BusStream *stream;
    uint64_t epoch;  /* of the connection that the subscription was made under; 0: none */
    int64_t created; /* of the stream */
    uint64_t passed; /* last sequence seen, ours or not */
    uint64_t saved;  /* the position in PostgreSQL */
} Consumer;

static const EventHandler *handler_find(const Service *service, const char *subject)
{
    for (const EventHandler *handler = service->events; handler && handler->type; handler++)
        if (str_eq(handler->type->subject, subject))
            return handler;
    return NULL;
}

static bool event_read(Arena *arena, const Service *service, const BusMessage *message,
                       Event *ret_event)
{
    const EventHandler *handler = handler_find(service, message->subject);
    const char *id = bus_header(message, HDR_CE_ID),
               *document = bus_header(message, HDR_CE_SUBJECT);
    if (!handler || !id || !document)
        return false;
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
    uint64_t position; /* last sequence that the batch covers */
    const char *dead;  /* the one event is put aside, for this reason; NULL: it is handled */
} EventBatch;

static const char *array_text(Arena *arena, const EventBatch *batch,
                              const char *(*field)(Arena *, const Event *))
{
    Buf text = {.arena = arena};
    for (size_t i = 0; i < batch->count; i++)
        buf_printf(&text, "%c%s", i ? ',' : '{', field(arena, &batch->events[i]));
    buf_puts(&text, batch->count ? "}" : "{}");
    return text.data;
}

static const char *field_id(Arena *arena, const Event *event)
{
    (void)arena;
    return event->id;
}

static const char *field_document(Arena *arena, const Event *event)
{
    (void)arena;
    return event->document;
}

static const char *field_sequence(Arena *arena, const Event *event)
{
    return arena_printf(arena, "%" PRIu64, event->sequence);
}

typedef struct TextRow {
    const char *text;
} TextRow;

static const DbColumn EVENT_ID[] = {{"event_id", DB_TEXT, 0, offsetof(TextRow, text)}, DB_END};
static const DbColumn DOCUMENT[] = {{"document", DB_TEXT, 0, offsetof(TextRow, text)}, DB_END};

static bool rows_hold(const TextRow *rows, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(rows[i].text, text))
            return true;
    return false;
}

static void put_aside(Request *rq, const Event *event, const char *state, const char *reason)
{
    db_queue(rq->db, &RT_DEAD_LETTER,
             ARG(arg_text("event", event->id), arg_int("sequence", (int64_t)event->sequence),
                 arg_text("subject", event->subject), arg_text("document", event->document),
                 arg_text("traceparent", event->traceparent),
                 arg_bytes("payload", event->data, event->length), arg_text("state", state),
                 arg_text("error", reason)),
             INTO_NOTHING);
    log_error("event put aside", LOG_STR("subject", event->subject), LOG_STR("event", event->id),
              LOG_STR("document", event->document), LOG_STR("state", state),
              LOG_STR("error", reason));
    observe_dead_letter();
}

static const Err *event_effect(Request *rq, const EventBatch *batch, const Event *event)
{
    static const Err UNREADABLE = {.kind = ERR_INVALID, .message = "The event cannot be read"};
    if (batch->dead) {
        put_aside(rq, event, "dead", batch->dead);
        return NULL;
    }
    rq->traceparent = event->traceparent;
    return event->payload ? event->handler->function(rq, event->payload) : &UNREADABLE;
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
    db_queue(rq->db, &RT_INBOX_CLAIM,
             ARG(arg_text("event", array_text(rq->arena, batch, field_id)),
                 arg_text("sequence", array_text(rq->arena, batch, field_sequence))),
             INTO_STRUCTS(EVENT_ID, &fresh, &fresh_count));
    TRY(db_run(rq->db, &RT_BLOCKED,
               ARG(arg_text("document", array_text(rq->arena, batch, field_document))),
               INTO_STRUCTS(DOCUMENT, &blocked, &blocked_count)));
    for (size_t i = 0; i < batch->count; i++) {
        const Event *event = &batch->events[i];
        if (!rows_hold(fresh, fresh_count, event->id))
            continue; /* had its effect before */
        if (rows_hold(blocked, blocked_count, event->document))
            put_aside(rq, event, "parked", "an earlier event of this document is put aside");
        else
            TRY(event_effect(rq, batch, event));
    }
    const char *last = batch->count ? batch->events[batch->count - 1].id : NULL;
    queue_position(rq, batch->run->state, batch->position, last);
    return NULL;
}

/* Passing trouble is worth waiting for; everything else is the event's own. */
static bool is_transient(const Err *err)
{
    return err_is(err, &DB_AWAY) || err_is(err, &DB_AMBIGUOUS) || err_is(err, &DB_CONFLICT) ||
           err_is(err, &DB_LOCKED) || err_is(err, &DB_TIMEOUT);
}

static const Err *batch_run(EventBatch *batch)
{
    Request rq = worker_request(batch->run->worker, "system");
    return role_transaction(batch->run, &rq, batch_body, batch);
}

static const Err *event_alone(RoleRun *run, Event *event)
{
    EventBatch one = {.run = run, .events = event, .count = 1, .position = event->sequence};
    const Err *err = NULL;
    for (int i = 0; i < TRIES; i++) {
        err = batch_run(&one);
        if (!err || is_transient(err))
            return err;
    }
    one.dead = err->cause ? err->cause : err->message;
    return batch_run(&one);
}

static const Err *batch_effect(RoleRun *run, EventBatch *batch)
{
    const Err *err = batch_run(batch);
    if (!err || is_transient(err))
        return err;
    for (size_t i = 0; i < batch->count; i++)
        TRY(event_alone(run, &batch->events[i]));
    return NULL;
}

/* ---- position ---- */

typedef struct Position {
    int64_t created, sequence;
    const char *event;
} Position;

static const DbColumn POSITION[] = {DB_COLUMN_INT(Position, created),
                                    DB_COLUMN_INT(Position, sequence),
                                    DB_COLUMN_TEXT(Position, event), DB_END};

/* Whether the stream still is what the position says. The position's event need not be the message
 * at its sequence (events of others move it too), so the check looks at what it can know. */
static const Err *position_holds(RoleRun *run, const Position *position,
                                 const BusStreamState *state, bool *ret_holds)
{
    Consumer *consumer = run->state;
    BusMessage message;
    *ret_holds = position->created == state->created && (uint64_t)position->sequence <= state->last;
    if (!*ret_holds || !position->event || (uint64_t)position->sequence < state->first)
        return NULL;
    const Err *err = bus_stream_get(consumer->stream, run->worker->arena,
                                    (uint64_t)position->sequence, &message);
    if (err_is(err, &ERR_NO_DOCUMENT))
        return NULL;
    TRY(err);
    *ret_holds = str_eq(bus_header(&message, HDR_CE_ID), position->event);
    return NULL;
}

static const Err *position_begin(RoleRun *run, const BusStreamState *state, uint64_t *ret_from)
{
    Consumer *consumer = run->state;
    Position position = {0};
    bool found = false, holds = false;
    Request rq = worker_request(run->worker, "system");
    TRY(db_run(rq.db, &RT_POSITION, NO_ARGS, TRY_STRUCT(POSITION, &position, &found)));
    consumer->created = state->created;
    if (!found) {
        TRY(snapshot_load(run, state));
        *ret_from = state->last + 1;
        return NULL;
    }
    TRY(position_holds(run, &position, state, &holds));
    *ret_from = holds ? (uint64_t)position.sequence + 1 : 1;
    if (!holds)
        log_warn("the stream is not what it was: read again from its beginning",
                 LOG_INT("position", position.sequence), LOG_INT("last", state->last));
    return NULL;
}

static const Err *consumer_subscribe(RoleRun *run)
{
    Consumer *consumer = run->state;
    BusStreamState state;
    uint64_t from = 1;
    TRY(stream_ensure(consumer->stream));
    TRY(bus_stream_state(consumer->stream, &state));
    TRY(position_begin(run, &state, &from));
    TRY(bus_stream_consume(consumer->stream, from));
    consumer->passed = consumer->saved = from - 1;
    log_info("events are read", LOG_INT("from", from));
    return NULL;
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

/* Takes what is there, up to BATCH_MAX events of ours. */
static size_t consumer_collect(RoleRun *run, Event *events)
{
    Consumer *consumer = run->state;
    Arena *arena = run->worker->arena;
    BusMessage message;
    size_t count = 0;
    for (int64_t wait = WAIT_MS; count < BATCH_MAX; wait = 1) {
        if (!bus_stream_next(consumer->stream, arena, wait, &message))
            break;
        consumer->passed = message.sequence;
        count += event_read(arena, run->worker->runtime->service, &message, &events[count]);
        if (consumer->passed - consumer->saved >= SAVE_EVERY)
            break;
    }
    return count;
}

static const Err *consumer_step(RoleRun *run)
{
    Consumer *consumer = run->state;
    Event events[BATCH_MAX];
    uint64_t epoch = bus_epoch(run->worker->bus);
    if (!bus_connected(run->worker->bus)) {
        role_pause(run, WAIT_MS);
        return db_run(run->worker->db, &RT_FENCE, ARG(arg_int("backend", run->backend)),
                      INTO_NOTHING);
    }
    if (consumer->epoch != epoch) {
        TRY(consumer_subscribe(run));
        consumer->epoch = epoch;
    }
    EventBatch batch = {.run = run, .events = events};
    batch.count = consumer_collect(run, events);
    batch.position = batch.count ? events[batch.count - 1].sequence : consumer->passed;
    if (!batch.count && consumer->passed - consumer->saved < SAVE_EVERY)
        return NULL;
    TRY(batch_effect(run, &batch));
    consumer->saved = batch.position;
    observe_consumed((int64_t)batch.count);
    return NULL;
}

static void consumer_leave(RoleRun *run)
{
    Consumer *consumer = run->state;
    bus_stream_delete(consumer->stream);
    free(consumer);
    run->state = NULL;
}

const Role ROLE_CONSUMER = {.name = "consumer",
                            .number = 2,
                            .lead = consumer_lead,
                            .step = consumer_step,
                            .leave = consumer_leave};
