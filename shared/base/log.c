/* Log lines. One write(2) each, so that lines of several threads never mix. */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum { LINE_MAX_BYTES = 4096, VALUE_MAX_BYTES = 1024, LINE_END_BYTES = 2, REPEAT_MS = 30000 };

static const char *service_name = "sentient";
static LogLevel least = LOG_INFO_LEVEL;

LogLevel log_level(const char *name)
{
    static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
    for (int i = 0; i < 4; i++)
        if (str_eq(LEVELS[i], name))
            return (LogLevel)i;
    return LOG_INFO_LEVEL;
}

void log_setup(const char *service, LogLevel level)
{
    service_name = service;
    least = level;
}

typedef struct Line {
    char text[LINE_MAX_BYTES];
    size_t length;
    bool full;
} Line;

static void line_putc(Line *line, char c)
{
    if (line->length == LINE_MAX_BYTES - LINE_END_BYTES)
        line->full = true;
    else
        line->text[line->length++] = c;
}

static void line_puts(Line *line, const char *text)
{
    for (; *text; text++)
        line_putc(line, *text);
}

/* Long values are cut, between characters. */
static size_t shown_bytes(const char *text)
{
    size_t n = strlen(text);
    if (n <= VALUE_MAX_BYTES)
        return n;
    n = VALUE_MAX_BYTES;
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void line_string(Line *line, const char *text)
{
    size_t n = shown_bytes(text);
    line_putc(line, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            line_putc(line, '\\');
        line_putc(line, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
    line_putc(line, '"');
}

/* All of a field, or nothing: the line stays JSON. */
static void line_field(Line *line, const LogField *field)
{
    char number[24];
    size_t before = line->length;
    line_putc(line, ',');
    line_string(line, field->key);
    line_putc(line, ':');
    if (field->text) {
        line_string(line, field->text);
    } else {
        (void)snprintf(number, sizeof number, "%lld", (long long)field->number);
        line_puts(line, number);
    }
    if (line->full)
        line->length = before;
    line->full = false;
}

void log_write(LogLevel level, const char *message, const LogField *fields)
{
    static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
    if (level < least)
        return;
    Line line;
    char at[INSTANT_TEXT];
    line.length = 0;
    line.full = false;
    instant_format(clock_wall(), at);
    line_puts(&line, "{\"at\":");
    line_string(&line, at);
    line_field(&line, &LOG_STR("level", LEVELS[level]));
    line_field(&line, &LOG_STR("service", service_name));
    line_field(&line, &LOG_STR("message", message));
    for (; fields->key; fields++)
        line_field(&line, fields);
    line.text[line.length++] = '}';
    line.text[line.length++] = '\n';
    if (write(STDERR_FILENO, line.text, line.length) < 0) {
        /* nobody to tell */
    }
}

bool log_is_news(LogRepeat *repeat, const char *text, int64_t now_ms)
{
    size_t compared = sizeof repeat->text - 1;
    bool same = repeat->text[0] && strncmp(repeat->text, text, compared) == 0;
    if (same && now_ms - repeat->said_ms < REPEAT_MS)
        return false;
    (void)snprintf(repeat->text, sizeof repeat->text, "%s", text);
    repeat->said_ms = now_ms;
    return true;
}
