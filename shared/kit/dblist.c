/* Lists: composes one statement per set of filters in use, counts and reads in one round trip.
 * Not the cursor's form: see dblist_cursor.c. */
#include "kit/dblist.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "kit/db_internal.h"
#include "kit/dblist_cursor.h"
#include "kit/dblist_private.h"
#include "kit/pb.h"

enum {
    LIMIT_DEFAULT = PB_LIST_LIMIT,
    DEPTH_MAX = PB_LIST_DEPTH,
    EXTRA_PARAMS = 5 /* besides the filters': a search's three, a cursor's two */
};

static const Err LIST_TOO_DEEP = {.kind = ERR_INVALID,
                                  .message = "page × limit is above 10000: use cursor"};

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

const char *dblist_numbered(Arena *arena, const char *sql, size_t number)
{
    const char *mark;
    Buf buf = {.arena = arena};
    buf_putc(&buf, '(');
    for (; (mark = strstr(sql, "$%u")); sql = mark + 3) {
        buf_add(&buf, sql, (size_t)(mark - sql));
        buf_printf(&buf, "$%zu", number);
    }
    buf_puts(&buf, sql);
    buf_putc(&buf, ')');
    return buf.data;
}

static const char *condition(Listing *listing, const char *sql, DbParam param)
{
    listing->params[listing->param_count++] = param;
    return dblist_numbered(listing->arena, sql, listing->param_count);
}

const char *dblist_condition(Listing *listing, const char *sql, const char *name, const char *value)
{
    listing->args[listing->arg_count++] = arg_text(name, value);
    return condition(listing, sql, (DbParam){name, DB_TEXT, 0, false});
}

static bool filter_given(const Listing *listing, const DbFilter *filter)
{
    int field = pb_field(listing->rule, filter->name);
    return field >= 0 && pb_is_set(listing->rule, listing->query, field);
}

static void compose_filters(Listing *listing)
{
    const DbList *list = listing->list;
    listing->params =
        arena_array(listing->arena, list->filter_count + EXTRA_PARAMS, sizeof(DbParam));
    buf_puts(&listing->where, "");
    for (size_t i = 0; i < list->filter_count; i++) {
        DbParam param = list->filters[i].param;
        param.name = list->filters[i].name;
        if (filter_given(listing, &list->filters[i]))
            buf_printf(&listing->where, " AND %s", condition(listing, list->filters[i].sql, param));
    }
    listing->asked_count = listing->param_count;
}

/* What a cursor is good for, without ambiguity: names and values with their lengths. */
static void compose_context(Listing *listing)
{
    Buf *buf = &listing->context;
    buf_printf(buf, "%s %s %d", listing->list->name, listing->sort->name, listing->descending);
    for (size_t i = 0; i < listing->asked_count; i++) {
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

/* " AND (…)" for both ways of being found. */
static const char *search_condition(const Listing *listing)
{
    if (!listing->found)
        return "";
    if (!listing->related)
        return arena_printf(listing->arena, " AND %s", listing->found);
    return arena_printf(listing->arena, " AND (%s OR %s)", listing->found, listing->related);
}

/* The rows that name one of a few ids are counted in an index of that column, for themselves. */
static const DbQuery *compose_count(const Listing *listing)
{
    const DbList *list = listing->list;
    const char *from = list->count ? list->count : list->sql + list->from;
    const char *where = listing->where.data;
    Buf sql = {.arena = listing->arena};
    buf_puts(&sql, "SELECT count(*) FROM (");
    if (listing->related && listing->related_few)
        buf_printf(&sql, "SELECT 1 %s%s AND %s UNION ALL SELECT 1 %s%s AND %s AND %s IS NOT TRUE",
                   from, where, listing->related, from, where, listing->found, listing->related);
    else
        buf_printf(&sql, "SELECT 1 %s%s%s", from, where, search_condition(listing));
    buf_printf(&sql, " LIMIT %d) t", DEPTH_MAX + 1);
    return statement(listing, &sql);
}

static const DbQuery *compose_rows(const Listing *listing)
{
    const DbList *list = listing->list;
    const DbSortKey *sort = listing->sort;
    const char *direction = listing->descending ? "DESC" : "ASC";
    Buf sql = {.arena = listing->arena};
    buf_add(&sql, list->sql, list->from);
    buf_printf(&sql, ", %s AS \"_id\", (%s)::text AS \"_sort\" %s%s%s", list->id, sort->column,
               list->sql + list->from, listing->where.data, search_condition(listing));
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

static const Err *bind_conditions(Listing *listing, size_t param_count, DbBound *ret_bound)
{
    DbQuery query = {listing->list->name, "", listing->params, param_count};
    DbArgs args = {.args = listing->args, .message = listing->query};
    return db_bind(listing->arena, &query, &args, ret_bound);
}

/* The conditions' values, and behind them where the cursor says that the last page ended. */
static const Err *bind_rows(Listing *listing, const char *secret, DbBound *ret_bound)
{
    Cursor cursor;
    *ret_bound = listing->bound;
    if (!listing->cursor)
        return NULL;
    if (!cursor_decode(listing->arena, secret, &listing->context, listing->cursor, &cursor))
        return err_with_detail(listing->arena, &ERR_VALIDATION, "cursor",
                               "is not a cursor of this list with this sort and these filters");
    listing->args[listing->arg_count++] = arg_text("_sort", cursor.sort);
    listing->args[listing->arg_count++] = arg_int("_id", cursor.id);
    listing->params[listing->param_count] = (DbParam){"_sort", DB_TEXT, 0, false};
    listing->params[listing->param_count + 1] = (DbParam){"_id", DB_INT, 0, false};
    return bind_conditions(listing, listing->param_count + 2, ret_bound);
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
    compose_filters(&listing);
    const char *search = query_text(&listing, "search");
    if (search && list->search)
        TRY(dblist_search(db, &listing, search));
    TRY(bind_conditions(&listing, listing.param_count, &listing.bound));
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

static const Err *check_statements(Db *db, Listing *listing)
{
    TRY(db_check(db, compose_count(listing)));
    for (size_t i = 0; i < 2 * listing->list->sort_count; i++) {
        listing->sort = &listing->list->sorts[i / 2];
        listing->descending = i % 2;
        TRY(db_check(db, compose_rows(listing)));
    }
    return NULL;
}

/* Every kind of search. */
const Err *db_list_check(Db *db, Arena *arena, const DbList *list)
{
    for (int kind = 0; kind < DBLIST_SEARCH_KINDS; kind++) {
        Listing listing = {.arena = arena, .list = list, .limit = 1, .cursor = ""};
        listing.where.arena = arena;
        listing.params = arena_array(arena, list->filter_count + EXTRA_PARAMS, sizeof(DbParam));
        buf_puts(&listing.where, "");
        for (size_t i = 0; i < list->filter_count; i++)
            buf_printf(&listing.where, " AND %s",
                       condition(&listing, list->filters[i].sql, list->filters[i].param));
        if (list->search)
            dblist_search_check(&listing, kind);
        TRY(check_statements(db, &listing));
    }
    return NULL;
}
