/* Taking a role's lock, doing its work while the lock holds, trying again when it is lost. */
#include "svc/role.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "svc.sql.h"
#include "svc/observe.h"

/* Every role asks the database something once a second; one that is silent for so long is frozen or
 * gone, and the server ends its session, and with it the lock. */
enum { IDLE_LIMIT_MS = 15000, RETRY_MS = 500 };

static const Err LOCK_LOST = {.kind = ERR_UNAVAILABLE, .message = "The role's lock is lost"};

void role_pause(const RoleRun *run, int64_t ms)
{
    struct pollfd stop = {.fd = run->worker->runtime->stop, .events = POLLIN};
    (void)poll(&stop, 1, (int)ms);
}

/* Whether this connection now holds the lock. The lock is tried, not waited for: another instance
 * may lead for days. */
static const Err *role_lock(RoleRun *run, bool *ret_held)
{
    Worker *worker = run->worker;
    int64_t backend = 0;
    db_use_arena(worker->db, worker->arena);
    TRY(db_run(worker->db, &RT_LOCK,
               ARG(arg_text("schema", worker->runtime->name), arg_int("role", run->role->number)),
               INTO_INT(&backend)));
    run->backend = (int)backend;
    *ret_held = backend != 0;
    return NULL;
}

static void role_works(RoleRun *run)
{
    log_info("role taken", LOG_STR("role", run->role->name));
    run->said = (LogRepeat){0};
}

static void role_complain(RoleRun *run, const Err *err)
{
    const char *cause = err->cause ? err->cause : err->message;
    if (log_is_news(&run->said, cause, clock_monotonic_ms()))
        log_warn("role interrupted", LOG_STR("role", run->role->name), LOG_ERR(err));
}

static const Err *role_lead(RoleRun *run)
{
    const Runtime *runtime = run->worker->runtime;
    const Err *err = run->role->lead(run);
    bool works = false;
    observe_lead(run->role->name, true);
    while (!err && !atomic_load(&runtime->stopping)) {
        arena_reset(run->worker->arena);
        err = run->role->step(run);
        if (!err && !works)
            role_works(run);
        works = true;
        struct pg_conn *connection = db_connected(run->worker->db) ? db_raw(run->worker->db) : NULL;
        if (!err && (!connection || PQbackendPID(connection) != run->backend))
            err = &LOCK_LOST;
    }
    observe_lead(run->role->name, false);
    run->role->leave(run);
    (void)db_run(run->worker->db, &RT_UNLOCK, NO_ARGS,
                 INTO_NOTHING); /* let another instance lead */
    return err;
}

static void *role_main(void *argument)
{
    RoleRun *run = argument;
    Runtime *runtime = run->worker->runtime;
    while (!atomic_load(&runtime->stopping)) {
        bool held = false;
        const Err *err = role_lock(run, &held);
        if (!err && held)
            err = role_lead(run);
        else if (!err && run->role->stand_by)
            err = run->role->stand_by(run);
        if (err && !atomic_load(&runtime->stopping))
            role_complain(run, err);
        arena_reset(run->worker->arena);
        role_pause(run, RETRY_MS);
    }
    worker_delete(run->worker);
    free(run);
    return NULL;
}

bool role_start(Runtime *runtime, const Role *role, pthread_t *ret_thread)
{
    RoleRun *run = calloc(1, sizeof *run);
    if (!run)
        abort();
    *run = (RoleRun){.role = role, .worker = worker_new_idle(runtime, role->name, IDLE_LIMIT_MS)};
    if (run->worker && pthread_create(ret_thread, NULL, role_main, run) == 0)
        return true;
    worker_delete(run->worker);
    free(run);
    return false;
}

typedef struct Fenced {
    TransactionBody function;
    void *context;
    int backend;
} Fenced;

static const Err *fenced(Request *rq, void *context)
{
    Fenced *call = context;
    db_queue(rq->db, &RT_FENCE, ARG(arg_int("backend", call->backend)), INTO_NOTHING);
    return call->function(rq, call->context);
}

const Err *role_transaction(RoleRun *run, Request *rq, TransactionBody function, void *context)
{
    Fenced call = {.function = function, .context = context, .backend = run->backend};
    return transaction_body(rq, fenced, &call);
}
