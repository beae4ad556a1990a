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

long number_in(const char *path)
{
    char line[32] = "";
    FILE *file = fopen(path, "re");
    if (!file || !fgets(line, sizeof line, file))
        *line = '\0';
    if (file)
        (void)fclose(file);
    return strtol(line, NULL, 10);
}

static pid_t pid_in(const char *file_name)
{
    pid_t pid = (pid_t)number_in(text("%s/run/%s.pid", the_system()->home, file_name));
    return pid > 1 ? pid : 0;
}

static bool process_lives(pid_t pid)
{
    char state = 'Z';
    FILE *file = fopen(text("/proc/%d/stat", (int)pid), "re");
    if (!file)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'Z';
    (void)fclose(file);
    return state != 'Z' && state != 'X';
}

pid_t unit_pid(const char *name)
{
    pid_t pid = pid_in(name);
    return pid && process_lives(pid) ? pid : 0;
}

bool unit_signal(const char *name, int signal)
{
    pid_t pid = unit_pid(name);
    return pid && kill(pid, signal) == 0;
}

void unit_kill(const char *name)
{
    pid_t pid = unit_pid(name);
    if (!pid || kill(pid, SIGKILL) != 0)
        cr_assert_fail("%s does not run", name);
    EVENTUALLY(SOON_MS, !process_lives(pid));
}

/* A daemon takes another port with every start; the gateways keep theirs. */
const char *unit_admin(const char *name)
{
    const char *path = text("%s/run/%s.admin", the_system()->home, name);
    if (access(path, F_OK) != 0)
        return service_admin(name);
    long port = number_in(path);
    return port ? text("http://127.0.0.1:%ld", port) : "";
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
        const Response *r = get(client_at(unit_admin(*name)), "/metrics");
        if (r->status == 200 && strstr(r->body, line))
            return *name;
    }
    return NULL;
}

/* SIGHUP: what ended meanwhile starts at once, however often it ended before. */
void supervisor_hold(bool on)
{
    pid_t pid = pid_in("supervise");
    if (!pid || kill(pid, on ? SIGSTOP : SIGCONT) != 0 || (!on && kill(pid, SIGHUP) != 0))
        cr_assert_fail("no supervisor");
}

void unit_remove(const char *daemon)
{
    supervisor_hold(true);
    for (const char **name = unit_instances(daemon); *name; name++)
        if (unit_pid(*name))
            unit_kill(*name);
}

static bool answers_ready(const char *name)
{
    const char *admin = unit_admin(name);
    return *admin && get(client_at(admin), "/readyz")->status == 200;
}

void system_restore(void)
{
    static const char *const DAEMONS[] = {"auth", "sales", "inventory", "gateway"};
    for (const char *const *server = (const char *const[]){"postgres", "nats-server", NULL};
         *server; server++)
        (void)unit_signal(*server, SIGCONT);
    supervisor_hold(false);
    for (size_t i = 0; i < sizeof DAEMONS / sizeof *DAEMONS; i++)
        for (const char **name = unit_instances(DAEMONS[i]); *name; name++) {
            (void)unit_signal(*name, SIGCONT);
            EVENTUALLY(SOON_MS, answers_ready(*name));
        }
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
