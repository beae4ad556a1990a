/* What the files of the runtime share; not for handlers. */
#ifndef SF_SVC_RUNTIME_H
#define SF_SVC_RUNTIME_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "kit/bus.h"
#include "kit/db.h"
#include "svc/request.h"
#include "svc/service.h"

/* The all-zero uuid: principal of requests that nobody is signed in for. */
#define NOBODY "00000000-0000-0000-0000-000000000000"

enum { ARENA_KEEP = 64 * 1024, EVENT_MAX = 2 * 1024 * 1024 };

typedef struct Lane Lane;

/* One process: what its threads share. Constant after start, but for the atomics. */
typedef struct Runtime {
    const Service *service;
    const char *name; /* sales */
    char instance[37];
    uint8_t hash_key[32]; /* keys the hash of stored requests, seals audit batches */
    Lane *lane;           /* for requests to be prepared; NULL: none */
    int wake;             /* eventfd: a committed transaction left events for the relay */
    int stop;             /* eventfd: readable for good once `stopping` is set */
    _Atomic bool stopping;
    _Atomic bool started;        /* the start function has run */
    _Atomic int64_t backlog_age; /* seconds that the oldest event has waited to leave */
} Runtime;

/* One thread with a connection of each kind. */
struct Worker {
    Runtime *runtime;
    bool slow; /* of the lane */
    Bus *bus;
    Bus *reply_bus; /* over which the message came: NATS takes its answer over no other */
    BusQueue *queue;
    BusCaller *caller;
    Db *db;
    Arena *arena;
    pthread_t thread;
};

Worker *worker_new(Runtime *runtime, const char *kind);
/* The same with a database session that the server ends after so long without a statement. */
Worker *worker_new_idle(Runtime *runtime, const char *kind, int64_t idle_limit_ms);
void worker_delete(Worker *worker);
/* A request of the runtime itself: nobody asks, "system" is written down. */
Request worker_request(Worker *worker);

/* Answers one message (dispatch.c), or hands it to the lane. */
void dispatch(Worker *worker, const BusMessage *message);

/* Fills a request from the headers (envelope.c). Unreadable numbers count as absent. */
void envelope_read(Request *rq, const BusMessage *message);
/* The headers with which `rq` calls another service; ends with a nameless one. */
const BusHeader *envelope_write(const Request *rq);

/* An answer: the packed message, or an error. */
typedef struct Answer {
    const uint8_t *data;
    size_t length;
    bool replayed;
} Answer;

/* Runs a method's handler as its tx says (transaction.c), and packs the answer. RETRY_PREPARED:
 * nothing was done; the lane has to do it. */
const Err *transaction_run(Request *rq, const MethodCode *code, const ProtobufCMessage *in,
                           Answer *ret_answer);
/* Runs `function` in a transaction of its own, again where the database asks for it. */
typedef const Err *(*TransactionBody)(Request *rq, void *context);
const Err *transaction_body(Request *rq, TransactionBody function, void *context);

/* Tells the relay that there is something to publish. */
void runtime_wake(Runtime *runtime);
/* Sets `stopping` and ends every pause. */
void runtime_stop(Runtime *runtime);

#endif
