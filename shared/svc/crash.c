/* Counting passes of the one point that is armed. */
#include "svc/crash.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

enum { KILLED = 128 + 9 };

static char armed[64]; /* "": none */
static _Atomic int64_t passes_left;

void crash_setup(const char *spec)
{
    size_t length = strcspn(spec, ":");
    int64_t passes = 1;
    if (spec[length] && !str_to_int64(spec + length + 1, &passes))
        passes = 1;
    atomic_store(&passes_left, passes);
    (void)snprintf(armed, sizeof armed, "%.*s", (int)length, spec);
}

void crash_point(const char *name)
{
    if (armed[0] && str_eq(armed, name) && atomic_fetch_sub(&passes_left, 1) == 1)
        _exit(KILLED);
}
