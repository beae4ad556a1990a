/* Lists: composes one statement per set of filters in use, counts and reads in one round trip.
 * Not the cursor's form: see dblist_cursor.c. */
#include "kit/dblist.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "kit/db_internal.h"
#include "kit/dblist_cursor.h"
#include "kit/dblist_search.h"
#include "kit/pb.h"

enum { LIMIT_DEFAULT = PB_LIST_LIMIT, DEPTH_MAX = PB_LIST_DEPTH, SEARCH_MIN = 3 };

static const Err LIST_TOO_DEEP = {.kind = ERR_INVALID,
                                  .message = "page × limit is above 10000: use cursor"};

/* A list being run for one request. */
typedef struct Listing {
    Arena *arena;
    const DbList *list;
    const PbRule *rule;
    const ProtobufCMessage *query;
    const DbSortKey *sort;
    bool descending;
    int64_t page, limit;
    const char *cursor; /* NULL: pages by number */
    Buf where;          /* " AND (…) AND (…)" */
    DbParam *params;
    DbArg args[3]; /* the search */
    size_t param_count;
    DbBound bound;
    Buf context; /* of cursors */
} Listing;

/* ---- the request ---- */

static const char *query_text(const Listing *listing, const char *name)
{
    int field = pb_field(listing->rule, name);
    const char *text = field < 0 ? NULL : pb_get_text(listing->rule, listing->query, field);
    return text && *text ? text : NULL;
}

static int64_t query_int(const Listing *listing, const char *name, int64_t otherwise)
{
    int64_t value;
    int field = pb_field(listing->rule, name);
    if (field < 0 || !pb_get_int(listing->rule, listing->query, field, &value))
        return otherwise;
    return value;
}

static const Err *read_sort(Listing *listing)
{
    const char *text = query_text(listing, "sort");
    listing->sort = listing->list->sorts;
    listing->descending = !text || *text == '-';
    if (!text)
        return NULL;
    for (size_t i = 0; i < listing->list->sort_count; i++) {
        listing->sort = &listing->list->sorts[i];
        if (str_eq(listing->sort->name, text + listing->descending))
            return NULL;
    }
    return err_with_detail(listing->arena, &ERR_VALIDATION, "sort", "is not a sort of this list");
}

static const Err *read_request(Listing *listing)
{
    TRY(read_sort(listing));
    listing->cursor = query_text(listing, "cursor");
    listing->page = query_int(listing, "page", 1);
    listing->limit = query_int(listing, "limit", LIMIT_DEFAULT);
    if (listing->limit < 1 || listing->limit > DEPTH_MAX || listing->page < 1)
        return err_with_detail(listing->arena, &ERR_VALIDATION,
                               listing->page < 1 ? "page" : "limit", "is out of range");
    if (!listing->cursor && listing->page > DEPTH_MAX / listing->limit)
        return err_with_detail(listing->arena, &LIST_TOO_DEEP, "page", "%s", LIST_TOO_DEEP.message);
    return NULL;
}

/* ---- conditions ---- */

/* Adds " AND (…)", its `$%u` numbered. */
static void add_condition(Listing *listing, const char *sql, const DbParam *param)
{
    const char *mark;
    listing->params[listing->param_count++] = *param;
    buf_puts(&listing->where, " AND (");
    for (; (mark = strstr(sql, "$%u")); sql = mark + 3) {
        buf_add(&listing->where, sql, (size_t)(mark - sql));
        buf_printf(&listing->where, "$%zu", listing->param_count);
    }
    buf_puts(&listing->where, sql);
    buf_putc(&listing->where, ')');
}

/* %, _ and \ match themselves. */
static char *like_pattern(Arena *arena, const char *text, bool anywhere)
{
    Buf buf = {.arena = arena};
    if (anywhere)
        buf_putc(&buf, '%');
    for (; *text; text++) {
        if (*text == '%' || *text == '_' || *text == '\\')
            buf_putc(&buf, '\\');
        buf_putc(&buf, *text);
    }
    buf_putc(&buf, '%');
    return buf.data;
}

/* By a number in it alone, where there is one; CASE keeps the whole from the index, and from a
 * guess of how rare it is. */
static void add_search_anywhere(Listing *listing, const char *text)
{
    static const DbParam SEARCH = {"_search", DB_TEXT, 0, false};
    static const DbParam NUMBER = {"_number", DB_TEXT, 0, false};
    const char *sql = arena_printf(listing->arena, "%s ILIKE $%%u::text", listing->list->search);
    const char *number = search_number(listing->arena, text);
    listing->args[0] = arg_text("_search", like_pattern(listing->arena, text, true));
    if (number) {
        listing->args[1] = arg_text("_number", like_pattern(listing->arena, number, true));
        add_condition(listing, sql, &NUMBER);
        sql = arena_printf(listing->arena, "CASE WHEN %s THEN true ELSE false END", sql);
    }
    add_condition(listing, sql, &SEARCH);
}

static void add_search(Listing *listing, const char *text)
{
    static const DbParam SEARCH = {"_search", DB_TEXT, 0, false};
    const DbList *list = listing->list;
    if (utf8_count(text, strlen(text)) >= SEARCH_MIN || !list->prefix) {
        add_search_anywhere(listing, text);
        return;
    }
    listing->args[0] = arg_text("_search", like_pattern(listing->arena, text, false));
    add_condition(listing, arena_printf(listing->arena, "%s LIKE lower($%%u::text)", list->prefix),
                  &SEARCH);
}

static bool filter_given(const Listing *listing, const DbFilter *filter)
{
    int field = pb_field(listing->rule, filter->name);
    return field >= 0 && pb_is_set(listing->rule, listing->query, field);
}

static const Err *compose_where(Listing *listing)
{
    const DbList *list = listing->list;
    listing->params = arena_array(listing->arena, list->filter_count + 2, sizeof(DbParam));
    buf_puts(&listing->where, "");
    for (size_t i = 0; i < list->filter_count; i++) {
        DbParam param = list->filters[i].param;
        param.name = list->filters[i].name;
        if (filter_given(listing, &list->filters[i]))
            add_condition(listing, list->filters[i].sql, &param);
    }
    const char *search = query_text(listing, "search");
    if (search && list->search)
        add_search(listing, search);
    DbQuery query = {list->name, "", listing->params, listing->param_count};
    DbArgs args = {.args = listing->args, .message = listing->query};
    return db_bind(listing->arena, &query, &args, &listing->bound);
}

/* What a cursor is good for, without ambiguity: names and values with their lengths. */
static void compose_context(Listing *listing)
{
    Buf *buf = &listing->context;
    buf_printf(buf, "%s %s %d", listing->list->name, listing->sort->name, listing->descending);
    for (size_t i = 0; i < listing->param_count; i++) {
        const char *value = listing->bound.values[i];
        buf_printf(buf, " %s %zu %s", listing->params[i].name, strlen(value), value);
    }
}

/* ---- statements ---- */

static const DbQuery *statement(const Listing *listing, const Buf *sql)
{
    DbQuery *query = ARENA_NEW(listing->arena, DbQuery);
    *query = (DbQuery){.name = listing->list->name, .sql = sql->data};
    return query;
}

static const DbQuery *compose_count(const Listing *listing)
{
    const DbList *list = listing->list;
    const char *from = list->count ? list->count : list->sql + list->from;
    Buf sql = {.arena = listing->arena};
    buf_printf(&sql, "SELECT count(*) FROM (SELECT 1 %s%s LIMIT %d) t", from, listing->where.data,
               DEPTH_MAX + 1);
    return statement(listing, &sql);
}

static const DbQuery *compose_rows(const Listing *listing)
{
    const DbList *list = listing->list;
    const DbSortKey *sort = listing->sort;
    const char *direction = listing->descending ? "DESC" : "ASC";
    Buf sql = {.arena = listing->arena};
    buf_add(&sql, list->sql, list->from);
    buf_printf(&sql, ", %s AS \"_id\", (%s)::text AS \"_sort\" %s%s", list->id, sort->column,
               list->sql + list->from, listing->where.data);
    if (listing->cursor)
        buf_printf(&sql, " AND (%s, %s) %c ($%zu::%s, $%zu::bigint)", sort->column, list->id,
                   listing->descending ? '<' : '>', listing->param_count + 1, sort->type,
                   listing->param_count + 2);
    buf_printf(&sql, " ORDER BY %s %s, %s %s LIMIT %" PRId64, sort->column, direction, list->id,
               direction, listing->limit + 1);
    if (!listing->cursor && listing->page > 1)
        buf_printf(&sql, " OFFSET %" PRId64, (listing->page - 1) * listing->limit);
    return statement(listing, &sql);
}

/* The conditions' values, and behind them where the cursor says that the last page ended. */
static const Err *bind_rows(const Listing *listing, const char *secret, DbBound *ret_bound)
{
    Cursor cursor;
    *ret_bound = listing->bound;
    if (!listing->cursor)
        return NULL;
    if (!cursor_decode(listing->arena, secret, &listing->context, listing->cursor, &cursor))
        return err_with_detail(listing->arena, &ERR_VALIDATION, "cursor",
                               "is not a cursor of this list with this sort and these filters");
    DbParam *params = arena_array(listing->arena, listing->param_count + 2, sizeof *params);
    memcpy(params, listing->params, listing->param_count * sizeof *params);
    params[listing->param_count] = (DbParam){"_sort", DB_TEXT, 0, false};
    params[listing->param_count + 1] = (DbParam){"_id", DB_INT, 0, false};
    DbQuery query = {listing->list->name, "", params, listing->param_count + 2};
    DbArgs args = {.args = WITH(arg_text("_sort", cursor.sort), arg_int("_id", cursor.id),
                                listing->args[0], listing->args[1]),
                   .message = listing->query};
    return db_bind(listing->arena, &query, &args, ret_bound);
}

/* ---- running ---- */

static void page_set(const PbRule *rule, ProtobufCMessage *page, const char *name, int64_t value)
{
    int field = pb_field(rule, name);
    if (field >= 0)
        pb_set_int(rule, page, field, value);
}

static void fill_page(const Listing *listing, const PbRule *rule, ProtobufCMessage *page,
                      int64_t total)
{
    page_set(rule, page, "limit", listing->limit);
    if (listing->cursor)
        return;
    int capped = pb_field(rule, "total_capped");
    page_set(rule, page, "page", listing->page);
    page_set(rule, page, "total", total > DEPTH_MAX ? DEPTH_MAX : total);
    if (total > DEPTH_MAX && capped >= 0)
        pb_set_bool(rule, page, capped, true);
}

const Err *db_list(Db *db, Arena *arena, const DbList *list, const PbRule *query_rule,
                   const ProtobufCMessage *query, const PbRule *page_rule, ProtobufCMessage *page,
                   const char *secret)
{
    Listing listing = {.arena = arena,
                       .list = list,
                       .rule = query_rule,
                       .query = query,
                       .where = {.arena = arena},
                       .context = {.arena = arena}};
    DbBound bound;
    int64_t total = 0;
    TRY(read_request(&listing));
    TRY(compose_where(&listing));
    compose_context(&listing);
    TRY(bind_rows(&listing, secret, &bound));

    DbTail tail = {.limit = (int)listing.limit};
    bool first = !listing.cursor && listing.page == 1;
    DbSink rows = {.kind = SINK_LIST, .message = page, .field = "data"};
    if (!listing.cursor)
        db_queue_bound(db, compose_count(&listing), listing.bound, INTO_INT(&total), NULL, first);
    db_queue_bound(db, compose_rows(&listing), bound, rows, &tail, first);
    TRY(db_flush(db));

    fill_page(&listing, page_rule, page, total);
    int next = pb_field(page_rule, "next_cursor");
    if (tail.more && next >= 0) {
        Cursor cursor = {tail.id, tail.sort};
        pb_set_text(page_rule, page, next, cursor_encode(arena, secret, &listing.context, &cursor));
    }
    return NULL;
}

/* ---- checks ---- */

const Err *db_list_check(Db *db, Arena *arena, const DbList *list)
{
    Listing listing = {.arena = arena, .list = list, .limit = 1, .where = {.arena = arena}};
    listing.params = arena_array(arena, list->filter_count + 3, sizeof(DbParam));
    buf_puts(&listing.where, "");
    for (size_t i = 0; i < list->filter_count; i++)
        add_condition(&listing, list->filters[i].sql, &list->filters[i].param);
    if (list->search) {
        add_search(&listing, "no 1234");
        add_search(&listing, "x");
    }
    TRY(db_check(db, compose_count(&listing)));
    listing.cursor = "";
    for (size_t i = 0; i < 2 * list->sort_count; i++) {
        listing.sort = &list->sorts[i / 2];
        listing.descending = i % 2;
        TRY(db_check(db, compose_rows(&listing)));
    }
    return NULL;
}
