/* What the tests of changing settings share: a table, files and a vault to change, what was told.
 */
#ifndef SF_TESTS_SETTINGS_H
#define SF_TESTS_SETTINGS_H

#include <stdbool.h>

#include "kit/config_private.h"
#include "vault_server.h"

#define KEY_A "aaaaaaaaaaaaaaa1aaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbb2bbbbbbbbbbbbbbbb"
#define KEY_C "ccccccccccccccc3cccccccccccccccc"

/* An environment of development without any of our variables, stderr caught. */
void settings_begin(void);
/* Ends what a test left: its vault's connection, its files. */
void settings_end(void);
/* config_load(); asserts what it says. What it wrote is returned. */
const char *settings_load(bool good);
/* All that was logged since the last call. */
const char *settings_log(void);

/* NAME_FILE names a file with that text from now on. NULL: the file is gone. */
void settings_file(const char *name, const char *text);
/* A vault whose token is in the environment; the settings get all that they need from it. */
VaultServer *settings_vault(void);

#endif
