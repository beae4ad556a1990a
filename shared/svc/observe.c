/* Series of requests and events. */
#include "svc/observe.h"

#include <stdatomic.h>
#include <stdio.h>

#include "svc/metrics.h"

enum { METHODS_MAX = 64, CLASSES = 4 };

static const Contract *observed;
static Metric *durations[METHODS_MAX];
static Metric *answers[METHODS_MAX][CLASSES]; /* 2xx, 4xx, 5xx, the rest */
static _Atomic int64_t requests[METHODS_MAX], errors[METHODS_MAX], nanos[METHODS_MAX];
static Metric *expired, *published, *consumed, *pending, *oldest, *put_aside, *stream_bytes,
    *stream_max, *behind, *snapshot;

static size_t status_class(int status)
{
    return status >= 200 && status < 300   ? 0
           : status >= 400 && status < 500 ? 1
           : status >= 500                 ? 2
                                           : 3;
}

static void observe_method(size_t i, const char *subject)
{
    static const char *const CLASS[CLASSES] = {"2xx", "4xx", "5xx", "other"};
    char labels[METRIC_LABELS_MAX];
    (void)snprintf(labels, sizeof labels, "method=\"%s\"", subject);
    durations[i] = metric_histogram("sentient_request_seconds",
                                    "Time from taking a request to its answer", labels);
    for (size_t c = 0; c < CLASSES; c++) {
        (void)snprintf(labels, sizeof labels, "method=\"%s\",class=\"%s\"", subject, CLASS[c]);
        answers[i][c] = metric_counter("sentient_requests_total", "Requests answered", labels);
    }
}

void observe_setup(const Contract *contract)
{
    observed = contract;
    for (size_t i = 0; i < contract->method_count && i < METHODS_MAX; i++)
        observe_method(i, contract->methods[i].subject);
    expired = metric_counter("sentient_requests_expired_total",
                             "Requests dropped behind their deadline", NULL);
    published =
        metric_counter("sentient_events_published_total", "Events that the stream took", NULL);
    consumed =
        metric_counter("sentient_events_consumed_total", "Events that had their effect here", NULL);
    pending =
        metric_gauge("sentient_outbox_pending", "Events that wait to leave, at most 10000", NULL);
    oldest = metric_gauge("sentient_outbox_oldest_seconds",
                          "Time that the oldest of them has waited", NULL);
    put_aside =
        metric_gauge("sentient_dead_letters", "Events put aside: ./sentient events list", NULL);
    stream_bytes = metric_gauge("sentient_stream_bytes", "Size of the event stream", NULL);
    stream_max =
        metric_gauge("sentient_stream_max_bytes", "Size beyond which it drops old events", NULL);
    behind = metric_gauge("sentient_events_behind",
                          "Events that the consumer which leads has not seen yet", NULL);
    snapshot =
        metric_gauge("sentient_snapshot_seconds",
                     "Time that the copies have been under construction, 0: they stand", NULL);
}

void observe_request(const Method *method, int status, int64_t micros)
{
    size_t i = method ? (size_t)(method - observed->methods) : METHODS_MAX;
    if (i >= METHODS_MAX)
        return;
    atomic_fetch_add(&requests[i], 1);
    atomic_fetch_add(&errors[i], status >= 500);
    atomic_fetch_add(&nanos[i], micros * 1000);
    metric_observe(durations[i], micros);
    metric_add(answers[i][status_class(status)], 1);
}

MethodStats observe_stats(const Method *method)
{
    size_t i = (size_t)(method - observed->methods);
    if (i >= METHODS_MAX)
        return (MethodStats){0};
    return (MethodStats){atomic_load(&requests[i]), atomic_load(&errors[i]),
                         atomic_load(&nanos[i])};
}

void observe_expired(void)
{
    metric_add(expired, 1);
}

void observe_published(int64_t events)
{
    metric_add(published, events);
}

void observe_consumed(int64_t events)
{
    metric_add(consumed, events);
}

void observe_backlog(int64_t waiting, int64_t oldest_s, int64_t aside)
{
    metric_set(pending, waiting);
    metric_set(oldest, oldest_s);
    metric_set(put_aside, aside);
}

void observe_stream(int64_t bytes, int64_t max_bytes)
{
    metric_set(stream_bytes, bytes);
    metric_set(stream_max, max_bytes);
}

void observe_lead(const char *role, bool leads)
{
    char labels[METRIC_LABELS_MAX];
    (void)snprintf(labels, sizeof labels, "role=\"%s\"", role);
    metric_set(metric_gauge("sentient_leads", "1: this instance leads the role", labels), leads);
}

void observe_behind(int64_t events)
{
    metric_set(behind, events);
}

void observe_snapshot(int64_t seconds)
{
    metric_set(snapshot, seconds);
}
