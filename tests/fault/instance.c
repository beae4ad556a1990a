/* A daemon started by the test itself, with the state folder's environment for it. Not supervised.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

enum { ENVIRONMENT_MAX = 128 };

struct Instance {
    pid_t pid;
    int status; /* -1: runs */
    const char *admin_file;
};

/* NAME=value with a NUL behind each, as the supervisor reads it. */
static const char **environment_of(const char *daemon)
{
    const char **lines = keep(ENVIRONMENT_MAX * sizeof *lines);
    const char *path = text("%s/run/%s.env", the_system()->home, daemon);
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0, count = 0;
    if (!file)
        cr_assert_fail("no %s", path);
    while (count < ENVIRONMENT_MAX / 2 && getdelim(&line, &room, '\0', file) > 0)
        lines[count++] = text("%s", line);
    free(line);
    (void)fclose(file);
    return lines;
}

static void environment_set(const char **lines, const char *setting)
{
    size_t name = strcspn(setting, "=") + 1;
    while (*lines && strncmp(*lines, setting, name) != 0)
        lines++;
    *lines = setting;
}

static void become(const char *daemon, const char **environment, const char *log)
{
    const char *program = text("%s/sentient-%s", SENTIENT_BIN, daemon);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (out >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0)
        execle(program, program, (char *)NULL, (char *const *)(uintptr_t)environment);
    _exit(127);
}

Instance *instance_start(const char *daemon, ...)
{
    Instance *instance = keep(sizeof *instance);
    const char **environment = environment_of(daemon), *setting;
    const char *home = the_system()->home, *name = unique(daemon);
    va_list settings;
    instance->status = -1;
    instance->admin_file = text("%s/run/%s.own", home, name);
    environment_set(environment, text("ADMIN_PORT_FILE=%s", instance->admin_file));
    va_start(settings, daemon);
    while ((setting = va_arg(settings, const char *)))
        environment_set(environment, setting);
    va_end(settings);
    (void)fflush(NULL);
    instance->pid = fork();
    if (instance->pid == 0)
        become(daemon, environment, text("%s/log/%s-own.log", home, daemon));
    if (instance->pid < 0)
        cr_assert_fail("cannot fork");
    return instance;
}

bool instance_is_ready(const Instance *instance)
{
    long port = number_in(instance->admin_file);
    return port && get(client_at(text("http://127.0.0.1:%ld", port)), "/readyz")->status == 200;
}

void instance_signal(const Instance *instance, int signal)
{
    if (instance->status < 0)
        (void)kill(instance->pid, signal);
}

int instance_wait(Instance *instance, int ms)
{
    int status = 0;
    for (int64_t until = now_ms() + ms; instance->status < 0 && now_ms() <= until; pause_ms(5))
        if (waitpid(instance->pid, &status, WNOHANG) == instance->pid)
            instance->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return instance->status;
}

void instance_kill(Instance *instance)
{
    instance_signal(instance, SIGKILL);
    expect_number(instance_wait(instance, SOON_MS), 128 + SIGKILL);
}
