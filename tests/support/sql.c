/* Looks into PostgreSQL. Not for what a client can see: that is asked over HTTP. */
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

static PGconn *open_connection(const char *url)
{
    PGconn *connection = PQconnectdb(url);
    if (PQstatus(connection) != CONNECTION_OK)
        cr_assert_fail("PostgreSQL: %s", PQerrorMessage(connection));
    return connection;
}

/* The thread's own connection. */
static PGconn **superuser(void)
{
    static _Thread_local PGconn *connection;
    if (!connection)
        connection = open_connection(the_system()->postgres);
    return &connection;
}

/* Once more on a new connection, where the server has closed the old one. */
static PGresult *execute(const char *statement)
{
    PGconn **connection = superuser();
    PGresult *result = PQexec(*connection, statement);
    if (PQstatus(*connection) == CONNECTION_OK)
        return result;
    PQclear(result);
    PQfinish(*connection);
    *connection = NULL;
    return PQexec(*superuser(), statement);
}

static const char *first_value(const char *statement)
{
    PGresult *result = execute(statement);
    ExecStatusType status = PQresultStatus(result);
    const char *value = NULL;
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        cr_assert_fail("%s: %s", statement, PQresultErrorMessage(result));
    if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
        value = text("%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

#define FORMAT(statement)                                                                          \
    char statement[8192];                                                                          \
    va_list args;                                                                                  \
    va_start(args, format);                                                                        \
    (void)vsnprintf(statement, sizeof statement, format, args);                                    \
    va_end(args)

const char *sql_text(const char *format, ...)
{
    FORMAT(statement);
    return first_value(statement);
}

int64_t sql_int(const char *format, ...)
{
    FORMAT(statement);
    const char *value = first_value(statement);
    return value ? strtoll(value, NULL, 10) : 0;
}

void sql_run(const char *format, ...)
{
    FORMAT(statement);
    (void)first_value(statement);
}

const char *sql_state_as(const char *service, const char *statement)
{
    const char *at = strrchr(the_system()->postgres, '@');
    PGconn *connection =
        open_connection(text("postgres://%s:%s%s", service, secret(service, "DB_PASS"), at));
    PGresult *result = PQexec(connection, statement);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    state = text("%s", state ? state : "00000");
    PQclear(result);
    PQfinish(connection);
    return state;
}
