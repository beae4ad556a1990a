/* Several instances of every daemon side by side: one leads, another follows it, restarts refuse
 * nobody, and two gateways make one effect of one key. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

enum { THAW_MS = 2 * SOON_MS, CLIENTS = 4 };

TestSuite(instances, .init = system_settle, .fini = system_settle);

static int leaders(const char *service, const char *role)
{
    const char *line = text("\nsentient_leads{role=\"%s\"} 1\n", role);
    int count = 0;
    for (const char **name = unit_instances(service); *name; name++)
        count += strstr(get(client_at(service_admin(*name)), "/metrics")->body, line) != NULL;
    return count;
}

static bool item_is_in_sales(const char *item)
{
    return sql_int("SELECT count(*) FROM sales.item_copy WHERE uuid = '%s'", item) == 1;
}

/* ---- leading ---- */

Test(instances, one_leads_each_role)
{
    for (const char *const *name = SERVICES; *name; name++) {
        cr_assert_not_null(unit_instances(*name)[1], "--scale %s=2 is wanted", *name);
        EVENTUALLY(SOON_MS, leaders(*name, "relay") == 1);
        EVENTUALLY(SOON_MS, leaders(*name, "jobs") == 1);
    }
    EVENTUALLY(SOON_MS, leaders("sales", "consumer") == 1);
}

Test(instances, another_leads_when_the_leader_dies)
{
    static const char *const ROLES[][2] = {
        {"inventory", "relay"}, {"sales", "consumer"}, {"sales", "jobs"}};
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++) {
        const char *service = ROLES[i][0], *role = ROLES[i][1], *leader;
        EVENTUALLY(SOON_MS, (leader = unit_leader(service, role)));
        supervisor_hold(true);
        service_kill(leader);
        EVENTUALLY(SOON_MS, unit_leader(service, role));
        cr_assert_neq(strcmp(unit_leader(service, role), leader), 0);
        supervisor_hold(false);
        const char *item = new_item(client_admin(), "1");
        EVENTUALLY(SOON_MS, item_is_in_sales(item));
        system_restore();
    }
}

/* Its lock is bound to its session, and the database ends a session that does nothing. */
Test(instances, a_leader_that_is_frozen_is_followed_and_does_nothing_when_it_thaws)
{
    const char *relay, *consumer;
    EVENTUALLY(SOON_MS, (relay = unit_leader("inventory", "relay")));
    EVENTUALLY(SOON_MS, (consumer = unit_leader("sales", "consumer")));
    unit_signal(relay, SIGSTOP);
    unit_signal(consumer, SIGSTOP);
    const char *code = unique("I");
    Client *admin = client_admin();
    const char *key = text("Idempotency-Key: %s", code);
    EVENTUALLY(SOON_MS,
               http(admin, "POST", "/items", item_body(code, "1"), key, NULL)->status == 201);
    EVENTUALLY(THAW_MS, sql_int("SELECT count(*) FROM sales.item_copy WHERE code = '%s'", code));
    unit_signal(relay, SIGCONT);
    unit_signal(consumer, SIGCONT);
    EVENTUALLY(SOON_MS, leaders("inventory", "relay") == 1 && leaders("sales", "consumer") == 1);
    const char *item = new_item(admin, "1");
    EVENTUALLY(SOON_MS, item_is_in_sales(item));
    expect_number(sql_int("SELECT count(*) FROM inventory.item WHERE code = '%s'", code), 1);
}

/* ---- two gateways ---- */

typedef struct Twin {
    Client *gateways[2];
    const Response *answers[2];
    const char *body, *key;
} Twin;

static void send_twin(void *context, int index)
{
    Twin *twin = context;
    twin->answers[index] =
        http(twin->gateways[index], "POST", "/customers", twin->body, twin->key, NULL);
}

Test(instances, one_key_through_two_gateways_at_once_has_one_effect_and_two_equal_answers)
{
    static const char *const NAMES[] = {"gateway", "gateway-2"};
    Twin twin = {0};
    for (int i = 0; i < 2; i++) {
        twin.gateways[i] = client_at(text("%s/api", service_admin(NAMES[i])));
        twin.gateways[i]->token = client_admin()->token;
    }
    for (int round = 0; round < 30; round++) {
        const char *code = unique("C");
        twin.body = customer_body(code);
        twin.key = text("Idempotency-Key: %s", code);
        parallel(2, send_twin, &twin);
        expect_status(twin.answers[0], 201);
        expect_status(twin.answers[1], 201);
        expect_text(twin.answers[1]->body, twin.answers[0]->body);
        expect_number(sql_int("SELECT count(*) FROM sales.customer WHERE code = '%s'", code), 1);
        int replayed = !!header(twin.answers[0], "Idempotency-Replayed") +
                       !!header(twin.answers[1], "Idempotency-Replayed");
        expect_number(replayed, 1);
    }
}

/* ---- restarting one after another ---- */

typedef struct Demand {
    atomic_bool done;
    atomic_int answered;
    const Response *_Atomic refused;
    const char *customer;
} Demand;

/* Asks once; nothing is repeated. */
static void *demand_main(void *context)
{
    Demand *demand = context;
    Client *client = client_admin();
    for (int i = 0; !atomic_load(&demand->done) && !atomic_load(&demand->refused); i++) {
        const Response *r = i % 3   ? get(client, "/customers/%s", demand->customer)
                            : i % 2 ? post(client, "/customers", customer_body(unique("C")))
                                    : post(client, "/items", item_body(unique("I"), "1"));
        if (r->status != 200 && r->status != 201)
            atomic_store(&demand->refused, r);
        atomic_fetch_add(&demand->answered, 1);
        pause_ms(2);
    }
    return NULL;
}

static bool runs_anew(const char *name, pid_t old)
{
    pid_t pid = service_pid(name);
    const char *admin = service_admin(name);
    return pid && pid != old && *admin && get(client_at(admin), "/readyz")->status == 200;
}

static void restart(const char *name)
{
    pid_t old = service_pid(name);
    cr_assert(unit_signal(name, SIGTERM));
    EVENTUALLY(SOON_MS, runs_anew(name, old));
}

Test(instances, restarting_daemons_one_after_another_refuses_no_request)
{
    Demand demand = {.customer = new_customer(client_admin())};
    pthread_t threads[CLIENTS];
    for (int i = 0; i < CLIENTS; i++)
        pthread_create(&threads[i], NULL, demand_main, &demand);
    for (const char *const *service = (const char *const[]){"sales", "inventory", NULL}; *service;
         service++)
        for (const char **name = unit_instances(*service); *name; name++)
            restart(*name);
    atomic_store(&demand.done, true);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    const Response *refused = atomic_load(&demand.refused);
    if (refused)
        cr_assert_fail("request %d: %s %s: %d %s%s", atomic_load(&demand.answered), refused->method,
                       refused->path, refused->status, refused->why ? refused->why : "",
                       refused->body);
    cr_assert_gt(atomic_load(&demand.answered), 100);
}

/* Others go to the other gateway as soon as /readyz tells them; who holds a connection cannot know.
 */
Test(instances, a_gateway_that_ends_answers_who_holds_a_connection)
{
    static const char NAME[] = "gateway-2";
    const char *customer = new_customer(client_admin()), *root = service_admin(NAME);
    Client *held = client_at(text("%s/api", root));
    held->token = client_admin()->token;
    expect_status(get(held, "/customers/%s", customer), 200);
    pid_t old = service_pid(NAME);
    cr_assert(unit_signal(NAME, SIGTERM));
    EVENTUALLY(SOON_MS, get(client_at(root), "/readyz")->status == 503);
    const Response *r = get(held, "/customers/%s", customer);
    expect_status(r, 200);
    expect_text(header(r, "Connection"), "close");
    EVENTUALLY(SOON_MS, runs_anew(NAME, old));
}
