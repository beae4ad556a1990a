/* Settings from the environment and from files: what is taken, what is refused, what is told. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "kit/config_private.h"

#define KEY "0123456789abcdef0123456789abcdef"

static const Setting TABLE[] = {
    {"JWT_SECRET", SETTING_TEXT, NULL, SETTING_LIVE_SECRET, 0, 0, "signs"},
    {"JWT_SECRET_PREVIOUS", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0, "signed"},
    {"BOOTSTRAP_ADMIN_PASSWORD", SETTING_TEXT, "", true, 0, 0, "of the first user"},
    {"SMTP_PASS", SETTING_TEXT, "built-in", true, 0, 0, "of the mail server"},
    {"SMTP_PORT", SETTING_INT, "25", SETTING_PLAIN, 1, 65535, "port of the mail server"},
    {"TAX_RATE", SETTING_PERCENT, "11", SETTING_PLAIN, 0, 10000, "percent"},
    {"JWT_EXPIRES_IN", SETTING_SECONDS, "1d", SETTING_PLAIN, 60, 86400, "life"},
    {0},
};

static const Setting *const TABLES[] = {TABLE, CONFIG_APP, CONFIG_NATS, CONFIG_DB, NULL};

static void setup(void)
{
    static const char *const NAMES[] = {"APP_ENV",    "JWT_SECRET",  "NATS_PASS",
                                        "VAULT_ADDR", "VAULT_TOKEN", "SENTIENT_CLOCK"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        (void)unsetenv(NAMES[i]);
    setenv("APP_ENV", "development", 1);
    setenv("JWT_SECRET", KEY, 1);
    setenv("DB_USER", "sales", 1);
    setenv("DB_PASS", "the password of sales", 1);
    setenv("NATS_PASS", "the password of the bus", 1);
}

TestSuite(config, .init = setup);

/* What config_load() writes; *ret_ok: what it returns. */
static const char *load(bool *ret_ok)
{
    static char *text;
    size_t size;
    free(text);
    FILE *errors = open_memstream(&text, &size);
    *ret_ok = config_load(TABLES, errors);
    (void)fclose(errors);
    return text;
}

static void load_good(void)
{
    bool ok;
    const char *errors = load(&ok);
    cr_assert(ok, "%s", errors);
    cr_assert_str_eq(errors, "");
}

static const char *load_bad(void)
{
    bool ok;
    const char *errors = load(&ok);
    cr_assert_not(ok);
    return errors;
}

static const char *file_with(const char *data, size_t length)
{
    static char path[] = "/tmp/sentient-config-XXXXXX";
    (void)strcpy(path, "/tmp/sentient-config-XXXXXX");
    int file = mkstemp(path);
    cr_assert(file >= 0 && write(file, data, length) == (ssize_t)length);
    (void)close(file);
    return path;
}

Test(config, the_environment_comes_before_the_file_before_the_default)
{
    const char *path = file_with("2525\r\n\n", 7);
    load_good();
    cr_expect_eq(config_int("SMTP_PORT"), 25);
    setenv("SMTP_PORT_FILE", path, 1);
    load_good();
    cr_expect_eq(config_int("SMTP_PORT"), 2525);
    cr_expect_str_eq(config_text("SMTP_PORT"), "2525");
    setenv("SMTP_PORT", "587", 1);
    load_good();
    cr_expect_eq(config_int("SMTP_PORT"), 587);
    setenv("SMTP_PORT", "", 1);
    load_good();
    cr_expect_eq(config_int("SMTP_PORT"), 2525, "an empty variable is none");
    cr_expect_eq(config_version(), 0);
    (void)unlink(path);
}

Test(config, a_file_keeps_its_inner_lines)
{
    const char *path = file_with("-----BEGIN\nKEY-----\n", 20);
    setenv("SMTP_PASS_FILE", path, 1);
    load_good();
    cr_expect_str_eq(config_text("SMTP_PASS"), "-----BEGIN\nKEY-----");
    (void)unlink(path);
}

Test(config, a_file_that_is_of_no_use_is_named)
{
    static char large[64 * 1024];
    memset(large, 'x', sizeof large);
    setenv("SMTP_PASS_FILE", "/nonexistent/secret", 1);
    cr_expect(strstr(load_bad(), "SMTP_PASS_FILE names a file that cannot be used: "
                                 "/nonexistent/secret: No such file"));
    const char *path = file_with("a\0b", 3);
    setenv("SMTP_PASS_FILE", path, 1);
    cr_expect(strstr(load_bad(), "byte of value 0"));
    (void)unlink(path);
    path = file_with(large, sizeof large);
    setenv("SMTP_PASS_FILE", path, 1);
    cr_expect(strstr(load_bad(), "64 KiB"));
    (void)unlink(path);
}

/* ADMIN_PORT_FILE is where the port is written to, not where it comes from. */
Test(config, a_setting_that_ends_in_file_is_no_source)
{
    setenv("ADMIN_PORT_FILE", "/nonexistent/port", 1);
    load_good();
    cr_expect_eq(config_int("ADMIN_PORT"), 0);
    cr_expect_str_eq(config_text("ADMIN_PORT_FILE"), "/nonexistent/port");
}

Test(config, types)
{
    static const struct {
        const char *name, *text, *fault;
        int64_t number;
    } CASES[] = {
        {"SMTP_PORT", "0", "is out of range", 0},
        {"SMTP_PORT", "65536", "is out of range", 0},
        {"SMTP_PORT", "25x", "is malformed", 0},
        {"JWT_EXPIRES_IN", "90", NULL, 90},
        {"JWT_EXPIRES_IN", "90s", NULL, 90},
        {"JWT_EXPIRES_IN", "2h", NULL, 7200},
        {"JWT_EXPIRES_IN", "1d", NULL, 86400},
        {"JWT_EXPIRES_IN", "2d", "is out of range", 0},
        {"JWT_EXPIRES_IN", "d", "is malformed", 0},
        {"JWT_EXPIRES_IN", "9223372036854775807d", "is malformed", 0},
        {"TAX_RATE", "11", NULL, 1100},
        {"TAX_RATE", "11.5", NULL, 1150},
        {"TAX_RATE", "0.07", NULL, 7},
        {"TAX_RATE", "100.01", "is out of range", 0},
        {"TAX_RATE", "11.555", "is malformed", 0},
        {"TAX_RATE", "-1", "is out of range", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        setenv(CASES[i].name, CASES[i].text, 1);
        bool ok;
        const char *errors = load(&ok), *fault = CASES[i].fault;
        cr_expect_eq(ok, !fault, "%s=%s", CASES[i].name, CASES[i].text);
        if (ok)
            cr_expect_eq(config_int(CASES[i].name), CASES[i].number, "%s", CASES[i].text);
        else
            cr_expect(fault && strstr(errors, fault) && str_starts(errors, CASES[i].name));
        unsetenv(CASES[i].name);
    }
}

Test(config, everything_that_is_wrong_is_named_at_once)
{
    unsetenv("JWT_SECRET");
    unsetenv("DB_USER");
    unsetenv("DB_PASS");
    setenv("APP_ENV", "staging", 1);
    setenv("SMTP_PORT", "x", 1);
    setenv("SMTP_PASS_FILE", "/nonexistent/secret", 1);
    const char *errors = load_bad();
    cr_expect(strstr(errors, "JWT_SECRET is a secret and not set: signs\n"));
    cr_expect(strstr(errors, "DB_USER is not set: "));
    cr_expect(strstr(errors, "DB_PASS is a secret and not set: "));
    cr_expect(strstr(errors, "APP_ENV must be "));
    cr_expect(strstr(errors, "SMTP_PORT is malformed: "));
    cr_expect(strstr(errors, "SMTP_PASS_FILE names "));
}

Test(config, a_zone_that_is_none)
{
    setenv("APP_TIMEZONE", "Asia/Atlantis", 1);
    cr_expect_str_eq(load_bad(), "APP_TIMEZONE is no zone of the tz database\n");
}

Test(config, development_takes_what_production_refuses)
{
    static const struct {
        const char *name, *text, *fault; /* fault: in production */
        bool everywhere;
    } CASES[] = {
        {"JWT_SECRET", "0123456789abcdef0123456789abcde", "JWT_SECRET is a secret of less than 32",
         true},
        {"JWT_SECRET_PREVIOUS", "short", "JWT_SECRET_PREVIOUS is a secret of less than 32", true},
        {"JWT_SECRET", "", "JWT_SECRET is a secret and not set", true},
        {"JWT_SECRET", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "JWT_SECRET is a secret of one", false},
        {"BOOTSTRAP_ADMIN_PASSWORD", "Password123!",
         "BOOTSTRAP_ADMIN_PASSWORD is a secret that everybody", false},
        {"DB_PASS", "PostGres", "DB_PASS is a secret that everybody", false},
        {"SMTP_PASS", "built-in", "SMTP_PASS is a secret that everybody", false},
        {"NATS_PASS", "", "NATS_PASS is a secret and not set", false},
        {"SENTIENT_CLOCK", "/tmp/clock", "SENTIENT_CLOCK is for development only", false},
        {"BOOTSTRAP_ADMIN_PASSWORD", "", NULL, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool ok;
        setup();
        setenv("SMTP_PASS", "the password of the mail server", 1);
        setenv(CASES[i].name, CASES[i].text, 1);
        (void)load(&ok);
        cr_expect_eq(ok, !CASES[i].everywhere, "development: %s", CASES[i].name);
        setenv("APP_ENV", "production", 1);
        const char *errors = load(&ok);
        cr_expect_eq(ok, !CASES[i].fault, "production: %s: %s", CASES[i].name, errors);
        cr_expect(ok || str_starts(errors, CASES[i].fault), "%s", errors);
        unsetenv(CASES[i].name);
    }
}

Test(config, production_is_the_default)
{
    unsetenv("APP_ENV");
    cr_expect(strstr(load_bad(), "SMTP_PASS is a secret that everybody knows"));
    setenv("SMTP_PASS", "the password of the mail server", 1);
    load_good();
    cr_expect(config_is_production());
}

Test(config, credentials_of_the_bus_stand_for_its_password)
{
    setenv("APP_ENV", "production", 1);
    setenv("SMTP_PASS", "the password of the mail server", 1);
    setenv("NATS_CREDS", "/etc/sentient/nats.creds", 1);
    unsetenv("NATS_PASS");
    load_good();
}

Test(config, no_value_is_ever_told)
{
    static const char *const SECRETS[] = {"JWT_SECRET", "JWT_SECRET_PREVIOUS",
                                          "SMTP_PASS",  "NATS_PASS",
                                          "DB_PASS",    "BOOTSTRAP_ADMIN_PASSWORD"};
    setenv("APP_ENV", "production", 1);
    setenv("SMTP_PORT", "marker", 1);
    setenv("TAX_RATE", "marker", 1);
    setenv("SENTIENT_CLOCK", "marker", 1);
    for (size_t i = 0; i < sizeof SECRETS / sizeof *SECRETS; i++)
        setenv(SECRETS[i], "marker", 1);
    const char *errors = load_bad();
    cr_expect(strstr(errors, "JWT_SECRET_PREVIOUS"));
    cr_expect_not(strstr(errors, "marker"), "%s", errors);
}

Test(config, the_help_lists_every_setting_and_no_value)
{
    char *text;
    size_t size;
    setenv("SMTP_PASS", "marker", 1);
    load_good();
    FILE *out = open_memstream(&text, &size);
    config_help(TABLES, out);
    (void)fclose(out);
    cr_expect(strstr(text, "  JWT_SECRET                 signs (required, secret, live, Vault "
                           "jwt.secret)\n"));
    cr_expect(strstr(text, "  SMTP_PORT                  port of the mail server [25] (Vault "
                           "email.port)\n"));
    cr_expect(strstr(text, "  VAULT_MOUNT                "));
    cr_expect_not(strstr(text, "marker"));
    free(text);
}

Test(config, every_name_has_its_place_in_the_vault)
{
    static const struct {
        const char *name, *folder, *key;
    } CASES[] = {
        {"DB_PASS", "database", "pass"},
        {"JWT_SECRET", "jwt", "secret"},
        {"JWT_REFRESH_SECRET", "jwt", "refresh_secret"},
        {"JWT_EXPIRES_IN", "jwt", "expires_in"},
        {"NATS_PASS", "nats", "pass"},
        {"SMTP_FROM", "email", "from"},
        {"WA_ACCESS_TOKEN", "whatsapp", "access_token"},
        {"LLM_PROVIDER", "ai", "provider"},
        {"GEMINI_API_KEY", "ai", "gemini_api_key"},
        {"OLLAMA_HOST", "ai", "ollama_host"},
        {"APP_SECRET", "app", "secret"},
        {"TAX_RATE", "app", "tax_rate"},
        {"BOOTSTRAP_ADMIN_PASSWORD", "app", "bootstrap_admin_password"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *folder;
        char key[SETTING_NAME_MAX];
        const Setting setting = {.name = CASES[i].name};
        cr_expect(setting_place(&setting, &folder, key, sizeof key));
        cr_expect_str_eq(folder, CASES[i].folder);
        cr_expect_str_eq(key, CASES[i].key);
    }
    const char *folder;
    char key[SETTING_NAME_MAX];
    cr_expect_not(setting_place(&(Setting){.name = "VAULT_TOKEN"}, &folder, key, sizeof key));
}
