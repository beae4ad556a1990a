/* What the files of the lists share: a list being run, its conditions, its search.
 * Not for anybody else: they use kit/dblist.h. */
#ifndef SF_KIT_DBLIST_PRIVATE_H
#define SF_KIT_DBLIST_PRIVATE_H

#include "base/str.h"
#include "kit/db_internal.h"
#include "kit/dblist.h"

/* A list being run for one request. */
typedef struct Listing {
    Arena *arena;
    const DbList *list;
    const PbRule *rule;
    const ProtobufCMessage *query;
    const DbSortKey *sort;
    bool descending;
    int64_t page, limit;
    const char *cursor;  /* NULL: pages by number */
    Buf where;           /* of the filters: " AND (…) AND (…)" */
    const char *found;   /* of the search, in the row's own text; NULL: no search */
    const char *related; /* or in what the row names; NULL: not there */
    bool related_few;    /* by their ids */
    DbParam *params;
    size_t param_count, asked_count; /* of them by the client */
    DbArg args[5]; /* the search, and where a cursor ended; ends with a nameless one */
    size_t arg_count;
    DbBound bound;
    Buf context; /* of cursors */
} Listing;

/* ---- conditions (dblist.c) ---- */

/* The SQL in parentheses, its `$%u` numbered. */
const char *dblist_numbered(Arena *arena, const char *sql, size_t number);
/* A condition whose value is not a field of the request. */
const char *dblist_condition(Listing *listing, const char *sql, const char *name,
                             const char *value);

/* ---- the search (dblist_search.c) ---- */

/* Fills found, related, related_few and asked_count. Takes a round trip where the list has a
 * `related` and the text is long enough. */
const Err *dblist_search(Db *db, Listing *listing, const char *text);

/* The same without a round trip, as one of the kinds of search that there are. */
enum { DBLIST_SEARCH_KINDS = 4 };
void dblist_search_check(Listing *listing, int kind);

/* The last number of at least 4 digits that is no year and no date: in "PO/2026/1234" that is 1234.
 * The trigram index reads an entry per trigram, and those of "PO/2026/" lead to every order of a
 * year. What has the text also has the number, so the index may look for that one alone and the
 * text itself be compared with what it finds. NULL where there is none, or nothing besides: then
 * the text serves as it is. Not by words: several of them together are rarer than each, and there
 * the index is at its best. */
const char *search_number(Arena *arena, const char *text);

#endif
