/* Errors and their details. Not logging: the runtime logs an error once, where it answers it. */
#include "base/err.h"

#include <stdarg.h>
#include <string.h>

const Err ERR_VALIDATION = {.kind = ERR_INVALID, .message = "Validation failed"};
const Err ERR_NO_DOCUMENT = {.kind = ERR_NOT_FOUND, .message = "Document not found"};
const Err ERR_STALE = {.kind = ERR_PRECONDITION, .message = "The document has another version"};
const Err ERR_DEFECT = {.kind = ERR_INTERNAL, .message = "Internal error"};
const Err ERR_AWAY = {.kind = ERR_UNAVAILABLE, .message = "Service unavailable", .retry_after = 1};

/* Where the table holds the field, or has room for it. */
static size_t name_slot(const ErrList *list, const char *field)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (const char *p = field; *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    size_t slot = (size_t)(hash >> 20) & (list->slots - 1);
    while (list->names[slot] && strcmp(list->names[slot], field) != 0)
        slot = (slot + 1) & (list->slots - 1);
    return slot;
}

/* Half of the table stays free. */
static void name_remember(ErrList *list, const char *field)
{
    if (list->count * 2 >= list->slots) {
        ErrList grown = {.slots = list->slots ? list->slots * 2 : 16};
        grown.names = arena_array(list->arena, grown.slots, sizeof *grown.names);
        for (size_t i = 0; i < list->slots; i++)
            if (list->names[i])
                grown.names[name_slot(&grown, list->names[i])] = list->names[i];
        list->names = grown.names;
        list->slots = grown.slots;
    }
    list->names[name_slot(list, field)] = field;
}

bool errlist_names(const ErrList *list, const char *field)
{
    return list->slots && list->names[name_slot(list, field)];
}

void errlist_add(ErrList *list, const char *field, const char *format, ...)
{
    if (list->count >= ERR_DETAILS_MAX)
        return;
    ErrDetail *detail = ARENA_NEW(list->arena, ErrDetail);
    detail->field = arena_strdup(list->arena, field);
    va_list args;
    va_start(args, format);
    detail->message = arena_vprintf(list->arena, format, args);
    va_end(args);
    name_remember(list, detail->field);
    if (list->last)
        list->last->next = detail;
    else
        list->first = detail;
    list->last = detail;
    list->count++;
}

static Err *err_copy(Arena *arena, const Err *err)
{
    Err *copy = ARENA_NEW(arena, Err);
    *copy = *err;
    copy->base = err->base ? err->base : err;
    return copy;
}

const Err *errlist_result(const ErrList *list, const Err *err)
{
    if (!list->count)
        return NULL;
    Err *copy = err_copy(list->arena, err);
    copy->details = list->first;
    return copy;
}

const Err *err_with_detail(Arena *arena, const Err *err, const char *field, const char *format, ...)
{
    ErrDetail *detail = ARENA_NEW(arena, ErrDetail);
    detail->field = arena_strdup(arena, field);
    va_list args;
    va_start(args, format);
    detail->message = arena_vprintf(arena, format, args);
    va_end(args);
    detail->next = err->details;
    Err *copy = err_copy(arena, err);
    copy->details = detail;
    return copy;
}

const Err *err_with_cause(Arena *arena, const Err *err, const char *format, ...)
{
    Err *copy = err_copy(arena, err);
    va_list args;
    va_start(args, format);
    copy->cause = arena_vprintf(arena, format, args);
    va_end(args);
    return copy;
}

const Err *err_with_retry(Arena *arena, const Err *err, uint32_t seconds)
{
    Err *copy = err_copy(arena, err);
    copy->retry_after = seconds;
    return copy;
}

bool err_is(const Err *err, const Err *base)
{
    return err && (err == base || err->base == base);
}

const char *err_phrase(ErrKind kind)
{
    static const struct {
        ErrKind kind;
        const char *phrase;
    } PHRASES[] = {
        {ERR_INVALID, "Bad Request"},
        {ERR_UNAUTHENTICATED, "Unauthorized"},
        {ERR_FORBIDDEN, "Forbidden"},
        {ERR_NOT_FOUND, "Not Found"},
        {ERR_METHOD, "Method Not Allowed"},
        {ERR_CONFLICT, "Conflict"},
        {ERR_LENGTH_REQUIRED, "Length Required"},
        {ERR_PRECONDITION, "Precondition Failed"},
        {ERR_TOO_LARGE, "Payload Too Large"},
        {ERR_MEDIA_TYPE, "Unsupported Media Type"},
        {ERR_RULE, "Unprocessable Entity"},
        {ERR_LIMIT, "Too Many Requests"},
        {ERR_HEADERS_TOO_LARGE, "Request Header Fields Too Large"},
        {ERR_UNAVAILABLE, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++)
        if (PHRASES[i].kind == kind)
            return PHRASES[i].phrase;
    return "Internal Server Error";
}
