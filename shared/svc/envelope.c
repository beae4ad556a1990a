/* Headers ⇄ Request. */
#include "kit/envelope.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/str.h"
#include "svc/runtime.h"

static int64_t header_number(const BusMessage *message, const char *name, int64_t absent)
{
    int64_t value;
    const char *text = bus_header(message, name);
    return text && str_to_int64(text, &value) ? value : absent;
}

void envelope_read(Request *rq, const BusMessage *message)
{
    rq->user = bus_header(message, HDR_USER);
    rq->username = bus_header(message, HDR_USERNAME);
    rq->role = bus_header(message, HDR_ROLE);
    rq->permissions = bus_header(message, HDR_PERMISSIONS);
    rq->session = bus_header(message, HDR_SESSION);
    rq->request_id = bus_header(message, HDR_REQUEST_ID);
    rq->traceparent = bus_header(message, HDR_TRACEPARENT);
    rq->address = bus_header(message, HDR_ADDRESS);
    rq->idempotency_key = bus_header(message, HDR_IDEMPOTENCY_KEY);
    rq->if_match = header_number(message, HDR_IF_MATCH, -1);
    int64_t deadline =
        header_number(message, HDR_DEADLINE, 0); /* wall clock: it crossed a process */
    if (deadline)
        rq->deadline_ms = clock_monotonic_ms() + deadline - clock_wall() / 1000;
}

const BusHeader *envelope_write(const Request *rq)
{
    int64_t deadline = clock_wall() / 1000 + rq->deadline_ms - clock_monotonic_ms();
    const BusHeader headers[] = {
        {HDR_USER, rq->user},
        {HDR_USERNAME, rq->username},
        {HDR_ROLE, rq->role},
        {HDR_PERMISSIONS, rq->permissions},
        {HDR_SESSION, rq->session},
        {HDR_REQUEST_ID, rq->request_id},
        {HDR_TRACEPARENT, rq->traceparent},
        {HDR_ADDRESS, rq->address},
        {HDR_DEADLINE, arena_printf(rq->arena, "%" PRId64, deadline)},
    };
    return bus_headers_given(rq->arena, headers, sizeof headers / sizeof *headers);
}
