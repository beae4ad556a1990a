/* Counters, gauges and histograms in one fixed table, as Prometheus reads them. Registering takes a
 * lock and belongs to the start; counting takes none. */
#ifndef SF_SVC_METRICS_H
#define SF_SVC_METRICS_H

#include <stdint.h>

#include "base/str.h"

enum { METRICS_MAX = 2048, METRIC_LABELS_MAX = 192 };

typedef struct Metric Metric;

/* One series. `name` and `help` are literals (of a name, the first help stands); `labels` is the
 * text between the braces (`route="/api/items",class="2xx"`), copied, or NULL. The same name and
 * labels give the same series. Never NULL: a full table is logged, and what doesn't fit is counted
 * in a series that is not shown. */
Metric *metric_counter(const char *name, const char *help, const char *labels);
Metric *metric_gauge(const char *name, const char *help, const char *labels);
/* Of durations; shown in seconds, name it so. */
Metric *metric_histogram(const char *name, const char *help, const char *labels);

void metric_add(Metric *metric, int64_t n);
void metric_set(Metric *metric, int64_t value);
void metric_observe(Metric *metric, int64_t micros);
int64_t metric_value(const Metric *metric);

/* Appends everything in the text exposition format 0.0.4. */
void metrics_write(Buf *buf);

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

#endif
