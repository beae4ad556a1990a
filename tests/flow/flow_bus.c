/* What each NATS user may do, what a daemon answers there, and how services are found. Not the
 * events' content: flow_thin_path.c. */
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

Test(bus, an_integrator_may_subscribe_to_events_alone)
{
    static const char *const MAY[] = {"item.>", "item.created", "customer.*",
                                      "so.*",   "warehouse.*",  "user.*"};
    static const char *const MAY_NOT[] = {">",
                                          "*.*",
                                          "inventory.>",
                                          "sales.so.create",
                                          "auth.>",
                                          "_INBOX.>",
                                          "_INBOX.gateway.>",
                                          "_INBOX.sales.>",
                                          "$SYS.>",
                                          "$JS.>",
                                          "$KV.>"};
    Bus *bus = bus_as("integrator");
    for (size_t i = 0; i < COUNT(MAY); i++)
        cr_assert_not(bus_refuses_listening(bus, MAY[i], SILENCE_MS), "%s is refused", MAY[i]);
    for (size_t i = 0; i < COUNT(MAY_NOT); i++)
        cr_assert(bus_refuses_listening(bus, MAY_NOT[i], SOON_MS), "%s is allowed", MAY_NOT[i]);
}

Test(bus, an_integrator_may_publish_nothing)
{
    static const char *const SUBJECTS[] = {"inventory.item.create",
                                           "auth.session.login",
                                           "sales.internal.usage.count",
                                           "inventory.item.export",
                                           "item.created",
                                           "so.created",
                                           "_INBOX.gateway.x",
                                           "$JS.API.STREAM.DELETE.EVENTS",
                                           "$JS.API.STREAM.PURGE.EVENTS",
                                           "$JS.API.STREAM.UPDATE.EVENTS",
                                           "$JS.API.STREAM.MSG.DELETE.EVENTS",
                                           "$JS.API.STREAM.CREATE.MINE",
                                           "$SRV.PING"};
    Bus *bus = bus_as("integrator");
    for (size_t i = 0; i < COUNT(SUBJECTS); i++)
        cr_assert(bus_refuses_publishing(bus, SUBJECTS[i], SOON_MS), "%s is allowed", SUBJECTS[i]);
}

Test(bus, services_keep_to_their_subjects)
{
    Bus *sales = bus_as("sales"), *gateway = bus_as("gateway");
    static const char *const SALES_MAY_NOT[] = {"inventory.item.create", "auth.user.create",
                                                "item.created",          "user.created",
                                                "sales.so.create",       "_INBOX.gateway.x"};
    static const char *const GATEWAY_MAY_NOT[] = {"item.created", "sales.internal.usage.count",
                                                  "inventory.item.export",
                                                  "$JS.API.STREAM.DELETE.EVENTS"};
    for (size_t i = 0; i < COUNT(SALES_MAY_NOT); i++)
        cr_assert(bus_refuses_publishing(sales, SALES_MAY_NOT[i], SOON_MS), "sales may publish %s",
                  SALES_MAY_NOT[i]);
    for (size_t i = 0; i < COUNT(GATEWAY_MAY_NOT); i++)
        cr_assert(bus_refuses_publishing(gateway, GATEWAY_MAY_NOT[i], SOON_MS),
                  "gateway may publish %s", GATEWAY_MAY_NOT[i]);
    cr_assert(bus_refuses_listening(sales, "auth.>", SOON_MS));
    cr_assert(bus_refuses_listening(sales, "_INBOX.gateway.>", SOON_MS));
    cr_assert(bus_refuses_listening(gateway, "auth.>", SOON_MS), "gateway can hear passwords");
}

static void expect_error_code(const BusMessage *reply, const char *code)
{
    cr_assert_not_null(reply, "no answer");
    expect_text(bus_header(reply, "Nats-Service-Error-Code"), code);
    const char *message = bus_header(reply, "Nats-Service-Error");
    cr_assert(message && *message, "no Nats-Service-Error");
    cr_assert_gt(reply->length, 0, "no Error message as payload");
}

Test(bus, a_request_without_identity_is_refused)
{
    static const char *const SUBJECTS[] = {"inventory.item.create", "inventory.item.list",
                                           "sales.so.create",       "sales.customer.list",
                                           "auth.user.list",        "auth.session.me"};
    Bus *gateway = bus_as("gateway");
    for (size_t i = 0; i < COUNT(SUBJECTS); i++) {
        expect_error_code(bus_ask(gateway, SUBJECTS[i], NULL, "", 0, SOON_MS), "401");
        const BusText rights[] = {{"Sf-Permissions", ",item.create,item.read,"}, {0}};
        expect_error_code(bus_ask(gateway, SUBJECTS[i], rights, "", 0, SOON_MS), "401");
    }
}

Test(bus, the_daemon_checks_permission_and_values_itself)
{
    Bus *gateway = bus_as("gateway");
    const char *user = sql_text("SELECT uuid FROM auth.user_account WHERE username = 'admin' AND "
                                "deleted_at IS NULL");
    BusText poor[] = {{"Sf-User", user},
                      {"Sf-Username", "admin"},
                      {"Sf-Role", "1"},
                      {"Sf-Permissions", ",item.read,"},
                      {0}};
    expect_error_code(bus_ask(gateway, "inventory.item.create", poor, "", 0, SOON_MS), "403");
    poor[3].value = ",item.create,";
    expect_error_code(bus_ask(gateway, "inventory.item.create", poor, "", 0, SOON_MS), "400");
    expect_error_code(bus_ask(gateway, "inventory.item.create", poor, "\xff\xff\xff", 3, SOON_MS),
                      "400");
    const char *deep = repeat("\x0a\x7f", 50000);
    expect_error_code(bus_ask(gateway, "inventory.item.create", poor, deep, 100000, SOON_MS),
                      "400");
}

/* What is past its deadline is dropped, not executed: its asker has been told 503 long ago. */
Test(bus, late_requests_are_dropped)
{
    Bus *gateway = bus_as("gateway");
    const BusText late[] = {{"Sf-Deadline", "1000"}, {0}};
    cr_assert_null(bus_ask(gateway, "sales.customer.list", late, "", 0, 500));
}

Test(bus, services_are_found)
{
    static const char *const VERBS[] = {"PING", "INFO", "STATS"};
    for (size_t v = 0; v < COUNT(VERBS); v++) {
        Bus *bootstrap = bus_as("bootstrap");
        const BusMessage **answers = bus_ask_all(bootstrap, text("$SRV.%s", VERBS[v]));
        const char *type = json("'io.nats.micro.v1.%s_response'",
                                (const char *const[]){"ping", "info", "stats"}[v]);
        for (const char *const *name = SERVICES; *name; name++) {
            const char *id = NULL;
            for (size_t i = 0; answers[i]; i++) {
                cr_assert(json_valid(answers[i]->payload), "%s", answers[i]->payload);
                expect_text(json_raw(answers[i]->payload, "type"), type);
                if (strcmp(json_string(answers[i]->payload, "name"), *name) == 0)
                    id = json_string(answers[i]->payload, "id");
            }
            cr_assert(id && *id, "%s does not answer $SRV.%s", *name, VERBS[v]);
            const char *mine = text("$SRV.%s.%s.%s", VERBS[v], *name, id);
            const BusMessage *one = bus_ask(bootstrap, mine, NULL, "", 0, SOON_MS);
            cr_assert_not_null(one, "no answer to %s", mine);
            expect_text(json_string(one->payload, "id"), id);
            cr_assert_not_null(json_string(one->payload, "version"));
        }
    }
}

Test(bus, statistics_count_requests)
{
    Client *admin = client_admin();
    Bus *bootstrap = bus_as("bootstrap");
    for (int i = 0; i < 3; i++)
        expect_status(get(admin, "/items?limit=1"), 200);
    const BusMessage *stats = bus_ask(bootstrap, "$SRV.STATS.inventory", NULL, "", 0, SOON_MS);
    cr_assert_not_null(stats);
    bool found = false;
    for (int i = 0; i < json_count(stats->payload, "endpoints"); i++) {
        const char *at = json_raw(stats->payload, text("endpoints[%d]", i));
        const char *subject = json_string(at, "subject"), *count = json_raw(at, "num_requests");
        if (subject && strcmp(subject, "inventory.item.list") == 0)
            found = count && strtol(count, NULL, 10) >= 3;
    }
    cr_assert(found, "%s", stats->payload);
}
