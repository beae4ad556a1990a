/* The values of settings: read at the start, replaced while others read them. Not where they come
 * from (config_source.c), nor what they are worth (config_check.c). */
#include "kit/config.h"

#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/config_private.h"

enum { VALUES_MAX = 128, REPORT_MAX = 512 };

typedef struct Value {
    const Setting *setting;
    _Atomic(const char *) text; /* NULL: not set, no default */
    _Atomic int64_t number;
    const char *refused; /* the text that was last reported and not taken */
} Value;

/* Texts are never freed: somebody may read them. */
typedef struct Kept {
    struct Kept *next;
    char *text;
} Kept;

static Value values[VALUES_MAX];
static size_t value_count;
static Kept *kept;
static _Atomic uint64_t version; /* odd: a change is under way */

const Setting CONFIG_APP[] = {
    {"APP_ENV", SETTING_TEXT, "production", SETTING_PLAIN, 0, 0,
     "development or production; production refuses missing and known secrets"},
    {"APP_TIMEZONE", SETTING_TEXT, "Asia/Jakarta", SETTING_PLAIN, 0, 0,
     "zone of business days and months, a name of the tz database"},
    {"LOG_LEVEL", SETTING_TEXT, "info", SETTING_PLAIN, 0, 0, "debug, info, warn or error"},
    {"SENTIENT_CLOCK", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "file with seconds by which the business clock is shifted; development only"},
    {"ADMIN_HOST", SETTING_TEXT, "127.0.0.1", SETTING_PLAIN, 0, 0,
     "address of the admin port (/healthz, /readyz, /metrics)"},
    {"ADMIN_PORT", SETTING_INT, "0", SETTING_PLAIN, 0, 65535, "admin port; 0 takes a free one"},
    {"ADMIN_PORT_FILE", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "file that the admin port's number is written to"},
    {0},
};

const Setting CONFIG_NATS[] = {
    {"NATS_URL", SETTING_TEXT, "nats://127.0.0.1:4222", SETTING_PLAIN, 0, 0,
     "address of nats-server"},
    {"NATS_USER", SETTING_TEXT, "", SETTING_PLAIN, 0, 0, "NATS user"},
    {"NATS_PASS", SETTING_TEXT, "", SETTING_SECRET, 0, 0,
     "its password; production wants it or NATS_CREDS"},
    {"NATS_CREDS", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "credentials file, instead of user and password"},
    {0},
};

const Setting CONFIG_DB[] = {
    {"DB_HOST", SETTING_TEXT, "127.0.0.1", SETTING_PLAIN, 0, 0, "address of PostgreSQL"},
    {"DB_PORT", SETTING_TEXT, "5432", SETTING_PLAIN, 0, 0, "its port"},
    {"DB_NAME", SETTING_TEXT, "sentient", SETTING_PLAIN, 0, 0, "database"},
    {"DB_USER", SETTING_TEXT, NULL, SETTING_PLAIN, 0, 0, "the service's role"},
    {"DB_PASS", SETTING_TEXT, NULL, SETTING_LIVE_SECRET, 0, 0,
     "its password; a new one counts for new connections"},
    {0},
};

void config_report(FILE *errors, const char *name, const char *format, ...)
{
    char text[REPORT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (errors)
        (void)fprintf(errors, "%s %s\n", name, text);
    else
        log_warn("setting not taken", LOG_STR("setting", name), LOG_STR("reason", text));
}

/* ---- reading ---- */

static Value *value_find(const char *name)
{
    for (size_t i = 0; i < value_count; i++)
        if (str_eq(values[i].setting->name, name))
            return &values[i];
    return NULL;
}

static const Value *value_get(const char *name)
{
    const Value *value = value_find(name);
    if (!value)
        abort();
    return value;
}

const char *config_text(const char *name)
{
    return atomic_load(&value_get(name)->text);
}

int64_t config_int(const char *name)
{
    return atomic_load(&value_get(name)->number);
}

bool config_has(const char *name)
{
    return value_find(name) != NULL;
}

bool config_is_production(void)
{
    return str_eq(config_text("APP_ENV"), "production");
}

uint64_t config_version(void)
{
    uint64_t now;
    while ((now = atomic_load(&version)) & 1)
        (void)sched_yield();
    return now;
}

/* ---- the start ---- */

static const char *text_keep(char *text)
{
    Kept *entry = malloc(sizeof *entry);
    if (!entry)
        abort();
    *entry = (Kept){kept, text};
    kept = entry;
    return text;
}

static void value_add(const Setting *setting)
{
    if (value_count == VALUES_MAX)
        abort();
    Value *value = &values[value_count++];
    value->setting = setting;
    value->refused = NULL;
    atomic_store(&value->text, NULL);
    atomic_store(&value->number, 0);
}

static bool value_load(Value *value, FILE *errors)
{
    char *text;
    if (!source_text(value->setting, errors, &text))
        return false;
    atomic_store(&value->text, text ? text_keep(text) : value->setting->default_value);
    return true;
}

static bool value_check(Value *value, bool production, FILE *errors)
{
    int64_t number;
    const char *fault =
        setting_fault(value->setting, atomic_load(&value->text), production, &number);
    atomic_store(&value->number, number);
    if (fault)
        config_report(errors, value->setting->name, "%s: %s", fault, value->setting->help);
    return !fault;
}

/* The values from `first` on: all are read before one is judged. Those that can't be read are
 * reported and not judged. */
static bool values_load(size_t first, FILE *errors)
{
    bool read[VALUES_MAX] = {false}, ok = true;
    for (size_t i = first; i < value_count; i++)
        ok = (read[i] = value_load(&values[i], errors)) && ok;
    const Value *env = value_find("APP_ENV");
    bool production = env && str_eq(atomic_load(&env->text), "production");
    for (size_t i = first; i < value_count; i++)
        ok = (!read[i] || value_check(&values[i], production, errors)) && ok;
    return ok;
}

/* It would end the process while it waits for Vault. The watching thread takes it later. */
static void hangup_block(void)
{
    sigset_t hangup;
    (void)sigemptyset(&hangup);
    (void)sigaddset(&hangup, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &hangup, NULL);
}

bool config_load(const Setting *const *tables, FILE *errors)
{
    hangup_block();
    value_count = 0;
    atomic_store(&version, 0);
    for (const Setting *setting = CONFIG_SOURCES; setting->name; setting++)
        value_add(setting);
    size_t sources = value_count;
    if (!values_load(0, errors) || !source_open(tables, errors))
        return false;
    for (; *tables; tables++)
        for (const Setting *setting = *tables; setting->name; setting++)
            value_add(setting);
    bool ok = values_load(sources, errors);
    ok = settings_agree(errors) && ok;
    if (ok && !clock_setup(config_text("APP_TIMEZONE"), config_text("SENTIENT_CLOCK"))) {
        config_report(errors, "APP_TIMEZONE", "is no zone of the tz database");
        return false;
    }
    return ok;
}

/* ---- while it runs ---- */

typedef struct Change {
    Value *value;
    char *given; /* malloc()ed; NULL: the default */
    int64_t number;
} Change;

static const char *change_text(const Change *change)
{
    return change->given ? change->given : change->value->setting->default_value;
}

typedef enum Look { LOOK_SAME, LOOK_CHANGED, LOOK_REFUSED, LOOK_UNREADABLE } Look;

/* Reports the same text once. */
static void change_refuse(Value *value, const char *text, const char *reason)
{
    if (value->refused && str_eq(value->refused, text))
        return;
    config_report(NULL, value->setting->name, "%s", reason);
    value->refused = text_keep(strdup(text));
}

/* Whether the value may be replaced by the text, which is another one. */
static bool change_allowed(Value *value, const char *text, int64_t *ret_number)
{
    const Setting *setting = value->setting;
    const char *current = atomic_load(&value->text);
    const char *fault = setting_fault(setting, text, config_is_production(), ret_number);
    fault = fault ? fault : change_fault(setting, current, text);
    if (!fault && !(setting->kind & SETTING_LIVE))
        fault = "needs a restart";
    if (fault)
        change_refuse(value, text, fault);
    return !fault;
}

/* Looks at one value again. */
static Look value_look(Value *value, Change *ret_change)
{
    const Setting *setting = value->setting;
    char *given;
    if (!source_text(setting, NULL, &given))
        return LOOK_UNREADABLE;
    const char *text = given ? given : setting->default_value;
    Look look = LOOK_REFUSED;
    if (!text)
        config_report(NULL, setting->name, "is gone from its source: the value stays");
    else if (str_eq(text, atomic_load(&value->text)))
        look = LOOK_SAME;
    else if (change_allowed(value, text, &ret_change->number))
        look = LOOK_CHANGED;
    if (look != LOOK_CHANGED) {
        free(given);
        return look;
    }
    ret_change->value = value;
    ret_change->given = given;
    return LOOK_CHANGED;
}

/* The changes without those of the keys of tokens; how many are left. */
static size_t changes_without_keys(Change *changes, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (!setting_is_token_key(changes[i].value->setting)) {
            changes[left++] = changes[i];
            continue;
        }
        change_refuse(changes[i].value, change_text(&changes[i]),
                      "waits for the other keys of tokens");
        free(changes[i].given);
    }
    return left;
}

static void changes_apply(const Change *changes, size_t count)
{
    if (!count)
        return;
    (void)atomic_fetch_add(&version, 1);
    for (size_t i = 0; i < count; i++) {
        atomic_store(&changes[i].value->number, changes[i].number);
        atomic_store(&changes[i].value->text, change_text(&changes[i]));
        if (changes[i].given)
            (void)text_keep(changes[i].given);
        changes[i].value->refused = NULL;
    }
    (void)atomic_fetch_add(&version, 1);
    for (size_t i = 0; i < count; i++)
        log_info("setting changed", LOG_STR("setting", changes[i].value->setting->name));
}

static bool values_look(size_t first, size_t end)
{
    Change changes[VALUES_MAX];
    size_t count = 0;
    bool ok = true, keys_whole = true;
    for (size_t i = first; i < end; i++) {
        Look look = value_look(&values[i], &changes[count]);
        count += look == LOOK_CHANGED;
        ok = ok && look != LOOK_UNREADABLE;
        if (look > LOOK_CHANGED && setting_is_token_key(values[i].setting))
            keys_whole = false;
    }
    changes_apply(changes, keys_whole ? count : changes_without_keys(changes, count));
    return ok;
}

bool config_reload(void)
{
    size_t sources = 0;
    while (CONFIG_SOURCES[sources].name)
        sources++;
    bool ok = values_look(0, sources); /* the token may be a new one */
    Arena *arena = arena_new(0);
    const Err *err = source_refresh(arena);
    if (err)
        log_warn("vault not read: the settings stay", LOG_ERR(err));
    arena_delete(arena);
    return values_look(sources, value_count) && ok && !err;
}
