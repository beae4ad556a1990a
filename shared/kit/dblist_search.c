/* The search of a list: in its rows' own text, and in what they name. Not the statement: dblist.c.
 */
#include "kit/dblist_private.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum {
    DIGITS_MIN = 4,
    SEARCH_MIN = 3,    /* characters; fewer are a prefix */
    RELATED_MAX = 1000 /* ids that a statement is planned for */
};

/* ---- a number in it ---- */

/* 2026, 202611, 20261125: in every number and date. */
static bool like_a_date(const char *start, size_t length)
{
    return (length == 4 || length == 6 || length == 8) && strncmp(start, "20", 2) == 0;
}

/* Letters and digits make a word; what is not ASCII counts as a letter. */
static size_t word_length(const char *start, bool *ret_digits)
{
    size_t length = 0;
    *ret_digits = true;
    for (; isalnum((unsigned char)start[length]) || (unsigned char)start[length] >= 0x80; length++)
        *ret_digits = *ret_digits && isdigit((unsigned char)start[length]);
    return length;
}

const char *search_number(Arena *arena, const char *text)
{
    const char *number = NULL;
    size_t digits = 0, length;
    bool is_number;
    for (const char *c = text; *c; c += length ? length : 1) {
        length = word_length(c, &is_number);
        if (is_number && length >= DIGITS_MIN && !like_a_date(c, length)) {
            number = c;
            digits = length;
        }
    }
    return number && digits < strlen(text) ? arena_strndup(arena, number, digits) : NULL;
}

/* ---- conditions ---- */

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
static const char *found_anywhere(Listing *listing, const char *text, const char *pattern)
{
    Arena *arena = listing->arena;
    const char *sql = arena_printf(arena, "%s ILIKE $%%u::text", listing->list->search);
    const char *number = search_number(arena, text);
    if (!number)
        return dblist_condition(listing, sql, "_search", pattern);
    const char *whole = arena_printf(arena, "CASE WHEN %s THEN true ELSE false END", sql);
    return arena_printf(
        arena, "(%s AND %s)",
        dblist_condition(listing, sql, "_number", like_pattern(arena, number, true)),
        dblist_condition(listing, whole, "_search", pattern));
}

/* The rows that name one of these; "{}": none. NULL: there are many, so they are looked up row by
 * row. */
static void add_related(Listing *listing, const char *pattern, const char *ids)
{
    const DbList *list = listing->list;
    listing->related_few = ids;
    if (!ids)
        listing->related = dblist_condition(
            listing, arena_printf(listing->arena, "%s IN (%s)", list->related, list->related_sql),
            "_text", pattern);
    else if (!str_eq(ids, "{}"))
        listing->related = dblist_condition(
            listing, arena_printf(listing->arena, "%s = ANY($%%u::bigint[])", list->related),
            "_ids", ids);
}

/* What the text finds among those that the list's rows name: a look of its own, so that the list is
 * planned for them. */
static const Err *find_related(Db *db, Listing *listing, const char *pattern)
{
    static const DbParam TEXT = {"_text", DB_TEXT, 0, false};
    const char *ids;
    Arena *arena = listing->arena;
    DbBound bound;
    DbQuery *query = ARENA_NEW(arena, DbQuery);
    *query = (DbQuery){.name = listing->list->name, .params = &TEXT, .param_count = 1};
    query->sql = arena_printf(
        arena,
        "SELECT CASE WHEN count(*) <= %d THEN coalesce(array_agg(r.id)::text, '{}') END "
        "FROM (SELECT * FROM %s f LIMIT %d) r (id)",
        RELATED_MAX, dblist_numbered(arena, listing->list->related_sql, 1), RELATED_MAX + 1);
    TRY(db_bind(arena, query, &ARG(arg_text("_text", pattern)), &bound));
    db_queue_bound(db, query, bound, INTO_TEXT(&ids), NULL, true);
    TRY(db_flush(db));
    add_related(listing, pattern, ids);
    return NULL;
}

/* Tells the pattern for what is related; NULL: only looked for as a prefix. */
static const char *add_found(Listing *listing, const char *text)
{
    const DbList *list = listing->list;
    bool prefix = list->prefix && utf8_count(text, strlen(text)) < SEARCH_MIN;
    const char *pattern = like_pattern(listing->arena, text, !prefix);
    if (prefix) {
        const char *sql = arena_printf(listing->arena, "%s LIKE lower($%%u::text)", list->prefix);
        listing->found = dblist_condition(listing, sql, "_search", pattern);
    } else {
        listing->found = found_anywhere(listing, text, pattern);
    }
    listing->asked_count = listing->param_count;
    return prefix ? NULL : pattern;
}

const Err *dblist_search(Db *db, Listing *listing, const char *text)
{
    const char *pattern = add_found(listing, text);
    return pattern && listing->list->related ? find_related(db, listing, pattern) : NULL;
}

void dblist_search_check(Listing *listing, int kind)
{
    static const char *const TEXTS[DBLIST_SEARCH_KINDS] = {"x", "text", "no 1234", "text"};
    static const char *const IDS[DBLIST_SEARCH_KINDS] = {"{}", "{}", "{1}", NULL};
    (void)add_found(listing, TEXTS[kind]);
    if (listing->list->related)
        add_related(listing, "%text%", IDS[kind]);
}
