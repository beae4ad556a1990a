/* HTTP clients over libcurl. Not for malformed requests: wire.c. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "testkit.h"

enum { TIMEOUT_MS = 20000, CONNECT_TIMEOUT_MS = 3000 };

typedef struct Sink {
    char *data;
    size_t length, room;
} Sink;

static size_t sink_write(char *data, size_t size, size_t count, void *user)
{
    Sink *sink = user;
    size_t n = size * count;
    if (sink->length + n + 1 > sink->room) {
        size_t room = (sink->length + n + 1) * 2;
        char *grown = keep(room);
        memcpy(grown, sink->data, sink->length);
        sink->data = grown;
        sink->room = room;
    }
    memcpy(sink->data + sink->length, data, n);
    sink->length += n;
    sink->data[sink->length] = '\0';
    return n;
}

static Sink sink_new(void)
{
    return (Sink){.data = keep(1024), .room = 1024};
}

static void curl_open(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

Client *client_at(const char *base)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, curl_open);
    Client *client = keep(sizeof *client);
    client->base = base;
    client->curl = curl_easy_init();
    return client;
}

Client *client_new(const char *token)
{
    Client *client = client_at(text("%s/api", the_system()->gateway));
    client->token = token;
    return client;
}

static bool names_header(const struct curl_slist *list, const char *name)
{
    size_t length = strlen(name);
    for (; list; list = list->next)
        if (strncasecmp(list->data, name, length) == 0 && list->data[length] == ':')
            return true;
    return false;
}

/* The caller's lines come before what would be sent otherwise. */
static struct curl_slist *request_headers(const Client *client, bool has_body, va_list lines)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (const char *line; (line = va_arg(lines, const char *));)
        list = curl_slist_append(list, line);
    if (client->token && !names_header(list, "Authorization"))
        list = curl_slist_append(list, text("Authorization: Bearer %s", client->token));
    if (!names_header(list, "Content-Type"))
        list =
            curl_slist_append(list, has_body ? "Content-Type: application/json" : "Content-Type:");
    return list;
}

static void set_body(CURL *curl, const char *method, const void *body, size_t length)
{
    bool wants_length = strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
    if (body || wants_length) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body ? body : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)length);
    }
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
}

static void set_request(CURL *curl, const char *url, Sink *head, Sink *body)
{
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, sink_write);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, head);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, sink_write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
}

static const Response *perform(Client *client, const char *method, const char *path,
                               const void *body, size_t length, va_list lines)
{
    CURL *curl = client->curl;
    Sink head = sink_new(), answer = sink_new();
    struct curl_slist *headers = request_headers(client, body != NULL, lines);
    set_request(curl, text("%s%s", client->base, path), &head, &answer);
    set_body(curl, method, body, length);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_INTERFACE, client->address);
    int64_t began = now_ms();
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    Response *response = keep(sizeof *response);
    *response = (Response){.method = text("%s", method),
                           .path = text("%s", path),
                           .status = code == CURLE_OK ? (int)status : 0,
                           .why = code == CURLE_OK ? NULL : curl_easy_strerror(code),
                           .head = head.data,
                           .body = answer.data,
                           .length = answer.length,
                           .ms = now_ms() - began};
    return response;
}

const Response *http(Client *client, const char *method, const char *path, const char *body, ...)
{
    va_list lines;
    va_start(lines, body);
    const Response *response = perform(client, method, path, body, body ? strlen(body) : 0, lines);
    va_end(lines);
    return response;
}

const Response *http_bytes(Client *client, const char *method, const char *path, const void *body,
                           size_t length, ...)
{
    va_list lines;
    va_start(lines, length);
    const Response *response = perform(client, method, path, body, length, lines);
    va_end(lines);
    return response;
}

const Response *get(Client *client, const char *format, ...)
{
    char path[2048];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(path, sizeof path, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof path)
        abort();
    return http(client, "GET", path, NULL, NULL);
}

const Response *post(Client *client, const char *path, const char *body)
{
    return http(client, "POST", path, body, NULL);
}

const Response *put(Client *client, const char *path, const char *body)
{
    return http(client, "PUT", path, body, NULL);
}

const Response *del(Client *client, const char *path)
{
    return http(client, "DELETE", path, NULL, NULL);
}

const char *header(const Response *response, const char *name)
{
    size_t length = strlen(name);
    const char *line = strchr(response->head, '\n');
    for (; line; line = strchr(line, '\n')) {
        line++;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *value = line + length + 1;
            value += strspn(value, " \t");
            return text("%.*s", (int)strcspn(value, "\r\n"), value);
        }
    }
    return NULL;
}
