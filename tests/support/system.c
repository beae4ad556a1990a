/* The running system: where it answers, which processes it has, its secrets. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testkit_private.h"

enum { STATUS_MAX = 64 * 1024 };

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

/* Of the newest status: a daemon that was started again has another pid and another admin port. */
static const char *service_member(const char *name, const char *member)
{
    const char *service = json_member(json_raw(status_read(), "services"), name);
    return service ? json_member(service, member) : NULL;
}

pid_t service_pid(const char *name)
{
    const char *pid = service_member(name, "pid");
    return pid ? (pid_t)strtol(pid, NULL, 10) : 0;
}

const char *service_admin(const char *name)
{
    const char *admin = service_member(name, "admin");
    return admin ? json_string(admin, "") : "";
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

static bool process_gone(pid_t pid)
{
    char state = 'Z';
    FILE *file = fopen(text("/proc/%d/stat", (int)pid), "re");
    if (!file)
        return true;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'Z';
    (void)fclose(file);
    return state == 'Z';
}

void service_kill(const char *name)
{
    pid_t pid = service_pid(name);
    if (pid <= 1 || kill(pid, SIGKILL) != 0)
        cr_assert_fail("%s has no process to kill", name);
    EVENTUALLY(SOON_MS, process_gone(pid));
}

/* Asks every service of the newest status for /readyz. */
static bool all_ready(void)
{
    static const char *const NAMES[] = {"auth", "sales", "inventory"};
    const char *status = status_read();
    if (get(client_at(the_system()->gateway), "/readyz")->status != 200)
        return false;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *admin = json_string(status, text("services.%s.admin", NAMES[i]));
        if (!admin || get(client_at(admin), "/readyz")->status != 200)
            return false;
    }
    return true;
}

void system_wait_ready(void)
{
    EVENTUALLY(SOON_MS, all_ready());
}
