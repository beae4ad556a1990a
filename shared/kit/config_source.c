/* Where the text of a setting comes from: the environment, NAME_FILE, Vault. Not what it is worth.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kit/config_private.h"

enum { FILE_MAX = 64 * 1024 };

const Setting CONFIG_SOURCES[] = {
    {"VAULT_ADDR", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "address of HashiCorp Vault, https://host:8200; empty: no Vault"},
    {"VAULT_TOKEN", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0,
     "token for Vault; with VAULT_TOKEN_FILE a new one is taken from there"},
    {"VAULT_MOUNT", SETTING_TEXT, "secret", SETTING_PLAIN, 0, 0,
     "where Vault's KV v2 engine is mounted"},
    {"VAULT_PATH", SETTING_TEXT, "sentient", SETTING_PLAIN, 0, 0,
     "comma-separated paths in the engine below which the folders lie; the first that has a key "
     "wins"},
    {"VAULT_CACERT", SETTING_TEXT, "", SETTING_PLAIN, 0, 0,
     "file with the certificates that may have signed Vault's; empty: the system's"},
    {"VAULT_WAIT", SETTING_SECONDS, "30s", SETTING_PLAIN, 0, 3600,
     "how long a start waits for Vault"},
    {"SETTINGS_REFRESH", SETTING_SECONDS, "5m", SETTING_PLAIN, 1, 86400,
     "how often files and Vault are read again"},
    {0},
};

const SettingFolder SETTING_FOLDERS[SETTING_FOLDERS_COUNT] = {
    {"DB_", "database", false}, {"JWT_", "jwt", false},     {"NATS_", "nats", false},
    {"SMTP_", "email", false},  {"WA_", "whatsapp", false}, {"LLM_", "ai", false},
    {"GEMINI_", "ai", true},    {"OLLAMA_", "ai", true},    {"APP_", "app", false},
    {"", "app", true},
};

/* ---- environment and files ---- */

static const char *text_given(const char *name)
{
    const char *text = getenv(name);
    return text && *text ? text : NULL;
}

/* The path in NAME_FILE; NULL: none. ADMIN_PORT_FILE is a setting itself. */
static const char *file_given(const Setting *setting, char *name)
{
    (void)snprintf(name, SETTING_NAME_MAX, "%s_FILE", setting->name);
    return config_has(name) ? NULL : text_given(name);
}

/* All of it but the line breaks at its end. NULL, with the reason: it is of no use. */
static char *file_read(const char *path, const char **ret_reason)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, FILE_MAX);
    if (!text)
        abort();
    size_t n = file ? fread(text, 1, FILE_MAX, file) : 0;
    *ret_reason = !file || ferror(file)   ? strerror(errno)
                  : n == FILE_MAX         ? "it has 64 KiB or more"
                  : memchr(text, '\0', n) ? "it holds a byte of value 0"
                                          : NULL;
    if (file)
        (void)fclose(file);
    if (*ret_reason) {
        free(text);
        return NULL;
    }
    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        text[--n] = '\0';
    return text;
}

size_t setting_folder(const char *name)
{
    size_t i = 0;
    while (!str_starts(name, SETTING_FOLDERS[i].prefix))
        i++;
    return i;
}

static bool is_source(const Setting *setting)
{
    for (const Setting *own = CONFIG_SOURCES; own->name; own++)
        if (str_eq(own->name, setting->name))
            return true;
    return false;
}

bool setting_place(const Setting *setting, const char **ret_folder, char *ret_key, size_t size)
{
    size_t folder = setting_folder(setting->name);
    if (is_source(setting))
        return false;
    const SettingFolder *entry = &SETTING_FOLDERS[folder];
    *ret_folder = entry->folder;
    (void)snprintf(ret_key, size, "%s",
                   setting->name + (entry->prefix_stays ? 0 : strlen(entry->prefix)));
    for (char *c = ret_key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return true;
}

bool source_is_near(const Setting *setting)
{
    char name[SETTING_NAME_MAX];
    return text_given(setting->name) || file_given(setting, name);
}

bool source_text(const Setting *setting, FILE *errors, char **ret_text)
{
    char name[SETTING_NAME_MAX];
    const char *reason = NULL, *given = text_given(setting->name),
               *path = file_given(setting, name);
    if (!given && !path)
        return source_vault_text(setting, errors, ret_text);
    *ret_text = given ? strdup(given) : file_read(path, &reason);
    if (!*ret_text)
        config_report(errors, name, "names a file that cannot be used: %s: %s", path, reason);
    return *ret_text != NULL;
}
