/* A daemon dies at every crash point, where events are moved at the second pass, too: what follows
 * makes one effect of it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"

enum { KILLED = 137, NOT_CONFIGURED = 78, WRITES_MAX = 400 };

TestSuite(crash, .init = system_settle, .fini = system_settle);

/* What makes the daemon pass the point: a write in sales, or one in inventory that it hears of. */
typedef struct Point {
    const char *name;
    const char *path;
    const char *(*body)(const char *code);
} Point;

static const char *item_of(const char *code)
{
    return item_body(code, "1");
}

static const Point POINTS[] = {{"request_before_commit", "/customers", customer_body},
                               {"request_after_commit", "/customers", customer_body},
                               {"relay_before_publish", "/customers", customer_body},
                               {"relay_after_publish", "/customers", customer_body},
                               {"relay_before_mark", "/customers", customer_body},
                               {"relay_after_mark", "/customers", customer_body},
                               {"consumer_before_commit", "/items", item_of},
                               {"consumer_after_commit", "/items", item_of},
                               {"job_before_commit", "/customers", customer_body},
                               {"job_after_commit", "/customers", customer_body}};

static const Response *write_once(const Point *point, const char *code)
{
    return http(client_admin(), "POST", point->path, point->body(code),
                text("Idempotency-Key: %s", code), NULL);
}

/* The answers before and after the crash are one. */
static void expect_one_effect(const Point *point, const char *code, const char *before)
{
    int64_t until = now_ms() + SOON_MS;
    const Response *r;
    while ((r = write_once(point, code))->status != 201)
        if (r->status != 503 || now_ms() > until)
            cr_assert_fail("%s: %d %s%s", point->name, r->status, r->why ? r->why : "", r->body);
    if (before)
        expect_text(r->body, before);
    const char *schema = strcmp(point->path, "/items") == 0 ? "inventory" : "sales";
    const char *table = strcmp(point->path, "/items") == 0 ? "item" : "customer";
    const char *uuid = json_string(r->body, "uuid");
    expect_number(sql_int("SELECT count(*) FROM %s.%s WHERE code = '%s'", schema, table, code), 1);
    expect_number(sql_int("SELECT count(*) FROM %s.outbox WHERE document = '%s'", schema, uuid), 1);
    expect_number(sql_int("SELECT count(*) FROM %s.audit WHERE key = '%s'", schema, uuid), 1);
}

static void crash_at(const Point *point, int pass)
{
    const char *codes[WRITES_MAX], *answers[WRITES_MAX];
    int count = 0, code = -1;
    Instance *doomed =
        instance_start("sales", text("SENTIENT_CRASH_AT=%s:%d", point->name, pass), NULL);
    while (count < WRITES_MAX && (code = instance_wait(doomed, 10)) < 0) {
        codes[count] = unique("X");
        const Response *r = write_once(point, codes[count]);
        answers[count++] = r->status == 201 ? r->body : NULL;
    }
    if (code != KILLED)
        cr_assert_fail("%s:%d was not passed; exit code %d", point->name, pass, code);
    Instance *next = instance_start("sales", NULL);
    for (int i = 0; i < count; i++)
        expect_one_effect(point, codes[i], answers[i]);
    expect_quiet();
    instance_kill(next);
}

Test(crash, every_point_leaves_one_effect)
{
    unit_remove("sales");
    for (size_t i = 0; i < sizeof POINTS / sizeof *POINTS; i++) {
        crash_at(&POINTS[i], 1);
        if (strncmp(POINTS[i].name, "relay", 5) == 0 || strncmp(POINTS[i].name, "cons", 4) == 0)
            crash_at(&POINTS[i], 2);
    }
}

Test(crash, production_knows_no_crash_points)
{
    Instance *instance = instance_start("sales", "APP_ENV=production",
                                        "SENTIENT_CRASH_AT=job_before_commit:1", NULL);
    expect_number(instance_wait(instance, SOON_MS), NOT_CONFIGURED);
}
