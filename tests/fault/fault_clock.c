/* What ends by itself: throttling, known addresses, links, sessions; on an auth whose business
 * clock is set ahead. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "people.h"

enum { MINUTE = 60, DAY = 86400 };

static Instance *own;
static const char *clock_file;

static void clock_write(long seconds)
{
    const char *part = text("%s.part", clock_file);
    FILE *file = fopen(part, "we");
    cr_assert_not_null(file);
    cr_assert_gt(fprintf(file, "%ld\n", seconds), 0);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(rename(part, clock_file), 0);
}

/* What auth writes down as now, from now on. */
static long clock_seen(void)
{
    (void)post(client_new(NULL), "/auth/forgot-password",
               json("{'email':'%s@example.test'}", unique("nobody")));
    return (long)sql_int("SELECT extract(epoch FROM created_at - clock_timestamp())::bigint FROM "
                         "auth.password_reset ORDER BY id DESC LIMIT 1");
}

static void clock_ahead(long seconds)
{
    clock_write(seconds);
    EVENTUALLY(SOON_MS, labs(clock_seen() - seconds) <= 1);
}

static void begin(void)
{
    system_restore();
    (void)client_admin();
    clock_file = text("%s/run/%s", the_system()->home, unique("clock"));
    clock_write(0);
    unit_remove("auth");
    own = instance_start("auth", text("SENTIENT_CLOCK=%s", clock_file), NULL);
    EVENTUALLY(SOON_MS, instance_is_ready(own));
}

static void end(void)
{
    instance_kill(own);
    (void)unlink(clock_file);
    system_restore();
}

TestSuite(clock, .init = begin, .fini = end);

static void guess(Client *client, const char *name)
{
    for (int i = 0; i < 5; i++)
        expect_error(sign_in(client, name, "Salah-12345"), 401, NULL);
}

Test(clock, a_name_opens_again_after_a_quarter_of_an_hour)
{
    const char *name = user_new(viewer_role());
    Client *client = stranger();
    guess(client, name);
    const Response *r = sign_in(client, name, PASSWORD);
    expect_error(r, 429, NULL);
    long wait = strtol(header(r, "Retry-After"), NULL, 10);
    cr_assert(wait > 14 * MINUTE && wait <= 15 * MINUTE, "%ld", wait);
    clock_ahead(14 * MINUTE);
    expect_error(sign_in(client, name, PASSWORD), 429, NULL);
    clock_ahead(15 * MINUTE + 5);
    expect_status(sign_in(client, name, PASSWORD), 200);
}

Test(clock, an_address_is_known_for_thirty_days)
{
    const char *name = user_new(viewer_role());
    Client *home = stranger();
    expect_status(sign_in(home, name, PASSWORD), 200);
    clock_ahead(30 * DAY - MINUTE);
    guess(stranger(), name);
    expect_status(sign_in(home, name, PASSWORD), 200);
    clock_ahead(61 * DAY);
    guess(stranger(), name);
    expect_error(sign_in(home, name, PASSWORD), 429, NULL);
}

Test(clock, a_link_is_good_for_half_an_hour)
{
    const char *address = text("%s@example.test", user_new(viewer_role())), *folder;
    expect_status(post(client_new(NULL), "/auth/forgot-password", json("{'email':'%s'}", address)),
                  200);
    folder = text("%s/mail", the_system()->home);
    EVENTUALLY(SOON_MS, run_command("grep -qs '%s' '%s'/*.eml", address, folder) == 0);
    FILE *pipe =
        popen(text("sed -n 's/.*token=//p' $(grep -ls '%s' '%s'/*.eml)", address, folder), "r");
    char token[64] = "";
    cr_assert(pipe && fgets(token, sizeof token, pipe));
    (void)pclose(pipe);
    token[strcspn(token, "\r\n")] = '\0';
    const char *body = json("{'token':'%s','password':'Lupa-Kata-55!'}", token);
    clock_ahead(31 * MINUTE);
    expect_error(post(client_new(NULL), "/auth/reset-password", body), 422, "token");
    clock_ahead(29 * MINUTE);
    expect_status(post(client_new(NULL), "/auth/reset-password", body), 200);
}

static const Response *refresh(const Response *from)
{
    return post(client_new(NULL), "/auth/refresh",
                json("{'refreshToken':%s}", json_raw(from->body, "refreshToken")));
}

Test(clock, a_session_ends_unused_after_a_week_and_used_after_ninety_days)
{
    const char *name = user_new(viewer_role());
    const Response *idle = sign_in(client_new(NULL), name, PASSWORD);
    const Response *used = sign_in(client_new(NULL), name, PASSWORD);
    for (int day = 6; day < 90; day += 6) {
        clock_ahead((long)day * DAY);
        used = refresh(used);
        expect_status(used, 200);
        if (day == 12)
            expect_error(refresh(idle), 401, NULL);
    }
    clock_ahead(90L * DAY + MINUTE);
    expect_error(refresh(used), 401, NULL);
}
