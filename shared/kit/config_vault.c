/* The settings' secrets in Vault: which are wanted, what was read last, the token's lease. Not the
 * protocol: vault.c. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/config_private.h"
#include "kit/vault.h"

enum {
    ROOTS_MAX = 4,
    TOKEN_TEXT = 4097,
    PAUSE_FIRST_MS = 200,
    PAUSE_LAST_MS = 5000,
    RENEW_AGAIN_MS = 5000,
    RENEW_LATER_MS = 60000
};

/* What lies in the folders of each root. */
typedef struct Secrets {
    cJSON *folders[ROOTS_MAX][SETTING_FOLDERS_COUNT]; /* NULL: nothing there */
} Secrets;

static struct {
    Vault *vault; /* NULL: there is none */
    atomic_bool cancelled;
    char token[TOKEN_TEXT]; /* the one whose lease is known */
    int64_t renew_due_ms;
    bool wanted[SETTING_FOLDERS_COUNT];
    char *roots; /* VAULT_PATH, cut into pieces */
    const char *root[ROOTS_MAX];
    size_t root_count;
    Secrets secrets; /* as read last */
} source = {.renew_due_ms = INT64_MAX};

/* ---- reading ---- */

/* Prefixes of one folder share what is read for the first of them. */
static size_t folder_first(size_t at)
{
    size_t i = 0;
    while (!str_eq(SETTING_FOLDERS[i].folder, SETTING_FOLDERS[at].folder))
        i++;
    return i;
}

/* Strings as they are, whole numbers and booleans as text. NULL: anything else. */
static char *secret_text(const cJSON *item)
{
    char number[32];
    if (cJSON_IsString(item))
        return strdup(item->valuestring);
    if (cJSON_IsBool(item))
        return strdup(cJSON_IsTrue(item) ? "true" : "false");
    if (!cJSON_IsNumber(item) || item->valuedouble != (double)item->valueint)
        return NULL;
    (void)snprintf(number, sizeof number, "%d", item->valueint);
    return strdup(number);
}

bool source_vault_text(const Setting *setting, FILE *errors, char **ret_text)
{
    const char *folder;
    char key[SETTING_NAME_MAX];
    size_t at = folder_first(setting_folder(setting->name));
    *ret_text = NULL;
    if (!source.vault || !setting_place(setting, &folder, key, sizeof key))
        return true;
    for (size_t root = 0; root < source.root_count; root++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(source.secrets.folders[root][at], key);
        if (!item || cJSON_IsNull(item))
            continue;
        *ret_text = secret_text(item);
        if (!*ret_text)
            config_report(errors, setting->name, "must be a text in Vault: %s/%s, key %s",
                          source.root[root], folder, key);
        return *ret_text != NULL;
    }
    return true;
}

static void secrets_forget(Secrets *secrets)
{
    for (size_t root = 0; root < ROOTS_MAX; root++)
        for (size_t i = 0; i < SETTING_FOLDERS_COUNT; i++) {
            cJSON_Delete(secrets->folders[root][i]);
            secrets->folders[root][i] = NULL;
        }
}

static void lease_take(const VaultLease *lease, int64_t now_ms)
{
    bool renewed = lease->ttl_s && lease->renewable;
    source.renew_due_ms = renewed ? now_ms + lease->ttl_s * 500 : INT64_MAX; /* half of it */
    if (lease->ttl_s && !lease->renewable)
        log_warn("vault token cannot be renewed", LOG_INT("ttl_s", lease->ttl_s));
}

/* Shows Vault the token of the settings and learns its lease. A token may lack the right to look
 * itself up: then it is used as long as it is good for reading. */
static const Err *token_take(Arena *arena)
{
    VaultLease lease = {0};
    const char *token = config_text("VAULT_TOKEN");
    if (str_eq(token, source.token))
        return NULL;
    if (!vault_use_token(source.vault, token))
        return err_with_cause(arena, &VAULT_DENIED, "VAULT_TOKEN holds strange characters");
    const Err *err = vault_token_look(source.vault, arena, &lease);
    if (err && !err_is(err, &VAULT_DENIED))
        return err;
    lease_take(&lease, clock_monotonic_ms());
    (void)snprintf(source.token, sizeof source.token, "%s", token);
    return NULL;
}

static const Err *folder_read(Arena *arena, Secrets *secrets, size_t root, size_t at)
{
    const char *path = arena_printf(arena, "%s/%s", source.root[root], SETTING_FOLDERS[at].folder);
    const Err *err = vault_read(source.vault, arena, path, &secrets->folders[root][at]);
    if (!err)
        return NULL;
    return err_with_cause(arena, err->base ? err->base : err, "%s: %s", path,
                          err->cause ? err->cause : "");
}

const Err *source_refresh(Arena *arena)
{
    Secrets fresh = {{{NULL}}};
    if (!source.vault)
        return NULL;
    const Err *err = token_take(arena);
    for (size_t root = 0; root < source.root_count && !err; root++)
        for (size_t i = 0; i < SETTING_FOLDERS_COUNT && !err; i++)
            if (source.wanted[i])
                err = folder_read(arena, &fresh, root, i);
    if (err) {
        secrets_forget(&fresh);
        return err;
    }
    secrets_forget(&source.secrets);
    source.secrets = fresh;
    return NULL;
}

/* ---- the token ---- */

int64_t source_renew_due(void)
{
    return source.renew_due_ms;
}

const Err *source_renew(Arena *arena, int64_t now_ms)
{
    VaultLease lease = {0};
    const Err *err = vault_token_renew(source.vault, arena, &lease);
    if (err) {
        bool away = err_is(err, &VAULT_AWAY);
        source.renew_due_ms = now_ms + (away ? RENEW_AGAIN_MS : RENEW_LATER_MS);
        source.token[0] = '\0'; /* to be looked up again, it may be another one by then */
        return err;
    }
    lease_take(&lease, now_ms);
    return NULL;
}

/* ---- opening ---- */

static bool path_valid(const char *path)
{
    static const char ALLOWED[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
    return *path && !path[strspn(path, ALLOWED)] && !strstr(path, "..");
}

static bool roots_take(FILE *errors)
{
    char *rest = NULL;
    bool ok = true;
    source.roots = strdup(config_text("VAULT_PATH"));
    for (char *piece = strtok_r(source.roots, ", ", &rest); piece;
         piece = strtok_r(NULL, ", ", &rest)) {
        ok = ok && source.root_count < ROOTS_MAX && path_valid(piece);
        if (ok)
            source.root[source.root_count++] = piece;
    }
    if (ok && source.root_count)
        return true;
    config_report(errors, "VAULT_PATH", "must be 1 to 4 paths, comma-separated");
    return false;
}

/* Only what no nearer source gives: a daemon needs no right to read the rest. */
static void folders_want(const Setting *const *tables)
{
    for (; *tables; tables++)
        for (const Setting *setting = *tables; setting->name; setting++)
            if (!source_is_near(setting))
                source.wanted[folder_first(setting_folder(setting->name))] = true;
}

static bool vault_setup(FILE *errors)
{
    if (!path_valid(config_text("VAULT_MOUNT"))) {
        config_report(errors, "VAULT_MOUNT", "is no path");
        return false;
    }
    source.vault = vault_new(&(VaultConfig){config_text("VAULT_ADDR"), config_text("VAULT_MOUNT"),
                                            config_text("VAULT_CACERT"), &source.cancelled});
    if (!source.vault)
        config_report(errors, "VAULT_ADDR", "must be an http or https URL without a password");
    return source.vault != NULL;
}

static void pause_for(int64_t ms)
{
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Until Vault has been read, or refuses, or the time is over. */
static bool vault_wait(Arena *arena, FILE *errors)
{
    int64_t end = clock_monotonic_ms() + config_int("VAULT_WAIT") * 1000, pause = PAUSE_FIRST_MS;
    for (;;) {
        const Err *err = source_refresh(arena);
        if (!err)
            return true;
        int64_t left = end - clock_monotonic_ms();
        bool over = !err_is(err, &VAULT_AWAY) || left <= 0;
        (void)fprintf(errors, "%s (VAULT_ADDR %s): %s%s\n", err->message, config_text("VAULT_ADDR"),
                      err->cause ? err->cause : "", over ? "" : "; waiting for it");
        if (over)
            return false;
        pause_for(pause < left ? pause : left);
        pause = pause * 2 < PAUSE_LAST_MS ? pause * 2 : PAUSE_LAST_MS;
    }
}

bool source_open(const Setting *const *tables, FILE *errors)
{
    bool has_token = *config_text("VAULT_TOKEN");
    source_close();
    if (*config_text("VAULT_ADDR") && !has_token)
        config_report(errors, "VAULT_ADDR", "is set, but VAULT_TOKEN is not: Vault is not used");
    if (!*config_text("VAULT_ADDR") || !has_token)
        return true;
    folders_want(tables);
    if (!roots_take(errors) || !vault_setup(errors))
        return false;
    Arena *arena = arena_new(0);
    bool ok = vault_wait(arena, errors);
    arena_delete(arena);
    return ok;
}

void source_cancel(void)
{
    atomic_store(&source.cancelled, true);
}

void source_close(void)
{
    secrets_forget(&source.secrets);
    free(source.roots);
    source.roots = NULL;
    vault_delete(source.vault);
    source.vault = NULL;
    source.root_count = 0;
    source.token[0] = '\0';
    source.renew_due_ms = INT64_MAX;
    atomic_store(&source.cancelled, false);
    memset(source.wanted, 0, sizeof source.wanted);
}
