/* A link for a new password reaches its mail server, once, whatever happens on the way. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "people.h"
#include "smtp_server.h"

TestSuite(mail, .init = system_restore, .fini = system_restore);

static const char *new_address(void)
{
    return text("%s@example.test", user_new(viewer_role()));
}

static void forget(const char *address)
{
    Client *client = client_new(NULL);
    const char *body = json("{'email':'%s'}", address);
    EVENTUALLY(SOON_MS, post(client, "/auth/forgot-password", body)->status == 200);
}

static Instance *auth_with_server(int port)
{
    return instance_start("auth", "SMTP_HOST=127.0.0.1", text("SMTP_PORT=%d", port), NULL);
}

static int mails_to(SmtpServer *server, const char *address)
{
    int count = 0;
    for (int i = 0; i < smtp_server_count(server); i++)
        count += strstr(smtp_server_mail(server, i), address) != NULL;
    return count;
}

/* Nothing is on its way any more. */
static bool all_sent(void)
{
    return sql_int("SELECT count(*) FROM auth.password_reset WHERE sent_at IS NULL AND user_id IS "
                   "NOT NULL AND used_at IS NULL AND expires_at > now()") == 0;
}

Test(mail, a_server_that_is_away_and_then_busy_gets_it_once)
{
    SmtpServer *server = smtp_server_start(0);
    const char *address = new_address(), *later = new_address();
    int port = smtp_server_port(server);
    smtp_server_stop(server);
    unit_remove("auth");
    Instance *own = auth_with_server(port);
    forget(address);
    EVENTUALLY(SOON_MS, sql_int("SELECT max(attempts) FROM auth.password_reset WHERE sent_at IS "
                                "NULL AND user_id IS NOT NULL") >= 1);
    server = smtp_server_start(port);
    cr_assert_not_null(server);
    smtp_server_refuse(server, 2);
    EVENTUALLY(SOON_MS, smtp_server_refused(server) == 2);
    instance_kill(own); /* what it had to send is not lost with it */
    own = auth_with_server(port);
    EVENTUALLY(SOON_MS, mails_to(server, address) == 1);
    forget(later);
    EVENTUALLY(SOON_MS, mails_to(server, later) == 1);
    EVENTUALLY(SOON_MS, all_sent());
    expect_number(mails_to(server, address), 1);
    instance_signal(own, SIGTERM);
    expect_number(instance_wait(own, SOON_MS), 0);
    smtp_server_stop(server);
}

/* What waits for a mail server goes to the address that was asked for, or nowhere. */
Test(mail, a_link_that_waits_does_not_follow_a_new_address)
{
    SmtpServer *server = smtp_server_start(0);
    const char *address = new_address(), *later = new_address();
    const char *elsewhere = text("%s@elsewhere.test", unique("p"));
    int port = smtp_server_port(server);
    smtp_server_stop(server);
    unit_remove("auth");
    Instance *own = auth_with_server(port);
    forget(address);
    EVENTUALLY(SOON_MS, !all_sent());
    const char *uuid = sql_text("SELECT uuid FROM auth.user_account WHERE email = '%s'", address);
    expect_status(put(client_admin(), text("/users/%s", uuid), json("{'email':'%s'}", elsewhere)),
                  200);
    server = smtp_server_start(port);
    cr_assert_not_null(server);
    forget(later);
    EVENTUALLY(SOON_MS, mails_to(server, later) == 1);
    EVENTUALLY(SOON_MS, all_sent());
    expect_number(mails_to(server, elsewhere), 0);
    instance_kill(own);
    smtp_server_stop(server);
}
