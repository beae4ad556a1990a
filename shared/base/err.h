/* How failure is told: a pointer to a constant, NULL for success.
 * Domain errors are `static const Err` beside the rule that raises them; what varies goes into
 * details. */
#ifndef SF_BASE_ERR_H
#define SF_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The value is the HTTP status that the gateway answers. */
typedef enum ErrKind {
    ERR_INVALID = 400,
    ERR_UNAUTHENTICATED = 401,
    ERR_FORBIDDEN = 403,
    ERR_NOT_FOUND = 404,
    ERR_METHOD = 405,
    ERR_CONFLICT = 409,
    ERR_LENGTH_REQUIRED = 411,
    ERR_PRECONDITION = 412,
    ERR_TOO_LARGE = 413,
    ERR_MEDIA_TYPE = 415,
    ERR_RULE = 422,
    ERR_LIMIT = 429,
    ERR_HEADERS_TOO_LARGE = 431,
    ERR_INTERNAL = 500,
    ERR_UNAVAILABLE = 503,
} ErrKind;

/* What is wrong with one field: its path as a client writes it (items[0].qty) and one sentence
 * without a subject
 * ("must be at least 0.001"). Several details may name one field. */
typedef struct ErrDetail {
    const struct ErrDetail *next;
    const char *field;
    const char *message;
} ErrDetail;

typedef struct Err {
    ErrKind kind;
    const char *message;      /* for the client: constant text, no values, no internals */
    const ErrDetail *details; /* NULL: none */
    uint32_t retry_after;     /* seconds; 0: not said */
    bool keep;                /* the transaction commits although the request fails */
    const char *cause;        /* for the log alone; NULL: nothing to add */
    const struct Err *base;   /* the static error that this one was made from; NULL: itself */
} Err;

/* Returns the error of an expression to the caller, if there is one. */
#define TRY(expression)                                                                            \
    do {                                                                                           \
        const Err *try_err_ = (expression);                                                        \
        if (try_err_)                                                                              \
            return try_err_;                                                                       \
    } while (0)

/* Collects details in the order in which they were found, at most ERR_DETAILS_MAX: two faults in
 * each of a document's 500 lines. */
typedef struct ErrList {
    Arena *arena;
    ErrDetail *first, *last;
    size_t count;
    const char **names; /* hash table of the fields that were named; NULL: none yet */
    size_t slots;       /* of the table: 0 or a power of two */
} ErrList;

enum { ERR_DETAILS_MAX = 1000 };

/* Adds a detail; field and text are copied into the list's arena. */
void errlist_add(ErrList *list, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether a detail names the field; the number of details does not matter for the time. */
bool errlist_names(const ErrList *list, const char *field);
/* NULL where the list is empty, else a copy of `err` that carries the details. */
const Err *errlist_result(const ErrList *list, const Err *err);

/* A copy of `err` in the arena with one detail, a cause for the log, or a time to wait. */
const Err *err_with_detail(Arena *arena, const Err *err, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const Err *err_with_cause(Arena *arena, const Err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const Err *err_with_retry(Arena *arena, const Err *err, uint32_t seconds);

/* Whether `err` is `base` or was made from it. */
bool err_is(const Err *err, const Err *base);

/* "Bad Request" for 400 …: the HTTP reason phrase of a kind. */
const char *err_phrase(ErrKind kind);

extern const Err ERR_VALIDATION;  /* 400 "Validation failed" */
extern const Err ERR_NO_DOCUMENT; /* 404 "Document not found" */
extern const Err ERR_STALE;       /* 412 "The document has another version" */
extern const Err ERR_DEFECT;      /* 500 "Internal error" */
extern const Err ERR_AWAY;        /* 503 "Service unavailable", Retry-After 1 */

#endif
