/* Rights and ended sessions on both gateways, and through the death of any part. On one gateway:
 * flow_sessions.c. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fault.h"
#include "people.h"

enum { GATEWAYS = 2, ROUNDS = 20 };

static const char *bases[GATEWAYS];

static void restore(void)
{
    system_restore();
    bases[0] = text("%s/api", service_admin("gateway"));
    bases[1] = text("%s/api", service_admin("gateway-2"));
}

TestSuite(identity, .init = restore, .fini = restore);

static Client *through(int gateway, const char *token)
{
    Client *client = client_at(bases[gateway]);
    client->token = token;
    return client;
}

static int status_at(int gateway, const char *token, const char *path)
{
    return get(through(gateway, token), "%s", path)->status;
}

Test(identity, rights_change_on_both_gateways)
{
    const int64_t role = role_new("'customer.read'");
    const char *token = client_login(user_new(role), PASSWORD)->token;
    const char *path = text("/roles/%lld/permissions", (long long)role);
    for (int round = 0; round < 3; round++) {
        expect_status(put(client_admin(), path, "{\"permissions\":[\"item.read\"]}"), 200);
        for (int g = 0; g < GATEWAYS; g++) {
            EVENTUALLY(SOON_MS, status_at(g, token, "/items") == 200);
            EVENTUALLY(SOON_MS, status_at(g, token, "/customers") == 403);
        }
        expect_status(put(client_admin(), path, "{\"permissions\":[\"customer.read\"]}"), 200);
        for (int g = 0; g < GATEWAYS; g++) {
            EVENTUALLY(SOON_MS, status_at(g, token, "/items") == 403);
            EVENTUALLY(SOON_MS, status_at(g, token, "/customers") == 200);
        }
    }
}

Test(identity, sessions_end_on_both_gateways)
{
    for (int g = 0; g < GATEWAYS; g++) {
        const char *token = client_login(user_new(role_new("")), PASSWORD)->token;
        expect_status(post(through(g, token), "/auth/logout", NULL), 200);
        for (int other = 0; other < GATEWAYS; other++)
            EVENTUALLY(SOON_MS, status_at(other, token, "/auth/me") == 401);
    }
}

/* What each gateway says until both serve a living session again: never yes to the dead one. */
static void expect_still_ended(const char *what, const char *dead, const char *alive)
{
    for (int g = 0; g < GATEWAYS; g++) {
        int served = 0;
        for (Wait wait = {HERE, now_ms(), SOON_MS}; !served; wait_step(&wait, what)) {
            int status = status_at(g, dead, "/auth/me");
            cr_assert_neq(status, 200, "%s: gateway %d let an ended session in", what, g);
            served = status_at(g, alive, "/auth/me") == 200;
        }
        expect_number(status_at(g, dead, "/auth/me"), 401);
    }
}

Test(identity, what_ended_stays_ended_whatever_dies)
{
    const char *alive = client_login(user_new(role_new("")), PASSWORD)->token;
    Client *dead = client_login(user_new(role_new("")), PASSWORD);
    expect_status(post(dead, "/auth/logout", NULL), 200);
    for (int g = 0; g < GATEWAYS; g++)
        EVENTUALLY(SOON_MS, status_at(g, dead->token, "/auth/me") == 401);
    static const char *const DAEMONS[] = {"auth", "gateway"};
    for (int i = 0; i < 2; i++) {
        unit_kill_all(DAEMONS[i]);
        expect_still_ended(DAEMONS[i], dead->token, alive);
    }
    service_kill("nats-server");
    expect_still_ended("nats-server", dead->token, alive);
    supervisor_hold(true);
    service_kill("nats-server");
    expect_number(run_command("rm -rf '%s/nats/jetstream'", the_system()->home), 0);
    supervisor_hold(false);
    expect_still_ended("JetStream's store", dead->token, alive);
    service_kill("postgres");
    expect_still_ended("postgres", dead->token, alive);
}

/* NATS goes on asking the frozen one for a while: half of the questions stay without an answer. */
Test(identity, sessions_end_while_one_auth_is_frozen)
{
    const char *name = user_new(role_new("'customer.read'")), *tokens[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        tokens[i] = client_login(name, PASSWORD)->token;
    unit_signal("auth-2", SIGSTOP);
    for (int i = 0; i < ROUNDS; i++) {
        expect_number(status_at(0, tokens[i], "/customers"), 200);
        sql_run("UPDATE auth.user_session SET ended_at = now() WHERE id = (SELECT min(s.id) FROM "
                "auth.user_session s JOIN auth.user_account u ON u.id = s.user_id WHERE "
                "u.username = '%s' AND s.ended_at IS NULL)",
                name);
        EVENTUALLY(SOON_MS, status_at(0, tokens[i], "/customers") == 401);
        EVENTUALLY(SOON_MS, status_at(1, tokens[i], "/customers") == 401);
    }
    unit_signal("auth-2", SIGCONT);
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(bind(wire, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(getsockname(wire, (struct sockaddr *)&address, &length), 0);
    (void)close(wire);
    return ntohs(address.sin_port);
}

Test(identity, a_gateway_that_knows_nothing_yet_lets_nobody_in)
{
    const char *token = client_login(user_new(role_new("")), PASSWORD)->token;
    int port = free_port();
    unit_remove("auth");
    Instance *own = instance_start("gateway", text("APP_PORT=%d", port), NULL);
    Client *probe = client_at(text("http://127.0.0.1:%d", port));
    Client *user = client_at(text("http://127.0.0.1:%d/api", port));
    user->token = token;
    const Response *r = NULL;
    EVENTUALLY(SOON_MS, (r = get(probe, "/readyz"))->status == 503 && strstr(r->body, "identity"));
    r = get(user, "/customers");
    expect_error(r, 503, NULL);
    cr_assert_not_null(header(r, "Retry-After"));
    expect_status(get(through(0, token), "/auth/me"), 503);        /* its own service is away … */
    expect_error(get(through(0, token), "/customers"), 403, NULL); /* … but rights are known */
    supervisor_hold(false);
    EVENTUALLY(SOON_MS, get(probe, "/readyz")->status == 200);
    EVENTUALLY(SOON_MS, get(user, "/auth/me")->status == 200);
    instance_signal(own, SIGTERM);
    expect_number(instance_wait(own, SOON_MS), 0);
}

/* ---- the first roles and users ---- */

static Instance *auth_alone(const char *setting)
{
    unit_remove("auth");
    Instance *own = instance_start("auth", setting, NULL);
    EVENTUALLY(SOON_MS, instance_is_ready(own));
    return own;
}

/* An older version of the contract may have had it. */
Test(identity, a_permission_that_is_none_leaves_the_roles)
{
    const int64_t role = role_new("'item.read'");
    sql_run("UPDATE auth.role SET permissions = '{item.read,so.fly}' WHERE id = %lld",
            (long long)role);
    Instance *own = auth_alone("LOG_LEVEL=info");
    const Response *r = get(client_admin(), "/roles/%lld", (long long)role);
    expect_json(r, "permissions", "['item.read']");
    expect_json(r, "version", "2");
    expect_number(sql_int("SELECT count(*) FROM auth.outbox o JOIN auth.role r ON r.uuid = "
                          "o.document WHERE o.subject = 'role.updated' AND r.id = %lld",
                          (long long)role),
                  2);
    instance_kill(own);
}

Test(identity, auth_starts_after_a_demo_user_was_renamed)
{
    sql_run("UPDATE auth.user_account SET username = 'vina' WHERE username = 'viewer'");
    Instance *own = auth_alone("LOG_LEVEL=info");
    expect_number(sql_int("SELECT count(*) FROM auth.user_account WHERE username = 'viewer'"), 0);
    sql_run("UPDATE auth.user_account SET username = 'viewer' WHERE username = 'vina'");
    instance_kill(own);
}

Test(identity, the_operators_admin_comes_though_somebody_has_his_address)
{
    sql_run("UPDATE auth.user_account SET email = 'Admin@localhost' WHERE username = 'viewer'");
    sql_run("UPDATE auth.user_account SET username = 'chief', is_active = false WHERE username = "
            "'admin'");
    Instance *own = auth_alone("BOOTSTRAP_ADMIN_PASSWORD=" PASSWORD);
    expect_status(get(client_login("admin", PASSWORD), "/users"), 200);
    sql_run("UPDATE auth.user_account SET deleted_at = now() WHERE username = 'admin'");
    sql_run("UPDATE auth.user_account SET username = 'admin', is_active = true WHERE username = "
            "'chief'");
    sql_run("UPDATE auth.user_account SET email = 'viewer@example.test' WHERE username = 'viewer'");
    instance_kill(own);
}
