/* Settings that change while the process runs: which are taken, what is told, and that a rotation
 * of the key of tokens signs nobody out. */
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "gateway.h"
#include "settings.h"

#define UUID "0190a000-0000-7000-8000-000000000001"
#define PUBLIC_KEY                                                                                 \
    "-----BEGIN PUBLIC KEY-----\n"                                                                 \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAERjc6QLlcqDyP6Vynd6IheB5EQwx7\n"                           \
    "D4BEt7X4dwj91a5NXHWKNsAM2jw6qDj3qNI11zHpZ7BnYAY2Tn9t+DqTBw==\n"                               \
    "-----END PUBLIC KEY-----"

static void setup(void)
{
    settings_begin();
    settings_file("JWT_SECRET", KEY_A);
}

TestSuite(reload, .init = setup, .fini = settings_end);

Test(reload, a_live_setting_changes_at_once)
{
    (void)settings_load(true);
    const char *before = config_text("JWT_SECRET");
    cr_expect(config_reload());
    cr_expect_eq(config_version(), 0, "nothing has changed");
    settings_file("JWT_SECRET", KEY_B);
    settings_file("SMTP_PORT", "2525");
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_B);
    cr_expect_eq(config_int("SMTP_PORT"), 2525);
    cr_expect_neq(config_version(), 0);
    cr_expect_str_eq(before, KEY_A, "whoever has it may go on reading it");
    const char *log = settings_log();
    cr_expect(strstr(log, "\"setting changed\",\"setting\":\"JWT_SECRET\""), "%s", log);
    cr_expect_not(strstr(log, KEY_A) || strstr(log, KEY_B));
}

Test(reload, other_settings_wait_for_a_restart_and_say_so_once)
{
    settings_file("APP_SECRET", KEY_A);
    (void)settings_load(true);
    settings_file("APP_SECRET", KEY_B);
    cr_expect(config_reload());
    const char *log = settings_log();
    cr_expect(strstr(log, "\"setting\":\"APP_SECRET\",\"reason\":\"needs a restart\""), "%s", log);
    cr_expect_not(strstr(log, KEY_B));
    cr_expect_str_eq(config_text("APP_SECRET"), KEY_A);
    cr_expect(config_reload());
    cr_expect_str_eq(settings_log(), "", "once is enough");
    settings_file("APP_SECRET", KEY_C);
    cr_expect(config_reload());
    cr_expect(strstr(settings_log(), "APP_SECRET"), "it is another one");
}

Test(reload, what_is_unusable_leaves_the_value)
{
    (void)settings_load(true);
    settings_file("JWT_SECRET", "marker");
    settings_file("SMTP_PORT", "marker");
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
    cr_expect_eq(config_int("SMTP_PORT"), 25);
    const char *log = settings_log();
    cr_expect(strstr(log, "\"JWT_SECRET\",\"reason\":\"is a secret of less than 32 bytes\""));
    cr_expect(strstr(log, "\"SMTP_PORT\",\"reason\":\"is malformed\""));
    cr_expect_not(strstr(log, "marker"));
    settings_file("JWT_SECRET", NULL);
    cr_expect_not(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
    cr_expect(strstr(settings_log(), "JWT_SECRET_FILE"));
    cr_expect_eq(config_version(), 0);
}

/* ---- the keys of tokens ---- */

Test(reload, a_key_that_is_gone_stays)
{
    settings_file("JWT_PUBLIC_KEY", PUBLIC_KEY);
    settings_file("JWT_SECRET_PREVIOUS", KEY_B);
    (void)settings_load(true);
    settings_file("JWT_SECRET", "");
    settings_file("JWT_PUBLIC_KEY", "");
    settings_file("JWT_SECRET_PREVIOUS", "");
    cr_expect(config_reload());
    const char *log = settings_log();
    cr_expect(strstr(log, "\"setting not taken\",\"setting\":\"JWT_PUBLIC_KEY\""), "%s", log);
    cr_expect(strstr(log, "\"setting not taken\",\"setting\":\"JWT_SECRET\""), "%s", log);
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A);
    cr_expect_str_eq(config_text("JWT_PUBLIC_KEY"), PUBLIC_KEY);
    cr_expect_str_eq(config_text("JWT_SECRET_PREVIOUS"), KEY_B, "they are one set");
    cr_expect(config_reload());
    cr_expect_str_eq(settings_log(), "", "once is enough");
    settings_file("JWT_SECRET", KEY_A);
    settings_file("JWT_PUBLIC_KEY", PUBLIC_KEY);
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET_PREVIOUS"), "", "the second key may go");
}

Test(reload, a_set_of_keys_is_taken_as_a_whole)
{
    (void)settings_load(true);
    settings_file("JWT_SECRET", KEY_B);
    settings_file("JWT_SECRET_PREVIOUS", "short");
    settings_file("SMTP_PORT", "2525");
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_A, "its tokens would be lost");
    cr_expect_eq(config_int("SMTP_PORT"), 2525, "what does not belong to it is taken");
    const char *log = settings_log();
    cr_expect(strstr(log, "\"JWT_SECRET\",\"reason\":\"waits for the other keys of tokens\""), "%s",
              log);
    settings_file("JWT_SECRET_PREVIOUS", KEY_A);
    cr_expect(config_reload());
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_B);
    cr_expect_str_eq(config_text("JWT_SECRET_PREVIOUS"), KEY_A);
}

static const char *token_signed(Arena *arena)
{
    JwtKeys keys = gateway_keys();
    JwtClaims claims = {UUID, "budi", ",so.read,", 1, UUID, UUID, 1000, 2000};
    return jwt_sign(arena, &keys, &claims);
}

static bool token_taken(Arena *arena, const char *token)
{
    JwtKeys keys = gateway_keys();
    JwtClaims claims;
    return !tokens_verify(tokens_open(), arena, &keys, token, strlen(token), 1001, &claims);
}

static void keys_are(const char *current, const char *previous)
{
    settings_file("JWT_SECRET", current);
    settings_file("JWT_SECRET_PREVIOUS", previous);
    cr_assert(config_reload());
}

Test(reload, a_token_outlives_the_rotation_of_its_key)
{
    Arena *arena = arena_new(0);
    cr_assert(sodium_init() >= 0);
    (void)settings_load(true);
    const char *old = token_signed(arena);
    cr_expect(token_taken(arena, old));
    keys_are(KEY_A, KEY_B); /* the next key is known before it is used */
    cr_expect(token_taken(arena, old));
    keys_are(KEY_B, KEY_A);
    const char *new = token_signed(arena);
    cr_expect(token_taken(arena, old));
    cr_expect(token_taken(arena, new));
    keys_are(KEY_B, "");
    cr_expect(token_taken(arena, new));
    cr_expect_not(token_taken(arena, old), "at once, although it was in the cache");
    arena_delete(arena);
}

typedef struct Verifier {
    const char *token;
    atomic_bool stop;
    atomic_int verified, refused;
} Verifier;

static void *verify_main(void *argument)
{
    Verifier *verifier = argument;
    Arena *arena = arena_new(0);
    while (!atomic_load(&verifier->stop)) {
        JwtKeys keys = gateway_keys();
        JwtClaims claims;
        const char *token = verifier->token;
        if (jwt_verify(arena, &keys, token, strlen(token), 1001, &claims))
            (void)atomic_fetch_add(&verifier->refused, 1);
        (void)atomic_fetch_add(&verifier->verified, 1);
        arena_reset(arena);
    }
    arena_delete(arena);
    return NULL;
}

/* By the environment, which only this thread reads: files would leave no time between the keys. */
static void keys_swap(int i)
{
    setenv("JWT_SECRET", i % 2 ? KEY_A : KEY_B, 1);
    setenv("JWT_SECRET_PREVIOUS", i % 2 ? KEY_B : KEY_A, 1);
    (void)config_reload();
}

/* The two keys are always of one moment: between them no token falls through. */
Test(reload, a_rotation_under_load_refuses_no_token)
{
    enum { ROTATIONS = 20000 };
    Arena *arena = arena_new(0);
    pthread_t threads[2];
    cr_assert(sodium_init() >= 0);
    log_setup("test", LOG_ERROR_LEVEL);
    (void)settings_load(true);
    Verifier verifier = {.token = token_signed(arena)};
    keys_swap(0);
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, verify_main, &verifier), 0);
    for (int i = 0; i < ROTATIONS || atomic_load(&verifier.verified) < ROTATIONS; i++)
        keys_swap(i);
    atomic_store(&verifier.stop, true);
    for (size_t i = 0; i < 2; i++)
        (void)pthread_join(threads[i], NULL);
    cr_expect_eq(atomic_load(&verifier.refused), 0);
    arena_delete(arena);
}

/* ---- the thread ---- */

static bool text_becomes(const char *name, const char *text)
{
    for (int i = 0; i < 5000 && !str_eq(config_text(name), text); i++)
        (void)poll(NULL, 0, 1);
    return str_eq(config_text(name), text);
}

Test(reload, a_hangup_reads_again)
{
    (void)settings_load(true);
    cr_assert_eq(kill(getpid(), SIGHUP), 0, "it waits for the thread");
    cr_assert(config_watch_start());
    settings_file("JWT_SECRET", KEY_B);
    cr_assert_eq(kill(getpid(), SIGHUP), 0);
    cr_expect(text_becomes("JWT_SECRET", KEY_B));
    settings_file("JWT_SECRET", KEY_C);
    cr_assert_eq(kill(getpid(), SIGHUP), 0);
    cr_expect(text_becomes("JWT_SECRET", KEY_C));
    config_watch_stop();
}

Test(reload, it_reads_again_by_itself)
{
    setenv("SETTINGS_REFRESH", "1s", 1);
    (void)settings_load(true);
    cr_assert(config_watch_start());
    settings_file("JWT_SECRET", KEY_B);
    cr_expect(text_becomes("JWT_SECRET", KEY_B));
    config_watch_stop();
}

Test(reload, it_comes_again_after_the_refresh_and_sooner_after_a_failure)
{
    Watch watch = {.read_at_ms = 5000};
    setenv("SETTINGS_REFRESH", "5m", 1);
    (void)settings_load(true);
    cr_expect_eq(watch_step(&watch, 4999, false), 5000, "not yet");
    cr_expect_eq(watch_step(&watch, 5000, false), 305000);
    cr_expect_eq(watch_step(&watch, 6000, true), 306000);
    settings_file("JWT_SECRET", NULL);
    cr_expect_eq(watch_step(&watch, 306000, false), 307000);
    cr_expect_eq(watch_step(&watch, 307000, false), 309000);
    settings_file("JWT_SECRET", KEY_B);
    cr_expect_eq(watch_step(&watch, 309000, false), 609000);
    cr_expect_str_eq(config_text("JWT_SECRET"), KEY_B);
}
