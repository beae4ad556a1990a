/* A worker: one thread's connections and memory. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "kit/config.h"
#include "svc/runtime.h"

enum { SYSTEM_DEADLINE_MS = 30000 };

static Bus *worker_bus(const Runtime *runtime, const char *label, Arena *arena)
{
    return bus_new(&(BusConfig){
        .url = config_text("NATS_URL"),
        .user = config_text("NATS_USER"),
        .password = config_text("NATS_PASS"),
        .credentials = config_text("NATS_CREDS"),
        .name = label,
        .inbox_prefix = arena_printf(arena, "_INBOX.%s", runtime->name),
    });
}

static const char *db_password(void)
{
    return config_text("DB_PASS");
}

static Db *worker_db(const Runtime *runtime, const char *label, int64_t idle_limit_ms)
{
    const DbConfig config = {
        .host = config_text("DB_HOST"),
        .port = config_text("DB_PORT"),
        .name = config_text("DB_NAME"),
        .user = config_text("DB_USER"),
        .password = config_text("DB_PASS"),
        .password_now = db_password,
        .schema = runtime->name,
        .application = label,
        .idle_limit_ms = idle_limit_ms,
    };
    return db_new(&config, runtime->service->constraints, runtime->service->constraint_count);
}

Worker *worker_new(Runtime *runtime, const char *kind)
{
    return worker_new_idle(runtime, kind, 0);
}

Worker *worker_new_idle(Runtime *runtime, const char *kind, int64_t idle_limit_ms)
{
    Worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        abort();
    worker->runtime = runtime;
    worker->arena = arena_new(ARENA_KEEP);
    const char *label = arena_printf(worker->arena, "%s-%s", runtime->name, kind);
    worker->bus = worker->reply_bus = worker_bus(runtime, label, worker->arena);
    worker->db = worker_db(runtime, label, idle_limit_ms);
    worker->caller = worker->bus ? bus_caller_new(worker->bus) : NULL;
    arena_reset(worker->arena);
    if (worker->caller)
        return worker;
    worker_delete(worker);
    return NULL;
}

void worker_delete(Worker *worker)
{
    if (!worker)
        return;
    if (worker->bus)
        bus_close(worker->bus);
    bus_queue_delete(worker->queue);
    bus_caller_delete(worker->caller);
    bus_delete(worker->bus);
    db_delete(worker->db);
    arena_delete(worker->arena);
    free(worker);
}

Request worker_request(Worker *worker)
{
    char id[UUID_TEXT];
    uuid_v7(id);
    db_use_arena(worker->db, worker->arena);
    return (Request){
        .arena = worker->arena,
        .db = worker->db,
        .worker = worker,
        .username = "system",
        .request_id = arena_strdup(worker->arena, id),
        .now = clock_business(),
        .deadline_ms = clock_monotonic_ms() + SYSTEM_DEADLINE_MS,
        .if_match = -1,
    };
}

static void raise_eventfd(int fd)
{
    uint64_t one = 1;
    if (write(fd, &one, sizeof one) < 0) {
        /* the counter is full: it is readable already */
    }
}

void runtime_wake(Runtime *runtime)
{
    raise_eventfd(runtime->wake);
}

void runtime_stop(Runtime *runtime)
{
    atomic_store(&runtime->stopping, true);
    raise_eventfd(runtime->stop);
    raise_eventfd(runtime->wake);
}
