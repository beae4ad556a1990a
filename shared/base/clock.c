/* Clocks and their texts. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *offset_path;
static _Atomic int64_t offset_seconds;
static _Atomic int64_t offset_read_at = -1;

bool clock_setup(const char *zone, const char *offset_file)
{
    char path[256];
    int length = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
    if (!*zone || strstr(zone, "..") || length >= (int)sizeof path || access(path, R_OK) != 0)
        return false;
    offset_path = offset_file && *offset_file ? offset_file : NULL;
    if (setenv("TZ", zone, 1) != 0)
        return false;
    tzset();
    return true;
}

static int64_t clock_micros(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The file is looked at once in 100 ms at most. */
static int64_t clock_offset(void)
{
    int64_t now = clock_micros(CLOCK_MONOTONIC);
    int64_t last = atomic_load(&offset_read_at);
    if (last >= 0 && now - last < 100000)
        return atomic_load(&offset_seconds);
    atomic_store(&offset_read_at, now);
    FILE *file = fopen(offset_path, "re");
    if (!file)
        return atomic_load(&offset_seconds);
    char line[32] = "";
    if (fgets(line, sizeof line, file))
        atomic_store(&offset_seconds, strtoll(line, NULL, 10));
    (void)fclose(file);
    return atomic_load(&offset_seconds);
}

int64_t clock_wall(void)
{
    return clock_micros(CLOCK_REALTIME);
}

int64_t clock_business(void)
{
    return clock_wall() + (offset_path ? clock_offset() * 1000000 : 0);
}

int64_t clock_monotonic_ms(void)
{
    return clock_micros(CLOCK_MONOTONIC) / 1000;
}

void instant_format(int64_t micros, char text[INSTANT_TEXT])
{
    time_t seconds = (time_t)(micros / 1000000);
    int64_t rest = micros % 1000000;
    if (rest < 0)
        seconds--, rest += 1000000;
    struct tm tm;
    (void)gmtime_r(&seconds, &tm);
    size_t n = strftime(text, INSTANT_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(text + n, INSTANT_TEXT - n, ".%03dZ", (int)(rest / 1000));
}

static bool digits(const char *text, size_t n, int *ret_value)
{
    *ret_value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *ret_value = *ret_value * 10 + (text[i] - '0');
    }
    return true;
}

static bool date_parse(const char *text, int first_year, struct tm *ret_tm)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    if (!digits(text, 4, &year) || text[4] != '-' || !digits(text + 5, 2, &month) ||
        text[7] != '-' || !digits(text + 8, 2, &day))
        return false;
    if (year < first_year || year > 2099 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && year != 1900; /* 1900..2099 */
    if (day > DAYS[month - 1] + (month == 2 && leap))
        return false;
    ret_tm->tm_year = year - 1900;
    ret_tm->tm_mon = month - 1;
    ret_tm->tm_mday = day;
    return true;
}

bool date_valid(const char *text, size_t length)
{
    struct tm tm = {0};
    return length == DATE_TEXT - 1 && date_parse(text, 2000, &tm);
}

bool instant_parse(const char *text, size_t length, int64_t *ret_micros)
{
    struct tm tm = {0};
    if (length < 20 || length > 30 || text[length - 1] != 'Z' || text[10] != 'T' ||
        !date_parse(text, 1900, &tm))
        return false;
    if (!digits(text + 11, 2, &tm.tm_hour) || text[13] != ':' ||
        !digits(text + 14, 2, &tm.tm_min) || text[16] != ':' || !digits(text + 17, 2, &tm.tm_sec) ||
        tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59)
        return false;
    int fraction = 0;
    size_t decimals = length - 20;
    if (decimals) {
        if (text[19] != '.' || decimals == 1 || !digits(text + 20, decimals - 1, &fraction))
            return false;
        for (size_t i = decimals - 1; i < 9; i++)
            fraction *= 10;
    }
    *ret_micros = (int64_t)timegm(&tm) * 1000000 + fraction / 1000;
    return true;
}

void date_of(int64_t micros, char text[DATE_TEXT])
{
    time_t seconds = (time_t)(micros / 1000000 - (micros % 1000000 < 0));
    struct tm tm;
    (void)localtime_r(&seconds, &tm);
    (void)strftime(text, DATE_TEXT, "%Y-%m-%d", &tm);
}

int64_t date_month(const char *date)
{
    return strtoll(date, NULL, 10) * 100 + strtoll(date + 5, NULL, 10);
}
