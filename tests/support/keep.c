/* Memory that lives as long as the test's process, and text made in it. Not an arena: any thread.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "testkit.h"

typedef struct Kept {
    struct Kept *next;
    max_align_t data[];
} Kept;

static Kept *all; /* so that a leak checker sees that nothing is lost */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void *keep(size_t size)
{
    Kept *kept = calloc(1, sizeof *kept + size);
    if (!kept)
        abort();
    pthread_mutex_lock(&mutex);
    kept->next = all;
    all = kept;
    pthread_mutex_unlock(&mutex);
    return kept->data;
}

static char *keep_format(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

static char *keep_format(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0)
        abort();
    char *out = keep((size_t)length + 1);
    (void)vsnprintf(out, (size_t)length + 1, format, again);
    va_end(again);
    return out;
}

char *text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *out = keep_format(format, args);
    va_end(args);
    return out;
}

char *json(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *out = keep_format(format, args);
    va_end(args);
    for (char *p = out; *p; p++)
        if (*p == '\'')
            *p = '"';
    return out;
}

static void random_fill(unsigned char *bytes, size_t size)
{
    if (getrandom(bytes, size, 0) != (ssize_t)size)
        abort();
}

char *unique(const char *prefix)
{
    unsigned char r[6];
    random_fill(r, sizeof r);
    return text("%s-%02x%02x%02x%02x%02x%02x", prefix, r[0], r[1], r[2], r[3], r[4], r[5]);
}

char *key_line(void)
{
    return text("Idempotency-Key: %s", unique("key"));
}

char *uuid_random(void)
{
    unsigned char r[16];
    random_fill(r, sizeof r);
    return text("%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x", r[0],
                r[1], r[2], r[3], r[4], r[5], r[6] & 15, r[7], r[8] & 15, r[9], r[10], r[11], r[12],
                r[13], r[14], r[15]);
}

char *repeat(const char *part, size_t count)
{
    size_t length = strlen(part);
    char *out = keep(length * count + 1);
    for (size_t i = 0; i < count * length; i++)
        out[i] = part[i % length];
    return out;
}
