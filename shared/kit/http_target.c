/* The request target: path segments and query, decoded once and checked. Never normalises. */
#include <string.h>

#include "base/str.h"
#include "kit/http.h"

/* Behind http://authority; NULL where the target is in neither form. */
static const char *origin_form(const char *target)
{
    static const char *const SCHEMES[] = {"http://", "https://"};
    for (size_t i = 0; *target != '/' && i < sizeof SCHEMES / sizeof *SCHEMES; i++)
        if (strncasecmp(target, SCHEMES[i], strlen(SCHEMES[i])) == 0) {
            target += strlen(SCHEMES[i]);
            target += strcspn(target, "/?#");
            break;
        }
    return *target == '/' ? target : NULL;
}

bool http_target(Arena *arena, const char *target, HttpTarget *ret_target)
{
    const char *path = origin_form(target);
    if (!path)
        return false;
    for (const char *p = target; *p; p++)
        if (*p < 0x21 || *p > 0x7e || *p == '#')
            return false;
    size_t length = strcspn(path, "?");
    ret_target->path = arena_strndup(arena, path, length);
    ret_target->query = path[length] ? arena_strdup(arena, path + length + 1) : NULL;
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decodes to well-formed UTF-8 without NUL; NULL where it can't be. */
static char *decode(Arena *arena, const char *text, size_t length, bool plus)
{
    char *out = arena_alloc(arena, length + 1);
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 1 < length ? hex_value(text[i + 1]) : -1;
            int low = i + 2 < length ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0 || (!high && !low))
                return NULL;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[n++] = c;
    }
    return utf8_valid(out, n) ? out : NULL;
}

static bool segment_is_name(const char *segment)
{
    for (; *segment; segment++)
        if ((*segment >= 0 && *segment < 0x20) || *segment == 0x7f || *segment == '/')
            return false;
    return true;
}

static bool path_add(Arena *arena, HttpPath *path, const char *text, size_t length)
{
    if (!length || path->count == HTTP_SEGMENTS_MAX)
        return false;
    const char *decoded = decode(arena, text, length, false);
    if (!decoded || !segment_is_name(decoded)) {
        path->malformed |= UINT32_C(1) << path->count;
        decoded = arena_strndup(arena, text, length);
    }
    if (str_eq(decoded, ".") || str_eq(decoded, ".."))
        return false;
    path->segments[path->count++] = decoded;
    return true;
}

bool http_path(Arena *arena, const char *path, HttpPath *ret_path)
{
    *ret_path = (HttpPath){0};
    while (*path == '/') {
        size_t length = strcspn(path + 1, "/");
        if (!path_add(arena, ret_path, path + 1, length))
            return false;
        path += 1 + length;
    }
    return !*path && ret_path->count;
}

static bool query_has(const HttpQuery *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (str_eq(query->params[i].name, name))
            return true;
    return false;
}

static void query_add(Arena *arena, HttpQuery *query, const char *text, size_t length,
                      ErrList *errors)
{
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals ? (size_t)(equals - text) : length;
    const char *value = equals ? equals + 1 : text + length;
    const char *name = decode(arena, text, name_length, true);
    const char *decoded = decode(arena, value, (size_t)(text + length - value), true);
    if (!name || !decoded)
        errlist_add(errors, name ? name : "query", "is not valid percent-encoded UTF-8");
    else if (query_has(query, name))
        errlist_add(errors, name, "is given more than once");
    else if (query->count == HTTP_PARAMS_MAX)
        errlist_add(errors, "query", "has too many parameters");
    else
        query->params[query->count++] = (HttpParam){name, decoded};
}

void http_query(Arena *arena, const char *query, HttpQuery *ret_query, ErrList *errors)
{
    ret_query->count = 0;
    while (query && *query) {
        size_t length = strcspn(query, "&");
        if (length)
            query_add(arena, ret_query, query, length, errors);
        query += length + (query[length] == '&');
    }
}
