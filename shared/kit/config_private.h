/* What the files of config share. For nobody else but the tests. */
#ifndef SF_KIT_CONFIG_PRIVATE_H
#define SF_KIT_CONFIG_PRIVATE_H

#include "base/err.h"
#include "kit/config.h"

/* One thing that is wrong with a setting: a line of `errors`, or of the log where that is NULL. The
 * text is a sentence without its subject, and never tells a value. */
void config_report(FILE *errors, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- config_check.c: what a text is worth ---- */

/* What is wrong with the text (NULL: absent), as constant text; NULL: nothing. */
const char *setting_fault(const Setting *setting, const char *text, bool production,
                          int64_t *ret_number);
/* What only several settings together tell. */
bool settings_agree(FILE *errors);
/* Why a text must not take the place of another while the daemon runs; NULL: it may. Keys of tokens
 * never vanish: who was signed in could not be told from others any more. */
const char *change_fault(const Setting *setting, const char *current, const char *text);
/* One of the keys of tokens, which are taken together or not at all: a new key without the old one
 * beside it would refuse tokens that are good. */
bool setting_is_token_key(const Setting *setting);

/* ---- config_source.c: where a text comes from ---- */

/* VAULT_*, SETTINGS_REFRESH: part of every daemon's table; themselves never from Vault. */
extern const Setting CONFIG_SOURCES[];

enum { SETTING_NAME_MAX = 128, SETTING_FOLDERS_COUNT = 10 };

/* Prefix of the name → folder in Vault. The first that fits; the last one fits always. */
typedef struct SettingFolder {
    const char *prefix;
    const char *folder;
    bool prefix_stays; /* in the key */
} SettingFolder;

extern const SettingFolder SETTING_FOLDERS[SETTING_FOLDERS_COUNT];

size_t setting_folder(const char *name);
/* Where Vault keeps a setting: DB_PASS → "database", "pass". False for those of CONFIG_SOURCES. */
bool setting_place(const Setting *setting, const char **ret_folder, char *ret_key, size_t size);

/* From the environment, NAME_FILE and what Vault said last; *ret_text is malloc()ed, NULL: absent
 * everywhere. False, reported: there is a source and it can't be read. */
bool source_text(const Setting *setting, FILE *errors, char **ret_text);
/* Whether the environment or NAME_FILE gives it, so that Vault is not asked. */
bool source_is_near(const Setting *setting);

/* ---- config_vault.c ---- */

/* The same, from what was read of Vault last. */
bool source_vault_text(const Setting *setting, FILE *errors, char **ret_text);
/* At the start, after CONFIG_SOURCES: waits for Vault and reads it, where there is one. */
bool source_open(const Setting *const *tables, FILE *errors);
/* Reads Vault again, all or nothing; nothing to do where there is none. */
const Err *source_refresh(Arena *arena);
/* When the token wants to be renewed, by clock_monotonic_ms(); INT64_MAX: never. */
int64_t source_renew_due(void);
const Err *source_renew(Arena *arena, int64_t now_ms);
/* Ends a call to Vault that is under way, and all later ones, until source_open(). */
void source_cancel(void);
void source_close(void);

/* ---- config.c, config_watch.c ---- */

/* Whether the setting is in a table of this daemon. */
bool config_has(const char *name);
/* Everything again; false where a source could not be read. One thread at a time. */
bool config_reload(void);

typedef struct Watch {
    int64_t read_at_ms; /* when to read again */
    int64_t pause_ms;   /* after a failure; 0: there was none */
} Watch;

/* What is due at that time, or at once where it is `asked` for; returns when to come again. */
int64_t watch_step(Watch *watch, int64_t now_ms, bool asked);

#endif
