/* JSON by path, keeping each value's text as it was sent. cJSON judges whether it is JSON at all.
 */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *skip_string(const char *p)
{
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

/* Behind one value. The document is well-formed. */
static const char *skip_value(const char *p)
{
    int depth = 0;
    do {
        p = skip_space(p);
        if (*p == '"') {
            p = skip_string(p);
        } else if (*p == '{' || *p == '[') {
            depth++;
            p++;
        } else if (*p == '}' || *p == ']') {
            depth--;
            p++;
        } else if (*p == ',' || *p == ':') {
            p++;
        } else {
            p += strcspn(p, ",:]} \t\r\n");
        }
    } while (depth > 0 && *p);
    return p;
}

static char *slice(const char *from, const char *to)
{
    char *out = keep((size_t)(to - from) + 1);
    memcpy(out, from, (size_t)(to - from));
    return out;
}

/* The value of the member, or NULL. */
static const char *find_member(const char *p, const char *name, size_t length)
{
    p = skip_space(p);
    if (*p != '{')
        return NULL;
    for (p = skip_space(p + 1); *p == '"';) {
        const char *key = p + 1;
        p = skip_string(p);
        bool same = (size_t)(p - 1 - key) == length && memcmp(key, name, length) == 0;
        p = skip_space(p);
        p = skip_space(*p == ':' ? p + 1 : p);
        if (same)
            return p;
        p = skip_space(skip_value(p));
        p = skip_space(*p == ',' ? p + 1 : p);
    }
    return NULL;
}

static const char *find_element(const char *p, long index)
{
    p = skip_space(p);
    if (*p != '[')
        return NULL;
    p = skip_space(p + 1);
    while (*p && *p != ']') {
        if (index-- == 0)
            return p;
        p = skip_space(skip_value(p));
        p = skip_space(*p == ',' ? p + 1 : p);
    }
    return NULL;
}

static const char *find(const char *p, const char *path)
{
    while (p && *path) {
        if (*path == '[') {
            char *end;
            p = find_element(p, strtol(path + 1, &end, 10));
            path = end + 1;
        } else {
            path += *path == '.';
            size_t length = strcspn(path, ".[");
            p = find_member(p, path, length);
            path += length;
        }
    }
    return p;
}

static const char *value_text(const char *at)
{
    return at ? slice(at, skip_value(at)) : NULL;
}

const char *json_raw(const char *document, const char *path)
{
    return value_text(find(skip_space(document), path));
}

const char *json_member(const char *object, const char *name)
{
    return object ? value_text(find_member(object, name, strlen(name))) : NULL;
}

static void *cjson_keep(size_t size)
{
    return keep(size);
}

static void cjson_forget(void *memory)
{
    (void)memory;
}

static cJSON *parse(const char *document)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = cjson_keep, .free_fn = cjson_forget});
    return cJSON_ParseWithOpts(document, NULL, 1);
}

const char *json_string(const char *document, const char *path)
{
    const char *raw = json_raw(document, path);
    return raw && *raw == '"' ? cJSON_GetStringValue(parse(raw)) : NULL;
}

int json_count(const char *document, const char *path)
{
    const char *at = find(skip_space(document), path);
    int count = 0;
    if (!at || *at != '[')
        return -1;
    while (find_element(at, count))
        count++;
    return count;
}

bool json_valid(const char *document)
{
    return parse(document) != NULL;
}
