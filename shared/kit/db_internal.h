/* What the files of the database wrapper share: the connection, bound statements, results.
 * Not for anybody else: they use kit/db.h and kit/dblist.h. */
#ifndef SF_KIT_DB_INTERNAL_H
#define SF_KIT_DB_INTERNAL_H

#include <libpq-fe.h>

#include "kit/db.h"

/* ---- parameters (db_args.c) ---- */

/* Values in libpq's form; everything in the arena. */
typedef struct DbBound {
    int count;
    const char **values; /* NULL: NULL */
    int *lengths;        /* of binary values */
    int *formats;        /* 1: binary */
} DbBound;

/* ERR_DEFECT for a parameter that finds no value. */
const Err *db_bind(Arena *arena, const DbQuery *query, const DbArgs *args, DbBound *ret_bound);

/* ---- values of results (db_value.c) ---- */

/* All false or NULL where the text is not of that kind. No value may be NULL in SQL. */
bool db_value_int(const PGresult *result, int row, int column, int64_t *ret_value);
bool db_value_decimal(const PGresult *result, int row, int column, unsigned scale,
                      int64_t *ret_value);
bool db_value_bool(const PGresult *result, int row, int column);
/* timestamptz as RFC 3339 with milliseconds; everything else as it is. */
char *db_value_text(Arena *arena, const PGresult *result, int row, int column);
bool db_value_bytes(Arena *arena, const PGresult *result, int row, int column,
                    ProtobufCBinaryData *ret_data);
/* The elements of a one-dimensional array that are not NULL. */
bool db_value_array(Arena *arena, const PGresult *result, int row, int column, char ***ret_texts,
                    size_t *ret_count);

/* ---- results (db_sink.c; rows as messages: db_row.c) ---- */

/* Which field each column of a result goes to. */
typedef struct DbRows DbRows;

const Err *db_rows_plan(Arena *arena, const char *query,
                        const ProtobufCMessageDescriptor *descriptor, const PGresult *result,
                        DbRows **ret_rows);
const Err *db_rows_read(const DbRows *rows, int row, ProtobufCMessage *message);

/* Rows of a list: takes at most `limit` of them, and tells the last one's "_id" and "_sort". */
typedef struct DbTail {
    int limit;
    bool more;
    int64_t id;
    const char *sort;
} DbTail;

const Err *db_sink_take(Arena *arena, const char *query, const DbSink *sink, DbTail *tail,
                        const PGresult *result);

/* ---- errors (db_error.c) ---- */

const Err *db_defect(Arena *arena, const char *query, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The error of a failed statement. */
const Err *db_error(Db *db, const char *query, const PGresult *result);
/* Whether the server ends the connection with this. */
bool db_error_is_fatal(const PGresult *result);
/* Whether the connection's prepared statements are of no use any more. */
bool db_error_is_stale(const PGresult *result);
/* libpq's account of a failed connection, in one line, in the arena. */
const char *db_error_text(Arena *arena, const PGconn *conn);

/* ---- the connection (db_conn.c) ---- */

/* A query that is prepared on this connection, or on its way there. */
typedef struct DbStatement {
    const DbQuery *query;
    bool ready;
    char name[64];
} DbStatement;

/* One statement of the queue. */
typedef struct DbPending {
    const DbQuery *query;
    DbBound bound;
    DbSink sink;
    DbTail *tail;
    bool ad_hoc;     /* not prepared: parsed and planned for its values */
    bool parse_only; /* a check */
    /* of the current sending: */
    DbStatement *statement;
    bool parsed; /* a Parse goes in front */
} DbPending;

/* Composed statements that are prepared all the same: so many, the first ones. */
enum { DB_KEPT_MAX = 32 };

typedef enum DbTx { TX_OUTSIDE, TX_QUEUED, TX_OPEN, TX_FAILED } DbTx;

struct Db {
    DbConfig config;
    int64_t deadline_ms; /* 0: none */
    const DbConstraint *constraints;
    size_t constraint_count;
    Arena *own; /* until db_use_arena() */
    Arena *arena;
    PGconn *conn; /* NULL: none; in pipeline mode, but for the user of db_raw() */
    uint64_t trips;
    DbStatement **statements; /* open addressing by query; a power of two */
    size_t statement_slots, statement_count;
    DbQuery kept[DB_KEPT_MAX];
    size_t kept_count;
    DbPending *queue;
    size_t queued, queue_size;
    const Err *queue_err; /* a defect met while queueing: the next flush reports it */
    DbTx tx;
    const Err *tx_err; /* why it failed */
};

enum { DB_FLUSH_MS = 15000, DB_GRACE_MS = 1000 };

const Err *db_conn_open(Db *db);
void db_conn_drop(Db *db);
/* Whether an idle connection still stands, without asking the server. */
bool db_conn_alive(Db *db);
/* Enters pipeline mode, where a user of db_raw() has left it. */
bool db_conn_pipeline(Db *db);
/* The lasting copy of a composed statement, to be prepared; NULL where there is no room for it. */
const DbQuery *db_conn_keep(Db *db, const DbQuery *query);
/* Puts one statement on its way; false: the connection is lost. */
bool db_conn_send(Db *db, DbPending *pending);
/* The next result, past the NULL in front of it; NULL: lost, or too late. */
PGresult *db_conn_result(Db *db, int64_t deadline_ms);

/* ---- the queue (db.c) ---- */

/* Queues a composed statement. It is parsed and planned for its values, unless it has none and is
 * to be kept: then it is prepared. */
void db_queue_bound(Db *db, const DbQuery *query, DbBound bound, DbSink sink, DbTail *tail,
                    bool keep);
/* Checks a statement against the schema without preparing it for use. */
const Err *db_check(Db *db, const DbQuery *query);

#endif
