/* The running system: where it answers, which processes it has, its secrets. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testkit_private.h"

enum { STATUS_MAX = 64 * 1024 };

const char *const SERVICES[] = {SERVICE_NAMES, NULL};

const char *status_read(void)
{
    char *out = keep(STATUS_MAX);
    FILE *pipe = popen(SENTIENT_COMMAND " status --json", "r");
    if (!pipe)
        abort();
    size_t length = fread(out, 1, STATUS_MAX - 1, pipe);
    out[length] = '\0';
    (void)pclose(pipe);
    return out;
}

const System *the_system(void)
{
    static System system;
    if (!system.gateway) {
        const char *status = getenv(STATUS_VARIABLE);
        system.home = getenv("SENTIENT_HOME");
        system.nats = json_string(status, "nats");
        system.postgres = json_string(status, "postgres");
        system.gateway = json_string(status, "gateway");
    }
    return &system;
}

pid_t service_pid(const char *name)
{
    pid_t pid = (pid_t)number_in(text("%s/run/%s.pid", the_system()->home, name));
    return pid > 1 && process_lives(pid) ? pid : 0;
}

/* A daemon takes another port with every start; the gateways keep theirs. */
const char *service_admin(const char *name)
{
    long port = number_in(text("%s/run/%s.admin", the_system()->home, name));
    const char *services = json_raw(getenv(STATUS_VARIABLE), "services");
    if (port)
        return text("http://127.0.0.1:%ld", port);
    return strncmp(name, "gateway", 7) == 0 ? json_string(json_member(services, name), "admin")
                                            : "";
}

const char *secret(const char *owner, const char *name)
{
    char line[512];
    size_t length = strlen(name);
    FILE *file = fopen(text("%s/secrets/%s.env", the_system()->home, owner), "re");
    const char *value = NULL;
    while (file && !value && fgets(line, sizeof line, file))
        if (strncmp(line, name, length) == 0 && line[length] == '=')
            value = text("%.*s", (int)strcspn(line + length + 1, "\n"), line + length + 1);
    if (file)
        (void)fclose(file);
    if (!value)
        cr_assert_fail("no secret %s of %s in the state folder", name, owner);
    return value;
}

void service_signal(const char *name, int signal)
{
    pid_t pid = service_pid(name);
    if (pid <= 1 || kill(pid, signal) != 0)
        cr_assert_fail("%s has no process to signal", name);
}

bool process_lives(pid_t pid)
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

static void supervisor_signal(int signal)
{
    pid_t pid = (pid_t)number_in(text("%s/run/supervise.pid", the_system()->home));
    if (pid <= 1 || kill(pid, signal) != 0)
        cr_assert_fail("no supervisor");
}

void supervisor_forget(void)
{
    supervisor_signal(SIGHUP);
}

void supervisor_hold(bool on)
{
    supervisor_signal(on ? SIGSTOP : SIGCONT);
    if (!on)
        supervisor_forget();
}

void service_kill(const char *name)
{
    supervisor_forget();
    pid_t pid = service_pid(name);
    if (pid <= 1 || kill(pid, SIGKILL) != 0)
        cr_assert_fail("%s has no process to kill", name);
    EVENTUALLY(SOON_MS, !process_lives(pid));
}

/* Asks every service of the newest status for /readyz. */
static bool all_ready(void)
{
    if (get(client_at(the_system()->gateway), "/readyz")->status != 200)
        return false;
    for (const char *const *name = SERVICES; *name; name++) {
        const char *admin = service_admin(*name);
        if (!*admin || get(client_at(admin), "/readyz")->status != 200)
            return false;
    }
    return true;
}

void system_wait_ready(void)
{
    EVENTUALLY(SOON_MS, all_ready());
}
