/* Three calls of Vault's HTTP API. Never logs, never retries. */
#include "kit/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kit/http_client.h"
#include "kit/json_tree.h"

enum { CALL_MS = 5000, ANSWER_MAX = 256 * 1024, TOKEN_MAX = 4096 };

const Err VAULT_AWAY = {.kind = ERR_UNAVAILABLE, .message = "Vault is away"};
const Err VAULT_DENIED = {.kind = ERR_FORBIDDEN, .message = "Vault denies it to this token"};
const Err VAULT_REFUSED = {.kind = ERR_INVALID, .message = "Vault refuses the request"};
const Err VAULT_MALFORMED = {.kind = ERR_INTERNAL, .message = "Vault's answer is unreadable"};

struct Vault {
    HttpClient *client;
    char *mount;
    char *token_header;
};

Vault *vault_new(const VaultConfig *config)
{
    HttpClient *client =
        http_client_new(&(HttpClientConfig){config->address, config->ca_file, config->cancel});
    if (!client)
        return NULL;
    Vault *vault = calloc(1, sizeof *vault);
    if (!vault || !(vault->mount = strdup(config->mount)))
        abort();
    vault->client = client;
    return vault;
}

void vault_delete(Vault *vault)
{
    if (!vault)
        return;
    http_client_delete(vault->client);
    free(vault->mount);
    free(vault->token_header);
    free(vault);
}

bool vault_use_token(Vault *vault, const char *token)
{
    size_t n = strlen(token);
    for (size_t i = 0; i < n; i++)
        if (token[i] <= ' ' || token[i] > '~')
            return false;
    if (!n || n > TOKEN_MAX)
        return false;
    free(vault->token_header);
    if (asprintf(&vault->token_header, "X-Vault-Token: %s", token) < 0)
        abort();
    return true;
}

static const Err *status_err(Arena *arena, int status)
{
    const Err *err = status == 429 || status >= 500 || status < 400 ? &VAULT_AWAY
                     : status == 403                                ? &VAULT_DENIED
                                                                    : &VAULT_REFUSED;
    return err_with_cause(arena, err, "HTTP status %d", status);
}

/* The member `name` of the answer, which must be an object; NULL for 404. */
static const Err *vault_call(Vault *vault, Arena *arena, const char *method, const char *path,
                             const char *name, cJSON **ret_object)
{
    const char *const headers[] = {vault->token_header, "X-Vault-Request: true",
                                   "Content-Type: application/json", NULL};
    bool sends = !str_eq(method, "GET");
    HttpCall call = {.method = method,
                     .path = arena_printf(arena, "/v1/%s", path),
                     .headers = headers,
                     .body = sends ? "{}" : NULL,
                     .length = sends ? 2 : 0,
                     .timeout_ms = CALL_MS,
                     .answer_max = ANSWER_MAX};
    HttpAnswer answer;
    *ret_object = NULL;
    const Err *err = http_client_call(vault->client, arena, &call, &answer);
    if (err)
        return err_with_cause(arena,
                              err_is(err, &HTTP_CLIENT_AWAY) ? &VAULT_AWAY : &VAULT_MALFORMED, "%s",
                              err->cause ? err->cause : "the answer is too large");
    if (answer.status == 404)
        return NULL;
    if (answer.status != 200)
        return status_err(arena, answer.status);
    cJSON *tree = json_tree(answer.body, answer.length);
    *ret_object = cJSON_DetachItemFromObjectCaseSensitive(tree, name);
    cJSON_Delete(tree);
    if (cJSON_IsObject(*ret_object))
        return NULL;
    cJSON_Delete(*ret_object);
    *ret_object = NULL;
    return &VAULT_MALFORMED;
}

static const Err *lease_call(Vault *vault, Arena *arena, const char *method, const char *path,
                             const char *object, const char *ttl, VaultLease *ret_lease)
{
    cJSON *tree;
    TRY(vault_call(vault, arena, method, path, object, &tree));
    const cJSON *seconds = cJSON_GetObjectItemCaseSensitive(tree, ttl);
    bool good = cJSON_IsNumber(seconds) && seconds->valuedouble >= 0;
    ret_lease->ttl_s = good ? seconds->valueint : 0; /* cJSON saturates it */
    ret_lease->renewable = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(tree, "renewable"));
    cJSON_Delete(tree);
    return good ? NULL : &VAULT_MALFORMED;
}

const Err *vault_token_look(Vault *vault, Arena *arena, VaultLease *ret_lease)
{
    return lease_call(vault, arena, "GET", "auth/token/lookup-self", "data", "ttl", ret_lease);
}

const Err *vault_token_renew(Vault *vault, Arena *arena, VaultLease *ret_lease)
{
    return lease_call(vault, arena, "POST", "auth/token/renew-self", "auth", "lease_duration",
                      ret_lease);
}

const Err *vault_read(Vault *vault, Arena *arena, const char *path, cJSON **ret_object)
{
    cJSON *outer;
    const char *full = arena_printf(arena, "%s/data/%s", vault->mount, path);
    *ret_object = NULL;
    TRY(vault_call(vault, arena, "GET", full, "data", &outer));
    if (!outer)
        return NULL;
    cJSON *inner = cJSON_DetachItemFromObjectCaseSensitive(outer, "data");
    cJSON_Delete(outer);
    if (cJSON_IsObject(inner)) {
        *ret_object = inner;
        return NULL;
    }
    bool none = !inner || cJSON_IsNull(inner);
    cJSON_Delete(inner);
    return none ? NULL : &VAULT_MALFORMED;
}
