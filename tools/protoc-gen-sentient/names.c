/* Spellings of names. protobuf-c's two are those of its generator, which ours must link with. */
#include "names.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_upper(char c)
{
    return isupper((unsigned char)c);
}

static char to_lower(char c)
{
    return (char)tolower((unsigned char)c);
}

static char to_upper(char c)
{
    return (char)toupper((unsigned char)c);
}

const char *name_c(Arena *arena, const char *full)
{
    char *text = arena_alloc(arena, strlen(full) * 2 + 1), *out = text;
    bool capital = true;
    for (const char *p = full + (*full == '.'); *p; p++) {
        if (*p == '.')
            *out++ = '_', *out++ = '_';
        else if (*p != '_')
            *out++ = capital ? to_upper(*p) : *p;
        capital = *p == '.' || *p == '_';
    }
    return text;
}

/* Words parted by `_`, parts of the full name by `dot`. */
static const char *separate(Arena *arena, const char *full, const char *dot, char (*letter)(char))
{
    char *text = arena_alloc(arena, strlen(full) * 2 + 1), *out = text;
    bool was_upper = true;
    for (const char *p = full + (*full == '.'); *p; p++) {
        if (*p == '.') {
            for (const char *d = dot; *d; d++)
                *out++ = *d;
            was_upper = true;
            continue;
        }
        if (is_upper(*p) && !was_upper)
            *out++ = '_';
        was_upper = is_upper(*p);
        *out++ = letter(*p);
    }
    return text;
}

const char *name_lower(Arena *arena, const char *full)
{
    return separate(arena, full, "__", to_lower);
}

const char *name_upper(Arena *arena, const char *full)
{
    return separate(arena, full, "_", to_upper);
}

const char *name_json(Arena *arena, const char *field)
{
    char *text = arena_alloc(arena, strlen(field) + 1), *out = text;
    bool capital = false;
    for (const char *p = field; *p; p++) {
        if (*p != '_')
            *out++ = capital ? to_upper(*p) : *p;
        capital = *p == '_';
    }
    return text;
}

const char *name_title(Arena *arena, const char *camel)
{
    char *text = arena_alloc(arena, strlen(camel) * 2 + 1), *out = text;
    for (const char *p = camel; *p; p++) {
        bool begins = p > camel && is_upper(*p) && !is_upper(p[-1]);
        if (begins)
            *out++ = ' ';
        *out++ = begins && !is_upper(p[1]) ? to_lower(*p) : *p;
    }
    return text;
}

const char *name_replace(Arena *arena, const char *text, char from, char to)
{
    char *copy = arena_strdup(arena, text);
    for (char *p = copy; *p; p++)
        if (*p == from)
            *p = to;
    return copy;
}

const char *name_base(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    return arena_strndup(arena, base, strcspn(base, "."));
}
