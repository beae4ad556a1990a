/* ./sentient from within a test, and what ./sentient doctor says. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "fault.h"

enum { OUTPUT_MAX = 64 * 1024 };

const char *sentient_run(int *ret_code, const char *format, ...)
{
    char command[2048], *out = keep(OUTPUT_MAX);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    FILE *pipe = popen(text(SENTIENT " %s 2>&1", length < 0 ? "" : command), "re");
    if (!pipe)
        abort();
    size_t got = fread(out, 1, OUTPUT_MAX - 1, pipe), more = got;
    for (char rest[4096]; more;)
        more = fread(rest, 1, sizeof rest, pipe);
    out[got] = '\0';
    int status = pclose(pipe);
    *ret_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return out;
}

void expect_well(void)
{
    int code;
    const char *report = sentient_run(&code, "doctor --wait %d", SOON_MS / 1000);
    if (code != 0)
        cr_assert_fail("./sentient doctor: %d\n%s", code, report);
}
