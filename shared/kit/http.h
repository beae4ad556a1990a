/* The strict parts of HTTP/1.1 that need no socket: framing, request target, query, header values.
 * No server in here, so that all of it can be unit-tested and fuzzed. */
#ifndef SF_KIT_HTTP_H
#define SF_KIT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum {
    HTTP_HEADERS_MAX = 64, /* so many or more are refused: the server may have dropped some */
    HTTP_HEAD_MAX = 16 * 1024,
    HTTP_BODY_MAX = 1024 * 1024,
    HTTP_SEGMENTS_MAX = 16,
    HTTP_PARAMS_MAX = 64,
    HTTP_TOKEN_MAX = 4096,
};

extern const Err HTTP_HEAD_TOO_LARGE;  /* 431 */
extern const Err HTTP_LENGTH_REQUIRED; /* 411: chunked without a Content-Length */
extern const Err HTTP_BAD_FRAMING;     /* 400, with a detail that names the header */

/* In the order of arrival; names compare without regard to case. */
typedef struct HttpHeader {
    const char *name;
    const char *value;
} HttpHeader;

typedef struct HttpHead {
    const char *method;
    const char *target;  /* as sent */
    const char *version; /* 1.1 */
    const HttpHeader *headers;
    size_t header_count;
    size_t size; /* bytes of request line and headers */
} HttpHead;

/* The first header of that name; NULL where there is none. */
const char *http_header(const HttpHead *head, const char *name);
size_t http_header_count(const HttpHead *head, const char *name);

typedef struct HttpFraming {
    int64_t content_length; /* 0 where none was given; INT64_MAX for more than that */
    bool close;             /* the client wants, or gets, no further answer on this connection */
    bool expect_continue;
} HttpFraming;

/* Where the body ends, or why that can't be said for sure: any Transfer-Encoding, several or
 * malformed Content-Length, no or several Host (HTTP/1.1), too large a head. After an error the
 * connection must be closed. */
const Err *http_framing(Arena *arena, const HttpHead *head, HttpFraming *ret_framing);

typedef struct HttpTarget {
    const char *path;  /* as sent, not decoded */
    const char *query; /* as sent; NULL: none */
} HttpTarget;

/* Origin form (/path?query) or absolute form (http://host/path?query); printable ASCII, no
 * fragment. Which host was named is not looked at: targets of another authority than the server's
 * own never come here, nor does `OPTIONS *`, since the HTTP library closes their connections
 * unanswered. */
bool http_target(Arena *arena, const char *target, HttpTarget *ret_target);

typedef struct HttpPath {
    size_t count;
    const char *segments[HTTP_SEGMENTS_MAX];
    uint32_t malformed; /* bit i: segment i is kept as sent, since it doesn't decode to a name */
} HttpPath;

/* Splits at '/', then decodes: %2F never makes a separator. False for what names no route:
 * empty segments (//, a slash at the end), dot segments, too many. Malformed segments (bad
 * encoding, invalid UTF-8, %00 and other controls, %2F) are marked. */
bool http_path(Arena *arena, const char *path, HttpPath *ret_path);

typedef struct HttpParam {
    const char *name;
    const char *value;
} HttpParam;

typedef struct HttpQuery {
    size_t count;
    HttpParam params[HTTP_PARAMS_MAX];
} HttpQuery;

/* name=value&…, '+' is a space. Bad encoding, repeated names and too many go to `errors`. */
void http_query(Arena *arena, const char *query, HttpQuery *ret_query, ErrList *errors);

/* The token of "Bearer <token>"; points into `value`. */
bool http_bearer(const char *value, const char **ret_token, size_t *ret_length);
/* "<integer>" with its quotes, or * (-1). Weak tags and lists are refused. A version that no int64
 * holds is INT64_MAX, which no document reaches. */
bool http_if_match(const char *value, int64_t *ret_version);
/* 1..255 printable ASCII characters. */
bool http_idempotency_key(const char *value);
/* application/json, with no parameter but charset=utf-8. */
bool http_is_json(const char *value);
/* A W3C traceparent whose ids may be taken over. */
bool http_traceparent(const char *value);

#endif
