/* Settings from a vault: what comes from where, the life of the token, and a vault that is away. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "kit/http_client.h"
#include "kit/vault.h"
#include "settings.h"

static VaultServer *server;

static void setup(void)
{
    settings_begin();
    server = settings_vault();
}

/* The server ends with the process, which each test has of its own: stopping it takes a second. */
TestSuite(vault, .init = setup, .fini = settings_end);

/* ---- what comes from where ---- */

Test(vault, it_comes_after_the_environment_and_files_and_before_the_default)
{
    vault_server_put(server, "sentient/email", "{\"port\":\"2525\"}");
    vault_server_put(server, "sentient/app", "{\"log_level\":\"debug\",\"secret\":\"" KEY_C "\"}");
    setenv("LOG_LEVEL", "error", 1);
    settings_file("APP_SECRET", KEY_B);
    cr_expect_str_eq(settings_load(true), "");
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
    cr_expect_eq(config_int("SMTP_PORT"), 2525);
    cr_expect_str_eq(config_text("LOG_LEVEL"), "error");
    cr_expect_str_eq(config_text("APP_SECRET"), KEY_B);
    cr_expect_str_eq(config_text("APP_TIMEZONE"), "Asia/Jakarta");
}

Test(vault, only_what_is_needed_is_read)
{
    setenv("SMTP_PORT", "25", 1);
    (void)settings_load(true);
    cr_expect_eq(vault_server_requests(server, "sentient/jwt"), 1);
    cr_expect_eq(vault_server_requests(server, "sentient/email"), 0, "nothing of it is missing");
    cr_expect_eq(vault_server_requests(server, "sentient/redis"), 0);
    cr_expect_eq(vault_server_requests(server, "lookup-self"), 1);
}

Test(vault, numbers_and_booleans_are_texts_and_nothing_else_is)
{
    vault_server_put(server, "sentient/email", "{\"port\":587,\"pass\":null}");
    (void)settings_load(true);
    cr_expect_eq(config_int("SMTP_PORT"), 587);
    vault_server_put(server, "sentient/email", "{\"port\":587.5}");
    cr_expect(strstr(settings_load(false), "SMTP_PORT must be a text in Vault: sentient/email, "
                                           "key port\n"));
    vault_server_put(server, "sentient/email", "{\"port\":[587]}");
    cr_expect(strstr(settings_load(false), "SMTP_PORT must be a text in Vault"));
}

Test(vault, the_first_path_that_has_a_key_wins)
{
    setenv("VAULT_PATH", "sentient/sales, sentient", 1);
    unsetenv("DB_PASS");
    vault_server_put(server, "sentient/sales/database", "{\"pass\":\"of sales\"}");
    vault_server_put(server, "sentient/database", "{\"pass\":\"of all\",\"port\":\"5433\"}");
    (void)settings_load(true);
    cr_expect_str_eq(config_text("DB_PASS"), "of sales");
    cr_expect_str_eq(config_text("DB_PORT"), "5433");
}

Test(vault, what_is_missing_there_is_missing)
{
    vault_server_delete(server, "sentient/jwt");
    cr_expect(strstr(settings_load(false), "JWT_SECRET is a secret and not set"));
    vault_server_put(server, "sentient/jwt", "{\"secret\":\"marker\"}");
    const char *errors = settings_load(false);
    cr_expect(strstr(errors, "JWT_SECRET is a secret of less than 32 bytes"));
    cr_expect_not(strstr(errors, "marker"));
}

Test(vault, a_token_from_a_file)
{
    unsetenv("VAULT_TOKEN");
    settings_file("VAULT_TOKEN", "hvs.marker-token");
    (void)settings_load(true);
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
}

Test(vault, without_a_token_it_is_not_used)
{
    unsetenv("VAULT_TOKEN");
    setenv("JWT_SECRET", KEY_B, 1);
    cr_expect(strstr(settings_load(true), "VAULT_ADDR is set, but VAULT_TOKEN is not"));
    cr_expect_eq(vault_server_requests(server, ""), 0);
}

/* ---- a start that has to wait, or to end ---- */

Test(vault, a_start_waits_for_a_sealed_vault)
{
    vault_server_fail(server, 503, 2);
    const char *errors = settings_load(true);
    cr_expect(strstr(errors, "Vault is away (VAULT_ADDR http://127.0.0.1:"), "%s", errors);
    cr_expect(strstr(errors, "HTTP status 503; waiting for it\n"));
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
}

Test(vault, a_start_ends_when_its_time_is_over)
{
    setenv("VAULT_WAIT", "0", 1);
    vault_server_fail(server, 500, 1000);
    cr_expect(strstr(settings_load(false), "HTTP status 500\n"));
    vault_server_fail(server, 307, 1000);
    cr_expect(strstr(settings_load(false), "HTTP status 307\n"), "redirects are not followed");
    vault_server_fail(server, 0, 1000);
    cr_expect(strstr(settings_load(false), "Vault's answer is unreadable"));
    setenv("VAULT_ADDR", "http://127.0.0.1:1", 1);
    const char *errors = settings_load(false);
    cr_expect(strstr(errors, "Vault is away (VAULT_ADDR http://127.0.0.1:1): "), "%s", errors);
}

Test(vault, a_bad_token_ends_the_start_at_once)
{
    setenv("VAULT_TOKEN", "hvs.marker-wrong", 1);
    const char *errors = settings_load(false);
    cr_expect(strstr(errors, "Vault denies it to this token"), "%s", errors);
    cr_expect_not(strstr(errors, "marker"));
    cr_expect_eq(vault_server_requests(server, ""), 2, "it looks itself up, and reads");
    setenv("VAULT_TOKEN", "marker\r\nHost: elsewhere", 1);
    errors = settings_load(false);
    cr_expect(strstr(errors, "VAULT_TOKEN holds strange characters"));
    cr_expect_not(strstr(errors, "marker"));
}

Test(vault, addresses_and_paths_that_are_none)
{
    static const char *const CASES[][2] = {
        {"VAULT_ADDR", "ftp://127.0.0.1"},
        {"VAULT_ADDR", "http://user:marker@127.0.0.1"},
        {"VAULT_ADDR", "http://h/?a=marker"},
        {"VAULT_MOUNT", "../sys"},
        {"VAULT_PATH", "a,b,c,d,e"},
        {"VAULT_PATH", "sentient?x"},
        {"VAULT_PATH", " , "},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        setenv(CASES[i][0], CASES[i][1], 1);
        const char *errors = settings_load(false);
        cr_expect(str_starts(errors, CASES[i][0]), "%s", errors);
        cr_expect_not(strstr(errors, "marker"));
        setenv("VAULT_ADDR", vault_server_address(server), 1);
        unsetenv("VAULT_MOUNT");
        unsetenv("VAULT_PATH");
    }
}

/* ---- while it runs ---- */

Test(vault, a_new_version_is_taken)
{
    (void)settings_load(true);
    vault_server_put(server, "sentient/jwt",
                     "{\"secret\":\"" KEY_B "\",\"secret_previous\":\"" KEY_A "\"}");
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_B);
    cr_expect_str_eq(config_text("JWT_SECRET_PREVIOUS"), KEY_A);
    vault_server_put(server, "sentient/jwt", "{\"secret\":\"" KEY_B "\"}");
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET_PREVIOUS"), "", "taken away is the default");
    vault_server_delete(server, "sentient/jwt");
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_B, "nothing takes its place");
    const char *log = settings_log();
    cr_expect(strstr(log, "\"JWT_SECRET\",\"reason\":\"is gone from its source"), "%s", log);
    cr_expect_not(strstr(log, KEY_A) || strstr(log, KEY_B) || strstr(log, "marker"));
}

Test(vault, away_or_half_read_it_leaves_the_values)
{
    (void)settings_load(true);
    vault_server_put(server, "sentient/jwt", "{\"secret\":\"" KEY_B "\"}");
    int before = vault_server_requests(server, "");
    vault_server_fail(server, 503, 1);
    cr_expect_not(config_reload());
    cr_expect_eq(vault_server_requests(server, ""), before + 1, "it stops at the first failure");
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
    cr_expect_eq(config_version(), 0);
    const char *log = settings_log();
    cr_expect(strstr(log, "vault not read"));
    cr_expect(strstr(log, "HTTP status 503"), "%s", log);
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_B);
}

/* ---- the token ---- */

Test(vault, a_token_that_lives_for_ever_is_not_renewed)
{
    (void)settings_load(true);
    cr_expect_eq(source_renew_due(), INT64_MAX);
    vault_server_lease(server, 3600, false);
    (void)settings_load(true);
    cr_expect_eq(source_renew_due(), INT64_MAX);
    cr_expect(strstr(settings_log(), "vault token cannot be renewed"));
}

Test(vault, a_token_is_renewed_at_half_its_life)
{
    setenv("SETTINGS_REFRESH", "1d", 1);
    vault_server_lease(server, 3600, true);
    int64_t start = clock_monotonic_ms();
    (void)settings_load(true);
    int64_t due = source_renew_due();
    cr_expect(due >= start + 1800000 && due <= clock_monotonic_ms() + 1800000);
    Watch watch = {.read_at_ms = start + 86400000};
    cr_expect_eq(watch_step(&watch, due - 1, false), due);
    cr_expect_eq(vault_server_requests(server, "renew-self"), 0);
    for (int i = 1; i <= 3; i++) { /* three times its first life */
        vault_server_advance(server, 1800);
        cr_expect_eq(watch_step(&watch, due, false), due + 1800000);
        cr_expect_eq(vault_server_requests(server, "renew-self"), i);
        due += 1800000;
    }
    cr_expect(config_reload(), "it is still good");
}

Test(vault, a_renewal_that_fails_is_tried_again)
{
    setenv("SETTINGS_REFRESH", "1d", 1);
    vault_server_lease(server, 3600, true);
    (void)settings_load(true);
    int64_t due = source_renew_due();
    Watch watch = {.read_at_ms = INT64_MAX};
    vault_server_fail(server, 503, 2); /* the renewal, and the reading after it */
    cr_expect_lt(watch_step(&watch, due, false), due + 5001);
    const char *log = settings_log();
    cr_expect(strstr(log, "vault token not renewed"), "%s", log);
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
    (void)watch_step(&watch, due + 5000, false);
    cr_expect_eq(vault_server_requests(server, "renew-self"), 2);
    cr_expect_gt(source_renew_due(), clock_monotonic_ms() + 1790000);
}

Test(vault, a_token_that_ran_out_is_replaced_from_its_file)
{
    unsetenv("VAULT_TOKEN");
    settings_file("VAULT_TOKEN", "hvs.marker-token");
    vault_server_lease(server, 60, true);
    (void)settings_load(true);
    vault_server_advance(server, 61);
    vault_server_put(server, "sentient/jwt", "{\"secret\":\"" KEY_B "\"}");
    cr_expect_not(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
    vault_server_token(server, "hvs.marker-next");
    vault_server_lease(server, 60, true);
    settings_file("VAULT_TOKEN", "hvs.marker-next");
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_B);
    cr_expect_lt(source_renew_due(), clock_monotonic_ms() + 30001, "the new lease is known");
    const char *log = settings_log();
    cr_expect(strstr(log, "Vault denies it to this token"), "%s", log);
    cr_expect_not(strstr(log, "marker"));
}

/* ---- bounds ---- */

Test(vault, an_answer_that_is_too_large_is_none)
{
    size_t size = (size_t)300 * 1024;
    char *secret = calloc(1, size + 1), *json = NULL;
    memset(secret, 'x', size);
    cr_assert(asprintf(&json, "{\"secret\":\"%s\"}", secret) > 0);
    vault_server_put(server, "sentient/jwt", json);
    free(json);
    free(secret);
    cr_expect(strstr(settings_load(false), "the answer is too large"));
}

Test(vault, a_cancelled_call_ends)
{
    atomic_bool cancel = true;
    Arena *arena = arena_new(0);
    HttpClient *client =
        http_client_new(&(HttpClientConfig){vault_server_address(server), NULL, &cancel});
    HttpCall call = {.method = "GET", .path = "/", .timeout_ms = 5000, .answer_max = 1000};
    HttpAnswer answer;
    cr_expect(err_is(http_client_call(client, arena, &call, &answer), &HTTP_CLIENT_AWAY));
    atomic_store(&cancel, false);
    cr_expect_null(http_client_call(client, arena, &call, &answer));
    cr_expect_eq(answer.status, 403);
    cr_expect_str_eq(answer.body, "{\"errors\":[\"permission denied\"]}");
    http_client_delete(client);
    arena_delete(arena);
}
