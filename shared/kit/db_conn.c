/* The connection: opening, liveness, sending and reading in pipeline mode, prepared statements.
 * Not what a batch means: see db.c. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/str.h"
#include "kit/db_internal.h"

/* ---- opening ---- */

static const char *session_options(Db *db)
{
    Buf buf = {.arena = db->arena};
    buf_puts(&buf, "-c statement_timeout=5000 -c lock_timeout=1000"
                   " -c idle_in_transaction_session_timeout=10000"
                   " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
                   " -c tcp_keepalives_count=3"
                   " -c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex");
    if (db->config.idle_limit_ms)
        buf_printf(&buf, " -c idle_session_timeout=%" PRId64, db->config.idle_limit_ms);
    if (db->config.schema) {
        buf_puts(&buf, " -c search_path=");
        for (const char *p = db->config.schema; *p; p++) {
            if (*p == ' ' || *p == '\\')
                buf_putc(&buf, '\\');
            buf_putc(&buf, *p);
        }
        buf_puts(&buf, ",public");
    }
    return buf.data;
}

/* Notices may quote values. */
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

const Err *db_conn_open(Db *db)
{
    const DbConfig *config = &db->config;
    const char *password = config->password_now ? config->password_now() : config->password;
    const char *const options[][2] = {
        {"host", config->host},           {"port", config->port},
        {"dbname", config->name},         {"user", config->user},
        {"password", password},           {"application_name", config->application},
        {"options", session_options(db)}, {"client_encoding", "UTF8"},
        {"connect_timeout", "3"},         {"tcp_user_timeout", "5000"},
        {"keepalives_idle", "10"},        {"keepalives_interval", "5"},
        {"keepalives_count", "3"},        {"gssencmode", "disable"},
    };
    enum { COUNT = sizeof options / sizeof *options };
    const char *keys[COUNT + 1] = {NULL}, *values[COUNT + 1] = {NULL};
    for (size_t i = 0; i < COUNT; i++) {
        keys[i] = options[i][0];
        values[i] = options[i][1];
    }
    PGconn *conn = PQconnectdbParams(keys, values, 0);
    if (PQstatus(conn) != CONNECTION_OK) {
        const Err *err = err_with_cause(db->arena, &DB_AWAY, "%s", db_error_text(db->arena, conn));
        PQfinish(conn);
        return err;
    }
    (void)PQsetNoticeReceiver(conn, ignore_notice, NULL);
    db->conn = conn;
    return NULL;
}

void db_conn_drop(Db *db)
{
    PQfinish(db->conn);
    db->conn = NULL;
    for (size_t i = 0; i < db->statement_slots; i++)
        free(db->statements[i]);
    free(db->statements);
    db->statements = NULL;
    db->statement_slots = db->statement_count = 0;
}

bool db_conn_alive(Db *db)
{
    struct pollfd ready = {.fd = PQsocket(db->conn), .events = POLLIN};
    if (PQstatus(db->conn) != CONNECTION_OK)
        return false;
    if (poll(&ready, 1, 0) <= 0)
        return true;
    char first;
    ssize_t n = recv(ready.fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    /* An 'E' that nobody asked for announces the end. */
    return n > 0 && first != 'E' && PQconsumeInput(db->conn);
}

bool db_conn_pipeline(Db *db)
{
    if (PQpipelineStatus(db->conn) != PQ_PIPELINE_OFF)
        return true;
    return PQsetnonblocking(db->conn, 1) == 0 && PQenterPipelineMode(db->conn);
}

/* ---- prepared statements ---- */

static size_t statement_slot(const Db *db, const DbQuery *query)
{
    size_t mask = db->statement_slots - 1;
    size_t slot = (size_t)(((uintptr_t)query >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    while (db->statements[slot] && db->statements[slot]->query != query)
        slot = (slot + 1) & mask;
    return slot;
}

static void statements_grow(Db *db)
{
    DbStatement **old = db->statements;
    size_t slots = db->statement_slots;
    db->statement_slots = slots ? slots * 2 : 64;
    db->statements = calloc(db->statement_slots, sizeof(DbStatement *));
    if (!db->statements)
        abort();
    for (size_t i = 0; i < slots; i++)
        if (old[i])
            db->statements[statement_slot(db, old[i]->query)] = old[i];
    free(old);
}

static DbStatement *statement_new(const DbQuery *query, size_t number)
{
    DbStatement *statement = calloc(1, sizeof *statement);
    if (!statement)
        abort();
    statement->query = query;
    /* Names of two modules may be equal; the number tells them apart. */
    (void)snprintf(statement->name, sizeof statement->name, "%.40s_%zu", query->name, number);
    return statement;
}

static DbStatement *statement_of(Db *db, const DbQuery *query)
{
    if (db->statement_count * 2 >= db->statement_slots)
        statements_grow(db);
    size_t slot = statement_slot(db, query);
    if (!db->statements[slot])
        db->statements[slot] = statement_new(query, db->statement_count++);
    return db->statements[slot];
}

const DbQuery *db_conn_keep(Db *db, const DbQuery *query)
{
    for (size_t i = 0; i < db->kept_count; i++)
        if (str_eq(db->kept[i].sql, query->sql))
            return &db->kept[i];
    if (db->kept_count == DB_KEPT_MAX)
        return NULL;
    DbQuery *kept = &db->kept[db->kept_count++];
    *kept = (DbQuery){.name = query->name, .sql = arena_strdup(db->own, query->sql)};
    return kept;
}

/* ---- sending ---- */

bool db_conn_send(Db *db, DbPending *pending)
{
    const DbQuery *query = pending->query;
    const DbBound *bound = &pending->bound;
    if (pending->ad_hoc) {
        pending->parsed = pending->parse_only;
        if (pending->parse_only)
            return PQsendPrepare(db->conn, "", query->sql, 0, NULL);
        return PQsendQueryParams(db->conn, query->sql, bound->count, NULL, bound->values,
                                 bound->lengths, bound->formats, 0);
    }
    DbStatement *statement = pending->statement = statement_of(db, query);
    pending->parsed = !statement->ready || pending->parse_only;
    if (!statement->ready && !PQsendPrepare(db->conn, statement->name, query->sql, 0, NULL))
        return false;
    if (pending->parse_only && statement->ready)
        return PQsendDescribePrepared(db->conn, statement->name);
    statement->ready = true;
    if (pending->parse_only)
        return true;
    return PQsendQueryPrepared(db->conn, statement->name, bound->count, bound->values,
                               bound->lengths, bound->formats, 0);
}

/* ---- reading ---- */

/* Waits until the socket is ready and moves what can be moved. After a failure libpq still hands
 * out what it has read, so a lost connection counts as ready. */
static bool conn_wait(Db *db, int64_t deadline_ms, bool *ret_closed)
{
    int unsent = PQflush(db->conn);
    struct pollfd ready = {.fd = PQsocket(db->conn),
                           .events = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN)};
    int64_t left = deadline_ms - clock_monotonic_ms();
    if (left <= 0)
        return false;
    int n = ready.fd < 0 ? 1 : poll(&ready, 1, (int)left);
    if (n < 0 && errno != EINTR)
        return false;
    if (n > 0 && (ready.fd < 0 || (ready.revents & ~POLLOUT)))
        *ret_closed = !PQconsumeInput(db->conn);
    return true;
}

static PGresult *next_result(Db *db, int64_t deadline_ms)
{
    bool closed = false;
    while (!closed && PQisBusy(db->conn))
        if (!conn_wait(db, deadline_ms, &closed))
            return NULL;
    return PQgetResult(db->conn);
}

PGresult *db_conn_result(Db *db, int64_t deadline_ms)
{
    PGresult *result = next_result(db, deadline_ms);
    if (!result && clock_monotonic_ms() < deadline_ms)
        result = next_result(db, deadline_ms);
    return result;
}
