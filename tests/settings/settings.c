/* Environment, files and a vault for the tests of settings. */
#include "settings.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static const Setting TABLE[] = {
    {"JWT_SECRET", SETTING_TEXT, NULL, SETTING_LIVE_SECRET, 0, 0, "signs"},
    {"JWT_SECRET_PREVIOUS", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0, "signed"},
    {"JWT_PUBLIC_KEY", SETTING_TEXT, "", SETTING_LIVE, 0, 0, "opens"},
    {"JWT_PUBLIC_KEY_PREVIOUS", SETTING_TEXT, "", SETTING_LIVE, 0, 0, "opened"},
    {"APP_SECRET", SETTING_TEXT, "", SETTING_SECRET, 0, 0, "keys cursors"},
    {"SMTP_PORT", SETTING_INT, "25", SETTING_LIVE, 1, 65535, "port of the mail server"},
    {0},
};

static char folder[] = "/tmp/sentient-settings-XXXXXX";

void settings_begin(void)
{
    cr_redirect_stderr();
    (void)clearenv();
    setenv("APP_ENV", "development", 1);
    setenv("DB_USER", "sales", 1);
    setenv("DB_PASS", "the password of sales", 1);
    cr_assert_not_null(mkdtemp(folder));
    log_setup("test", LOG_INFO_LEVEL);
}

void settings_end(void)
{
    char path[512];
    DIR *files = opendir(folder);
    source_close();
    for (const struct dirent *file; files && (file = readdir(files));) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        (void)unlink(path);
    }
    if (files)
        (void)closedir(files);
    (void)rmdir(folder);
}

const char *settings_load(bool good)
{
    static const Setting *const TABLES[] = {TABLE, CONFIG_APP, CONFIG_NATS, CONFIG_DB, NULL};
    static char *text;
    size_t size;
    free(text);
    FILE *errors = open_memstream(&text, &size);
    bool ok = config_load(TABLES, errors);
    (void)fclose(errors);
    cr_assert_eq(ok, good, "%s", text);
    return text;
}

const char *settings_log(void)
{
    static char text[64 * 1024];
    FILE *lines = cr_get_redirected_stderr();
    size_t n = fread(text, 1, sizeof text - 1, lines);
    clearerr(lines);
    text[n] = '\0';
    return text;
}

void settings_file(const char *name, const char *text)
{
    char path[256], variable[128], other[300];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)snprintf(other, sizeof other, "%s.new", path);
    (void)snprintf(variable, sizeof variable, "%s_FILE", name);
    setenv(variable, path, 1);
    if (!text) {
        cr_assert_eq(unlink(path), 0);
        return;
    }
    FILE *file = fopen(other, "we");
    cr_assert(file && fprintf(file, "%s\n", text) > 0 && fclose(file) == 0);
    cr_assert_eq(rename(other, path), 0);
}

VaultServer *settings_vault(void)
{
    VaultServer *vault = vault_server_start(0, "hvs.marker-token");
    cr_assert_not_null(vault);
    setenv("VAULT_ADDR", vault_server_address(vault), 1);
    setenv("VAULT_TOKEN", "hvs.marker-token", 1);
    vault_server_put(vault, "sentient/jwt", "{\"secret\":\"" KEY_A "\"}");
    return vault;
}
