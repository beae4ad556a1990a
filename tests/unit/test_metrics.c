/* The table of metrics and its text. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "svc/metrics.h"

static const char *text(Arena *arena)
{
    Buf buf = {.arena = arena};
    metrics_write(&buf);
    return buf.data;
}

Test(metrics, families_stand_together_under_one_head)
{
    Arena *arena = arena_new(0);
    metric_add(metric_counter("a_total", "Things", "k=\"1\""), 2);
    metric_set(metric_gauge("b", "Level", NULL), -5);
    metric_add(metric_counter("a_total", "Things", "k=\"2\""), 1);
    cr_expect_str_eq(text(arena), "# HELP a_total Things\n# TYPE a_total counter\n"
                                  "a_total{k=\"1\"} 2\na_total{k=\"2\"} 1\n"
                                  "# HELP b Level\n# TYPE b gauge\nb -5\n");
    arena_delete(arena);
}

Test(metrics, the_same_name_and_labels_are_one_series)
{
    Metric *one = metric_counter("a_total", "x", "k=\"1\"");
    cr_expect_eq(one, metric_counter("a_total", "y", "k=\"1\""));
    cr_expect_neq(one, metric_counter("a_total", "x", NULL));
    metric_add(one, 3);
    cr_expect_eq(metric_value(one), 3);
}

Test(metrics, histograms_count_up)
{
    Arena *arena = arena_new(0);
    Metric *metric = metric_histogram("t_seconds", "Time", "s=\"x\"");
    metric_observe(metric, 1000);
    metric_observe(metric, 1001);
    metric_observe(metric, 9000000);
    const char *written = text(arena);
    cr_expect(strstr(written, "t_seconds_bucket{s=\"x\",le=\"0.001\"} 1\n"));
    cr_expect(strstr(written, "t_seconds_bucket{s=\"x\",le=\"0.0025\"} 2\n"));
    cr_expect(strstr(written, "t_seconds_bucket{s=\"x\",le=\"5\"} 2\n"));
    cr_expect(strstr(written, "t_seconds_bucket{s=\"x\",le=\"+Inf\"} 3\n"));
    cr_expect(strstr(written, "t_seconds_sum{s=\"x\"} 9.002001\n"));
    cr_expect(strstr(written, "t_seconds_count{s=\"x\"} 3\n"));
    arena_delete(arena);
}

Test(metrics, a_full_table_takes_no_more_and_breaks_nothing)
{
    Arena *arena = arena_new(0);
    char labels[32];
    for (int i = 0; i <= METRICS_MAX; i++) {
        (void)snprintf(labels, sizeof labels, "n=\"%d\"", i);
        metric_add(metric_counter("many_total", "Many", labels), 1);
    }
    const char *written = text(arena);
    (void)snprintf(labels, sizeof labels, "{n=\"%d\"}", METRICS_MAX - 1);
    cr_expect(strstr(written, labels));
    (void)snprintf(labels, sizeof labels, "{n=\"%d\"}", METRICS_MAX);
    cr_expect_not(strstr(written, labels));
    arena_delete(arena);
}

static void *count(void *metric)
{
    for (int i = 0; i < 20000; i++)
        metric_add(metric, 1);
    return NULL;
}

Test(metrics, threads_lose_no_count)
{
    pthread_t threads[4];
    Metric *metric = metric_counter("c_total", "x", NULL);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, count, metric), 0);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    cr_expect_eq(metric_value(metric), 80000);
}
