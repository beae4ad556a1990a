/* What one instance does by the clock: the service's jobs, and the runtime's own housekeeping. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "svc.sql.h"
#include "svc/audit.h"
#include "svc/crash.h"
#include "svc/role.h"

enum { JOBS_MAX = 32, TICK_MS = 200, SHIP_EVERY_MS = 500, PURGE_EVERY_MS = 60 * 1000 };

static const Err *purge(Request *rq)
{
    db_queue(rq->db, &RT_PURGE_IDEMPOTENCY, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &RT_PURGE_OUTBOX, NO_ARGS, INTO_NOTHING);
    db_queue(rq->db, &RT_PURGE_INBOX, NO_ARGS, INTO_NOTHING);
    return NULL;
}

static const Job OWN[] = {
    {"audit_ship", SHIP_EVERY_MS, audit_ship}, {"purge", PURGE_EVERY_MS, purge}, {0}};

typedef struct Clockwork {
    const Job *jobs[JOBS_MAX];
    int64_t due[JOBS_MAX];
    size_t count;
} Clockwork;

static void clockwork_add(Clockwork *clockwork, const Job *jobs)
{
    for (; jobs && jobs->name; jobs++) {
        if (clockwork->count == JOBS_MAX)
            abort();
        clockwork->jobs[clockwork->count++] = jobs;
    }
}

static const Err *jobs_lead(RoleRun *run)
{
    Clockwork *clockwork = calloc(1, sizeof *clockwork);
    if (!clockwork)
        abort();
    run->state = clockwork;
    clockwork_add(clockwork, OWN);
    clockwork_add(clockwork, run->worker->runtime->service->jobs);
    return NULL;
}

static const Err *job_body(Request *rq, void *context)
{
    const Job *job = context;
    TRY(job->function(rq));
    crash_point("job_before_commit");
    return NULL;
}

static void job_run(RoleRun *run, const Job *job)
{
    Request rq = worker_request(run->worker, "system");
    Job copy = *job;
    const Err *err = role_transaction(run, &rq, job_body, &copy);
    crash_point("job_after_commit");
    if (err)
        log_error("job failed", LOG_STR("job", job->name), LOG_STR("error", err->message),
                  LOG_STR("cause", err->cause ? err->cause : ""));
}

static const Err *jobs_step(RoleRun *run)
{
    Clockwork *clockwork = run->state;
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < clockwork->count; i++) {
        if (now < clockwork->due[i])
            continue;
        job_run(run, clockwork->jobs[i]);
        clockwork->due[i] = now + clockwork->jobs[i]->every_ms;
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
