/* Reading exports, page by page. */
#include "svc/snapshot.h"

#include "base/log.h"
#include "kit/envelope.h"
#include "sentient/common.pb-c.h"
#include "svc.sql.h"

typedef struct Page {
    const SnapshotSource *source;
    const ProtobufCMessage *page;
} Page;

static const Err *page_body(Request *rq, void *context)
{
    const Page *page = context;
    return page->source->function(rq, page->page);
}

static const Err *finish_body(Request *rq, void *context)
{
    const SnapshotSource *source = context;
    return source->finish ? source->finish(rq) : NULL;
}

static const Err *snapshot_finish(RoleRun *run, const SnapshotSource *source)
{
    Request rq = worker_request(run->worker, "system");
    SnapshotSource finished = *source;
    TRY(role_transaction(run, &rq, finish_body, &finished));
    arena_reset(run->worker->arena);
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
    Request rq = worker_request(run->worker, "system");
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

const Err *snapshot_load(RoleRun *run, BusStream *stream, const BusStreamState *state)
{
    const SnapshotSource *source = run->worker->runtime->service->snapshots;
    for (; source && source->method; source++) {
        int64_t after = 0, last = 0;
        do {
            after = last;
            TRY(snapshot_page(run, source, after, &last));
        } while (last > after);
        TRY(snapshot_finish(run, source));
        log_info("copy built", LOG_STR("from", source->method->subject));
    }
    BusMessage message;
    Request rq = worker_request(run->worker, "system");
    Beginning beginning = {.state = state};
    if (state->last && !bus_stream_get(stream, rq.arena, state->last, &message))
        beginning.event = bus_header(&message, HDR_CE_ID);
    return role_transaction(run, &rq, position_body, &beginning);
}
