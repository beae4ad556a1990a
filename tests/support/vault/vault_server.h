/* A server that speaks the part of HashiCorp Vault's HTTP API that we use: KV version 2 at the
 * mount `secret`, a token that looks itself up and renews itself. Keeps everything in memory; for
 * tests. */
#ifndef SF_TESTS_VAULT_SERVER_H
#define SF_TESTS_VAULT_SERVER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct VaultServer VaultServer;

/* On 127.0.0.1; port 0 takes a free one. The token lives for ever. NULL where the port is taken. */
VaultServer *vault_server_start(int port, const char *token);
void vault_server_stop(VaultServer *server);
/* http://127.0.0.1:port */
const char *vault_server_address(const VaultServer *server);
int vault_server_port(const VaultServer *server);

/* Another token: the one before is good for nothing any more. */
void vault_server_token(VaultServer *server, const char *token);
/* The token lives for ttl_s from now on, and again at each renewal; 0: for ever. */
void vault_server_lease(VaultServer *server, int64_t ttl_s, bool renewable);
/* The server's clock goes ahead. */
void vault_server_advance(VaultServer *server, int64_t seconds);

/* A new version of secret/data/<path>; `json` is the object of keys and values. */
void vault_server_put(VaultServer *server, const char *path, const char *json);
/* Deletes the newest version, as `vault kv delete` does: what stays is its metadata. */
void vault_server_delete(VaultServer *server, const char *path);

/* The next `count` requests get that status, 503 being a sealed one; 0: a body that is no JSON. */
void vault_server_fail(VaultServer *server, int status, int count);
/* Requests so far whose path ends so. */
int vault_server_requests(VaultServer *server, const char *end);

#endif
