/* The tables of settings as text for --help; docs/settings.md is made of it. */
#include "base/str.h"
#include "kit/config_private.h"

/* "(required, secret, live, Vault database.pass)" */
static void notes_write(const Setting *setting, FILE *out)
{
    const char *folder;
    char key[SETTING_NAME_MAX];
    const struct {
        bool holds;
        const char *text;
    } NOTES[] = {{!setting->default_value, "required"},
                 {setting->kind & SETTING_SECRET, "secret"},
                 {setting->kind & SETTING_LIVE, "live"}};
    const char *separator = " (";
    for (size_t i = 0; i < sizeof NOTES / sizeof *NOTES; i++)
        if (NOTES[i].holds) {
            (void)fprintf(out, "%s%s", separator, NOTES[i].text);
            separator = ", ";
        }
    if (setting_place(setting, &folder, key, sizeof key)) {
        (void)fprintf(out, "%sVault %s.%s", separator, folder, key);
        separator = ", ";
    }
    (void)fputs(str_eq(separator, ", ") ? ")\n" : "\n", out);
}

static void table_write(const Setting *table, FILE *out)
{
    for (const Setting *setting = table; setting->name; setting++) {
        const char *value = setting->default_value;
        (void)fprintf(out, "  %-26s %s", setting->name, setting->help);
        if (value && *value)
            (void)fprintf(out, " [%s]", value);
        notes_write(setting, out);
    }
}

void config_help(const Setting *const *tables, FILE *out)
{
    for (; *tables; tables++)
        table_write(*tables, out);
    table_write(CONFIG_SOURCES, out);
    (void)fputs(
        "  Each is read from the environment, else from the file that NAME_FILE names, else\n"
        "  from Vault below VAULT_PATH, else it is the [default]. Live ones are read again\n"
        "  on SIGHUP and every SETTINGS_REFRESH; the others wait for a restart.\n",
        out);
}

bool config_answer(const char *name, const Setting *const *tables, int argc, char **argv,
                   int *ret_exit)
{
    if (argc < 2)
        return false;
    bool help = str_eq(argv[1], "--help");
    FILE *out = help ? stdout : stderr;
    (void)fprintf(out, "usage: sentient-%s [--help]\nSettings:\n", name);
    config_help(tables, out);
    *ret_exit = help ? 0 : EXIT_CONFIG;
    return true;
}
