/* The relay: publishes the outbox in order, and checks after every reconnect that the stream still
 * holds what it acknowledged. */
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/envelope.h"
#include "svc.sql.h"
#include "svc/crash.h"
#include "svc/observe.h"
#include "svc/role.h"
#include "svc/stream.h"

enum { POLL_MS = 250, WATCH_MS = 1000, FULL_PERCENT = 80 };

typedef struct Relay {
    BusStream *stream;
    uint64_t epoch;  /* of the connection whose stream was checked; 0: none yet */
    int64_t created; /* of that stream */
    int64_t watched_at;
    LogRepeat said; /* of why nothing leaves */
} Relay;

typedef struct Pending {
    int64_t id, sequence, created;
    const char *event_id, *subject, *document, *traceparent;
    ProtobufCBinaryData payload;
} Pending;

static const DbColumn PENDING[] = {DB_COLUMN_INT(Pending, id),
                                   DB_COLUMN_INT(Pending, sequence),
                                   DB_COLUMN_INT(Pending, created),
                                   DB_COLUMN_TEXT(Pending, event_id),
                                   DB_COLUMN_TEXT(Pending, subject),
                                   DB_COLUMN_TEXT(Pending, document),
                                   DB_COLUMN_BYTES(Pending, payload),
                                   DB_COLUMN_TEXT(Pending, traceparent),
                                   DB_END};

/* ---- what the stream has lost ---- */

typedef struct Reset {
    int64_t after; /* stream sequence of the last event that is still there */
    int64_t created;
    int64_t count; /* of the last batch */
} Reset;

/* The position says that the stream was compared only when nothing is left to reset. */
static const Err *reset_body(Request *rq, void *context)
{
    Reset *reset = context;
    TRY(db_run(rq->db, &RT_RELAY_RESET, ARG(arg_int("after", reset->after)),
               INTO_COUNT(&reset->count)));
    if (!reset->count)
        db_queue(rq->db, &RT_RELAY_POSITION_SAVE, ARG(arg_int("created", reset->created)),
                 INTO_NOTHING);
    return NULL;
}

/* In batches; one that a crash leaves behind is found again by the next check. */
static const Err *reset_all(RoleRun *run, Reset *reset)
{
    int64_t all = 0;
    do {
        Request rq = worker_request(run->worker);
        TRY(role_transaction(run, &rq, reset_body, reset));
        all += reset->count;
    } while (reset->count);
    if (all)
        log_warn("events are published again", LOG_INT("events", all),
                 LOG_INT("after", reset->after));
    return NULL;
}

static const Err *history_check(RoleRun *run)
{
    Relay *relay = run->state;
    BusStreamState state;
    int64_t known = 0;
    bool found = false;
    TRY(stream_ensure(relay->stream, run->worker->arena));
    TRY(bus_stream_state(relay->stream, &state));
    Request rq = worker_request(run->worker);
    TRY(db_run(rq.db, &RT_RELAY_POSITION, NO_ARGS, TRY_INT(&known, &found)));
    Reset reset = {.created = state.created};
    if (found && known == state.created)
        TRY(stream_walk_back(relay->stream, &rq, &RT_RELAY_TAIL, &state, &reset.after));
    TRY(reset_all(run, &reset));
    relay->created = state.created;
    return NULL;
}

/* ---- publishing ---- */

static const Err *publish(Relay *relay, Request *rq, const Pending *row, uint64_t *ret_sequence)
{
    char at[INSTANT_TEXT];
    instant_format(row->created, at);
    const BusHeader headers[] = {
        {HDR_CE_SPECVERSION, "1.0"},
        {HDR_CE_ID, row->event_id},
        {HDR_CE_TYPE, row->subject},
        {HDR_CE_SOURCE, arena_printf(rq->arena, "/sentient/%s", rq->worker->runtime->name)},
        {HDR_CE_TIME, at},
        {HDR_CE_SUBJECT, row->document},
        {HDR_CE_SEQUENCE, arena_printf(rq->arena, "%" PRId64, row->sequence)},
        {HDR_CE_CONTENT, "application/protobuf"},
        {HDR_TRACEPARENT, row->traceparent},
        {0},
    };
    crash_point("relay_before_publish");
    TRY(bus_stream_publish(relay->stream, rq->arena, row->subject, row->event_id, headers,
                           row->payload.data, row->payload.len, ret_sequence));
    crash_point("relay_after_publish");
    return NULL;
}

typedef struct Batch {
    const Pending *rows;
    const uint64_t *sequences;
    size_t count;
} Batch;

static const Err *mark_body(Request *rq, void *context)
{
    const Batch *batch = context;
    Buf ids = {.arena = rq->arena}, sequences = {.arena = rq->arena};
    for (size_t i = 0; i < batch->count; i++) {
        db_array_add(&ids, arena_printf(rq->arena, "%" PRId64, batch->rows[i].id));
        db_array_add(&sequences, arena_printf(rq->arena, "%" PRIu64, batch->sequences[i]));
    }
    db_queue(
        rq->db, &RT_PUBLISHED,
        ARG(arg_text("id", db_array_text(&ids)), arg_text("sequence", db_array_text(&sequences))),
        INTO_NOTHING);
    crash_point("relay_before_mark");
    return NULL;
}

/* Publishes until something fails, which keeps the order; what went out is marked either way. */
static const Err *publish_pending(RoleRun *run, size_t *ret_count)
{
    Relay *relay = run->state;
    Request rq = worker_request(run->worker);
    Pending *rows = NULL;
    size_t count = 0;
    const Err *err = NULL;
    TRY(db_run(rq.db, &RT_PENDING, NO_ARGS, INTO_STRUCTS(PENDING, &rows, &count)));
    uint64_t *sequences = arena_array(rq.arena, count, sizeof *sequences);
    Batch batch = {.rows = rows, .sequences = sequences};
    for (; batch.count < count && !err; batch.count += !err)
        err = publish(relay, &rq, &rows[batch.count], &sequences[batch.count]);
    if (batch.count) {
        TRY(role_transaction(run, &rq, mark_body, &batch));
        crash_point("relay_after_mark");
        observe_published((int64_t)batch.count);
    }
    *ret_count = batch.count;
    return err;
}

/* ---- how far behind ---- */

typedef struct Backlog {
    int64_t pending, oldest, aside;
} Backlog;

static const DbColumn BACKLOG[] = {DB_COLUMN_INT(Backlog, pending), DB_COLUMN_INT(Backlog, oldest),
                                   DB_COLUMN_INT(Backlog, aside), DB_END};

/* In every instance, also in those that do not relay: each refuses commands by it. */
static const Err *relay_watch(RoleRun *run)
{
    Backlog backlog = {0};
    Request rq = worker_request(run->worker);
    TRY(db_run(rq.db, &RT_BACKLOG, NO_ARGS, INTO_STRUCT(BACKLOG, &backlog)));
    atomic_store(&run->worker->runtime->backlog_age, backlog.oldest);
    observe_backlog(backlog.pending, backlog.oldest, backlog.aside);
    return NULL;
}

/* A stream that was deleted or made anew without a reconnect is noticed here. */
static void stream_watch(Relay *relay)
{
    BusStreamState state;
    const Err *err = bus_stream_state(relay->stream, &state);
    if (err_is(err, &ERR_NO_DOCUMENT) || (!err && state.created != relay->created))
        relay->epoch = 0;
    if (err)
        return;
    observe_stream(state.bytes, state.max_bytes);
    if (state.max_bytes > 0 && state.bytes > state.max_bytes / 100 * FULL_PERCENT)
        log_warn("the event stream is nearly full: old events will go",
                 LOG_INT("bytes", state.bytes), LOG_INT("max", state.max_bytes));
}

static const Err *watch_by_clock(RoleRun *run)
{
    Relay *relay = run->state;
    int64_t now = clock_monotonic_ms();
    if (now - relay->watched_at < WATCH_MS)
        return NULL;
    relay->watched_at = now;
    if (relay->epoch)
        stream_watch(relay);
    return relay_watch(run);
}

static void wait_for_events(const RoleRun *run)
{
    uint64_t woken;
    struct pollfd wake = {.fd = run->worker->runtime->wake, .events = POLLIN};
    if (poll(&wake, 1, POLL_MS) > 0 && read(wake.fd, &woken, sizeof woken) < 0)
        return;
}

static const Err *relay_lead(RoleRun *run)
{
    Relay *relay = calloc(1, sizeof *relay);
    run->state = relay;
    if (!relay)
        abort();
    relay->stream = bus_stream_new(run->worker->bus, EVENT_STREAM);
    return relay->stream ? NULL : &BUS_AWAY;
}

/* Connected, and still nothing leaves: the stream's disk or limits, or the server itself. */
static void relay_complain(RoleRun *run, const Err *err)
{
    Relay *relay = run->state;
    const char *cause = err->cause ? err->cause : err->message;
    if (bus_connected(run->worker->bus) && log_is_news(&relay->said, cause, clock_monotonic_ms()))
        log_warn("the stream takes no events: they wait in the outbox", LOG_STR("cause", cause));
}

static const Err *relay_step(RoleRun *run)
{
    Relay *relay = run->state;
    size_t published = 0;
    uint64_t epoch = bus_epoch(run->worker->bus);
    TRY(watch_by_clock(run));
    if (!bus_connected(run->worker->bus)) {
        wait_for_events(run);
        return NULL;
    }
    if (relay->epoch != epoch) {
        TRY(history_check(run));
        relay->epoch = epoch;
    }
    const Err *err = publish_pending(run, &published);
    if (err_is(err, &ERR_NO_DOCUMENT))
        relay->epoch = 0; /* the stream is gone: make it, and publish again what it held */
    if (err_is(err, &BUS_AWAY))
        relay_complain(run, err);
    else if (published)
        relay->said = (LogRepeat){0};
    if (err_is(err, &BUS_AWAY) || err_is(err, &ERR_NO_DOCUMENT))
        err = NULL;
    if (!err && !published)
        wait_for_events(run);
    return err;
}

static void relay_leave(RoleRun *run)
{
    Relay *relay = run->state;
    bus_stream_delete(relay->stream);
    free(relay);
    run->state = NULL;
}

const Role ROLE_RELAY = {.name = "relay",
                         .number = 1,
                         .lead = relay_lead,
                         .step = relay_step,
                         .leave = relay_leave,
                         .stand_by = relay_watch};
