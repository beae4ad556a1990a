/* What a setting's text is worth: its type, its bounds, and whether a secret is one. Reads nothing.
 */
#include <string.h>

#include "base/str.h"
#include "kit/config_private.h"
#include "kit/jwt_ec.h"

enum { SECRET_MIN = 32 };

static bool parse_seconds(const char *text, int64_t *ret_seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } UNITS[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    char digits[20];
    size_t n = strlen(text);
    int64_t factor = 1;
    for (size_t i = 0; n && i < sizeof UNITS / sizeof *UNITS; i++) {
        if (text[n - 1] == UNITS[i].unit) {
            factor = UNITS[i].seconds;
            n--;
            break;
        }
    }
    if (!n || n >= sizeof digits)
        return false;
    memcpy(digits, text, n);
    digits[n] = '\0';
    return str_to_int64(digits, ret_seconds) &&
           !__builtin_mul_overflow(*ret_seconds, factor, ret_seconds);
}

/* Two decimals at most, as hundredths. */
static bool parse_percent(const char *text, int64_t *ret_hundredths)
{
    char digits[24];
    const char *point = strchr(text, '.');
    size_t whole = point ? (size_t)(point - text) : strlen(text);
    size_t decimals = point ? strlen(point + 1) : 0;
    if (!whole || whole > 9 || decimals > 2 || (point && !decimals))
        return false;
    (void)snprintf(digits, sizeof digits, "%.*s%s%.*s", (int)whole, text, point ? point + 1 : "",
                   (int)(2 - decimals), "00");
    const char *first = digits;
    while (*first == '0' && first[1])
        first++;
    return str_to_int64(first, ret_hundredths);
}

static const char *number_fault(const Setting *setting, const char *text, int64_t *ret_number)
{
    bool ok = true;
    switch (setting->type) {
    case SETTING_TEXT: return NULL;
    case SETTING_INT: ok = str_to_int64(text, ret_number); break;
    case SETTING_SECONDS: ok = parse_seconds(text, ret_number); break;
    case SETTING_PERCENT: ok = parse_percent(text, ret_number); break;
    }
    if (!ok)
        return "is malformed";
    bool bounded = setting->min || setting->max;
    if (bounded && (*ret_number < setting->min || *ret_number > setting->max))
        return "is out of range";
    return NULL;
}

/* What stands in examples and in development, and nowhere else. */
static bool is_known(const char *text)
{
    static const char *const KNOWN[] = {"Password123!", "password", "changeme", "change-me",
                                        "secret",       "admin",    "root",     "postgres",
                                        "sentient",     "default",  "example",  "test"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (str_eq_nocase(text, KNOWN[i]))
            return true;
    return false;
}

static bool is_one_character(const char *text)
{
    return strspn(text, (const char[]){*text, '\0'}) == strlen(text);
}

static const char *secret_fault(const Setting *setting, const char *text, bool production)
{
    if (!*text)
        return NULL;
    if (strstr(setting->name, "_SECRET") && strlen(text) < SECRET_MIN)
        return "is a secret of less than 32 bytes";
    if (!production)
        return NULL;
    if (str_eq(text, setting->default_value) || is_known(text))
        return "is a secret that everybody knows";
    return is_one_character(text) ? "is a secret of one repeated character" : NULL;
}

/* Keys of tokens by the names of their settings: JWT_PRIVATE_KEY, JWT_PUBLIC_KEY. */
static const char *key_fault(const Setting *setting, const char *text)
{
    bool is_private = str_starts(setting->name, "JWT_PRIVATE_KEY");
    if (!*text || (!is_private && !str_starts(setting->name, "JWT_PUBLIC_KEY")))
        return NULL;
    return jwt_ec_valid(text, is_private) ? NULL
                                          : "is no PEM text of such a key on the curve P-256";
}

const char *setting_fault(const Setting *setting, const char *text, bool production,
                          int64_t *ret_number)
{
    bool required = !setting->default_value;
    bool secret = setting->kind & SETTING_SECRET;
    *ret_number = 0;
    if (!text || (required && !*text))
        return secret ? "is a secret and not set" : "is not set";
    const char *fault = number_fault(setting, text, ret_number);
    fault = fault ? fault : key_fault(setting, text);
    return fault || !secret ? fault : secret_fault(setting, text, production);
}

bool setting_is_token_key(const Setting *setting)
{
    return str_starts(setting->name, "JWT_SECRET") ||
           str_starts(setting->name, "JWT_PRIVATE_KEY") ||
           str_starts(setting->name, "JWT_PUBLIC_KEY");
}

const char *change_fault(const Setting *setting, const char *current, const char *text)
{
    bool may_go = !setting_is_token_key(setting) || strstr(setting->name, "_PREVIOUS");
    return may_go || !current || !*current || *text ? NULL : "is a key of tokens, and gone";
}

static bool is_given(const char *name)
{
    return config_has(name) && config_text(name) && *config_text(name);
}

/* Tokens need a key of either kind; where a secret must be given anyway, that was told. */
static bool has_token_key(FILE *errors)
{
    if (!config_has("JWT_SECRET") || !config_text("JWT_SECRET") || is_given("JWT_SECRET") ||
        is_given("JWT_PRIVATE_KEY") || is_given("JWT_PUBLIC_KEY"))
        return true;
    config_report(errors, "JWT_SECRET", "is a secret and not set, nor is a key pair");
    return false;
}

bool settings_agree(FILE *errors)
{
    static const char *const DEVELOPMENT[] = {"SENTIENT_CLOCK", "SENTIENT_CRASH_AT"};
    const char *env = config_text("APP_ENV");
    bool ok = true;
    if (!str_eq(env, "development") && !str_eq(env, "production")) {
        config_report(errors, "APP_ENV", "must be development or production");
        ok = false;
    }
    ok = has_token_key(errors) && ok;
    if (!config_is_production())
        return ok;
    for (size_t i = 0; i < sizeof DEVELOPMENT / sizeof *DEVELOPMENT; i++)
        if (config_has(DEVELOPMENT[i]) && *config_text(DEVELOPMENT[i])) {
            config_report(errors, DEVELOPMENT[i], "is for development only");
            ok = false;
        }
    if (config_has("NATS_PASS") && !*config_text("NATS_PASS") && !*config_text("NATS_CREDS")) {
        config_report(errors, "NATS_PASS", "is a secret and not set, nor is NATS_CREDS");
        ok = false;
    }
    return ok;
}
