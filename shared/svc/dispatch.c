/* One message, one answer: method, identity, deadline, permission, validation, handler, reply, log
 * line. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/envelope.h"
#include "sentient/common.pb-c.h"
#include "svc/lane.h"
#include "svc/observe.h"
#include "svc/runtime.h"

enum { DEADLINE_DEFAULT_MS = 5000, BACKLOG_MAX_S = 3600 };

static const Err NO_SUCH_METHOD = {.kind = ERR_NOT_FOUND, .message = "No such method"};
static const Err NOT_SIGNED_IN = {.kind = ERR_UNAUTHENTICATED, .message = "Not signed in"};
static const Err NOT_ALLOWED = {.kind = ERR_FORBIDDEN, .message = "Permission missing"};
static const Err UNREADABLE = {.kind = ERR_INVALID, .message = "The request cannot be read"};

static const Err BACKLOG_TOO_OLD = {
    .kind = ERR_UNAVAILABLE, .message = "Events have not left for an hour", .retry_after = 60};

static const Method *method_find(const Contract *contract, const char *subject, size_t *ret_index)
{
    for (size_t i = 0; i < contract->method_count; i++) {
        if (str_eq(contract->methods[i].subject, subject)) {
            *ret_index = i;
            return &contract->methods[i];
        }
    }
    return NULL;
}

/* The gateway has asked the same; a daemon does not take its word for it. Leaves are for services,
 * which name themselves or the user they ask for. */
static const Err *check_identity(const Request *rq)
{
    const Method *method = rq->method;
    if (method->access == ACCESS_PUBLIC && !method->internal)
        return NULL;
    if (method->internal)
        return rq->username ? NULL : &NOT_SIGNED_IN;
    if (!rq->user || !rq->username)
        return &NOT_SIGNED_IN;
    if (method->permission && !rq_may(rq, method->permission))
        return &NOT_ALLOWED;
    return NULL;
}

static const Err *read_input(Request *rq, const BusMessage *message, ProtobufCMessage **ret_in)
{
    const Method *method = rq->method;
    ErrList errors = {.arena = rq->arena};
    ProtobufCMessage *in = pb_unpack(rq->arena, method->in, message->data, message->length);
    if (!in)
        return &UNREADABLE;
    unsigned flags = method->partial ? PB_PARTIAL : 0;
    pb_defaults(rq->arena, method->in, in, flags);
    pb_check(method->in, in, flags, &errors);
    *ret_in = in;
    return errlist_result(&errors, &ERR_VALIDATION);
}

static const Err *request_run(Request *rq, size_t index, const BusMessage *message,
                              Answer *ret_answer)
{
    ProtobufCMessage *in = NULL;
    const Runtime *runtime = rq->worker->runtime;
    TRY(check_identity(rq));
    bool own = rq->method->access != ACCESS_PERMISSION; /* signing in, the own account */
    if (rq->method->tx == TX_WRITE && !own && atomic_load(&runtime->backlog_age) > BACKLOG_MAX_S)
        return &BACKLOG_TOO_OLD;
    TRY(read_input(rq, message, &in));
    return transaction_run(rq, &runtime->service->code[index], in, ret_answer);
}

static Sentient__ErrorDetail *detail_message(Arena *arena, const ErrDetail *detail)
{
    Sentient__ErrorDetail *made = ARENA_NEW(arena, Sentient__ErrorDetail);
    sentient__error_detail__init(made);
    made->field = (char *)(uintptr_t)detail->field;
    made->n_messages = 1;
    made->messages = arena_array(arena, 1, sizeof *made->messages);
    made->messages[0] = (char *)(uintptr_t)detail->message;
    return made;
}

static const Err *reply_error(Worker *worker, const char *reply, const Err *err)
{
    Arena *arena = worker->arena;
    Sentient__Error message = SENTIENT__ERROR__INIT;
    Sentient__ErrorDetail *details[ERR_DETAILS_MAX];
    message.has_status = message.has_retry_after = 1;
    message.status = (uint32_t)err->kind;
    message.retry_after = err->retry_after;
    message.message = (char *)(uintptr_t)err->message;
    message.details = details;
    for (const ErrDetail *d = err->details; d && message.n_details < ERR_DETAILS_MAX; d = d->next)
        details[message.n_details++] = detail_message(arena, d);
    size_t length = 0;
    uint8_t *data = pb_pack(arena, &message.base, &length);
    const BusHeader headers[] = {
        {HDR_ERROR_CODE, arena_printf(arena, "%d", (int)err->kind)},
        {HDR_ERROR, err->message},
        {0},
    };
    return bus_publish(worker->reply_bus, arena, reply, headers, data, length);
}

static const Err *reply_answer(Worker *worker, const char *reply, const Answer *answer)
{
    static const BusHeader REPLAYED[] = {{HDR_REPLAYED, "1"}, {0}};
    return bus_publish(worker->reply_bus, worker->arena, reply, answer->replayed ? REPLAYED : NULL,
                       answer->data, answer->length);
}

/* An answer that cannot leave is an error that can: whoever asked does not wait for nothing. */
static void reply(Worker *worker, const BusMessage *message, const Err *err, const Answer *answer)
{
    if (!message->reply)
        return;
    const Err *lost = err ? reply_error(worker, message->reply, err)
                          : reply_answer(worker, message->reply, answer);
    if (!lost)
        return;
    log_error("the answer could not be sent", LOG_STR("subject", message->subject),
              LOG_INT("bytes", err ? 0 : (int64_t)answer->length),
              LOG_STR("error", lost->cause ? lost->cause : lost->message));
    if (!err)
        (void)reply_error(worker, message->reply, &ERR_DEFECT);
}

static void dispatch_log(const Request *rq, const BusMessage *message, const Err *err,
                         int64_t micros)
{
    bool polled = rq->method && rq->method->internal && !err; /* leaves are asked all the time */
    LogLevel level = polled                             ? LOG_DEBUG_LEVEL
                     : err_is(err, &DB_LOCKED)          ? LOG_WARN_LEVEL
                     : err && err->kind >= ERR_INTERNAL ? LOG_ERROR_LEVEL
                                                        : LOG_INFO_LEVEL;
    LOG_WITH(level, "request", LOG_STR("subject", message->subject),
             LOG_INT("status", err ? err->kind : 200), LOG_INT("us", micros),
             LOG_STR("user", rq->username), LOG_STR("requestId", rq->request_id),
             LOG_STR("trace", rq->traceparent), LOG_STR("error", err ? err->message : ""),
             LOG_STR("cause", err ? err->cause : NULL), LOG_END);
}

static Request request_of(Worker *worker, const BusMessage *message, size_t *ret_index)
{
    Request rq = {
        .arena = worker->arena,
        .worker = worker,
        .now = clock_business(),
        .deadline_ms = clock_monotonic_ms() + DEADLINE_DEFAULT_MS,
        .method = method_find(worker->runtime->service->contract, message->subject, ret_index),
    };
    bool is_public = rq.method && rq.method->access == ACCESS_PUBLIC;
    rq.rank = is_public ? RANK_STRANGER : RANK_PROVEN;
    envelope_read(&rq, message);
    return rq;
}

static void request_end(const Request *rq, const BusMessage *message, const Err *err,
                        const Answer *answer, int64_t begun)
{
    reply(rq->worker, message, err, answer);
    int64_t micros = clock_wall() - begun;
    observe_request(rq->method, err ? (int)err->kind : 200, micros);
    dispatch_log(rq, message, err, micros);
}

/* To the lane, if that is what it asks for; the request ends there. */
static bool request_moved(const Request *rq, const BusMessage *message, const Err **err)
{
    const Worker *worker = rq->worker;
    if (!err_is(*err, &RETRY_PREPARED) || !worker->runtime->lane || worker->slow)
        return false;
    if (lane_give(worker->runtime->lane, worker->bus, message, rq->rank))
        return true;
    *err = &LANE_BUSY;
    return false;
}

void dispatch(Worker *worker, const BusMessage *message)
{
    int64_t begun = clock_wall();
    size_t index = 0;
    Answer answer = {0};
    Request rq = request_of(worker, message, &index);
    if (clock_monotonic_ms() >= rq.deadline_ms) {
        observe_expired();
        return; /* whoever asked has gone; doing it now would surprise them */
    }
    db_use_arena(worker->db, worker->arena);
    db_set_deadline(worker->db, rq.deadline_ms);
    rq.db = rq.method && rq.method->tx != TX_NONE ? worker->db : NULL;
    const Err *err = rq.method ? request_run(&rq, index, message, &answer) : &NO_SUCH_METHOD;
    if (!request_moved(&rq, message, &err))
        request_end(&rq, message, err, &answer, begun);
}
