/* Put before libpq with LD_PRELOAD: writes down what a daemon sends to PostgreSQL, one line per
 * prepared statement, execution and synchronisation, to the file that RECORD names.
 * Not for daily use: values are written as they are. */
#include <dlfcn.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Fields end with a tab, lines with a newline; neither occurs in names and statements. Lines begin
 * with the connection and its application_name. */
typedef struct Record {
    char *text;
    size_t length;
    FILE *stream;
} Record;

static void record_open(Record *record, const PGconn *conn, const char *kind)
{
    const char *name = PQparameterStatus(conn, "application_name");
    record->stream = open_memstream(&record->text, &record->length);
    if (!record->stream)
        abort();
    (void)fprintf(record->stream, "%p\t%s\t%s", (const void *)conn, name ? name : "-", kind);
}

static void record_text(Record *record, const char *text)
{
    for (; *text; text++)
        (void)fputc(*text == '\t' || *text == '\n' ? ' ' : *text, record->stream);
}

static void record_field(Record *record, const char *text)
{
    (void)fputc('\t', record->stream);
    record_text(record, text);
}

static void record_bytes(Record *record, const char *bytes, size_t length)
{
    (void)fputs("\t=\\x", record->stream);
    for (size_t i = 0; i < length; i++)
        (void)fprintf(record->stream, "%02x", (unsigned char)bytes[i]);
}

/* "N" is NULL, "=…" a value. */
static void record_values(Record *record, int count, const char *const *values, const int *lengths,
                          const int *formats)
{
    for (int i = 0; i < count; i++) {
        if (!values[i]) {
            record_field(record, "N");
        } else if (formats && formats[i]) {
            record_bytes(record, values[i], (size_t)lengths[i]);
        } else {
            (void)fputs("\t=", record->stream);
            record_text(record, values[i]);
        }
    }
}

/* One write to a file opened for appending, so that threads do not mix. */
static void record_close(Record *record)
{
    static int file = -1;
    const char *path = getenv("RECORD");
    if (file < 0 && path)
        file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    (void)fputc('\n', record->stream);
    (void)fclose(record->stream);
    if (file < 0 || write(file, record->text, record->length) != (ssize_t)record->length)
        abort();
    free(record->text);
}

static void *original(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

int PQsendPrepare(PGconn *conn, const char *stmtName, const char *query, int nParams,
                  const Oid *paramTypes)
{
    int (*send)(PGconn *, const char *, const char *, int, const Oid *) = NULL;
    Record record;
    *(void **)&send = original("PQsendPrepare");
    record_open(&record, conn, "prepare");
    record_field(&record, stmtName);
    record_field(&record, query);
    record_close(&record);
    return send(conn, stmtName, query, nParams, paramTypes);
}

int PQsendQueryPrepared(PGconn *conn, const char *stmtName, int nParams,
                        const char *const *paramValues, const int *paramLengths,
                        const int *paramFormats, int resultFormat)
{
    int (*send)(PGconn *, const char *, int, const char *const *, const int *, const int *, int);
    Record record;
    *(void **)&send = original("PQsendQueryPrepared");
    record_open(&record, conn, "execute");
    record_field(&record, stmtName);
    record_values(&record, nParams, paramValues, paramLengths, paramFormats);
    record_close(&record);
    return send(conn, stmtName, nParams, paramValues, paramLengths, paramFormats, resultFormat);
}

int PQsendQueryParams(PGconn *conn, const char *command, int nParams, const Oid *paramTypes,
                      const char *const *paramValues, const int *paramLengths,
                      const int *paramFormats, int resultFormat)
{
    int (*send)(PGconn *, const char *, int, const Oid *, const char *const *, const int *,
                const int *, int);
    Record record;
    *(void **)&send = original("PQsendQueryParams");
    record_open(&record, conn, "query");
    record_field(&record, command);
    record_values(&record, nParams, paramValues, paramLengths, paramFormats);
    record_close(&record);
    return send(conn, command, nParams, paramTypes, paramValues, paramLengths, paramFormats,
                resultFormat);
}

int PQpipelineSync(PGconn *conn)
{
    int (*sync)(PGconn *);
    Record record;
    *(void **)&sync = original("PQpipelineSync");
    record_open(&record, conn, "sync");
    record_close(&record);
    return sync(conn);
}
