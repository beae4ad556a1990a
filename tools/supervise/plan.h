/* The plan: a text file that says which processes run. Written by ./sentient up.
 * Not a language: one word and the rest of the line, so that values may hold spaces.
 *
 *     unit NAME      begins a process; what follows belongs to it
 *     user NAME      run as that user (only where the supervisor is root)
 *     log FILE       standard output and error, appended
 *     pid FILE       written at every start, removed at every end
 *     env FILE       the whole environment, NUL-terminated NAME=VALUE
 *     signal NAME    TERM (default), INT or QUIT: ends it cleanly
 *     stage NUMBER   higher stages end first
 *     grace MS       from that signal to SIGKILL (default 8000)
 *     arg TEXT       program with its path, then its arguments, one a line */
#ifndef SUPERVISE_PLAN_H
#define SUPERVISE_PLAN_H

#include "unit.h"

enum { PLAN_UNITS_MAX = 64 };

typedef struct Plan {
    Unit units[PLAN_UNITS_MAX];
    int count;
} Plan;

/* Appends the units of the file whose names the plan does not hold yet. False, with a line said,
 * where the file cannot be read or understood; the plan is then as before. */
bool plan_read(Plan *plan, const char *path);

#endif
