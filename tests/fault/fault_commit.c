/* What a proxy between a daemon and PostgreSQL or NATS does to it: a COMMIT whose answer is lost,
 * cut and silent connections, delays. The daemon is an instance of the test's own. */
#include <criterion/hooks.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "proxy.h"

/* The system's own sales stays away from the first test to the last, so that none waits for it. */
TestSuite(commit, .fini = expect_quiet);

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    (void)stats;
    system_restore();
}

/* The only instance of sales, behind proxies. */
typedef struct Behind {
    Proxy *postgres, *nats;
    Instance *instance;
} Behind;

static Behind sales_behind_proxies(void)
{
    const System *system = the_system();
    const char *slash = strrchr(system->postgres, '/');
    Behind behind = {.postgres = proxy_start(
                         port_of(text("%.*s", (int)(slash - system->postgres), system->postgres))),
                     .nats = proxy_start(port_of(system->nats))};
    unit_remove("sales");
    behind.instance =
        instance_start("sales", "WORKERS=1", text("DB_PORT=%d", proxy_port(behind.postgres)),
                       text("NATS_URL=nats://127.0.0.1:%d", proxy_port(behind.nats)), NULL);
    EVENTUALLY(SOON_MS, instance_is_ready(behind.instance));
    return behind;
}

static const Response *create_customer(const char *code)
{
    static Client *admin;
    if (!admin)
        admin = client_admin();
    return http(admin, "POST", "/customers", customer_body(code), text("Idempotency-Key: %s", code),
                NULL);
}

static int64_t customers(const char *code)
{
    return sql_int("SELECT count(*) FROM sales.customer WHERE code = '%s'", code);
}

static void expect_once(const Response *answer, const char *code)
{
    expect_status(answer, 201);
    const Response *again = create_customer(code);
    expect_status(again, 201);
    expect_text(again->body, answer->body);
    expect_text(header(again, "Idempotency-Replayed"), "true");
    expect_number(customers(code), 1);
    expect_number(sql_int("SELECT count(*) FROM sales.outbox WHERE document = '%s'",
                          json_string(answer->body, "uuid")),
                  1);
}

/* 503 is what an outage may say. */
static bool was_created(const Response *r)
{
    if (r->status != 201 && r->status != 503 && r->status != 409)
        cr_assert_fail("%d %s%s", r->status, r->why ? r->why : "", r->body);
    return r->status == 201;
}

static const Response *insist(const char *code)
{
    const Response *r;
    EVENTUALLY(SOON_MS, was_created(r = create_customer(code)));
    return r;
}

/* ---- the outcome of a COMMIT ---- */

Test(commit, whose_answer_is_lost_is_looked_up)
{
    Behind sales = sales_behind_proxies();
    for (int i = 0; i < 5; i++) {
        const char *code = unique("C");
        proxy_cut_at(sales.postgres, PROXY_AFTER, code, "commit_");
        const Response *answer = create_customer(code);
        expect_number(proxy_struck(sales.postgres), i + 1);
        expect_text(header(answer, "Idempotency-Replayed"), NULL);
        expect_once(answer, code);
    }
}

Test(commit, that_never_arrived_is_made_again)
{
    Behind sales = sales_behind_proxies();
    const char *code = unique("C");
    proxy_cut_at(sales.postgres, PROXY_BEFORE, code, "commit_");
    const Response *answer = create_customer(code);
    expect_number(proxy_struck(sales.postgres), 1);
    expect_once(answer, code);
}

/* Without a key of the client's the runtime has one of its own for the doubt. */
Test(commit, of_a_request_without_a_key_is_looked_up_too)
{
    Behind sales = sales_behind_proxies();
    const char *code = unique("C");
    proxy_cut_at(sales.postgres, PROXY_AFTER, code, "commit_");
    expect_status(post(client_admin(), "/customers", customer_body(code)), 201);
    expect_number(proxy_struck(sales.postgres), 1);
    expect_number(customers(code), 1);
}

/* The database is gone right after: the client is told to come again, and its key finds the effect.
 */
Test(commit, in_doubt_while_the_database_is_away_is_found_by_the_clients_key)
{
    Behind sales = sales_behind_proxies();
    const char *code = unique("C");
    expect_status(create_customer(unique("C")), 201); /* the worker's connection is there */
    proxy_refuse(sales.postgres, true);
    proxy_cut_at(sales.postgres, PROXY_AFTER, code, "commit_");
    const Response *answer = create_customer(code);
    expect_number(proxy_struck(sales.postgres), 1);
    expect_status(answer, 503);
    expect_number(customers(code), 1);
    proxy_refuse(sales.postgres, false);
    expect_once(insist(code), code);
}

/* ---- connections ---- */

Test(commit, cut_connections_are_made_again_without_a_refused_request)
{
    Behind sales = sales_behind_proxies();
    for (int i = 0; i < 20; i++) {
        const char *code = unique("C");
        proxy_cut(sales.postgres);
        EVENTUALLY(SOON_MS, instance_is_ready(sales.instance));
        expect_once(create_customer(code), code);
    }
}

Test(commit, after_n_bytes_of_answers_the_connection_ends_and_every_write_is_made_once)
{
    Behind sales = sales_behind_proxies();
    for (int bytes = 400; bytes < 6000; bytes += 700) {
        const char *code = unique("C");
        proxy_limit(sales.postgres, bytes);
        proxy_cut(sales.postgres);
        const Response *r = create_customer(code);
        proxy_limit(sales.postgres, 0);
        if (r->status == 201)
            expect_once(r, code);
        else
            expect_once(insist(code), code);
    }
}

Test(commit, a_silent_bus_is_a_503_in_time_and_back_afterwards)
{
    Behind sales = sales_behind_proxies();
    const char *code = unique("C");
    proxy_hold(sales.nats, true);
    const Response *r = create_customer(code);
    expect_status(r, 503);
    proxy_hold(sales.nats, false);
    expect_once(insist(code), code);
}

Test(commit, delays_change_nothing_but_the_time)
{
    Behind sales = sales_behind_proxies();
    const char *code = unique("C");
    proxy_delay(sales.postgres, 20);
    proxy_delay(sales.nats, 20);
    expect_once(insist(code), code);
}

/* ---- reading the stream ---- */

static void expect_news(int price, int ms)
{
    const char *item = new_item(client_admin(), text("%d", price));
    EVENTUALLY(ms, price_in_sales(item) == price);
}

Test(commit, a_reader_goes_on_after_its_bus_was_cut)
{
    Behind sales = sales_behind_proxies();
    expect_news(3, SOON_MS);
    proxy_cut(sales.nats);
    expect_news(4, SOON_MS);
}

/* The connection of the reader alone is silent: nothing tells it that events are missing. */
Test(commit, a_reader_whose_connection_is_silent_begins_anew)
{
    Behind sales = sales_behind_proxies();
    expect_news(3, SOON_MS);
    proxy_hold_at(sales.nats, "item.created");
    expect_news(4, SOON_MS);
    expect_number(proxy_struck(sales.nats), 1);
}

/* ---- the start ---- */

/* As a server does that is starting or ending, or the proxy before it. */
Test(commit, a_bus_that_ends_the_handshake_is_asked_again)
{
    Proxy *nats = proxy_start(port_of(the_system()->nats));
    unit_remove("sales");
    proxy_cut_at(nats, PROXY_BEFORE, "CONNECT ", "PING");
    Instance *instance =
        instance_start("sales", text("NATS_URL=nats://127.0.0.1:%d", proxy_port(nats)), NULL);
    EVENTUALLY(SOON_MS, instance_is_ready(instance));
    expect_number(proxy_struck(nats), 1);
}

/* ---- the end ---- */

Test(commit, a_daemon_whose_servers_are_away_still_ends_when_told)
{
    unit_remove("sales");
    Instance *instance = instance_start("sales", "DB_PORT=1", "NATS_URL=nats://127.0.0.1:1", NULL);
    expect_number(instance_wait(instance, 700), -1);
    instance_signal(instance, SIGTERM);
    expect_number(instance_wait(instance, SOON_MS), 0);
    (void)sales_behind_proxies();
}
