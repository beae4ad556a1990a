/* The test server on CivetWeb. Not a vault: nothing is encrypted, nothing is kept. */
#include "vault_server.h"

#include <civetweb.h>
#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BODY_MAX = 64 * 1024, PATH_MAX_BYTES = 256, REQUESTS_MAX = 4096 };

typedef struct Secret {
    struct Secret *next;
    char path[PATH_MAX_BYTES];
    cJSON *data; /* NULL: deleted */
    int version;
} Secret;

struct VaultServer {
    struct mg_context *http;
    pthread_mutex_t lock; /* of everything below */
    char address[64];
    int port;
    char *token;
    int64_t ttl_s, expires_s, ahead_s;
    bool renewable;
    Secret *secrets;
    int fail_status, fail_count;
    char *requests[REQUESTS_MAX];
    int request_count;
};

static int64_t now_s(const VaultServer *server)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + server->ahead_s;
}

/* ---- answers ---- */

static int answer(struct mg_connection *connection, int status, cJSON *body)
{
    char *text = body ? cJSON_PrintUnformatted(body) : NULL;
    (void)mg_printf(connection,
                    "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
                    "Cache-Control: no-store\r\nContent-Length: %zu\r\n\r\n%s",
                    status, mg_get_response_code_text(connection, status), text ? strlen(text) : 0,
                    text ? text : "");
    free(text);
    cJSON_Delete(body);
    return status;
}

static int answer_errors(struct mg_connection *connection, int status, const char *text)
{
    cJSON *body = cJSON_CreateObject();
    cJSON *errors = cJSON_AddArrayToObject(body, "errors");
    if (text)
        (void)cJSON_AddItemToArray(errors, cJSON_CreateString(text));
    return answer(connection, status, body);
}

/* The envelope of every good answer; `data` or `auth` carries what was asked for. */
static int answer_with(struct mg_connection *connection, const char *name, cJSON *object)
{
    cJSON *body = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(body, "request_id", "b5e1ba5c-0000-4000-8000-000000000000");
    (void)cJSON_AddStringToObject(body, "lease_id", "");
    (void)cJSON_AddBoolToObject(body, "renewable", false);
    (void)cJSON_AddNumberToObject(body, "lease_duration", 0);
    (void)cJSON_AddItemToObject(body, name, object);
    return answer(connection, 200, body);
}

/* ---- the token ---- */

static bool token_good(const VaultServer *server, const char *token)
{
    return token && strcmp(token, server->token) == 0 &&
           (!server->ttl_s || now_s(server) < server->expires_s);
}

static int token_look(VaultServer *server, struct mg_connection *connection)
{
    cJSON *data = cJSON_CreateObject();
    int64_t left = server->ttl_s ? server->expires_s - now_s(server) : 0;
    (void)cJSON_AddStringToObject(data, "display_name", "token");
    (void)cJSON_AddNumberToObject(data, "creation_ttl", (double)server->ttl_s);
    (void)cJSON_AddNumberToObject(data, "ttl", (double)left);
    (void)cJSON_AddBoolToObject(data, "renewable", server->renewable);
    return answer_with(connection, "data", data);
}

static int token_renew(VaultServer *server, struct mg_connection *connection)
{
    if (!server->renewable)
        return answer_errors(connection, 400, "lease is not renewable");
    server->expires_s = now_s(server) + server->ttl_s;
    cJSON *auth = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(auth, "client_token", server->token);
    (void)cJSON_AddNumberToObject(auth, "lease_duration", (double)server->ttl_s);
    (void)cJSON_AddBoolToObject(auth, "renewable", true);
    return answer_with(connection, "auth", auth);
}

/* ---- secrets ---- */

static Secret *secret_find(const VaultServer *server, const char *path)
{
    Secret *secret = server->secrets;
    while (secret && strcmp(secret->path, path) != 0)
        secret = secret->next;
    return secret;
}

/* A new version; takes over `data`. */
static Secret *secret_write(VaultServer *server, const char *path, cJSON *data)
{
    Secret *secret = secret_find(server, path);
    if (!secret) {
        secret = calloc(1, sizeof *secret);
        (void)snprintf(secret->path, sizeof secret->path, "%s", path);
        secret->next = server->secrets;
        server->secrets = secret;
    }
    cJSON_Delete(secret->data);
    secret->data = data;
    secret->version++;
    return secret;
}

static cJSON *metadata(const Secret *secret)
{
    cJSON *object = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(object, "created_time", "2024-01-01T00:00:00Z");
    (void)cJSON_AddStringToObject(object, "deletion_time",
                                  secret->data ? "" : "2024-01-02T00:00:00Z");
    (void)cJSON_AddBoolToObject(object, "destroyed", false);
    (void)cJSON_AddNumberToObject(object, "version", secret->version);
    return object;
}

static int secret_get(VaultServer *server, struct mg_connection *connection, const char *path)
{
    const Secret *secret = secret_find(server, path);
    if (!secret)
        return answer_errors(connection, 404, NULL);
    cJSON *outer = cJSON_CreateObject();
    (void)cJSON_AddItemToObject(
        outer, "data", secret->data ? cJSON_Duplicate(secret->data, true) : cJSON_CreateNull());
    (void)cJSON_AddItemToObject(outer, "metadata", metadata(secret));
    if (secret->data)
        return answer_with(connection, "data", outer);
    cJSON *body = cJSON_CreateObject();
    (void)cJSON_AddItemToObject(body, "data", outer);
    return answer(connection, 404, body);
}

static int secret_put(VaultServer *server, struct mg_connection *connection, const char *path)
{
    static char text[BODY_MAX];
    int n = mg_read(connection, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    cJSON *body = cJSON_Parse(text);
    cJSON *data = cJSON_DetachItemFromObjectCaseSensitive(body, "data");
    cJSON_Delete(body);
    if (!cJSON_IsObject(data)) {
        cJSON_Delete(data);
        return answer_errors(connection, 400, "no data provided");
    }
    return answer_with(connection, "data", metadata(secret_write(server, path, data)));
}

/* ---- requests ---- */

static int fail(VaultServer *server, struct mg_connection *connection)
{
    server->fail_count--;
    if (server->fail_status)
        return answer_errors(connection, server->fail_status, "Vault is sealed");
    (void)mg_printf(connection, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
    return 200;
}

static int route(VaultServer *server, struct mg_connection *connection)
{
    static const char SECRETS[] = "/v1/secret/data/";
    const struct mg_request_info *info = mg_get_request_info(connection);
    const char *path = info->request_uri;
    bool is_get = strcmp(info->request_method, "GET") == 0;
    bool is_write =
        strcmp(info->request_method, "POST") == 0 || strcmp(info->request_method, "PUT") == 0;
    if (server->request_count < REQUESTS_MAX)
        server->requests[server->request_count++] = strdup(path);
    if (server->fail_count)
        return fail(server, connection);
    if (!token_good(server, mg_get_header(connection, "X-Vault-Token")))
        return answer_errors(connection, 403, "permission denied");
    if (is_get && strcmp(path, "/v1/auth/token/lookup-self") == 0)
        return token_look(server, connection);
    if (is_write && strcmp(path, "/v1/auth/token/renew-self") == 0)
        return token_renew(server, connection);
    if (strncmp(path, SECRETS, sizeof SECRETS - 1) != 0)
        return answer_errors(connection, 404, "no handler for route");
    if (is_get)
        return secret_get(server, connection, path + sizeof SECRETS - 1);
    if (is_write)
        return secret_put(server, connection, path + sizeof SECRETS - 1);
    return answer_errors(connection, 405, "unsupported operation");
}

static int on_request(struct mg_connection *connection)
{
    VaultServer *server = mg_get_request_info(connection)->user_data;
    (void)pthread_mutex_lock(&server->lock);
    int status = route(server, connection);
    (void)pthread_mutex_unlock(&server->lock);
    return status;
}

/* ---- the server ---- */

VaultServer *vault_server_start(int port, const char *token)
{
    static const struct mg_callbacks CALLBACKS = {.begin_request = on_request};
    VaultServer *server = calloc(1, sizeof *server);
    char listen[32];
    struct mg_server_port bound;
    (void)pthread_mutex_init(&server->lock, NULL);
    server->token = strdup(token);
    (void)snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    const char *options[] = {"listening_ports",   listen, "num_threads", "4",
                             "enable_keep_alive", "yes",  NULL};
    server->http = mg_start(&CALLBACKS, server, options);
    if (!server->http || mg_get_server_ports(server->http, 1, &bound) != 1) {
        vault_server_stop(server);
        return NULL;
    }
    server->port = bound.port;
    (void)snprintf(server->address, sizeof server->address, "http://127.0.0.1:%d", bound.port);
    return server;
}

void vault_server_stop(VaultServer *server)
{
    if (server->http)
        mg_stop(server->http);
    while (server->secrets) {
        Secret *secret = server->secrets;
        server->secrets = secret->next;
        cJSON_Delete(secret->data);
        free(secret);
    }
    for (int i = 0; i < server->request_count; i++)
        free(server->requests[i]);
    (void)pthread_mutex_destroy(&server->lock);
    free(server->token);
    free(server);
}

const char *vault_server_address(const VaultServer *server)
{
    return server->address;
}

int vault_server_port(const VaultServer *server)
{
    return server->port;
}

void vault_server_token(VaultServer *server, const char *token)
{
    (void)pthread_mutex_lock(&server->lock);
    free(server->token);
    server->token = strdup(token);
    (void)pthread_mutex_unlock(&server->lock);
}

void vault_server_lease(VaultServer *server, int64_t ttl_s, bool renewable)
{
    (void)pthread_mutex_lock(&server->lock);
    server->ttl_s = ttl_s;
    server->expires_s = now_s(server) + ttl_s;
    server->renewable = renewable;
    (void)pthread_mutex_unlock(&server->lock);
}

void vault_server_advance(VaultServer *server, int64_t seconds)
{
    (void)pthread_mutex_lock(&server->lock);
    server->ahead_s += seconds;
    (void)pthread_mutex_unlock(&server->lock);
}

void vault_server_put(VaultServer *server, const char *path, const char *json)
{
    (void)pthread_mutex_lock(&server->lock);
    (void)secret_write(server, path, cJSON_Parse(json));
    (void)pthread_mutex_unlock(&server->lock);
}

void vault_server_delete(VaultServer *server, const char *path)
{
    (void)pthread_mutex_lock(&server->lock);
    (void)secret_write(server, path, NULL);
    (void)pthread_mutex_unlock(&server->lock);
}

void vault_server_fail(VaultServer *server, int status, int count)
{
    (void)pthread_mutex_lock(&server->lock);
    server->fail_status = status;
    server->fail_count = count;
    (void)pthread_mutex_unlock(&server->lock);
}

int vault_server_requests(VaultServer *server, const char *end)
{
    int count = 0;
    size_t n = strlen(end);
    (void)pthread_mutex_lock(&server->lock);
    for (int i = 0; i < server->request_count; i++) {
        size_t length = strlen(server->requests[i]);
        count += length >= n && strcmp(server->requests[i] + length - n, end) == 0;
    }
    (void)pthread_mutex_unlock(&server->lock);
    return count;
}
