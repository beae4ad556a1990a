/* Requests over a libcurl easy handle that keeps its connection. No retries, no queue. */
#include "kit/http_client.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kit/curl_late.h"

enum { CONNECT_MS = 3000, IDLE_S = 60 };

const Err HTTP_CLIENT_AWAY = {
    .kind = ERR_UNAVAILABLE, .message = "Service unavailable", .retry_after = 1};
const Err HTTP_CLIENT_TOO_LARGE = {.kind = ERR_UNAVAILABLE, .message = "Service unavailable"};

struct HttpClient {
    CURL *curl;
    char *origin; /* without the slash at its end */
    const atomic_bool *cancel;
    char error[CURL_ERROR_SIZE];
};

typedef struct Receiver {
    Buf body;
    size_t max;
    bool overflow;
} Receiver;

static bool part_is(CURLU *url, CURLUPart part, const char *wanted)
{
    char *text = NULL;
    bool same = curl_url_get(url, part, &text, 0) == CURLUE_OK ? str_eq(text, wanted) : !wanted;
    curl_free(text);
    return same;
}

static bool origin_valid(const char *origin)
{
    CURLU *url = curl_url();
    bool valid =
        url && curl_url_set(url, CURLUPART_URL, origin, 0) == CURLUE_OK &&
        (part_is(url, CURLUPART_SCHEME, "http") || part_is(url, CURLUPART_SCHEME, "https")) &&
        part_is(url, CURLUPART_USER, NULL) && part_is(url, CURLUPART_PASSWORD, NULL) &&
        part_is(url, CURLUPART_QUERY, NULL) && part_is(url, CURLUPART_FRAGMENT, NULL);
    curl_url_cleanup(url);
    return valid;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    const HttpClient *client = context;
    (void)down_total, (void)down, (void)up_total, (void)up;
    return client->cancel && atomic_load(client->cancel);
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    Receiver *receiver = context;
    size_t n = size * count;
    if (n > receiver->max - receiver->body.length) {
        receiver->overflow = true;
        return 0;
    }
    buf_add(&receiver->body, data, n);
    return n;
}

/* What is the same for every call; the rest is set anew each time. */
static bool client_setup(HttpClient *client, const char *ca_file)
{
    CURL *curl = client->curl;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    code = code ? code : curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_PROXY, "");
    code = code ? code : curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, (long)IDLE_S);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->error);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_XFERINFODATA, client);
    if (!code && ca_file && *ca_file)
        code = curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    return code == CURLE_OK;
}

HttpClient *http_client_new(const HttpClientConfig *config)
{
    if (!curl_late() || !origin_valid(config->origin))
        return NULL;
    HttpClient *client = calloc(1, sizeof *client);
    if (!client || !(client->origin = strdup(config->origin)) || !(client->curl = curl_easy_init()))
        abort();
    size_t n = strlen(client->origin);
    while (n && client->origin[n - 1] == '/')
        client->origin[--n] = '\0';
    client->cancel = config->cancel;
    if (client_setup(client, config->ca_file))
        return client;
    http_client_delete(client);
    return NULL;
}

void http_client_delete(HttpClient *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    free(client->origin);
    free(client);
}

/* "Expect:" keeps libcurl from waiting for a 100 that many servers never send. */
static struct curl_slist *headers_of(const HttpCall *call)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (const char *const *header = call->headers; list && header && *header; header++) {
        struct curl_slist *longer = curl_slist_append(list, *header);
        if (!longer)
            abort();
        list = longer;
    }
    return list;
}

static CURLcode call_setup(HttpClient *client, Arena *arena, const HttpCall *call,
                           struct curl_slist *headers, Receiver *receiver)
{
    CURL *curl = client->curl;
    const char *url = arena_printf(arena, "%s%s", client->origin, call->path);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    if (!code && call->body) {
        code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->length);
        code = code ? code : curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
    }
    code = code ? code : curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    code = code ? code
                : curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)call->answer_max);
    return code ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, receiver);
}

const Err *http_client_call(HttpClient *client, Arena *arena, const HttpCall *call,
                            HttpAnswer *ret_answer)
{
    Receiver receiver = {.body = {.arena = arena}, .max = call->answer_max};
    struct curl_slist *headers = headers_of(call);
    long status = 0;
    client->error[0] = '\0';
    CURLcode code = call_setup(client, arena, call, headers, &receiver);
    code = code ? code : curl_easy_perform(client->curl);
    curl_slist_free_all(headers);
    if (receiver.overflow || code == CURLE_FILESIZE_EXCEEDED)
        return &HTTP_CLIENT_TOO_LARGE;
    if (code)
        return err_with_cause(arena, &HTTP_CLIENT_AWAY, "%s",
                              *client->error ? client->error : curl_easy_strerror(code));
    (void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    *ret_answer = (HttpAnswer){.status = (int)status,
                               .body = receiver.body.data ? receiver.body.data : "",
                               .length = receiver.body.length};
    return NULL;
}
