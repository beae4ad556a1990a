/* HashiCorp Vault: reading secrets (KV v2) and keeping the token alive. Not who needs which secret:
 * that is config_source.c. */
#ifndef SF_KIT_VAULT_H
#define SF_KIT_VAULT_H

#include <cjson/cJSON.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct Vault Vault; /* one thread at a time */

typedef struct VaultConfig {
    const char *address;       /* https://vault.example:8200 */
    const char *mount;         /* of the KV v2 engine: secret */
    const char *ca_file;       /* NULL or empty: the system's certificates */
    const atomic_bool *cancel; /* ends a call early; NULL: none */
} VaultConfig;

/* Connects to nothing yet. Config is copied. NULL where the address is no http or https URL. */
Vault *vault_new(const VaultConfig *config);
void vault_delete(Vault *vault);
/* The token that the next calls show. False where it holds characters that no token has. */
bool vault_use_token(Vault *vault, const char *token);

extern const Err VAULT_AWAY;      /* unreachable, sealed, overloaded, a standby: try again later */
extern const Err VAULT_DENIED;    /* 403: a bad token, or none that may do this */
extern const Err VAULT_REFUSED;   /* any other 4xx */
extern const Err VAULT_MALFORMED; /* an answer that is none of Vault's */

typedef struct VaultLease {
    int64_t ttl_s; /* what is left of the token's life; 0: it lives for ever */
    bool renewable;
} VaultLease;

const Err *vault_token_look(Vault *vault, Arena *arena, VaultLease *ret_lease);
const Err *vault_token_renew(Vault *vault, Arena *arena, VaultLease *ret_lease);

/* The keys and values of the newest version of <mount>/<path> as an object, to be cJSON_Delete()d;
 * NULL where nothing is there, or it was deleted. */
const Err *vault_read(Vault *vault, Arena *arena, const char *path, cJSON **ret_object);

#endif
