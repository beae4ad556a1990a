/* One HTTP request and its answer, from the parsed head to the bytes to write. Knows no server:
 * whoever owns the socket fills the first part, calls exchange_run(), and writes `out`. */
#ifndef SF_GATEWAY_EXCHANGE_H
#define SF_GATEWAY_EXCHANGE_H

#include "base/id.h"
#include "gateway.h"
#include "kit/http.h"
#include "kit/jwt.h"

enum { TRACEPARENT_TEXT = 56 };

typedef struct Exchange Exchange;

struct Exchange {
    /* filled by the server */
    Gateway *gateway;
    Arena *arena;
    HttpHead head;
    const Err *refused;  /* the server found the head malformed; NULL: it is fine */
    bool line_only;      /* it read no further than a method that it doesn't know: 404 or 405 */
    const char *address; /* the peer's; then the client's */
    bool busy;           /* threads run short: end the connection with this answer */
    void *connection;
    /* Reads exactly `length` bytes within the body's deadline; false where they don't come. */
    bool (*read)(Exchange *exchange, char *buffer, size_t length);
    /* The thread's own caller; NULL where NATS can't be asked. */
    BusCaller *(*caller)(Exchange *exchange);
    /* Tells a client that waits for it to send the body. */
    void (*go_on)(Exchange *exchange);

    /* found on the way */
    int64_t started_ms; /* monotonic: deadlines */
    int64_t started_us; /* wall clock: figures */
    char request_id[UUID_TEXT];
    char traceparent[TRACEPARENT_TEXT];
    bool framed; /* where the body ends is known */
    HttpFraming framing;
    HttpTarget target;
    RouteMatch match;
    const Route *route; /* NULL: none */
    bool head_only;     /* HEAD */
    bool signed_in;
    JwtClaims claims;
    const char *idempotency_key; /* NULL: none given */
    int64_t if_match;            /* -1: none given */
    const char *body;
    size_t body_length;
    bool body_taken; /* nothing of the body is left on the connection */

    /* the answer */
    int status;
    const char *type; /* NULL: no body */
    Buf fields;       /* header lines of this answer alone */
    const char *answer;
    size_t answer_length;
    bool close;
    const char *cause; /* for the log; NULL: nothing to add */
    Buf out;           /* everything to write */
};

/* From the head to `out`: always an answer, never a failure. Logs and counts it. */
void exchange_run(Exchange *exchange);

/* The answer's parts, for those who make one. */
void answer_set(Exchange *exchange, int status, const char *type, const char *body, size_t length);
void answer_field(Exchange *exchange, const char *name, const char *value);
/* Composes `out`; after it nothing of the answer changes. */
void answer_compose(Exchange *exchange);
/* Replaces whatever there is by an error body (contract §1 "Errors"). */
void answer_error(Exchange *exchange, const Err *err);
/* The header lines that let a front end of another origin read the answer. */
void cors_fields(const Exchange *exchange, Buf *out);
/* OPTIONS: what the path takes, and to a preflight what its origin may send. */
const Err *cors_preflight(Exchange *exchange);

/* The steps, in their order (contract §1 "order of checks"). */
const Err *access_check(Exchange *exchange);                                 /* 401, 403 */
const Err *body_accept(Exchange *exchange);                                  /* 413, 415, 400 */
const Err *transcode_request(Exchange *exchange, ProtobufCMessage **ret_in); /* 400 */
const Err *forward(Exchange *exchange, const ProtobufCMessage *in);          /* the rest */

/* Takes the rest of a body that nobody wants off the connection, or marks it for closing. */
void body_settle(Exchange *exchange);

#endif
