/* Dates and instants: accepted exactly where the C library's calendar gives the same day back. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

/* The calendar's own opinion of YYYY-MM-DD. */
static bool day_exists(const char *text)
{
    char back[64];
    struct tm tm = {0};
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' || text[7] != '-')
        return false;
    if (sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    time_t seconds = timegm(&tm);
    (void)gmtime_r(&seconds, &tm);
    (void)strftime(back, sizeof back, "%Y-%m-%d", &tm);
    return strcmp(back, text) == 0 && strcmp(text, "2000-01-01") >= 0 &&
           strcmp(text, "2099-12-31") <= 0;
}

static void instant_is_stable(const char *text, size_t size)
{
    char shown[INSTANT_TEXT], day[DATE_TEXT];
    int64_t micros, back;
    if (!instant_parse(text, size, &micros))
        return;
    instant_format(micros, shown);
    require(strncmp(shown, text, 19) == 0);
    require(instant_parse(shown, strlen(shown), &back));
    require(back % 1000 == 0 && micros - back >= 0 && micros - back < 1000); /* also before 1970 */
    date_of(micros, day);
    require(strncmp(day, text, 10) == 0); /* the zone is UTC */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    char text[64];
    if (!ready)
        require(clock_setup("UTC", NULL));
    ready = true;
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (strlen(text) == size)
        require(date_valid(text, size) == day_exists(text));
    instant_is_stable(text, size);
    return 0;
}
