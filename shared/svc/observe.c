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
static Metric *expired, *published, *consumed, *dead;

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
    dead = metric_counter("sentient_dead_letters_total", "Events put aside", NULL);
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

void observe_dead_letter(void)
{
    metric_add(dead, 1);
}
