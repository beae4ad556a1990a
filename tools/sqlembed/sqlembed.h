/* The named blocks of .sql files as data, between reading and writing C.
 * Not an SQL parser: it knows quotes, comments, casts and parameters. */
#ifndef SF_SQLEMBED_H
#define SF_SQLEMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"

enum { PARAMS_MAX = 64, SORTS_MAX = 16, FILTERS_MAX = 32 };

typedef struct Param {
    const char *name; /* NULL: none */
    const char *type; /* as written: numeric(15,2)[] */
    const char *kind; /* DB_NUMERIC */
    unsigned scale;
    bool array;
} Param;

/* SQL text with $1, $2 … (or $%u, in an expression of a list's comment) for its parameters. */
typedef struct Sql {
    Buf text;
    Param params[PARAMS_MAX];
    size_t param_count;
    size_t from; /* where the outer FROM begins */
    bool has_from, has_where;
} Sql;

typedef struct SortKey {
    const char *name, *column, *type;
} SortKey;

typedef struct Filter {
    const char *name;
    Sql sql;
} Filter;

/* One `-- name:` or `-- list:`. */
typedef struct Block {
    struct Block *next;
    const char *name, *file;
    unsigned line;
    bool list, ended;
    Sql sql;
    const char *id, *search, *prefix, *count, *related;
    Sql related_sql;
    SortKey sorts[SORTS_MAX];
    size_t sort_count;
    Filter filters[FILTERS_MAX];
    size_t filter_count;
} Block;

typedef struct Blocks {
    Arena *arena;
    Block *first, *last;
} Blocks;

/* A place in a file being read. */
typedef struct Scan {
    Blocks *blocks;
    const char *file;
    const char *at, *end;
    unsigned line;
    Block *block; /* NULL before the first */
    Sql *sql;     /* what is being written to; NULL before the first block */
    bool filter;  /* reading an expression of a list's comment */
    unsigned depth;
    bool space; /* white space seen since the last text */
} Scan;

/* Prints file:line: error: … and ends the process. */
void fail(const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));

/* Reads SQL text up to the end of the scan. */
void scan_sql(Scan *scan);
/* Takes one comment line, which may be a directive; `text` stands behind the two dashes. */
void read_directive(Scan *scan, const char *text, size_t length);
/* Whether a list is complete. */
void check_list(const Block *block);

void write_source(FILE *out, const char *name, const Blocks *blocks);
void write_header(FILE *out, const char *name, const Blocks *blocks);

#endif
