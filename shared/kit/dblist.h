/* Lists: one mechanism for every GET of many (contract §1). A block of the .sql file says what a
 * list is:
 *     -- list: customer_list
 *     -- sort: createdAt=c.created_at:timestamptz code=c.code_key:text name=c.name:text
 *     -- search: c.search_text prefix c.code_key
 *     -- related: o.customer_id = SELECT c.id FROM customer c WHERE c.name ILIKE :text::text
 *     -- filter: isActive = c.is_active = :is_active::boolean
 *     -- filter: from = o.order_date >= :from::date
 *     -- id: c.id
 *     -- count: FROM customer c WHERE c.deleted_at IS NULL
 *     SELECT c.uuid, c.code, … FROM customer c WHERE c.deleted_at IS NULL
 * and becomes `extern const DbList CUSTOMER_LIST`. The first sort is the default, newest (largest)
 * first. Sort columns are NOT NULL, the id is a bigint, the prefix column holds lower case; a
 * filter begins with the request's field and has one parameter, its value. The statement ends
 * inside its WHERE (WHERE true, where there is no condition). Where joins add no row and take none
 * away, `count` says what is counted without them: a count may then read an index alone. It is
 * composed from the filters in use, never `$1 IS NULL OR …`, and planned for their values (a first
 * page without any is prepared); every sort ends with the id; a search of under 3 characters is a
 * prefix of the number or code, a longer one an ILIKE on search_text with its trigram index (%, _
 * and \ of the input are literal). `related` finds rows also by the text of a row that they name
 * (an order by its customer's name): that is asked for first, and the list is planned for the ids
 * that it gave, so that a name on a quarter of a million rows is counted in an index. */
#ifndef SF_KIT_DBLIST_H
#define SF_KIT_DBLIST_H

#include "kit/contract.h"
#include "kit/db.h"

typedef struct DbSortKey {
    const char *name;   /* createdAt */
    const char *column; /* c.created_at */
    const char *type;   /* timestamptz: how a cursor's value is cast */
} DbSortKey;

typedef struct DbFilter {
    const char *name; /* request field by its protobuf name (is_active) */
    const char *sql;  /* "c.is_active = $%u::boolean": its parameter, once or more */
    DbParam param;
} DbFilter;

typedef struct DbList {
    const char *name;
    const char *sql; /* ends inside its WHERE */
    const char *id;  /* c.id */
    const DbSortKey *sorts;
    size_t sort_count;
    const char *search; /* column of the trigram index; NULL: no search */
    const char *prefix; /* column for short searches, lower case */
    const DbFilter *filters;
    size_t filter_count;
    size_t from;             /* where the outer FROM begins in `sql` */
    const char *count;       /* FROM … WHERE … of the count; NULL: that of `sql` */
    const char *related;     /* o.customer_id; NULL: a search looks in the rows alone */
    const char *related_sql; /* SELECT c.id FROM …: its parameter is the pattern, `$%u` */
} DbList;

/* Runs the list for a request message with the fields search, sort, page, limit, cursor and the
 * list's filters (all optional), and fills `page`, a message with data, total, page, limit,
 * total_capped, next_cursor. The count and the rows travel in one round trip, behind
 * one for `related`. `secret` keys the
 * cursor's signature. 400 with details: page × limit above 10 000 (the message names cursor), a
 * cursor that is malformed, changed, or made for another sort or filter. */
const Err *db_list(Db *db, Arena *arena, const DbList *list, const PbRule *query_rule,
                   const ProtobufCMessage *query, const PbRule *page_rule, ProtobufCMessage *page,
                   const char *secret);

/* Checks the list against the connected schema: every sort in both directions, with every filter,
 * search and cursor; for the store test. */
const Err *db_list_check(Db *db, Arena *arena, const DbList *list);

#endif
