/* Reads the plan.
 * Not what becomes of it: that is main.c. */
#include "plan.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRACE_DEFAULT_MS = 8000, ENVIRONMENT_MAX = 1024 };

static char *text_copy(const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        abort();
    return copy;
}

static char **environment_read(const char *path)
{
    FILE *file = fopen(path, "re");
    char **environment, *entry = NULL;
    size_t size = 0;
    int count = 0;

    if (!file)
        return NULL;
    environment = calloc(ENVIRONMENT_MAX + 1, sizeof *environment);
    if (!environment)
        abort();
    while (count < ENVIRONMENT_MAX && getdelim(&entry, &size, '\0', file) > 0)
        environment[count++] = text_copy(entry);
    free(entry);
    fclose(file);
    return environment;
}

static int signal_number(const char *name)
{
    if (strcmp(name, "TERM") == 0)
        return SIGTERM;
    if (strcmp(name, "INT") == 0)
        return SIGINT;
    if (strcmp(name, "QUIT") == 0)
        return SIGQUIT;
    return 0;
}

static bool number_read(const char *text, int64_t *ret_number)
{
    char *end;

    errno = 0;
    *ret_number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *ret_number >= 0 && *ret_number < 1000000;
}

static bool unit_set(Unit *unit, const char *word, const char *value)
{
    int64_t number = 0;

    if (strcmp(word, "user") == 0)
        unit->user = text_copy(value);
    else if (strcmp(word, "log") == 0)
        unit->log = text_copy(value);
    else if (strcmp(word, "pid") == 0)
        unit->pid_file = text_copy(value);
    else if (strcmp(word, "env") == 0)
        return (unit->environment = environment_read(value)) != NULL;
    else if (strcmp(word, "signal") == 0)
        return (unit->stop_signal = signal_number(value)) != 0;
    else if (strcmp(word, "stage") == 0 && number_read(value, &number))
        unit->stage = (int)number;
    else if (strcmp(word, "grace") == 0 && number_read(value, &number))
        unit->grace_ms = number;
    else if (strcmp(word, "arg") == 0 && unit->arg_count < UNIT_ARGS_MAX)
        unit->args[unit->arg_count++] = text_copy(value);
    else
        return false;
    return true;
}

static Unit unit_new(const char *name)
{
    static char *no_environment[] = {NULL};

    return (Unit){.name = text_copy(name),
                  .environment = no_environment,
                  .stop_signal = SIGTERM,
                  .grace_ms = GRACE_DEFAULT_MS};
}

static bool plan_knows(const Plan *plan, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(plan->units[i].name, name) == 0)
            return true;
    return false;
}

/* Where the reading is. */
typedef struct Reader {
    Plan *plan;
    int known;     /* units that the plan had before */
    Unit *unit;    /* that words go to; NULL: none yet */
    bool skipping; /* what belongs to a unit that was known */
} Reader;

static bool unit_begin(Reader *self, const char *name)
{
    Plan *plan = self->plan;

    self->skipping = plan_knows(plan, self->known, name);
    if (self->skipping)
        return true;
    if (plan->count == PLAN_UNITS_MAX || plan_knows(plan, plan->count, name))
        return false;
    self->unit = &plan->units[plan->count++];
    *self->unit = unit_new(name);
    return true;
}

static bool line_take(Reader *self, char *line)
{
    char *word = strtok(line, " "), *value = strtok(NULL, "");

    if (!word || word[0] == '#')
        return true;
    if (!value)
        return false;
    if (strcmp(word, "unit") == 0)
        return unit_begin(self, value);
    return self->skipping || (self->unit && unit_set(self->unit, word, value));
}

static bool units_complete(const Plan *plan, int known)
{
    for (int i = known; i < plan->count; i++)
        if (plan->units[i].arg_count == 0) {
            unit_say("%s: the plan does not say what to run", plan->units[i].name);
            return false;
        }
    return true;
}

bool plan_read(Plan *plan, const char *path)
{
    FILE *file = fopen(path, "re");
    Reader reader = {.plan = plan, .known = plan->count};
    char *line = NULL;
    size_t size = 0;
    int number = 0;
    bool good = true;

    if (!file) {
        unit_say("%s: %s", path, strerror(errno));
        return false;
    }
    while (good && getline(&line, &size, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        number++;
        good = line_take(&reader, line);
        if (!good)
            unit_say("%s: line %d is not understood", path, number);
    }
    free(line);
    fclose(file);
    good = good && units_complete(plan, reader.known);
    if (!good)
        plan->count = reader.known;
    return good;
}
