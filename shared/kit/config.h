/* Settings: one typed table per daemon, read once from the environment or from files (NAME_FILE),
 * printed by --help. */
#ifndef SF_KIT_CONFIG_H
#define SF_KIT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum SettingType {
    SETTING_TEXT,
    SETTING_INT,
    SETTING_BOOL,
    SETTING_SECONDS /* "1d", "30m", "3600" */,
    SETTING_PERCENT /* 11 → 1100 */
} SettingType;

typedef struct Setting {
    const char *name; /* DB_HOST */
    SettingType type;
    const char *default_value; /* NULL: none; the daemon does not start without it */
    bool secret;      /* never printed; in production it must be set and not be the default */
    int64_t min, max; /* numbers; both 0: any */
    const char *help; /* one sentence, with the unit */
} Setting;

/* Reads every setting of the tables (each ends with a nameless one; NULLs end the list). Writes
 * what is wrong, all of it, to `errors` and returns false. Values live until the process ends. */
bool config_load(const Setting *const *tables, FILE *errors);
/* The table as text. */
void config_help(const Setting *const *tables, FILE *out);

/* A setting that is in no table is a defect: aborts. */
const char *config_text(const char *name);
int64_t config_int(const char *name);
bool config_bool(const char *name);
bool config_is_production(void);

/* APP_ENV, APP_TIMEZONE, LOG_LEVEL, SENTIENT_CLOCK; NATS_*; DB_*: shared by the daemons' tables. */
extern const Setting CONFIG_APP[], CONFIG_NATS[], CONFIG_DB[];

#endif
