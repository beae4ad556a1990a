/* sentient-supervise PLAN PID_FILE [PARENT]: runs the processes of a plan (plan.h), restarts what
 * ends, stops stage by stage on SIGTERM, takes new units on SIGHUP and starts at once what waits.
 * With PARENT, a pid, it ends when that one does. Not an init: no dependencies, no readiness;
 * ./sentient waits. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"

typedef struct Supervisor {
    Plan plan;
    const char *path;
    bool stopping;
    int stage;            /* that ends now, while stopping */
    int64_t signalled_ms; /* when it was told to */
    bool hurry;           /* asked twice: no grace */
} Supervisor;

/* The lock on the pid file tells that a supervisor lives; it ends with the process. */
static bool pid_file_lock(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) {
        unit_say("%s: %s", path, errno == EWOULDBLOCK ? "another one runs" : strerror(errno));
        return false;
    }
    return ftruncate(fd, 0) == 0 && dprintf(fd, "%d\n", (int)getpid()) > 0;
}

static void signals_block(sigset_t *ret_set)
{
    static const int SIGNALS[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};

    sigemptyset(ret_set);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        sigaddset(ret_set, SIGNALS[i]);
    sigprocmask(SIG_BLOCK, ret_set, NULL);
}

static void children_reap(Plan *plan)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < plan->count; i++)
            if (plan->units[i].pid == pid)
                unit_ended(&plan->units[i], status);
}

/* Returns when the next start is due, or INT64_MAX. */
static int64_t units_start(Plan *plan, int64_t now)
{
    int64_t next = INT64_MAX;

    for (int i = 0; i < plan->count; i++) {
        Unit *unit = &plan->units[i];

        if (unit->pid == 0 && unit->due_ms <= now)
            unit_start(unit);
        if (unit->pid == 0 && unit->due_ms < next)
            next = unit->due_ms;
    }
    return next;
}

static int stage_highest(const Plan *plan)
{
    int stage = -1;

    for (int i = 0; i < plan->count; i++)
        if (plan->units[i].pid > 0 && plan->units[i].stage > stage)
            stage = plan->units[i].stage;
    return stage;
}

static void stage_stop(Supervisor *self, int stage, int64_t now)
{
    self->stage = stage;
    self->signalled_ms = now;
    for (int i = 0; i < self->plan.count; i++)
        if (self->plan.units[i].stage == stage)
            unit_signal(&self->plan.units[i], self->plan.units[i].stop_signal);
}

/* Kills what has had its time; returns when the next one has, or INT64_MAX. */
static int64_t stage_kill(Supervisor *self, int64_t now)
{
    int64_t next = INT64_MAX;

    for (int i = 0; i < self->plan.count; i++) {
        Unit *unit = &self->plan.units[i];
        int64_t end = self->signalled_ms + (self->hurry ? 0 : unit->grace_ms);

        if (unit->pid == 0 || unit->stage != self->stage)
            continue;
        if (end <= now) {
            unit_say("%s: killed, it did not end in time", unit->name);
            unit_signal(unit, SIGKILL);
        } else if (end < next) {
            next = end;
        }
    }
    return next;
}

/* One step; returns when the next is due without news, or INT64_MAX. -1: everything has ended. */
static int64_t supervisor_step(Supervisor *self)
{
    int64_t now = unit_clock_ms();
    int stage;

    if (!self->stopping)
        return units_start(&self->plan, now);
    stage = stage_highest(&self->plan);
    if (stage < 0)
        return -1;
    if (stage != self->stage)
        stage_stop(self, stage, now);
    return stage_kill(self, now);
}

/* What waits after it ended is started at once, as if it had never ended. */
static void units_hurry(Plan *plan)
{
    for (int i = 0; i < plan->count; i++)
        plan->units[i].due_ms = plan->units[i].backoff_ms = 0;
}

static void supervisor_signal(Supervisor *self, int signal)
{
    switch (signal) {
    case SIGHUP:
        if (!self->stopping)
            plan_read(&self->plan, self->path);
        units_hurry(&self->plan);
        break;
    case SIGTERM:
    case SIGINT:
        unit_say("ends everything");
        self->hurry = self->stopping;
        self->stopping = true;
        break;
    default: break;
    }
}

static void supervisor_run(Supervisor *self, const sigset_t *signals)
{
    int64_t due;

    while ((due = supervisor_step(self)) >= 0) {
        int64_t wait_ms = due == INT64_MAX ? 3600000 : due - unit_clock_ms();
        struct timespec wait = {.tv_sec = wait_ms > 0 ? wait_ms / 1000 : 0,
                                .tv_nsec = wait_ms > 0 ? wait_ms % 1000 * 1000000 : 0};

        supervisor_signal(self, sigtimedwait(signals, NULL, &wait));
        children_reap(&self->plan);
    }
}

/* SIGTERM when the parent ends; false where it has ended already. */
static bool parent_follow(const char *parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == (pid_t)strtol(parent, NULL, 10);
}

int main(int argc, char **argv)
{
    static Supervisor self = {.stage = -1};
    sigset_t signals;

    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: sentient-supervise PLAN PID_FILE [PARENT]\n");
        return 2;
    }
    signals_block(&signals);
    setsid(); /* away from the terminal's signals */
    close_range(STDERR_FILENO + 1, ~0U, 0);
    if (argc == 4 && !parent_follow(argv[3]))
        return 1;
    self.path = argv[1];
    if (!pid_file_lock(argv[2]) || !plan_read(&self.plan, self.path))
        return 1;
    unit_say("supervises, pid %d", (int)getpid());
    supervisor_run(&self, &signals);
    unlink(argv[2]);
    unit_say("everything has ended");
    return 0;
}
