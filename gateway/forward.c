/* The request over NATS to its service, and the answer back. Not retried, except reads. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/str.h"
#include "exchange.h"
#include "kit/envelope.h"
#include "kit/json.h"
#include "kit/pb.h"
#include "sentient/common.pb-c.h"

static const Err BUSY = {
    .kind = ERR_UNAVAILABLE, .message = "The service is busy", .retry_after = 1};

static const char *number(Exchange *exchange, int64_t value)
{
    return arena_printf(exchange->arena, "%" PRId64, value);
}

/* What the daemon learns besides the message; headers without a value are left out. */
static const BusHeader *envelope(Exchange *exchange)
{
    const JwtClaims *user = exchange->signed_in ? &exchange->claims : &(JwtClaims){0};
    int64_t deadline = clock_wall() / 1000 + exchange->gateway->request_timeout_ms -
                       (clock_monotonic_ms() - exchange->started_ms);
    const BusHeader all[] = {
        {HDR_USER, user->sub},
        {HDR_USERNAME, user->username},
        {HDR_ROLE, exchange->signed_in ? number(exchange, user->rid) : NULL},
        {HDR_PERMISSIONS, user->permissions},
        {HDR_SESSION, user->sid},
        {HDR_REQUEST_ID, exchange->request_id},
        {HDR_TRACEPARENT, exchange->traceparent},
        {HDR_ADDRESS, exchange->address},
        {HDR_IDEMPOTENCY_KEY, exchange->idempotency_key},
        {HDR_IF_MATCH, exchange->if_match >= 0 ? number(exchange, exchange->if_match) : NULL},
        {HDR_DEADLINE, number(exchange, deadline)},
    };
    return bus_headers_given(exchange->arena, all, sizeof all / sizeof *all);
}

/* A read is asked again where nobody answered: one member of the queue group may have died. */
static const Err *ask(Exchange *exchange, const ProtobufCMessage *in, BusMessage *ret_reply)
{
    const Method *method = exchange->route->method;
    const Gateway *gateway = exchange->gateway;
    BusCaller *caller = gateway->bus ? exchange->caller(exchange) : NULL;
    size_t length;
    if (!caller)
        return &BUS_AWAY;
    const uint8_t *data = pb_pack(exchange->arena, in, &length);
    const BusHeader *headers = envelope(exchange);
    int64_t deadline = exchange->started_ms + gateway->request_timeout_ms;
    bool again = method->verb == VERB_GET;
    int64_t first = again ? deadline - gateway->request_timeout_ms / 2 : deadline;
    const Err *err = bus_request(caller, exchange->arena, method->subject, headers, data, length,
                                 first, ret_reply);
    bool silent = err_is(err, &BUS_TIMEOUT) || err_is(err, &BUS_NOBODY);
    if (!again || !silent || clock_monotonic_ms() >= deadline)
        return err;
    return bus_request(caller, exchange->arena, method->subject, headers, data, length, deadline,
                       ret_reply);
}

static const ErrDetail *reply_details(Exchange *exchange, const Sentient__Error *error)
{
    ErrList list = {.arena = exchange->arena};
    for (size_t i = 0; i < error->n_details; i++) {
        const Sentient__ErrorDetail *detail = error->details[i];
        for (size_t k = 0; k < detail->n_messages; k++)
            errlist_add(&list, detail->field ? detail->field : "", "%s", detail->messages[k]);
    }
    return list.first;
}

/* The daemon's error as it is; what makes no sense is a defect. */
static const Err *reply_error(Exchange *exchange, const BusMessage *reply, const char *code)
{
    static const PbRule ERROR = {.descriptor = &sentient__error__descriptor, .given = -1};
    int64_t status;
    if (!str_to_int64(code, &status))
        status = ERR_INTERNAL;
    Err *err = ARENA_NEW(exchange->arena, Err);
    *err = ERR_DEFECT;
    if (status == ERR_INTERNAL || str_eq(err_phrase((ErrKind)status), err_phrase(ERR_INTERNAL)))
        return err_with_cause(exchange->arena, err, "%s failed", exchange->route->method->subject);
    const char *message = bus_header(reply, HDR_ERROR);
    err->kind = (ErrKind)status;
    err->message = message ? message : err_phrase(err->kind);
    const Sentient__Error *error =
        (const Sentient__Error *)pb_unpack(exchange->arena, &ERROR, reply->data, reply->length);
    if (!error)
        return err;
    if (error->message)
        err->message = error->message;
    err->details = reply_details(exchange, error);
    err->retry_after = error->has_retry_after ? error->retry_after : 0;
    return err;
}

static const Err *reply_success(Exchange *exchange, const BusMessage *reply)
{
    const Route *route = exchange->route;
    const PbRule *rule = route->method->out;
    int64_t version;
    ProtobufCMessage *out = pb_unpack(exchange->arena, rule, reply->data, reply->length);
    if (!out)
        return err_with_cause(exchange->arena, &ERR_DEFECT, "%s answered no %s",
                              route->method->subject, rule->descriptor->name);
    Buf body = {.arena = exchange->arena};
    json_write(&body, rule, out);
    if (route->version >= 0 && pb_get_int(rule, out, route->version, &version))
        answer_field(exchange, "ETag", arena_printf(exchange->arena, "\"%" PRId64 "\"", version));
    if (str_eq(bus_header(reply, HDR_REPLAYED), "1"))
        answer_field(exchange, "Idempotency-Replayed", "true");
    answer_set(exchange, route->method->status, "application/json", body.data, body.length);
    return NULL;
}

const Err *forward(Exchange *exchange, const ProtobufCMessage *in)
{
    ServiceState *service = &exchange->gateway->services[exchange->route->service];
    BusMessage reply;
    const Err *err = &BUSY;
    int64_t began = clock_wall();
    if (atomic_fetch_add(&service->in_flight, 1) < exchange->gateway->service_in_flight_max) {
        err = ask(exchange, in, &reply);
        metric_observe(service->latency, clock_wall() - began);
    }
    atomic_fetch_sub(&service->in_flight, 1);
    if (err) {
        metric_add(err == &BUSY ? service->rejected : service->failed, 1);
        return err_with_cause(exchange->arena, err, "%s: %s", service->name, err->message);
    }
    const char *code = bus_header(&reply, HDR_ERROR_CODE);
    return code ? reply_error(exchange, &reply, code) : reply_success(exchange, &reply);
}
