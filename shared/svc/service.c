/* A daemon's life: settings, connections, workers, roles, admin port; then waiting for SIGTERM, and
 * draining. */
#include "svc/service.h"

#include <libpq-fe.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "sentient/contracts.h"
#include "svc.sql.h"
#include "svc/admin.h"
#include "svc/crash.h"
#include "svc/discovery.h"
#include "svc/lane.h"
#include "svc/observe.h"
#include "svc/role.h"

enum { WORKERS_MAX = 64, ROLES_MAX = 3, POLL_MS = 200, DRAIN_MS = 100, FLUSH_MS = 1000 };

static const Setting CONFIG_SERVICE[] = {
    {"WORKERS", SETTING_INT, "4", SETTING_PLAIN, 1, 32,
     "threads that answer requests, each with its own connections"},
    {"LEAF_WORKERS", SETTING_INT, "1", SETTING_PLAIN, 1, 8,
     "threads that answer other services' look-ups"},
    {"APP_SECRET", SETTING_TEXT, NULL, SETTING_SECRET, 0, 0,
     "signs cursors, keys stored hashes, seals audit batches; 32 bytes or more"},
    {"EVENTS_MAX_BYTES", SETTING_INT, "8589934592", SETTING_PLAIN, 1048576, INT64_MAX,
     "size of the event stream, where this daemon is the one that makes it"},
    {"SENTIENT_CRASH_AT", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "point at which the process ends, name:n (docs/reliability.md); development only"},
    {0},
};

typedef struct Daemon {
    Runtime runtime;
    Worker *workers[WORKERS_MAX];
    size_t worker_count;
    pthread_t roles[ROLES_MAX];
    size_t role_count;
    Admin *admin;
    bool refused; /* the start function said that this can't be */
} Daemon;

/* What is missing for serving; NULL: nothing. */
static const char *daemon_missing(void *context)
{
    const Daemon *daemon = context;
    const char *const names[] = {"host", "port", "connect_timeout", NULL};
    const char *const values[] = {config_text("DB_HOST"), config_text("DB_PORT"), "2", NULL};
    if (atomic_load(&daemon->runtime.stopping))
        return "stopping";
    for (size_t i = 0; i < daemon->worker_count; i++)
        if (!bus_connected(daemon->workers[i]->bus))
            return "nats";
    if (PQpingParams(names, values, 0) != PQPING_OK)
        return "database";
    return atomic_load(&daemon->runtime.started) ? NULL : "start";
}

/* ---- starting ---- */

static bool runtime_setup(Runtime *runtime, const Service *service)
{
    const char *secret = config_text("APP_SECRET");
    runtime->service = service;
    runtime->name = service->contract->service;
    uuid_v7(runtime->instance);
    runtime->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    runtime->stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (sodium_init() < 0 || runtime->wake < 0 || runtime->stop < 0)
        return false;
    (void)crypto_generichash(runtime->hash_key, sizeof runtime->hash_key, (const uint8_t *)secret,
                             strlen(secret), NULL, 0);
    for (size_t i = 0; i < CONTRACT_COUNT; i++)
        pb_register(CONTRACTS[i]);
    observe_setup(service->contract);
    return true;
}

static void *worker_main(void *argument)
{
    Worker *worker = argument;
    BusMessage message;
    while (!atomic_load(&worker->runtime->stopping)) {
        if (bus_queue_next(worker->queue, worker->arena, POLL_MS, &message))
            dispatch(worker, &message);
        arena_reset(worker->arena);
    }
    bus_queue_drain(worker->queue);
    while (bus_queue_next(worker->queue, worker->arena, DRAIN_MS, &message)) {
        dispatch(worker, &message);
        arena_reset(worker->arena);
    }
    bus_flush(worker->bus, FLUSH_MS);
    return NULL;
}

/* Leaves have subjects and threads of their own, so that pools which wait for each other cannot
 * form. */
static bool workers_start(Daemon *daemon, const char *kind, int64_t count, const char *pattern)
{
    for (int64_t i = 0; i < count; i++) {
        char subject[128];
        Worker *worker = worker_new(&daemon->runtime, kind);
        (void)snprintf(subject, sizeof subject, pattern, daemon->runtime.name);
        if (!worker ||
            !(worker->queue = bus_queue_new(worker->bus, subject, daemon->runtime.name)) ||
            pthread_create(&worker->thread, NULL, worker_main, worker) != 0) {
            worker_delete(worker);
            return false;
        }
        daemon->workers[daemon->worker_count++] = worker;
    }
    return true;
}

static bool has_leaves(const Contract *contract)
{
    for (size_t i = 0; i < contract->method_count; i++)
        if (contract->methods[i].internal)
            return true;
    return false;
}

static bool roles_start(Daemon *daemon)
{
    const Role *roles[ROLES_MAX] = {&ROLE_RELAY, &ROLE_JOBS, NULL};
    if (daemon->runtime.service->events)
        roles[2] = &ROLE_CONSUMER;
    for (size_t i = 0; i < ROLES_MAX && roles[i]; i++) {
        if (!role_start(&daemon->runtime, roles[i], &daemon->roles[daemon->role_count]))
            return false;
        daemon->role_count++;
    }
    return true;
}

static const Err *start_body(Request *rq, void *context)
{
    const Service *service = context;
    db_queue(rq->db, &RT_START_LOCK, ARG(arg_text("schema", service->contract->service)),
             INTO_NOTHING);
    TRY(db_flush(rq->db));
    return service->start ? service->start(rq) : NULL;
}

/* Until it succeeds: the database may come later than we. What will not pass by itself (a secret
 * that is missing, say) ends the process. */
static void *start_main(void *argument)
{
    Daemon *daemon = argument;
    Worker *worker = worker_new(&daemon->runtime, "start");
    struct timespec pause = {.tv_nsec = 200 * 1000000L};
    LogRepeat said = {0};
    while (worker && !atomic_load(&daemon->runtime.stopping)) {
        Request rq = worker_request(worker);
        const Err *err =
            transaction_body(&rq, start_body, (void *)(uintptr_t)daemon->runtime.service);
        if (!err)
            break;
        if (log_is_news(&said, err->cause ? err->cause : err->message, clock_monotonic_ms()))
            log_warn("not started yet", LOG_ERR(err));
        if (err->kind == ERR_RULE) {
            daemon->refused = true;
            (void)kill(getpid(), SIGTERM);
            break;
        }
        arena_reset(worker->arena);
        (void)nanosleep(&pause, NULL);
    }
    atomic_store(&daemon->runtime.started, worker && !daemon->refused);
    worker_delete(worker);
    return NULL;
}

static bool daemon_start(Daemon *daemon)
{
    const Contract *contract = daemon->runtime.service->contract;
    if (daemon->runtime.service->slow_workers && !lane_start(&daemon->runtime))
        return false;
    if (!workers_start(daemon, "worker", config_int("WORKERS"), "%s.*.*") ||
        (has_leaves(contract) &&
         !workers_start(daemon, "leaf", config_int("LEAF_WORKERS"), "%s.internal.>")))
        return false;
    if (discovery_start(daemon->workers[0]) || !roles_start(daemon))
        return false;
    daemon->admin = admin_start(config_text("ADMIN_HOST"), (int)config_int("ADMIN_PORT"),
                                daemon_missing, daemon);
    const char *file = config_text("ADMIN_PORT_FILE");
    return daemon->admin && (!*file || admin_write_port(daemon->admin, file));
}

/* ---- stopping ---- */

static void daemon_stop(Daemon *daemon)
{
    runtime_stop(&daemon->runtime);
    for (size_t i = 0; i < daemon->worker_count; i++)
        (void)pthread_join(daemon->workers[i]->thread, NULL);
    lane_stop(daemon->runtime.lane);
    for (size_t i = 0; i < daemon->role_count; i++)
        (void)pthread_join(daemon->roles[i], NULL);
    admin_stop(daemon->admin);
    for (size_t i = 0; i < daemon->worker_count; i++)
        worker_delete(daemon->workers[i]);
    (void)close(daemon->runtime.wake);
    (void)close(daemon->runtime.stop);
}

static void wait_for_signal(void)
{
    sigset_t signals;
    int signal = 0;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigwait(&signals, &signal);
    log_info("stopping", LOG_INT("signal", signal));
}

static void block_signals(void)
{
    sigset_t signals;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

static int daemon_run(const Service *service)
{
    static Daemon daemon;
    pthread_t starter;
    block_signals();
    bus_library_open();
    if (!config_watch_start() || !runtime_setup(&daemon.runtime, service) ||
        !daemon_start(&daemon) || pthread_create(&starter, NULL, start_main, &daemon) != 0)
        return 1;
    log_info("running", LOG_INT("admin", admin_port(daemon.admin)));
    wait_for_signal();
    runtime_stop(&daemon.runtime);
    (void)pthread_join(starter, NULL);
    daemon_stop(&daemon);
    config_watch_stop();
    log_info("stopped");
    return daemon.refused ? EXIT_CONFIG : 0;
}

int service_run(const Service *service, int argc, char **argv)
{
    const Setting *const tables[] = {CONFIG_APP,     CONFIG_NATS,       CONFIG_DB,
                                     CONFIG_SERVICE, service->settings, NULL};
    const char *name = service->contract->service;
    int code;
    if (config_answer(name, tables, argc, argv, &code))
        return code;
    if (!config_load(tables, stderr))
        return EXIT_CONFIG;
    log_setup(name, log_level(config_text("LOG_LEVEL")));
    crash_setup(config_text("SENTIENT_CRASH_AT"));
    return daemon_run(service);
}
