/* Putting events aside, and taking them up again. */
#include "svc/deadletter.h"

#include "base/log.h"
#include "base/str.h"
#include "svc.sql.h"

static const Err UNREADABLE = {.kind = ERR_INVALID, .message = "The event cannot be read"};

const EventHandler *event_handler(const Service *service, const char *subject)
{
    for (const EventHandler *handler = service->events; handler && handler->type; handler++)
        if (str_eq(handler->type->subject, subject))
            return handler;
    return NULL;
}

const Err *event_handle(Request *rq, const Event *event)
{
    rq->traceparent = event->traceparent;
    return event->payload ? event->handler->function(rq, event->payload) : &UNREADABLE;
}

bool event_error_passes(const Err *err)
{
    return err_is(err, &DB_AWAY) || err_is(err, &DB_AMBIGUOUS) || err_is(err, &DB_CONFLICT) ||
           err_is(err, &DB_LOCKED) || err_is(err, &DB_TIMEOUT) || err_is(err, &DB_OTHER_SESSION);
}

void dead_letter_add(Request *rq, const Event *event, const char *state, const char *reason)
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
}

typedef struct Parked {
    const char *event, *subject, *document, *traceparent;
    ProtobufCBinaryData payload;
    int64_t sequence;
} Parked;

static const DbColumn PARKED[] = {DB_COLUMN_TEXT(Parked, event),
                                  DB_COLUMN_TEXT(Parked, subject),
                                  DB_COLUMN_TEXT(Parked, document),
                                  DB_COLUMN_TEXT(Parked, traceparent),
                                  DB_COLUMN_BYTES(Parked, payload),
                                  DB_COLUMN_INT(Parked, sequence),
                                  DB_END};

static const Err *parked_next(RoleRun *run, Request *rq, Event *ret_event, bool *ret_found)
{
    Parked row = {0};
    TRY(db_run(rq->db, &RT_PARKED, NO_ARGS, TRY_STRUCT(PARKED, &row, ret_found)));
    if (!*ret_found)
        return NULL;
    *ret_event = (Event){
        .handler = event_handler(run->worker->runtime->service, row.subject),
        .id = row.event,
        .document = row.document,
        .subject = row.subject,
        .traceparent = row.traceparent,
        .sequence = (uint64_t)row.sequence,
    };
    if (ret_event->handler)
        ret_event->payload = pb_unpack(rq->arena, ret_event->handler->type->payload,
                                       row.payload.data, row.payload.len);
    return NULL;
}

/* Gone with its effect; an event that this release no longer acts on has none. */
static const Err *parked_body(Request *rq, void *context)
{
    const Event *event = context;
    db_queue(rq->db, &RT_PARKED_DONE, ARG(arg_text("event", event->id)), INTO_NOTHING);
    return event->handler ? event_handle(rq, event) : NULL;
}

typedef struct Refusal {
    const char *event, *reason;
} Refusal;

static const Err *refused_body(Request *rq, void *context)
{
    const Refusal *refusal = context;
    db_queue(rq->db, &RT_PARKED_DEAD,
             ARG(arg_text("event", refusal->event), arg_text("error", refusal->reason)),
             INTO_NOTHING);
    return NULL;
}

const Err *dead_letters_resume(RoleRun *run)
{
    while (!atomic_load(&run->worker->runtime->stopping)) {
        Event event = {0};
        bool found = false;
        arena_reset(run->worker->arena);
        Request rq = worker_request(run->worker);
        TRY(parked_next(run, &rq, &event, &found));
        if (!found)
            return NULL;
        const Err *err = role_transaction(run, &rq, parked_body, &event);
        if (event_error_passes(err))
            return err;
        if (!err) {
            log_info("event taken up again", LOG_STR("event", event.id));
            continue;
        }
        Refusal refusal = {event.id, err->cause ? err->cause : err->message};
        TRY(role_transaction(run, &rq, refused_body, &refusal));
        log_warn("event refused again", LOG_STR("event", event.id),
                 LOG_STR("error", refusal.reason));
    }
    return NULL;
}
