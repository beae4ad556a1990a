/* main() of every flow: finds the system and signs in once, before Criterion gives each test a
 * process of its own. Those inherit both by the environment. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "testkit_private.h"

static int refuse(const char *why)
{
    (void)fprintf(stderr, "%s\n", why);
    return 2;
}

/* What a test made today it looks for today: none begins shortly before midnight. */
static void wait_for_a_day(void)
{
    while (today_left() < 60)
        pause_ms(1000);
}

int main(int argc, char **argv)
{
    if (!getenv("SENTIENT_HOME"))
        return refuse("SENTIENT_HOME is not set: ./sentient test flow starts a system for these");
    wait_for_a_day();
    setenv(STATUS_VARIABLE, status_read(), 1);
    if (!json_string(getenv(STATUS_VARIABLE), "gateway"))
        return refuse("no system runs in SENTIENT_HOME");
    Client *admin = client_login("admin", "Password123!");
    if (!admin->token)
        return refuse("admin could not sign in");
    setenv(TOKEN_VARIABLE, admin->token, 1);

    struct criterion_test_set *tests = criterion_initialize();
    int result = criterion_handle_args(argc, argv, true) ? !criterion_run_all_tests(tests) : 0;
    criterion_finalize(tests);
    return result;
}
