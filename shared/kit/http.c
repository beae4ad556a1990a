/* Framing and header values. Not the request target: that is http_target.c. */
#include "kit/http.h"

#include <string.h>

#include "base/str.h"

const Err HTTP_HEAD_TOO_LARGE = {.kind = ERR_HEADERS_TOO_LARGE,
                                 .message = "The request's headers are too large"};
const Err HTTP_LENGTH_REQUIRED = {.kind = ERR_LENGTH_REQUIRED,
                                  .message = "The request needs a Content-Length"};
const Err HTTP_BAD_FRAMING = {.kind = ERR_INVALID, .message = "Malformed request"};

const char *http_header(const HttpHead *head, const char *name)
{
    for (size_t i = 0; i < head->header_count; i++)
        if (str_eq_nocase(head->headers[i].name, name))
            return head->headers[i].value;
    return NULL;
}

size_t http_header_count(const HttpHead *head, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < head->header_count; i++)
        count += str_eq_nocase(head->headers[i].name, name);
    return count;
}

/* Whether a comma-separated list holds the word. */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    while (list && *list) {
        list += strspn(list, " \t,");
        size_t n = strcspn(list, " \t,");
        char item[32] = "";
        if (n == length && n < sizeof item) {
            memcpy(item, list, n);
            if (str_eq_nocase(item, word))
                return true;
        }
        list += n;
    }
    return false;
}

/* Digits and nothing else; what no int64 holds is INT64_MAX, more than anybody has. */
static bool digits(const char *text, size_t length, int64_t *ret_value)
{
    *ret_value = 0;
    if (!length || strspn(text, "0123456789") < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (__builtin_mul_overflow(*ret_value, 10, ret_value) ||
            __builtin_add_overflow(*ret_value, text[i] - '0', ret_value)) {
            *ret_value = INT64_MAX;
            break;
        }
    return true;
}

/* Every Connection header counts; HTTP/1.0 is answered once. An upgrade is never taken up, and the
 * server beneath gives such a connection up after the answer. */
static bool wants_close(const HttpHead *head)
{
    if (!str_eq(head->version, "1.1") || http_header(head, "Upgrade"))
        return true;
    for (size_t i = 0; i < head->header_count; i++)
        if (str_eq_nocase(head->headers[i].name, "Connection") &&
            !list_has(head->headers[i].value, "keep-alive"))
            return true;
    for (size_t i = 0; i < head->header_count; i++)
        if (str_eq_nocase(head->headers[i].name, "Connection") &&
            (list_has(head->headers[i].value, "close") ||
             list_has(head->headers[i].value, "upgrade")))
            return true;
    return false;
}

static const Err *bad_framing(Arena *arena, const char *header, const char *why)
{
    return err_with_detail(arena, &HTTP_BAD_FRAMING, header, "%s", why);
}

const Err *http_framing(Arena *arena, const HttpHead *head, HttpFraming *ret_framing)
{
    *ret_framing = (HttpFraming){.close = true};
    if (head->header_count >= HTTP_HEADERS_MAX || head->size > HTTP_HEAD_MAX)
        return &HTTP_HEAD_TOO_LARGE;
    size_t lengths = http_header_count(head, "Content-Length");
    if (http_header_count(head, "Transfer-Encoding")) {
        bool chunked = str_eq_nocase(http_header(head, "Transfer-Encoding"), "chunked");
        if (!lengths && chunked && http_header_count(head, "Transfer-Encoding") == 1)
            return &HTTP_LENGTH_REQUIRED;
        return bad_framing(arena, "Transfer-Encoding", "is not supported");
    }
    if (lengths > 1)
        return bad_framing(arena, "Content-Length", "is given more than once");
    const char *length = http_header(head, "Content-Length");
    if (length && !digits(length, strlen(length), &ret_framing->content_length))
        return bad_framing(arena, "Content-Length", "must be a whole number");
    size_t hosts = http_header_count(head, "Host");
    if (hosts > 1 || (!hosts && str_eq(head->version, "1.1")))
        return bad_framing(arena, "Host", hosts ? "is given more than once" : "is required");
    ret_framing->close = wants_close(head);
    const char *expect = http_header(head, "Expect");
    ret_framing->expect_continue = expect && str_eq_nocase(expect, "100-continue");
    return NULL;
}

static bool token_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

bool http_bearer(const char *value, const char **ret_token, size_t *ret_length)
{
    char scheme[8] = "";
    size_t n = strcspn(value, " ");
    if (n != 6 || !value[n])
        return false;
    memcpy(scheme, value, n);
    if (!str_eq_nocase(scheme, "Bearer"))
        return false;
    value += n + strspn(value + n, " ");
    size_t length = 0;
    while (token_char(value[length]))
        length++;
    if (!length || value[length] || length > HTTP_TOKEN_MAX)
        return false;
    *ret_token = value;
    *ret_length = length;
    return true;
}

bool http_if_match(const char *value, int64_t *ret_version)
{
    size_t n = strlen(value);
    if (str_eq(value, "*")) {
        *ret_version = -1;
        return true;
    }
    if (n < 3 || value[0] != '"' || value[n - 1] != '"' || (value[1] == '0' && n > 3))
        return false;
    return digits(value + 1, n - 2, ret_version);
}

bool http_idempotency_key(const char *value)
{
    size_t n = 0;
    for (; value[n]; n++)
        if (value[n] < 0x20 || value[n] > 0x7e)
            return false;
    return n >= 1 && n <= 255;
}

bool http_is_json(const char *value)
{
    char type[17] = "", charset[18] = "";
    size_t n = strcspn(value, "; \t");
    if (n != sizeof type - 1)
        return false;
    memcpy(type, value, n);
    if (!str_eq_nocase(type, "application/json"))
        return false;
    value += n + strspn(value + n, " \t");
    if (!*value)
        return true;
    if (*value != ';')
        return false;
    value++;
    value += strspn(value, " \t");
    n = strcspn(value, " \t");
    if (n >= sizeof charset || value[n + strspn(value + n, " \t")])
        return false;
    memcpy(charset, value, n);
    return !n || str_eq_nocase(charset, "charset=utf-8") ||
           str_eq_nocase(charset, "charset=\"utf-8\"");
}

/* n lower-case hexadecimal digits, not all of them 0. */
static bool trace_id(const char *text, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (!hex)
            return false;
        any |= text[i] != '0';
    }
    return any;
}

bool http_traceparent(const char *value)
{
    size_t n = strlen(value);
    if (n < 55 || value[2] != '-' || value[35] != '-' || value[52] != '-')
        return false;
    bool first_version = value[0] == '0' && value[1] == '0';
    if (first_version ? n != 55 : n > 55 && value[55] != '-')
        return false;
    if (!first_version && (!trace_id(value, 2) || (value[0] == 'f' && value[1] == 'f')))
        return false;
    if (strspn(value + 53, "0123456789abcdef") < 2)
        return false;
    return trace_id(value + 3, 32) && trace_id(value + 36, 16);
}
