/* From CivetWeb's parse to ours, with what its parser lets pass. It writes NULs over the separators
 * and leaves the rest of the buffer as it came, so that what stood between two parts still shows:
 * a line end is two bytes (CR LF) or one (a bare LF), and a head that it gave up half-way (a folded
 * line) is not followed by the empty line. */
#include <string.h>

#include "server_private.h"

static const Err BAD_HEAD = {.kind = ERR_INVALID, .message = "Malformed request"};

static const char *after(const char *text)
{
    return text + strlen(text);
}

static bool header_sound(const struct mg_header *header)
{
    const char *colon = after(header->name);
    for (const char *p = colon + 1; p < header->value; p++)
        if (*p != ' ' && *p != '\t')
            return false;
    return header->value > colon;
}

/* One blank between method, target and version. */
static bool request_line_sound(const struct mg_request_info *info)
{
    const char *target_end = after(info->query_string ? info->query_string : info->request_uri);
    return info->request_uri == after(info->request_method) + 1 &&
           info->http_version == target_end + 1 + strlen("HTTP/");
}

/* Each line begins right behind the CR LF of the one before, and the last is followed by CR LF. */
static bool lines_sound(const struct mg_request_info *info)
{
    const char *end = after(info->http_version);
    for (int i = 0; i < info->num_headers; i++) {
        if (info->http_headers[i].name != end + 2 || !header_sound(&info->http_headers[i]))
            return false;
        end = after(info->http_headers[i].value);
    }
    return end[1] == '\0' && end[2] == '\r';
}

static size_t head_size(const struct mg_request_info *info)
{
    const char *end = info->http_version;
    if (info->num_headers)
        end = info->http_headers[info->num_headers - 1].value;
    return (size_t)(after(end) + 4 - info->request_method);
}

/* Blanks around a value are no part of it; the library drops those before it. */
static const char *value_trimmed(Arena *arena, const char *value)
{
    size_t n = strlen(value);
    while (n && (value[n - 1] == ' ' || value[n - 1] == '\t'))
        n--;
    return value[n] ? arena_strndup(arena, value, n) : value;
}

const Err *head_read(Arena *arena, const struct mg_request_info *info, HttpHead *ret_head)
{
    size_t count = (size_t)info->num_headers;
    HttpHeader *headers = arena_array(arena, count + 1, sizeof *headers);
    for (size_t i = 0; i < count; i++)
        headers[i] = (HttpHeader){info->http_headers[i].name,
                                  value_trimmed(arena, info->http_headers[i].value)};
    const char *target = info->request_uri;
    if (info->query_string) /* the library cut the target here */
        target = arena_printf(arena, "%s?%s", info->request_uri, info->query_string);
    *ret_head = (HttpHead){.method = info->request_method,
                           .target = target,
                           .version = info->http_version,
                           .headers = headers,
                           .header_count = count,
                           .size = head_size(info)};
    if (count >= HTTP_HEADERS_MAX || ret_head->size > HTTP_HEAD_MAX)
        return &HTTP_HEAD_TOO_LARGE;
    bool sound = request_line_sound(info) && (!count || lines_sound(info));
    return sound ? NULL : &BAD_HEAD;
}
