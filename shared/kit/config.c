/* Settings from the environment and from files. Not a parser of configuration files. */
#include "kit/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

enum { VALUES_MAX = 128, FILE_MAX = 64 * 1024 };

typedef struct Value {
    const Setting *setting;
    const char *text; /* NULL: not set, no default */
    int64_t number;
} Value;

static Value values[VALUES_MAX];
static size_t value_count;

const Setting CONFIG_APP[] = {
    {"APP_ENV", SETTING_TEXT, "production", false, 0, 0,
     "development or production; production refuses missing and default secrets"},
    {"APP_TIMEZONE", SETTING_TEXT, "Asia/Jakarta", false, 0, 0,
     "zone of business days and months, a name of the tz database"},
    {"LOG_LEVEL", SETTING_TEXT, "info", false, 0, 0, "debug, info, warn or error"},
    {"SENTIENT_CLOCK", SETTING_TEXT, "", false, 0, 0,
     "file with seconds by which the business clock is shifted; development only"},
    {"ADMIN_HOST", SETTING_TEXT, "127.0.0.1", false, 0, 0,
     "address of the admin port (/healthz, /readyz, /metrics)"},
    {"ADMIN_PORT", SETTING_INT, "0", false, 0, 65535, "admin port; 0 takes a free one"},
    {"ADMIN_PORT_FILE", SETTING_TEXT, "", false, 0, 0,
     "file that the admin port's number is written to"},
    {0},
};

const Setting CONFIG_NATS[] = {
    {"NATS_URL", SETTING_TEXT, "nats://127.0.0.1:4222", false, 0, 0, "address of nats-server"},
    {"NATS_USER", SETTING_TEXT, "", false, 0, 0, "NATS user"},
    {"NATS_PASS", SETTING_TEXT, "", true, 0, 0, "its password"},
    {"NATS_CREDS", SETTING_TEXT, "", false, 0, 0, "credentials file, instead of user and password"},
    {0},
};

const Setting CONFIG_DB[] = {
    {"DB_HOST", SETTING_TEXT, "127.0.0.1", false, 0, 0, "address of PostgreSQL"},
    {"DB_PORT", SETTING_TEXT, "5432", false, 0, 0, "its port"},
    {"DB_NAME", SETTING_TEXT, "sentient", false, 0, 0, "database"},
    {"DB_USER", SETTING_TEXT, NULL, false, 0, 0, "the service's role"},
    {"DB_PASS", SETTING_TEXT, NULL, true, 0, 0, "its password"},
    {0},
};

/* The first line of NAME_FILE's file, without the line break. */
static char *file_value(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *text = calloc(1, FILE_MAX);
    size_t n = text ? fread(text, 1, FILE_MAX - 1, file) : 0;
    (void)fclose(file);
    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        text[--n] = '\0';
    return text;
}

/* From NAME, else from NAME_FILE, else the default; false where NAME_FILE cannot be read. */
static bool value_find(const Setting *setting, const char **ret_text, FILE *errors)
{
    char name[128];
    *ret_text = getenv(setting->name);
    if (*ret_text && **ret_text)
        return true;
    (void)snprintf(name, sizeof name, "%s_FILE", setting->name);
    const char *path = getenv(name);
    if (path && *path && !str_eq(setting->name, "ADMIN_PORT")) {
        *ret_text = file_value(path);
        if (!*ret_text)
            (void)fprintf(errors, "%s: cannot read %s: %s\n", name, path, strerror(errno));
        return *ret_text != NULL;
    }
    *ret_text = setting->default_value;
    return true;
}

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

static const char *value_parse(Value *value)
{
    const Setting *setting = value->setting;
    bool ok = true;
    if (!value->text)
        return NULL;
    switch (setting->type) {
    case SETTING_TEXT: return NULL;
    case SETTING_INT: ok = str_to_int64(value->text, &value->number); break;
    case SETTING_SECONDS: ok = parse_seconds(value->text, &value->number); break;
    case SETTING_PERCENT: ok = parse_percent(value->text, &value->number); break;
    case SETTING_BOOL:
        value->number = str_eq(value->text, "true") || str_eq(value->text, "1");
        ok = value->number || str_eq(value->text, "false") || str_eq(value->text, "0");
        break;
    }
    if (!ok)
        return "is malformed";
    bool bounded = setting->min || setting->max;
    if (bounded && (value->number < setting->min || value->number > setting->max))
        return "is out of range";
    return NULL;
}

static bool value_load(const Setting *setting, FILE *errors)
{
    Value value = {.setting = setting};
    if (!value_find(setting, &value.text, errors))
        return false;
    if (!value.text && !setting->secret) {
        (void)fprintf(errors, "%s is not set: %s\n", setting->name, setting->help);
        return false;
    }
    const char *fault = value_parse(&value);
    if (fault) {
        (void)fprintf(errors, "%s %s: %s\n", setting->name, fault, setting->help);
        return false;
    }
    if (value_count == VALUES_MAX)
        abort();
    values[value_count++] = value;
    return true;
}

static const Value *value_get(const char *name)
{
    for (size_t i = 0; i < value_count; i++)
        if (str_eq(values[i].setting->name, name))
            return &values[i];
    abort();
}

/* A secret without a default must be set everywhere; one with a default must not keep it in
 * production, unless the default is empty (an optional secret). */
static bool secrets_present(FILE *errors)
{
    bool ok = true;
    for (size_t i = 0; i < value_count; i++) {
        const Setting *setting = values[i].setting;
        if (!setting->secret)
            continue;
        bool missing = !values[i].text;
        bool is_default = setting->default_value && *setting->default_value &&
                          str_eq(values[i].text, setting->default_value);
        if (missing || (is_default && config_is_production())) {
            (void)fprintf(errors, "%s is a secret and %s: %s\n", setting->name,
                          missing ? "not set" : "still the default", setting->help);
            ok = false;
        }
    }
    return ok;
}

bool config_load(const Setting *const *tables, FILE *errors)
{
    bool ok = true;
    value_count = 0;
    for (; *tables; tables++)
        for (const Setting *setting = *tables; setting->name; setting++)
            ok = value_load(setting, errors) && ok;
    if (!ok)
        return false;
    const char *env = config_text("APP_ENV");
    if (!str_eq(env, "development") && !str_eq(env, "production")) {
        (void)fprintf(errors, "APP_ENV must be development or production\n");
        return false;
    }
    if (!secrets_present(errors))
        return false;
    const char *clock = config_is_production() ? "" : config_text("SENTIENT_CLOCK");
    if (!clock_setup(config_text("APP_TIMEZONE"), clock)) {
        (void)fprintf(errors, "APP_TIMEZONE is no zone of the tz database\n");
        return false;
    }
    return true;
}

void config_help(const Setting *const *tables, FILE *out)
{
    for (; *tables; tables++)
        for (const Setting *setting = *tables; setting->name; setting++) {
            const char *value = setting->default_value;
            (void)fprintf(out, "  %-26s %s%s%s%s\n", setting->name, setting->help,
                          value && *value ? " [" : "", value ? value : "",
                          value && *value ? "]"
                          : value         ? ""
                                          : " (required)");
        }
    (void)fprintf(out,
                  "  Each is read from the environment, or from the file that NAME_FILE names.\n");
}

const char *config_text(const char *name)
{
    return value_get(name)->text;
}

int64_t config_int(const char *name)
{
    return value_get(name)->number;
}

bool config_bool(const char *name)
{
    return value_get(name)->number != 0;
}

bool config_is_production(void)
{
    return str_eq(config_text("APP_ENV"), "production");
}
