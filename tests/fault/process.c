/* The system's processes by name: their pids, signals, the supervisor, who leads. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

enum { INSTANCES_MAX = 99 };

/* A busy machine lets some threads run on for a while. */
static bool all_threads_stand(pid_t pid)
{
    return run_command("cat /proc/%d/task/*/stat | grep -qv ') T '", (int)pid) == 1;
}

bool unit_signal(const char *name, int signal)
{
    pid_t pid = service_pid(name);
    if (!pid || kill(pid, signal) != 0)
        return false;
    for (int i = 0; signal == SIGSTOP && i < 1000 && !all_threads_stand(pid); i++)
        pause_ms(5);
    return true;
}

static bool in_plan(const char *name)
{
    FILE *file = fopen(text("%s/run/%s.env", the_system()->home, name), "re");
    if (file)
        (void)fclose(file);
    return file != NULL;
}

const char **unit_instances(const char *daemon)
{
    const char **names = keep((INSTANCES_MAX + 1) * sizeof *names);
    const char *name = daemon;
    for (int i = 0; i < INSTANCES_MAX && in_plan(name); name = text("%s-%d", daemon, i + 1))
        names[i++] = name;
    return names;
}

const char *unit_leader(const char *service, const char *role)
{
    const char *line = text("\nsentient_leads{role=\"%s\"} 1\n", role);
    for (const char **name = unit_instances(service); *name; name++) {
        const Response *r = get(client_at(service_admin(*name)), "/metrics");
        if (r->status == 200 && strstr(r->body, line))
            return *name;
    }
    return NULL;
}

void unit_signal_all(const char *daemon, int signal)
{
    for (const char **name = unit_instances(daemon); *name; name++)
        (void)unit_signal(*name, signal);
}

void unit_kill_all(const char *daemon)
{
    for (const char **name = unit_instances(daemon); *name; name++)
        if (service_pid(*name))
            service_kill(*name);
}

void unit_remove(const char *daemon)
{
    supervisor_hold(true);
    unit_kill_all(daemon);
}

static bool answers_ready(const char *name)
{
    const char *admin = service_admin(name);
    return *admin && get(client_at(admin), "/readyz")->status == 200;
}

static void restore_instances(const char *daemon)
{
    for (const char **name = unit_instances(daemon); *name; name++) {
        (void)unit_signal(*name, SIGCONT);
        EVENTUALLY(SOON_MS, answers_ready(*name));
    }
}

void system_restore(void)
{
    (void)unit_signal("postgres", SIGCONT);
    (void)unit_signal("nats-server", SIGCONT);
    supervisor_hold(false);
    for (const char *const *service = SERVICES; *service; service++)
        restore_instances(*service);
    restore_instances("gateway");
}

void system_settle(void)
{
    system_restore();
    expect_quiet();
}

int run_command(const char *format, ...)
{
    char command[2048];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof command)
        abort();
    int status = system(command); /* NOLINT(cert-env33-c): ./sentient is a shell script */
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int port_of(const char *url)
{
    const char *colon = strrchr(url, ':');
    return colon ? (int)strtol(colon + 1, NULL, 10) : 0;
}
