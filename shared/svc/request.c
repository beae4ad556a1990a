/* What a handler may ask of the runtime. */
#include "svc/request.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"
#include "kit/config.h"
#include "kit/envelope.h"
#include "svc.sql.h"
#include "svc/runtime.h"

const Err RETRY_PREPARED = {
    .kind = ERR_INTERNAL, .message = "Internal error", .cause = "not prepared"};

static const Err NO_ANSWER = {
    .kind = ERR_UNAVAILABLE, .message = "A service gave no readable answer", .retry_after = 1};

bool rq_may(const Request *rq, const char *permission)
{
    return str_list_has(rq->permissions, permission, strlen(permission));
}

char *rq_now(Request *rq)
{
    char *text = arena_alloc(rq->arena, INSTANT_TEXT);
    instant_format(rq->now, text);
    return text;
}

char *rq_uuid(Request *rq)
{
    char *text = arena_alloc(rq->arena, UUID_TEXT);
    uuid_v7(text);
    return text;
}

const Err *rq_check_version(const Request *rq, int64_t version)
{
    return rq->if_match >= 0 && rq->if_match != version ? &ERR_STALE : NULL;
}

const Err *rq_detail(Request *rq, const Err *err, const char *field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(rq->arena, format, args);
    va_end(args);
    return err_with_detail(rq->arena, err, field, "%s", text);
}

const Err *rq_list(Request *rq, const DbList *list, const ProtobufCMessage *in,
                   ProtobufCMessage *out)
{
    return db_list(rq->db, rq->arena, list, rq->method->in, in, rq->method->out, out,
                   config_text("APP_SECRET"));
}

const Err *rq_export(Request *rq, const DbQuery *end, const DbQuery *rows, int64_t after_id,
                     DbSink page)
{
    const DbArg *after = WITH(arg_int("after_id", after_id));
    TRY(db_run(rq->db, end, ARGS(.args = after),
               (DbSink){.kind = SINK_MESSAGE, .message = page.message}));
    return db_run(rq->db, rows, ARGS(.args = after, .message = page.message), page);
}

const Err *rq_emit(Request *rq, const EventType *type, const ProtobufCMessage *document)
{
    const char *uuid = pb_get_text(type->payload, document, pb_field(type->payload, "uuid"));
    size_t length = 0;
    uint8_t *payload = pb_pack(rq->arena, document, &length);
    if (!uuid || length > EVENT_MAX)
        return err_with_cause(rq->arena, &ERR_DEFECT, "event %s: %s", type->subject,
                              uuid ? "larger than 2 MiB" : "without uuid");
    db_queue(rq->db, &RT_EMIT,
             ARG(arg_text("document", uuid), arg_text("event", rq_uuid(rq)),
                 arg_text("subject", type->subject), arg_bytes("payload", payload, length),
                 arg_text("traceparent", rq->traceparent)),
             INTO_NOTHING);
    rq->queued_events++;
    return NULL;
}

/* The other service's error, as its own client would see it. */
static const Err *reply_error(Request *rq, const BusMessage *reply, const char *code)
{
    int64_t status = 0;
    Err *err = ARENA_NEW(rq->arena, Err);
    const char *message = bus_header(reply, HDR_ERROR);
    if (!str_to_int64(code, &status) || status < 400 || status > 599)
        return &NO_ANSWER;
    *err = (Err){.kind = (ErrKind)status, .message = message ? message : "Request failed"};
    if (status == ERR_NOT_FOUND)
        err->base = &ERR_NO_DOCUMENT;
    return err;
}

const Err *rq_call(Request *rq, const Method *method, const ProtobufCMessage *in,
                   ProtobufCMessage **ret_out)
{
    BusMessage reply;
    size_t length = 0;
    uint8_t *data = pb_pack(rq->arena, in, &length);
    TRY(bus_request(rq->worker->caller, rq->arena, method->subject, envelope_write(rq), data,
                    length, rq->deadline_ms, &reply));
    const char *code = bus_header(&reply, HDR_ERROR_CODE);
    if (code)
        return reply_error(rq, &reply, code);
    *ret_out = pb_unpack(rq->arena, method->out, reply.data, reply.length);
    return *ret_out ? NULL : &NO_ANSWER;
}
