/* Settings: one typed table per daemon, printed by --help. A value comes from the environment, else
 * from the file that NAME_FILE names, else from HashiCorp Vault, else it is the default. */
#ifndef SF_KIT_CONFIG_H
#define SF_KIT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum SettingType {
    SETTING_TEXT,
    SETTING_INT,
    SETTING_SECONDS /* "1d", "30m", "3600" */,
    SETTING_PERCENT /* 11 → 1100 */
} SettingType;

typedef enum SettingKind {
    SETTING_PLAIN = 0,
    SETTING_SECRET = 1, /* never printed; in production no default, no guess */
    SETTING_LIVE = 2,   /* a new value is taken while the daemon runs; others wait for a restart */
    SETTING_LIVE_SECRET = SETTING_LIVE | SETTING_SECRET
} SettingKind;

typedef struct Setting {
    const char *name; /* DB_HOST; a secret named …_SECRET… has 32 bytes or more */
    SettingType type;
    const char *default_value; /* NULL: none; the daemon does not start without it */
    unsigned kind;             /* SettingKind */
    int64_t min, max;          /* numbers; both 0: any */
    const char *help;          /* one sentence, with the unit */
} Setting;

/* Reads every setting of the tables (each ends with a nameless one; NULLs end the list), waiting
 * for Vault, where it is configured, for VAULT_WAIT at most. Writes what is wrong, all of it, to
 * `errors` and returns false. Values are never written there. Once, before threads: it blocks
 * SIGHUP. */
bool config_load(const Setting *const *tables, FILE *errors);

/* Reads files and Vault again on SIGHUP and every SETTINGS_REFRESH, and renews Vault's token, on a
 * thread of its own. What cannot be read, or is unusable, is logged and leaves the values as they
 * are. False where there can be no thread. */
bool config_watch_start(void);
void config_watch_stop(void); /* waits for the thread; nothing where there is none */
/* The table as text. */
void config_help(const Setting *const *tables, FILE *out);

enum { EXIT_CONFIG = 78 }; /* of a program whose settings or arguments are wrong: sysexits.h */

/* Programs take no arguments but --help: whether there are some, which have been answered then with
 * the settings; *ret_exit is the program's exit code. */
bool config_answer(const char *name, const Setting *const *tables, int argc, char **argv,
                   int *ret_exit);

/* A setting that is in no table is a defect: aborts. Any thread. A text stays readable until the
 * process ends: a value that was replaced is kept, not freed (it is one per rotation). */
const char *config_text(const char *name);
int64_t config_int(const char *name);
bool config_is_production(void);
/* Another number after every change of live settings. The same before and after reading several of
 * them: they belong together. 0 until the first change. */
uint64_t config_version(void);

/* APP_ENV, APP_TIMEZONE, LOG_LEVEL, SENTIENT_CLOCK; NATS_*; DB_*: shared by the daemons' tables. */
extern const Setting CONFIG_APP[], CONFIG_NATS[], CONFIG_DB[];

#endif
