/* All instances of a part die at once: 503 meanwhile, back without anybody's help, nothing lost,
 * nothing twice. One of several: fault_chaos.c, fault_instances.c. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"

enum { WRITERS = 6, WRITES = 15, ALL = 90 };

TestSuite(outage, .init = system_restore, .fini = system_restore);

static void expect_away(const Response *r)
{
    expect_error(r, 503, NULL);
    const char *wait = header(r, "Retry-After");
    cr_assert(wait && strtol(wait, NULL, 10) >= 1, "Retry-After: %s", wait);
}

/* Asks until it is answered with 200; each answer before that is a 503 of the contract. */
static void expect_back(Client *client, const char *path)
{
    int64_t until = now_ms() + SOON_MS;
    const Response *r;
    while ((r = get(client, "%s", path))->status != 200) {
        expect_away(r);
        cr_assert_lt(now_ms(), until, "not back: %s", r->body);
        pause_ms(5);
    }
}

Test(outage, a_daemon_that_died_is_away_and_comes_back)
{
    static const char *const CASES[][4] = {
        {"sales", "/customers", "{\"name\":\"x\"}", "/items"},
        {"inventory", "/warehouses", "{\"code\":\"x\",\"name\":\"x\"}", "/customers"},
        {"auth", "/roles", "{\"name\":\"x\",\"permissions\":[]}", "/items"}};
    Client *admin = client_admin();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        pid_t before = service_pid(CASES[i][0]);
        unit_remove(CASES[i][0]);
        for (int k = 0; k < 10; k++) {
            expect_away(get(admin, "%s", CASES[i][1]));
            expect_away(post(admin, CASES[i][1], CASES[i][2]));
            expect_status(get(admin, "%s", CASES[i][3]), 200);
        }
        supervisor_hold(false);
        expect_back(admin, CASES[i][1]);
        cr_assert_neq(service_pid(CASES[i][0]), before);
    }
}

Test(outage, the_others_go_on)
{
    Client *admin = client_admin();
    unit_kill_all("auth");
    for (int i = 0; i < 20; i++) {
        expect_status(get(admin, "/customers?limit=1"), 200);
        (void)new_item(admin, "1");
    }
    system_restore();
    unit_kill_all("inventory");
    (void)new_customer(admin);
    EVENTUALLY(SOON_MS, get(admin, "/items?limit=1")->status == 200);
}

/* Writers that ask with one key until they are told 201, while something kills. */
typedef struct Storm {
    const char *path;
    const char *body[ALL];
    const char *uuid[ALL]; /* of what they were told */
    const char *wrong;     /* an answer that must not come */
    const char *victim;
    const int *signals; /* one after the other, ended by 0 */
    _Atomic int done;
} Storm;

static bool is_outage(const Response *r)
{
    return r->status == 0 || r->status == 503 || r->status == 409;
}

static void write_until_told(Storm *storm, Client *client, int index)
{
    const char *key = key_line();
    const Response *r;
    int64_t until = now_ms() + SOON_MS;
    do {
        pause_ms(5);
        r = http(client, "POST", storm->path, storm->body[index], key, NULL);
    } while (is_outage(r) && now_ms() < until);
    if (r->status == 201)
        storm->uuid[index] = json_string(r->body, "uuid");
    else
        storm->wrong = text("%d %s", r->status, r->body);
}

static void run_storm(void *context, int index)
{
    Storm *storm = context;
    if (index < WRITERS) {
        Client *client = client_admin();
        for (int i = 0; i < WRITES; i++) {
            write_until_told(storm, client, index * WRITES + i);
            storm->done++;
        }
        return;
    }
    int part = ALL / 4;
    for (int k = 0; storm->signals[k]; k++) {
        int64_t until = now_ms() + SOON_MS;
        while (storm->done < part * (k + 1) && now_ms() < until)
            pause_ms(1);
        supervisor_forget();
        unit_signal_all(storm->victim, storm->signals[k]);
    }
}

static void storm_run(Storm *storm)
{
    parallel(WRITERS + 1, run_storm, storm);
    cr_assert_null(storm->wrong, "%s", storm->wrong);
    system_restore();
}

static void orders_survive(const char *victim, const int *signals)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *month = fresh_month();
    const char *item = new_item(admin, "65000");
    Storm storm = {.path = "/sales-orders", .victim = victim, .signals = signals};
    for (int i = 0; i < ALL; i++)
        storm.body[i] = order_body(customer, item, text("%s-15", month));
    storm_run(&storm);

    const char *of = text("FROM sales.sales_order o JOIN sales.customer c ON c.id = o.customer_id "
                          "WHERE c.uuid = '%s'",
                          customer);
    expect_text(sql_text("SELECT concat_ws(' ', count(*), min(number_counter), "
                         "max(number_counter), sum(total)) %s",
                         of),
                text("%d 1 %d %d.00", ALL, ALL, ALL * 6854250));
    expect_number(
        sql_int("SELECT count(*) %s AND NOT (EXISTS (SELECT FROM sales.sales_order_line l "
                "WHERE l.order_id = o.id) AND EXISTS (SELECT FROM "
                "sales.sales_order_history h WHERE h.order_id = o.id))",
                of),
        0);
    for (int i = 0; i < ALL; i++)
        expect_status(get(admin, "/sales-orders/%s", storm.uuid[i]), 200);
}

Test(outage, orders_survive_the_death_of_their_daemon)
{
    orders_survive("sales", (const int[]){SIGKILL, SIGTERM, SIGKILL, 0});
}

Test(outage, orders_survive_the_death_of_the_gateway)
{
    orders_survive("gateway", (const int[]){SIGKILL, SIGTERM, SIGKILL, 0});
}

Test(outage, orders_survive_the_death_of_postgresql)
{
    orders_survive("postgres", (const int[]){SIGINT, SIGKILL, 0});
}

/* How often the stream holds an event of that type for these documents; each once, or it fails. */
static int events_of(const char *subject, const char *const *documents, int count)
{
    int seen[ALL] = {0}, all = 0;
    Listener *stream = bus_replay(bus_as("integrator"), subject, 1);
    for (const BusMessage *event; (event = replay_next(stream));)
        for (int i = 0; i < count; i++)
            if (strcmp(bus_header(event, "ce-subject"), documents[i]) == 0) {
                seen[i]++;
                all++;
            }
    for (int i = 0; i < count; i++)
        cr_assert_eq(seen[i], 1, "%s of %s: %d times", subject, documents[i], seen[i]);
    return all;
}

static int64_t copies_of(const char *tag)
{
    return sql_int("SELECT count(*) FROM sales.item_copy WHERE code LIKE '%s-%%'", tag);
}

static int64_t pending(void)
{
    return sql_int("SELECT count(*) FROM inventory.outbox WHERE published_at IS NULL");
}

static void events_survive(const char *victim, const int *signals)
{
    const char *tag = unique("E");
    Storm storm = {.path = "/items", .victim = victim, .signals = signals};
    for (int i = 0; i < ALL; i++)
        storm.body[i] = item_body(text("%s-%d", tag, i), "1");
    storm_run(&storm);
    EVENTUALLY(SOON_MS, pending() == 0);
    EVENTUALLY(SOON_MS, copies_of(tag) == ALL);
    expect_number(events_of("item.created", storm.uuid, ALL), ALL);
}

Test(outage, events_survive_the_death_of_nats)
{
    events_survive("nats-server", (const int[]){SIGKILL, SIGTERM, SIGKILL, 0});
}

Test(outage, events_survive_the_death_of_who_sends_them)
{
    events_survive("inventory", (const int[]){SIGKILL, SIGKILL, SIGTERM, 0});
}

Test(outage, events_survive_the_death_of_who_reads_them)
{
    events_survive("sales", (const int[]){SIGKILL, SIGTERM, SIGKILL, 0});
}

/* Alive, and not ready. */
static void expect_daemons_unready(void)
{
    for (const char *const *name = SERVICES; *name; name++) {
        Client *client = client_at(service_admin(*name));
        EVENTUALLY(SOON_MS, get(client, "/readyz")->status == 503);
        expect_status(get(client, "/healthz"), 200);
    }
}

Test(outage, without_nats_every_answer_is_503)
{
    Client *admin = client_admin(), *root = client_at(the_system()->gateway);
    unit_remove("nats-server");
    for (int k = 0; k < 10; k++) {
        expect_away(get(admin, "/customers"));
        expect_away(post(admin, "/items", item_body(unique("I"), "1")));
    }
    EVENTUALLY(SOON_MS, get(root, "/readyz")->status == 503);
    expect_status(get(root, "/healthz"), 200);
    expect_error(get(client_new(NULL), "/customers"), 401, NULL);
    expect_daemons_unready();
    supervisor_hold(false);
    expect_back(admin, "/customers");
    system_restore();
    (void)new_order(admin, new_customer(admin), new_item(admin, "1"));
}

Test(outage, without_postgresql_every_answer_is_503)
{
    Client *admin = client_admin();
    unit_remove("postgres");
    expect_daemons_unready();
    for (int k = 0; k < 10; k++) {
        expect_away(get(admin, "/customers"));
        expect_away(post(admin, "/items", item_body(unique("I"), "1")));
        expect_away(post(client_new(NULL), "/auth/login",
                         json("{'username':'admin','password':'Password123!'}")));
    }
    supervisor_hold(false);
    expect_back(admin, "/customers");
    system_restore();
    (void)new_order(admin, new_customer(admin), new_item(admin, "1"));
}

/* A frozen daemon: its clients are told 503 in time, and what they gave up is not done later. */
Test(outage, what_was_given_up_is_not_done_later)
{
    Client *admin = client_admin();
    const char *name = unique("Beku");
    unit_signal_all("sales", SIGSTOP);
    const Response *r = post(admin, "/customers", json("{'name':'%s'}", name));
    pause_ms(50); /* clocks of two processes agree to some milliseconds */
    unit_signal_all("sales", SIGCONT);
    expect_error(r, 503, NULL);
    EVENTUALLY(SOON_MS, get(admin, "/customers?limit=1")->status == 200);
    (void)new_customer(admin);
    expect_number(sql_int("SELECT count(*) FROM sales.customer WHERE name = '%s'", name), 0);
}

/* An event that cannot leave holds up those behind it; an hour old, it stops writes, but nobody is
 * kept from signing in and out, nor from a new password. */
Test(outage, events_that_do_not_leave_stop_writes_but_no_sign_ins)
{
    Client *client = client_new(NULL), *admin = client_admin();
    const char *sign_in = json("{'username':'viewer','password':'Password123!'}");
    sql_run("INSERT INTO auth.outbox (event_id, subject, document, sequence, payload, created_at) "
            "VALUES ('%s', 'nobody.takes.this', '%s', 1, '', now() - interval '2 hours')",
            uuid_random(), uuid_random());
    EVENTUALLY(
        SOON_MS,
        post(admin, "/roles", json("{'name':'%s','permissions':[]}", unique("role")))->status ==
            503);
    const Response *r = post(client, "/auth/login", sign_in);
    int forgot = post(client, "/auth/forgot-password", "{\"email\":\"no@example.test\"}")->status;
    int reset =
        post(client, "/auth/reset-password", "{\"token\":\"none\",\"password\":\"Lupa-Kata-55!\"}")
            ->status;
    const char *spent = json_string(r->body, "refreshToken");
    int again = post(client, "/auth/refresh", json("{'refreshToken':'%s'}", spent))->status;
    client->token = json_string(r->body, "accessToken");
    int out = post(client, "/auth/logout", NULL)->status;
    sql_run("DELETE FROM auth.outbox WHERE subject = 'nobody.takes.this'");
    expect_status(r, 200);
    expect_number(forgot, 200);
    expect_number(reset, 422);
    expect_number(again, 200);
    expect_number(out, 200);
    EVENTUALLY(
        SOON_MS,
        post(admin, "/roles", json("{'name':'%s','permissions':[]}", unique("role")))->status ==
            201);
}
