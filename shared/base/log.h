/* One JSON line per thing that happened, on stderr. Constant messages, values as keys; secrets and
 * bodies never. log_info("request", LOG_STR("method", m), LOG_INT("ms", n));  */
#ifndef SF_BASE_LOG_H
#define SF_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

typedef enum LogLevel { LOG_DEBUG_LEVEL, LOG_INFO_LEVEL, LOG_WARN_LEVEL, LOG_ERROR_LEVEL } LogLevel;

typedef struct LogField {
    const char *key;
    const char *text; /* NULL: a number */
    int64_t number;
} LogField;

static inline const char *log_text(const char *text)
{
    return text ? text : "";
}

#define LOG_STR(key, value) ((LogField){(key), log_text(value), 0})
#define LOG_INT(key, value) ((LogField){(key), (const char *)0, (int64_t)(value)})
/* An Err as two fields: what is told, and its cause. */
#define LOG_ERR(err) LOG_STR("error", (err)->message), LOG_STR("cause", (err)->cause)

/* The level of that name; info where there is none. */
LogLevel log_level(const char *name);
/* The name in every line, and the least level that is written. Once, before threads. */
void log_setup(const char *service, LogLevel level);
void log_write(LogLevel level, const char *message, const LogField *fields);

/* What was said last of something that is tried again and again. Zero: nothing, or it works again.
 */
typedef struct LogRepeat {
    char text[256];
    int64_t said_ms;
} LogRepeat;

/* Whether the text is worth a line: another one than last time, or half a minute later. `now_ms`:
 * clock_monotonic_ms(). */
bool log_is_news(LogRepeat *repeat, const char *text, int64_t now_ms);

#define LOG_END                       ((LogField){0})
#define LOG_WITH(level, message, ...) log_write((level), (message), (const LogField[]){__VA_ARGS__})
#define log_debug(...)                LOG_WITH(LOG_DEBUG_LEVEL, __VA_ARGS__, LOG_END)
#define log_info(...)                 LOG_WITH(LOG_INFO_LEVEL, __VA_ARGS__, LOG_END)
#define log_warn(...)                 LOG_WITH(LOG_WARN_LEVEL, __VA_ARGS__, LOG_END)
#define log_error(...)                LOG_WITH(LOG_ERROR_LEVEL, __VA_ARGS__, LOG_END)

#endif
