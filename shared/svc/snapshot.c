/* Reading exports, page by page. */
#include "svc/snapshot.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "kit/envelope.h"
#include "sentient/common.pb-c.h"
#include "svc.sql.h"
#include "svc/observe.h"

enum { PATIENCE_S = 10 };

/* When the first try began that has not come to its end, clock_monotonic_ms(); 0: none has. */
static _Atomic int64_t began_ms;

static int64_t snapshot_seconds(void)
{
    int64_t began = atomic_load(&began_ms);
    return began ? (clock_monotonic_ms() - began) / 1000 : 0;
}

static void snapshot_begin(void)
{
    if (!atomic_load(&began_ms))
        atomic_store(&began_ms, clock_monotonic_ms());
}

bool snapshot_is_due(void)
{
    return atomic_load(&began_ms) != 0;
}

void snapshot_done(void)
{
    atomic_store(&began_ms, 0);
    observe_snapshot(0);
}

/* At the start of a system the others may still be on their way. */
static const Err *snapshot_failed(const char *subject, const Err *err)
{
    int64_t seconds = snapshot_seconds();
    observe_snapshot(seconds);
    LOG_WITH(seconds < PATIENCE_S ? LOG_WARN_LEVEL : LOG_ERROR_LEVEL,
             "the copies cannot be built: no event is read", LOG_STR("from", subject),
             LOG_INT("seconds", seconds), LOG_ERR(err), LOG_END);
    return err;
}

typedef struct Page {
    const SnapshotSource *source;
    const ProtobufCMessage *page;
} Page;

static const Err *page_body(Request *rq, void *context)
{
    const Page *page = context;
    return page->source->function(rq, page->page);
}

typedef struct Finish {
    const Err *(*function)(Request *rq, bool *ret_more);
    bool more;
} Finish;

static const Err *finish_body(Request *rq, void *context)
{
    Finish *finish = context;
    finish->more = false;
    return finish->function(rq, &finish->more);
}

static const Err *snapshot_finish(RoleRun *run, const SnapshotSource *source)
{
    Finish finish = {source->finish, source->finish != NULL};
    while (finish.more) {
        Request rq = worker_request(run->worker);
        TRY(role_transaction(run, &rq, finish_body, &finish));
        arena_reset(run->worker->arena);
        observe_snapshot(snapshot_seconds());
    }
    return NULL;
}

typedef struct Beginning {
    const BusStreamState *state;
    const char *event; /* the last one of the stream; NULL: it is empty, or the event is gone */
} Beginning;

static const Err *position_body(Request *rq, void *context)
{
    const Beginning *beginning = context;
    db_queue(rq->db, &RT_POSITION_SAVE,
             ARG(arg_int("created", beginning->state->created),
                 arg_int("sequence", (int64_t)beginning->state->last),
                 arg_text("event", beginning->event)),
             INTO_NOTHING);
    return NULL;
}

/* One page; *ret_last is where the next begins, 0 at the end. */
static const Err *snapshot_page(RoleRun *run, const SnapshotSource *source, int64_t after,
                                int64_t *ret_last)
{
    Request rq = worker_request(run->worker);
    Sentient__ExportQuery query = SENTIENT__EXPORT_QUERY__INIT;
    ProtobufCMessage *page = NULL;
    query.has_after_id = 1;
    query.after_id = after;
    TRY(rq_call(&rq, source->method, &query.base, &page));
    const PbRule *rule = source->method->out;
    if (!pb_get_int(rule, page, pb_field(rule, "last_id"), ret_last))
        *ret_last = 0;
    Page body = {.source = source, .page = page};
    TRY(role_transaction(run, &rq, page_body, &body));
    arena_reset(run->worker->arena);
    return NULL;
}

static const Err *snapshot_source(RoleRun *run, const SnapshotSource *source)
{
    int64_t after = 0, last = 0;
    do {
        after = last;
        TRY(snapshot_page(run, source, after, &last));
        observe_snapshot(snapshot_seconds());
    } while (last > after);
    return snapshot_finish(run, source);
}

static const Err *snapshot_position(RoleRun *run, BusStream *stream, const BusStreamState *state)
{
    BusMessage message;
    Request rq = worker_request(run->worker);
    Beginning beginning = {.state = state};
    if (state->last && !bus_stream_get(stream, rq.arena, state->last, &message))
        beginning.event = bus_header(&message, HDR_CE_ID);
    return role_transaction(run, &rq, position_body, &beginning);
}

const Err *snapshot_load(RoleRun *run, BusStream *stream, const BusStreamState *state)
{
    const SnapshotSource *source = run->worker->runtime->service->snapshots;
    snapshot_begin();
    for (; source && source->method; source++) {
        const Err *err = snapshot_source(run, source);
        if (err)
            return snapshot_failed(source->method->subject, err);
        log_info("copy built", LOG_STR("from", source->method->subject));
    }
    const Err *err = snapshot_position(run, stream, state);
    if (err)
        return snapshot_failed("position", err);
    snapshot_done();
    return NULL;
}
