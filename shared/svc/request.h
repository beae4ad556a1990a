/* What a handler is given, and what it may ask of the runtime. Everything lives until the answer is
 * sent. A handler is `const Err *noun_verb(Request *rq, const In *in, Out *out)`; an early return
 * is always safe: an error rolls back, the arena owns all memory. */
#ifndef SF_SVC_REQUEST_H
#define SF_SVC_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "kit/contract.h"
#include "kit/db.h"
#include "kit/dblist.h"
#include "kit/pb.h"

typedef struct Worker Worker;

/* How sure it is that who waits for slow work is no flood: places that strangers cannot take. */
typedef enum Rank {
    RANK_STRANGER, /* a public method */
    RANK_KNOWN,    /* a public method, asked by somebody who was here before */
    RANK_PROVEN,   /* signed in, or with a secret that only we can have given him */
    RANK_COUNT
} Rank;

typedef struct Request {
    Arena *arena;
    Db *db;                  /* NULL in methods with tx: NONE */
    Worker *worker;          /* the runtime's own; not for handlers */
    const Method *method;    /* NULL while an event or a job runs */
    const char *user;        /* uuid; NULL: nobody is signed in (public methods, events, jobs) */
    const char *username;    /* "system" in events and jobs */
    const char *role;        /* integer id as text; NULL where there is no user */
    const char *permissions; /* ",so.read,so.create," */
    const char *session;     /* uuid of the session; NULL where there is no user */
    const char *request_id;
    const char *traceparent;
    const char *address;         /* the client's */
    const char *idempotency_key; /* the client's, or the request id */
    int64_t now;                 /* business clock, microseconds since 1970 */
    int64_t deadline_ms;         /* clock_monotonic_ms() */
    int64_t if_match;            /* -1: none */
    void *prepared;              /* what <handler>_prepare left; NULL until it ran */
    Rank rank;                   /* by the method; a handler may raise it before RETRY_PREPARED */
    uint32_t queued_events;
} Request;

typedef const Err *(*Handler)(Request *rq, const ProtobufCMessage *in, ProtobufCMessage *out);
/* Runs outside any transaction, before or (ON_DEMAND) between two runs of the handler. */
typedef const Err *(*PrepareFunction)(Request *rq, const ProtobufCMessage *in);

/* A handler of an ON_DEMAND method returns this while rq->prepared is NULL: roll back, prepare, run
 * again. Where the service has threads for slow work (Service.slow_workers), all of it runs again
 * there, from the beginning. */
extern const Err RETRY_PREPARED;

/* Whether the asking user has the permission. */
bool rq_may(const Request *rq, const char *permission);
/* rq->now as statements and documents carry it (instant_format()), and a new uuid. */
char *rq_now(Request *rq);
char *rq_uuid(Request *rq);
/* 412 where If-Match names another version. */
const Err *rq_check_version(const Request *rq, int64_t version);
/* `err` with a detail. */
const Err *rq_detail(Request *rq, const Err *err, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Runs a list (kit/dblist.h) with the method's own rules and the process's APP_SECRET. */
const Err *rq_list(Request *rq, const DbList *list, const ProtobufCMessage *in,
                   ProtobufCMessage *out);
/* Answers an export: `end` finds the page's last_id behind :after_id, `rows` reads what lies
 * between them into `page`, a list of the answer. No last_id: there is nothing more. */
const Err *rq_export(Request *rq, const DbQuery *end, const DbQuery *rows, int64_t after_id,
                     DbSink page);

/* Queues an outbox row in this transaction: `document` is the payload, its field `uuid` the event's
 * subject. Use the generated emit_<thing>_<verb>() instead. */
const Err *rq_emit(Request *rq, const EventType *type, const ProtobufCMessage *document);
/* Calls another service's leaf, as the user of this request, within its deadline; only in
 * <handler>_prepare. Use the generated client functions instead. */
const Err *rq_call(Request *rq, const Method *method, const ProtobufCMessage *in,
                   ProtobufCMessage **ret_out);

#endif
