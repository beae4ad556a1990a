/* What one instance does by the clock: the service's jobs, and the runtime's own housekeeping. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "svc.sql.h"
#include "svc/audit.h"
#include "svc/crash.h"
#include "svc/role.h"

enum {
    JOBS_MAX = 32,
    TICK_MS = 200,
    SHIP_EVERY_MS = 500,
    PURGE_EVERY_MS = 10 * 1000,
    PURGE_BATCH = 1000,
    PURGE_ROUNDS = 20
};

/* Deletes in batches of PURGE_BATCH rows, up to PURGE_ROUNDS of them in one transaction: what a
 * busy system brings in ten seconds and more. */
static const Err *purge(Request *rq)
{
    static const DbQuery *const QUERIES[] = {&RT_PURGE_IDEMPOTENCY, &RT_PURGE_OUTBOX,
                                             &RT_PURGE_INBOX};
    enum { QUERIES_COUNT = sizeof QUERIES / sizeof *QUERIES };
    int64_t deleted[QUERIES_COUNT] = {PURGE_BATCH, PURGE_BATCH, PURGE_BATCH};
    bool more = true;
    for (int round = 0; more && round < PURGE_ROUNDS; round++) {
        more = false;
        for (size_t i = 0; i < QUERIES_COUNT; i++)
            if (deleted[i] == PURGE_BATCH)
                db_queue(rq->db, QUERIES[i], NO_ARGS, INTO_COUNT(&deleted[i]));
        TRY(db_flush(rq->db));
        for (size_t i = 0; i < QUERIES_COUNT; i++)
            more = more || deleted[i] == PURGE_BATCH;
    }
    return NULL;
}

static const Job OWN[] = {
    {"audit_ship", SHIP_EVERY_MS, audit_ship}, {"purge", PURGE_EVERY_MS, purge}, {0}};

typedef struct Clockwork {
    SlowJob jobs[JOBS_MAX]; /* `work` is NULL where there is none */
    int64_t due[JOBS_MAX];
    size_t count;
} Clockwork;

static void clockwork_add(Clockwork *clockwork, SlowJob job)
{
    if (clockwork->count == JOBS_MAX)
        abort();
    clockwork->jobs[clockwork->count++] = job;
}

static void clockwork_add_jobs(Clockwork *clockwork, const Job *jobs)
{
    for (; jobs && jobs->name; jobs++)
        clockwork_add(clockwork, (SlowJob){jobs->name, jobs->every_ms, NULL, jobs->function});
}

static const Err *jobs_lead(RoleRun *run)
{
    Clockwork *clockwork = calloc(1, sizeof *clockwork);
    if (!clockwork)
        abort();
    run->state = clockwork;
    const Service *service = run->worker->runtime->service;
    clockwork_add_jobs(clockwork, OWN);
    clockwork_add_jobs(clockwork, service->jobs);
    for (const SlowJob *job = service->slow_jobs; job && job->name; job++)
        clockwork_add(clockwork, *job);
    return NULL;
}

static const Err *job_body(Request *rq, void *context)
{
    const SlowJob *job = context;
    TRY(job->mark(rq));
    crash_point("job_before_commit");
    return NULL;
}

static void job_run(RoleRun *run, const SlowJob *job)
{
    Request rq = worker_request(run->worker);
    SlowJob copy = *job;
    const Err *err = job->work ? job->work(&rq) : NULL;
    if (!err && (!job->work || rq.prepared))
        err = role_transaction(run, &rq, job_body, &copy);
    crash_point("job_after_commit");
    if (err)
        LOG_WITH(err->kind == ERR_UNAVAILABLE ? LOG_WARN_LEVEL : LOG_ERROR_LEVEL, "job failed",
                 LOG_STR("job", job->name), LOG_ERR(err), LOG_END);
}

static const Err *jobs_step(RoleRun *run)
{
    Clockwork *clockwork = run->state;
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < clockwork->count; i++) {
        if (now < clockwork->due[i])
            continue;
        job_run(run, &clockwork->jobs[i]);
        clockwork->due[i] = now + clockwork->jobs[i].every_ms;
    }
    role_pause(run, TICK_MS);
    return NULL;
}

static void jobs_leave(RoleRun *run)
{
    free(run->state);
    run->state = NULL;
}

const Role ROLE_JOBS = {
    .name = "jobs", .number = 3, .lead = jobs_lead, .step = jobs_step, .leave = jobs_leave};
