/* The queue of statements: what travels together, what a failure means, transactions.
 * Not the wire: see db_conn.c. */
#include "kit/db.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/str.h"
#include "kit/db_internal.h"

static const DbQuery BEGIN = {"begin", "BEGIN", NULL, 0};
static const DbQuery COMMIT = {"commit", "COMMIT", NULL, 0};
static const DbQuery SNAPSHOT = {"snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
                                 NULL, 0};
static const DbQuery SNAPSHOT_END = {"snapshot_end", "COMMIT", NULL, 0};
static const DbQuery ROLLBACK = {"rollback", "ROLLBACK", NULL, 0};

/* ---- making ---- */

Db *db_new(const DbConfig *config, const DbConstraint *constraints, size_t constraint_count)
{
    Db *db = calloc(1, sizeof *db);
    if (!db)
        abort();
    db->own = db->arena = arena_new(0);
    db->constraints = constraints;
    db->constraint_count = constraint_count;
    db->config = (DbConfig){
        .host = arena_strdup(db->own, config->host),
        .port = arena_strdup(db->own, config->port),
        .name = arena_strdup(db->own, config->name),
        .user = arena_strdup(db->own, config->user),
        .password = arena_strdup(db->own, config->password),
        .password_now = config->password_now,
        .schema = arena_strdup(db->own, config->schema),
        .application = arena_strdup(db->own, config->application),
        .idle_limit_ms = config->idle_limit_ms,
    };
    return db;
}

void db_delete(Db *db)
{
    if (!db)
        return;
    db_conn_drop(db);
    free(db->queue);
    arena_delete(db->own);
    free(db);
}

static void queue_clear(Db *db)
{
    db->queued = 0;
    db->queue_err = NULL;
}

void db_use_arena(Db *db, Arena *arena)
{
    db->arena = arena;
    db->deadline_ms = 0;
    db_rollback(db);
}

void db_set_deadline(Db *db, int64_t deadline_ms)
{
    db->deadline_ms = deadline_ms;
}

const Err *db_connect(Db *db)
{
    if (db->tx == TX_OPEN)
        return db->conn ? NULL : &DB_AWAY;
    if (db->conn && !db_conn_alive(db))
        db_conn_drop(db);
    return db->conn ? NULL : db_conn_open(db);
}

bool db_connected(const Db *db)
{
    return db->conn && PQstatus(db->conn) == CONNECTION_OK;
}

uint64_t db_round_trips(const Db *db)
{
    return db->trips;
}

struct pg_conn *db_raw(Db *db)
{
    if (db_connect(db))
        return NULL;
    if (PQexitPipelineMode(db->conn))
        (void)PQsetnonblocking(db->conn, 0);
    return db->conn;
}

/* ---- queueing ---- */

static DbPending *queue_add(Db *db, const DbQuery *query, DbBound bound, DbSink sink)
{
    if (db->queued == db->queue_size) {
        db->queue_size = db->queue_size ? db->queue_size * 2 : 16;
        db->queue = reallocarray(db->queue, db->queue_size, sizeof *db->queue);
        if (!db->queue)
            abort();
    }
    DbPending *pending = &db->queue[db->queued++];
    *pending = (DbPending){.query = query, .bound = bound, .sink = sink};
    return pending;
}

void db_queue(Db *db, const DbQuery *query, DbArgs args, DbSink sink)
{
    DbBound bound;
    const Err *err = db_bind(db->arena, query, &args, &bound);
    if (!err)
        (void)queue_add(db, query, bound, sink);
    else if (!db->queue_err)
        db->queue_err = err;
}

void db_queue_bound(Db *db, const DbQuery *query, DbBound bound, DbSink sink, DbTail *tail,
                    bool keep)
{
    const DbQuery *kept = keep && !bound.count ? db_conn_keep(db, query) : NULL;
    DbPending *pending = queue_add(db, kept ? kept : query, bound, sink);
    pending->tail = tail;
    pending->ad_hoc = !kept;
}

/* ---- a batch on the wire ---- */

typedef struct Batch {
    int64_t deadline_ms;
    const Err *err;    /* the first */
    bool failed;       /* a statement failed: the server undoes the batch and its transaction */
    bool taken;        /* a result went into its sink */
    bool committed;    /* COMMIT's did */
    bool lost;         /* the connection is */
    bool stale;        /* its prepared statements are */
    const char *cause; /* of the loss */
} Batch;

static void batch_error(Db *db, Batch *batch, const DbQuery *query, const PGresult *result)
{
    if (PQstatus(db->conn) != CONNECTION_OK || db_error_is_fatal(result)) {
        const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        batch->lost = true;
        batch->cause = arena_strdup(db->arena, message ? message : "connection lost");
        return;
    }
    batch->stale |= db_error_is_stale(result);
    if (!batch->failed)
        batch->err = db_error(db, query->name, result);
    batch->failed = true;
}

static void batch_rows(Db *db, Batch *batch, const DbPending *pending, const PGresult *result)
{
    batch->taken |= pending->sink.kind != SINK_NONE;
    if (pending->query == &COMMIT) {
        /* A transaction that had failed before answers COMMIT so. */
        if (str_eq(PQcmdStatus((PGresult *)result), "ROLLBACK"))
            batch->err = db_defect(db->arena, "commit", "the transaction had failed");
        batch->committed = true;
    }
    if (!batch->err)
        batch->err =
            db_sink_take(db->arena, pending->query->name, &pending->sink, pending->tail, result);
}

/* Reads one result of a statement, of its Parse or of its execution; false: it failed. */
static bool batch_result(Db *db, Batch *batch, const DbPending *pending, bool execution)
{
    PGresult *result = db_conn_result(db, batch->deadline_ms);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (!result) {
        batch->lost = true;
        batch->cause = "no answer in time";
    } else if (good && execution) {
        batch_rows(db, batch, pending, result);
    } else if (!good && status != PGRES_PIPELINE_ABORTED) {
        batch_error(db, batch, pending->query, result);
    }
    PQclear(result);
    return good;
}

static void batch_read(Db *db, Batch *batch)
{
    for (size_t i = 0; i < db->queued && !batch->lost; i++) {
        DbPending *pending = &db->queue[i];
        if (pending->parsed && !batch_result(db, batch, pending, false) && pending->statement)
            pending->statement->ready = false;
        if (!pending->parse_only && !batch->lost)
            (void)batch_result(db, batch, pending, true);
    }
    if (batch->lost)
        return;
    PGresult *sync = db_conn_result(db, batch->deadline_ms);
    if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC) {
        batch->lost = true;
        batch->cause = "no end of the batch";
    }
    PQclear(sync);
}

static void batch_run(Db *db, Batch *batch)
{
    bool sent = db_conn_pipeline(db);
    for (size_t i = 0; i < db->queued && sent; i++)
        sent = db_conn_send(db, &db->queue[i]);
    db->trips++;
    if (sent && PQpipelineSync(db->conn)) {
        batch_read(db, batch);
    } else {
        batch->lost = true;
        batch->cause = db_error_text(db->arena, db->conn);
    }
}

/* ---- what a lost connection means ---- */

static bool queue_holds(const Db *db, const DbQuery *query)
{
    for (size_t i = 0; i < db->queued; i++)
        if (db->queue[i].query == query)
            return true;
    return false;
}

static bool is_read(const DbPending *pending)
{
    return pending->parse_only || pending->query == &SNAPSHOT || pending->query == &SNAPSHOT_END ||
           strncasecmp(pending->query->sql, "SELECT ", 7) == 0;
}

static bool queue_only_reads(const Db *db)
{
    for (size_t i = 0; i < db->queued; i++)
        if (!is_read(&db->queue[i]))
            return false;
    return true;
}

/* Whether the batch may have changed something for good: it ends a transaction, or is one of its
 * own that writes. */
static bool batch_commits(const Db *db)
{
    if (db->tx != TX_OUTSIDE)
        return queue_holds(db, &COMMIT);
    return !queue_only_reads(db);
}

static const Err *batch_loss(const Db *db, const Batch *batch)
{
    if (batch->failed || batch->committed)
        return batch->err;
    const Err *err = batch_commits(db) ? &DB_AMBIGUOUS : &DB_AWAY;
    return err_with_cause(db->arena, err, "%s", batch->cause);
}

static int64_t flush_deadline(const Db *db)
{
    int64_t now = clock_monotonic_ms(), left = db->deadline_ms - now;
    if (!db->deadline_ms || left + DB_GRACE_MS > DB_FLUSH_MS)
        return now + DB_FLUSH_MS;
    return now + (left > 0 ? left : 0) + DB_GRACE_MS;
}

static const Err *flush_once(Db *db, Batch *batch)
{
    *batch = (Batch){.deadline_ms = flush_deadline(db)};
    bool dead = !db->conn || (db->tx != TX_OPEN && !db_conn_alive(db));
    if (dead && db->tx == TX_OPEN)
        return err_with_cause(db->arena, &DB_AWAY, "the transaction's connection is lost");
    if (dead) {
        db_conn_drop(db);
        TRY(db_conn_open(db));
    }
    batch_run(db, batch);
    const Err *err = batch->lost ? batch_loss(db, batch) : batch->err;
    if (batch->lost || batch->stale)
        db_conn_drop(db);
    return err;
}

static const Err *flush_batch(Db *db, Batch *batch)
{
    const Err *err = flush_once(db, batch);
    /* The caller has seen nothing and nothing can have stayed: the same again, on a new connection.
     */
    if (batch->lost && !batch->taken && db->tx != TX_OPEN && !batch_commits(db) &&
        clock_monotonic_ms() < batch->deadline_ms)
        err = flush_once(db, batch);
    return err;
}

const Err *db_flush(Db *db)
{
    Batch batch = {0};
    const Err *err = db->tx == TX_FAILED ? db->tx_err : db->queue_err;
    if (!err && db->queued)
        err = flush_batch(db, &batch);
    if (db->tx != TX_OUTSIDE && db->tx != TX_FAILED) {
        bool gone = err && (batch.failed || !db->conn || !batch.taken);
        db->tx = gone ? TX_FAILED : batch.committed ? TX_OUTSIDE : TX_OPEN;
        db->tx_err = gone ? err : NULL;
    }
    queue_clear(db);
    return err;
}

const Err *db_flush_snapshot(Db *db)
{
    if (db->tx != TX_OUTSIDE)
        return db_defect(db->arena, "snapshot", "a transaction is open already");
    (void)queue_add(db, &SNAPSHOT_END, (DbBound){0}, INTO_NOTHING);
    DbPending first = *queue_add(db, &SNAPSHOT, (DbBound){0}, INTO_NOTHING);
    memmove(&db->queue[1], &db->queue[0], (db->queued - 1) * sizeof *db->queue);
    db->queue[0] = first;
    const Err *err = db_flush(db);
    if (err)
        db_rollback(db);
    return err;
}

const Err *db_run(Db *db, const DbQuery *query, DbArgs args, DbSink sink)
{
    db_queue(db, query, args, sink);
    return db_flush(db);
}

/* ---- transactions ---- */

void db_begin(Db *db)
{
    if (db->tx != TX_OUTSIDE) {
        db->queue_err = db_defect(db->arena, "begin", "a transaction is open already");
        return;
    }
    (void)queue_add(db, &BEGIN, (DbBound){0}, INTO_NOTHING);
    db->tx = TX_QUEUED;
}

/* A row that must be there could be missing: that has to be known before COMMIT. */
static bool queue_demands(const Db *db)
{
    for (size_t i = 0; i < db->queued; i++) {
        const DbSink *sink = &db->queue[i].sink;
        if (sink->kind != SINK_NONE && sink->kind != SINK_COUNT)
            return true;
    }
    return false;
}

const Err *db_commit(Db *db)
{
    if (db->tx == TX_OUTSIDE)
        return db_defect(db->arena, "commit", "no transaction is open");
    if (queue_demands(db))
        TRY(db_flush(db));
    (void)queue_add(db, &COMMIT, (DbBound){0}, INTO_NOTHING);
    return db_flush(db);
}

void db_rollback(Db *db)
{
    Batch batch;
    queue_clear(db);
    db->tx = TX_OUTSIDE;
    db->tx_err = NULL;
    if (!db->conn || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return;
    (void)queue_add(db, &ROLLBACK, (DbBound){0}, INTO_NOTHING);
    db->tx = TX_OPEN; /* not on another connection */
    if (flush_once(db, &batch))
        db_conn_drop(db);
    db->tx = TX_OUTSIDE;
    queue_clear(db);
}

/* ---- checks ---- */

const Err *db_prepare(Db *db, const DbQuery *query)
{
    queue_add(db, query, (DbBound){0}, INTO_NOTHING)->parse_only = true;
    return db_flush(db);
}

const Err *db_check(Db *db, const DbQuery *query)
{
    DbPending *pending = queue_add(db, query, (DbBound){0}, INTO_NOTHING);
    pending->parse_only = pending->ad_hoc = true;
    return db_flush(db);
}
