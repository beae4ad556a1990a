/* What auth tells other programs of users, roles and sessions on NATS, and whom. */
#include <string.h>

#include "testkit.h"

static const BusMessage *ask(const char *user, const char *subject)
{
    const BusText headers[] = {{"Sf-Username", user}, {0}};
    const BusMessage *answer = bus_ask(bus_as(user), subject, headers, "", 0, SOON_MS);
    cr_assert_not_null(answer, "%s: no answer", subject);
    cr_assert_null(bus_header(answer, "Nats-Service-Error-Code"), "%s failed", subject);
    return answer;
}

static bool holds(const BusMessage *message, const char *text)
{
    return memmem(message->payload, message->length, text, strlen(text)) != NULL;
}

Test(identity_leaves, services_copy_users_and_roles_without_passwords)
{
    const BusMessage *users = ask("sales", "auth.user.export");
    cr_expect(holds(users, "admin@example.test") && holds(users, "Viewer"));
    cr_expect_not(holds(users, "argon2"));
    const BusMessage *roles = ask("sales", "auth.role.export");
    cr_expect(holds(roles, "Warehouse") && holds(roles, "so.approve"));
}

Test(identity_leaves, the_gateway_asks_one_leaf_alone)
{
    const BusMessage *changes = ask("gateway", "auth.internal.identity.changes");
    cr_expect(holds(changes, ",dashboard.view,"));
    static const char *const OTHERS[] = {"auth.user.export", "auth.role.export",
                                         "auth.internal.identity", "auth.internal.x.y",
                                         "inventory.internal.reference.find"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        cr_expect(bus_refuses_publishing(bus_as("gateway"), OTHERS[i], SOON_MS), "%s", OTHERS[i]);
    cr_expect(
        bus_refuses_publishing(bus_as("integrator"), "auth.internal.identity.changes", SOON_MS));
}

Test(identity_leaves, nobody_asks_without_a_name)
{
    const BusMessage *answer =
        bus_ask(bus_as("gateway"), "auth.internal.identity.changes", NULL, "", 0, SOON_MS);
    cr_assert_not_null(answer);
    expect_text(bus_header(answer, "Nats-Service-Error-Code"), "401");
}
