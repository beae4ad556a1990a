/* SQLSTATE → Err, and constraint names → the errors of the domain.
 * Not logging, and never the server's DETAIL: it quotes rows. */
#include <stdarg.h>
#include <string.h>

#include "base/str.h"
#include "kit/db_internal.h"

const Err DB_AWAY = {.kind = ERR_UNAVAILABLE, .message = "Service unavailable", .retry_after = 1};
const Err DB_AMBIGUOUS = {
    .kind = ERR_UNAVAILABLE, .message = "The outcome is not known", .retry_after = 1};
const Err DB_CONFLICT = {
    .kind = ERR_UNAVAILABLE, .message = "Too many concurrent changes", .retry_after = 1};
const Err DB_LOCKED = {
    .kind = ERR_UNAVAILABLE, .message = "The document is in use", .retry_after = 1};
const Err DB_TIMEOUT = {
    .kind = ERR_UNAVAILABLE, .message = "The database took too long", .retry_after = 1};
const Err DB_OTHER_SESSION = {
    .kind = ERR_UNAVAILABLE, .message = "The connection was made anew", .retry_after = 1};
const Err DB_OVERFLOW = {.kind = ERR_RULE, .message = "A figure is out of range"};

/* A code of five characters stands before its class of two. */
static const struct {
    const char *state;
    const Err *err;
} STATES[] = {
    {"40001", &DB_CONFLICT}, {"40P01", &DB_CONFLICT}, {"55P03", &DB_LOCKED}, {"57014", &DB_TIMEOUT},
    {"22003", &DB_OVERFLOW}, {"57P", &DB_AWAY},       {"25P03", &DB_AWAY},   {"08", &DB_AWAY},
    {"53", &DB_AWAY},        {"58", &DB_AWAY},
};

static const char *diagnostic(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

const Err *db_defect(Arena *arena, const char *query, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return err_with_cause(arena, &ERR_DEFECT, "%s: %s", query, text);
}

static const Err *constraint_error(Db *db, const PGresult *result)
{
    const char *state = diagnostic(result, PG_DIAG_SQLSTATE);
    const char *name = diagnostic(result, PG_DIAG_CONSTRAINT_NAME);
    if (!str_starts(state, "23"))
        return NULL;
    if (str_eq(name, "session_is_the_same"))
        return &DB_OTHER_SESSION;
    for (size_t i = 0; i < db->constraint_count; i++) {
        const DbConstraint *constraint = &db->constraints[i];
        if (!str_eq(constraint->name, name))
            continue;
        if (!constraint->field)
            return constraint->err;
        const char *text = str_eq(state, "23503")   ? "does not exist"
                           : str_eq(state, "23514") ? "is out of range"
                                                    : "is taken";
        return err_with_detail(db->arena, constraint->err, constraint->field, "%s", text);
    }
    return NULL;
}

const Err *db_error(Db *db, const char *query, const PGresult *result)
{
    const Err *err = constraint_error(db, result);
    if (err)
        return err;
    const char *state = diagnostic(result, PG_DIAG_SQLSTATE);
    err = &ERR_DEFECT;
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES && err == &ERR_DEFECT; i++)
        if (str_starts(state, STATES[i].state))
            err = STATES[i].err;
    return err_with_cause(db->arena, err, "%s: %s %s", query, state,
                          diagnostic(result, PG_DIAG_MESSAGE_PRIMARY));
}

bool db_error_is_fatal(const PGresult *result)
{
    const char *severity = diagnostic(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return str_eq(severity, "FATAL") || str_eq(severity, "PANIC");
}

bool db_error_is_stale(const PGresult *result)
{
    const char *state = diagnostic(result, PG_DIAG_SQLSTATE);
    return str_eq(state, "26000") || str_eq(state, "0A000");
}

const char *db_error_text(Arena *arena, const PGconn *conn)
{
    char *text = arena_strdup(arena, PQerrorMessage(conn));
    for (char *p = text; *p; p++)
        if (*p == '\n')
            *p = p[1] ? ';' : '\0';
    return text;
}
