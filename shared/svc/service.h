/* A daemon is a table: main.c fills a Service and calls service_run(). */
#ifndef SF_SVC_SERVICE_H
#define SF_SVC_SERVICE_H

#include "kit/config.h"
#include "kit/contract.h"
#include "kit/db.h"
#include "svc/request.h"

/* Generated, in the order of the contract's methods. */
typedef struct MethodCode {
    Handler handler;
    PrepareFunction prepare; /* NULL: none */
} MethodCode;

/* A reaction to an event of another service, in the consumer's transaction. The payload is the
 * document. */
typedef struct EventHandler {
    const EventType *type;
    const Err *(*function)(Request *rq, const ProtobufCMessage *document);
} EventHandler;

/* Rebuilds a copy from its owner's export: pages are handed to `function`, each in a transaction of
 * its own, and behind the last one `finish` is called in further transactions, as long as it leaves
 * *ret_more true: a portion each, so that none takes long. All of it happens again where the
 * process ends before the position stands. */
typedef struct SnapshotSource {
    const Method *method; /* <service>.<thing>.export */
    const Err *(*function)(Request *rq, const ProtobufCMessage *page);
    const Err *(*finish)(Request *rq, bool *ret_more); /* NULL: nothing */
} SnapshotSource;

/* What the leader does by the clock. */
typedef struct Job {
    const char *name;
    int64_t every_ms;
    const Err *(*function)(Request *rq); /* in a transaction */
} Job;

/* The same, with something first that takes time, such as asking a mail server. */
typedef struct SlowJob {
    const char *name;
    int64_t every_ms;
    const Err *(*work)(Request *rq); /* outside of any transaction */
    const Err *(*mark)(Request *rq); /* in one; only where `work` left something in rq->prepared */
} SlowJob;

typedef struct Service {
    const Contract *contract;
    const MethodCode *code;
    const EventHandler *events;      /* ends with a typeless one; NULL: none */
    const SnapshotSource *snapshots; /* ends with a methodless one; NULL: none */
    const Job *jobs;                 /* ends with a nameless one; NULL: none */
    const SlowJob *slow_jobs;        /* ends with a nameless one; NULL: none */
    const DbConstraint *constraints;
    size_t constraint_count;
    const Setting *settings; /* of this daemon alone, besides the common ones; ends with a nameless
                                one; NULL: none */
    /* Requests that have to be prepared run on so many threads of their own, and so many wait for
     * them (a multiple of 4; half of the places for strangers, svc/lane.h); what comes beyond is
     * 503 at once. 0: they run among the others. */
    size_t slow_workers, slow_queue;
    /* In every instance at its start, one after another, in a transaction, before it is ready: must
     * be safe to repeat. ERR_RULE ends the process (exit code 78), anything else is tried again.
     * NULL: nothing. */
    const Err *(*start)(Request *rq);
} Service;

/* Runs until SIGTERM: settings, connections, workers, leaves, leader, admin port; then drains.
 * Returns the exit code. */
int service_run(const Service *service, int argc, char **argv);

#endif
