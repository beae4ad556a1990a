/* One supervised process: what to run, as whom, how to stop it, and how it fares.
 * Not the order among processes: that is main.c. */
#ifndef SUPERVISE_UNIT_H
#define SUPERVISE_UNIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { UNIT_ARGS_MAX = 31 };

typedef struct Unit {
    /* what the plan says; strings live as long as the process */
    const char *name;
    const char *user; /* run as; NULL: as the supervisor */
    const char *log;  /* appended to; NULL: the supervisor's own output */
    const char *pid_file;
    char **environment; /* the whole of it */
    char *args[UNIT_ARGS_MAX + 1];
    int arg_count;
    int stop_signal;
    int stage;        /* stops before every lower stage */
    int64_t grace_ms; /* between stop_signal and SIGKILL */

    /* how it fares; times are unit_clock_ms() */
    pid_t pid; /* 0: not running */
    int64_t started_ms;
    int64_t due_ms;     /* of the next start, while not running */
    int64_t backoff_ms; /* before the start after the next failure */
} Unit;

int64_t unit_clock_ms(void); /* monotonic */
/* One line with the time, to standard output. */
void unit_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Starts the process and writes its pid file; a failure counts as a process that ended. */
void unit_start(Unit *unit);
/* Takes the news that the process ended, with waitpid()'s status, and sets when to start it again:
 * 100 ms later, twice that with every failure up to 5 s, 100 ms again after 10 s of life. */
void unit_ended(Unit *unit, int status);
/* Sends a signal, if it runs. */
void unit_signal(const Unit *unit, int signal);

#endif
