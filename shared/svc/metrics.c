/* The table of series and its text. Not a client library: no deletion, no exemplars. */
#include "svc/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

typedef enum MetricType { COUNTER, GAUGE, HISTOGRAM } MetricType;

static const int64_t BOUNDS[] = {1000,   2500,   5000,   10000,   25000,   50000,
                                 100000, 250000, 500000, 1000000, 2500000, 5000000};
enum { BOUND_COUNT = sizeof BOUNDS / sizeof *BOUNDS };

struct Metric {
    const char *name, *help;
    MetricType type;
    char labels[METRIC_LABELS_MAX];
    _Atomic int64_t value;                     /* histograms: the sum, microseconds */
    _Atomic uint64_t buckets[BOUND_COUNT + 1]; /* each for itself; the last is +Inf */
};

static Metric table[METRICS_MAX + 1]; /* the last one takes what doesn't fit */
static _Atomic size_t used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static Metric *find(const char *name, const char *labels)
{
    for (size_t i = 0; i < used; i++)
        if (str_eq(table[i].name, name) && str_eq(table[i].labels, labels))
            return &table[i];
    return NULL;
}

static Metric *metric_register(MetricType type, const char *name, const char *help,
                               const char *labels)
{
    labels = labels ? labels : "";
    bool fits = strlen(labels) < METRIC_LABELS_MAX;
    (void)pthread_mutex_lock(&lock);
    Metric *metric = find(name, labels);
    size_t at = used;
    if (!metric && fits && at < METRICS_MAX) {
        metric = &table[at];
        metric->name = name;
        metric->help = help;
        metric->type = type;
        memcpy(metric->labels, labels, strlen(labels) + 1);
        used = at + 1;
    }
    (void)pthread_mutex_unlock(&lock);
    if (!metric) {
        log_error("the table of metrics is full", LOG_STR("metric", name));
        metric = &table[METRICS_MAX];
    }
    return metric;
}

Metric *metric_counter(const char *name, const char *help, const char *labels)
{
    return metric_register(COUNTER, name, help, labels);
}

Metric *metric_gauge(const char *name, const char *help, const char *labels)
{
    return metric_register(GAUGE, name, help, labels);
}

Metric *metric_histogram(const char *name, const char *help, const char *labels)
{
    return metric_register(HISTOGRAM, name, help, labels);
}

void metric_add(Metric *metric, int64_t n)
{
    atomic_fetch_add_explicit(&metric->value, n, memory_order_relaxed);
}

void metric_set(Metric *metric, int64_t value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe(Metric *metric, int64_t micros)
{
    size_t i = 0;
    while (i < BOUND_COUNT && micros > BOUNDS[i])
        i++;
    atomic_fetch_add_explicit(&metric->buckets[i], 1, memory_order_relaxed);
    metric_add(metric, micros);
}

int64_t metric_value(const Metric *metric)
{
    return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

/* Microseconds as seconds, exact. */
static void put_seconds(Buf *buf, int64_t micros)
{
    buf_printf(buf, "%" PRId64 ".%06" PRId64, micros / 1000000, micros % 1000000);
}

static void put_series(Buf *buf, const Metric *metric, const char *suffix, const char *le)
{
    buf_printf(buf, "%s%s", metric->name, suffix);
    bool labels = *metric->labels != '\0';
    if (labels || le)
        buf_printf(buf, "{%s%s%s%s%s}", metric->labels, labels && le ? "," : "", le ? "le=\"" : "",
                   le ? le : "", le ? "\"" : "");
    buf_putc(buf, ' ');
}

static void put_histogram(Buf *buf, const Metric *metric)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= BOUND_COUNT; i++) {
        char bound[24] = "+Inf";
        if (i < BOUND_COUNT)
            (void)snprintf(bound, sizeof bound, "%g", (double)BOUNDS[i] / 1e6);
        count += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
        put_series(buf, metric, "_bucket", bound);
        buf_printf(buf, "%" PRIu64 "\n", count);
    }
    put_series(buf, metric, "_sum", NULL);
    put_seconds(buf, metric_value(metric));
    buf_putc(buf, '\n');
    put_series(buf, metric, "_count", NULL);
    buf_printf(buf, "%" PRIu64 "\n", count);
}

static bool first_of_its_name(size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (str_eq(table[i].name, table[index].name))
            return false;
    return true;
}

static void put_family(Buf *buf, size_t first, size_t count)
{
    static const char *const TYPES[] = {"counter", "gauge", "histogram"};
    const Metric *metric = &table[first];
    buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
               TYPES[metric->type]);
    for (size_t i = first; i < count; i++) {
        if (!str_eq(table[i].name, metric->name))
            continue;
        if (table[i].type == HISTOGRAM) {
            put_histogram(buf, &table[i]);
            continue;
        }
        put_series(buf, &table[i], "", NULL);
        buf_printf(buf, "%" PRId64 "\n", metric_value(&table[i]));
    }
}

void metrics_write(Buf *buf)
{
    size_t count = used;
    for (size_t i = 0; i < count; i++)
        if (first_of_its_name(i))
            put_family(buf, i, count);
}
