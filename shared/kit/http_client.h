/* HTTP requests to one server of a third party (a vault, a model, a messenger) over libcurl.
 * Not our own HTTP: that is the gateway's. */
#ifndef SF_KIT_HTTP_CLIENT_H
#define SF_KIT_HTTP_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* One server and its connection; one thread at a time. It never talks to another host: redirects
 * are answers, proxies of the environment are ignored. Certificates are checked. */
typedef struct HttpClient HttpClient;

typedef struct HttpClientConfig {
    const char *origin;        /* https://vault.example:8200, maybe with a path in front of all */
    const char *ca_file;       /* certificates to trust; NULL or empty: the system's */
    const atomic_bool *cancel; /* set by another thread: ends a call within a second; NULL: none */
} HttpClientConfig;

/* Config is copied. NULL where the origin is no http or https URL, or holds a password, a query or
 * a fragment; or where libcurl is not there, which is logged. */
HttpClient *http_client_new(const HttpClientConfig *config);
void http_client_delete(HttpClient *client);

typedef struct HttpCall {
    const char *method;         /* GET, POST … */
    const char *path;           /* /v1/…, percent-encoded */
    const char *const *headers; /* "Name: value"; ends with NULL; NULL: none */
    const char *body;           /* NULL: none */
    size_t length;
    int64_t timeout_ms; /* of all of it */
    size_t answer_max;  /* bytes of the answer's body */
} HttpCall;

typedef struct HttpAnswer {
    int status;
    const char *body; /* NUL-terminated */
    size_t length;
} HttpAnswer;

extern const Err HTTP_CLIENT_AWAY;      /* 503: no answer in time; the cause says why */
extern const Err HTTP_CLIENT_TOO_LARGE; /* 503: the answer exceeds answer_max */

/* Every status is an answer. Nothing is tried twice. The answer belongs to the arena; no error
 * tells headers or bodies. */
const Err *http_client_call(HttpClient *client, Arena *arena, const HttpCall *call,
                            HttpAnswer *ret_answer);

#endif
