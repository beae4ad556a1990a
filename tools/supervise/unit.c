/* Starting, signalling and burying one process.
 * Not the decision when: that is main.c. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_LAST_MS = 5000, SETTLED_MS = 10000, EXIT_NOT_STARTED = 127 };
static const off_t LOG_MAX = 16 * 1024 * 1024;

int64_t unit_clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void unit_say(const char *format, ...)
{
    char text[512], when[32];
    time_t now = time(NULL);
    struct tm utc;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    gmtime_r(&now, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    printf("%s %s\n", when, text);
    fflush(stdout);
}

static void pid_file_write(const Unit *unit)
{
    char temporary[4096];
    FILE *file;

    if (!unit->pid_file)
        return;
    snprintf(temporary, sizeof temporary, "%s.new", unit->pid_file);
    file = fopen(temporary, "we");
    if (!file || fprintf(file, "%d\n", (int)unit->pid) < 0 || fclose(file) ||
        rename(temporary, unit->pid_file))
        unit_say("%s: cannot write %s: %s", unit->name, unit->pid_file, strerror(errno));
}

/* A log over LOG_MAX becomes <log>.1. */
static void log_rotate(const char *log)
{
    char older[4096];
    struct stat state;

    if (stat(log, &state) || state.st_size < LOG_MAX)
        return;
    snprintf(older, sizeof older, "%s.1", log);
    rename(log, older);
}

static void child_fail(const Unit *unit, const char *what)
{
    dprintf(STDERR_FILENO, "sentient-supervise: %s: %s: %s\n", unit->name, what, strerror(errno));
    _exit(EXIT_NOT_STARTED);
}

static void child_redirect(const Unit *unit)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC), log;

    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        child_fail(unit, "/dev/null");
    if (!unit->log)
        return;
    log_rotate(unit->log);
    log = open(unit->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
        child_fail(unit, unit->log);
}

static void child_become(const Unit *unit)
{
    const struct passwd *user;

    if (!unit->user)
        return;
    errno = 0;
    user = getpwnam(unit->user);
    if (!user || initgroups(unit->user, user->pw_gid) || setgid(user->pw_gid) ||
        setuid(user->pw_uid))
        child_fail(unit, unit->user);
}

/* A background job of a shell comes with SIGINT ignored, and that would be inherited. */
static void child_signals(void)
{
    sigset_t none;

    for (int number = 1; number < SIGSYS; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void child_run(const Unit *unit, pid_t parent)
{
    child_signals();
    child_redirect(unit);
    child_become(unit);
    /* After the change of user, which clears it. */
    if (prctl(PR_SET_PDEATHSIG, unit->stop_signal))
        child_fail(unit, "prctl");
    if (getppid() != parent) /* it died before that */
        _exit(EXIT_NOT_STARTED);
    if (chdir("/"))
        child_fail(unit, "/");
    execve(unit->args[0], unit->args, unit->environment);
    child_fail(unit, unit->args[0]);
}

void unit_start(Unit *unit)
{
    pid_t parent = getpid(), pid = fork();

    unit->started_ms = unit_clock_ms();
    if (pid == 0)
        child_run(unit, parent);
    if (pid < 0) {
        unit_say("%s: cannot fork: %s", unit->name, strerror(errno));
        unit->due_ms = unit->started_ms + BACKOFF_LAST_MS;
        return;
    }
    unit->pid = pid;
    pid_file_write(unit);
    unit_say("%s: started, pid %d", unit->name, (int)pid);
}

void unit_ended(Unit *unit, int status)
{
    int64_t now = unit_clock_ms(), lived = now - unit->started_ms;

    if (unit->backoff_ms < BACKOFF_FIRST_MS || lived >= SETTLED_MS)
        unit->backoff_ms = BACKOFF_FIRST_MS;
    unit->pid = 0;
    unit->due_ms = now + unit->backoff_ms;
    unit_say("%s: ended by %s %d after %lld ms", unit->name,
             WIFSIGNALED(status) ? "signal" : "exit",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (long long)lived);
    unit->backoff_ms *= 2;
    if (unit->backoff_ms > BACKOFF_LAST_MS)
        unit->backoff_ms = BACKOFF_LAST_MS;
    if (unit->pid_file)
        unlink(unit->pid_file);
}

void unit_signal(const Unit *unit, int signal)
{
    if (unit->pid > 0)
        kill(unit->pid, signal);
}
