/* Lists: pages, sorts, cursors, filters, searches, limits. */
#include <libpq-fe.h>
#include <stdlib.h>

#include "base/str.h"
#include "store.h"

static const char SECRET[] = "a secret of the tests";

/* 25 things, A01 to A25, of which every fifth has the same price and the same time as the next. */
static void list_open(void)
{
    store_open();
    store_exec(
        "INSERT INTO thing (code, name, flag, made_on, price, created_at)"
        " SELECT 'A' || to_char(n, 'FM00'), 'thing ' || n, n % 2 = 0, date '2024-01-01' + n, n / 5,"
        "        timestamptz '2024-01-01 00:00Z' + n / 5 * interval '1.000001 s'"
        " FROM generate_series(1, 25) n");
}

TestSuite(lists, .init = list_open, .fini = store_close);

static const Err *list(const Shapes__ThingQuery *query, Shapes__ThingPage *page)
{
    *page = (Shapes__ThingPage)SHAPES__THING_PAGE__INIT;
    return db_list(db, arena, &THING_LIST, &QUERY_RULE, &query->base, &PAGE_RULE, &page->base,
                   SECRET);
}

static Shapes__ThingQuery query_new(char *sort, uint32_t limit)
{
    Shapes__ThingQuery query = SHAPES__THING_QUERY__INIT;
    query.sort = sort;
    query.has_limit = limit != 0;
    query.limit = limit;
    return query;
}

/* The codes of a page, one behind the other. */
static const char *codes(const Shapes__ThingPage *page)
{
    Buf buf = {.arena = arena};
    buf_puts(&buf, "");
    for (size_t i = 0; i < page->n_data; i++)
        buf_puts(&buf, page->data[i]->code);
    return buf.data;
}

static int prepared(const char *pattern)
{
    const char *sql = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE $1";
    PGresult *result = PQexecParams(db_raw(db), sql, 1, NULL, &pattern, NULL, NULL, 0);
    int count = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return count;
}

Test(lists, first_pages_without_filters_are_prepared)
{
    Shapes__ThingPage page;
    Shapes__ThingQuery query = query_new(NULL, 7), deep = query_new(NULL, 7), found = deep;
    deep.has_page = true;
    deep.page = 2;
    found.search = "thing";
    for (int i = 0; i < 2; i++) {
        MUST(list(&query, &page));
        MUST(list(&deep, &page));
        MUST(list(&found, &page));
    }
    cr_assert_eq(prepared("% LIMIT 8"), 1);
    cr_assert_eq(prepared("SELECT count(*) FROM (SELECT 1 FROM thing%"), 1);
    cr_assert_eq(prepared("%ILIKE%"), 0);
    cr_assert_eq(prepared("% OFFSET %"), 0);
}

/* More kinds of first pages than are kept. */
Test(lists, further_first_pages_are_not_prepared)
{
    Shapes__ThingPage page;
    for (uint32_t limit = 1; limit <= 40; limit++) {
        Shapes__ThingQuery query = query_new(NULL, limit);
        MUST(list(&query, &page));
        cr_assert_eq(page.n_data, limit < 25 ? limit : 25);
    }
    cr_assert_eq(prepared("% LIMIT %"), 32);
}

Test(lists, the_default_is_the_newest_twenty)
{
    Shapes__ThingPage page;
    Shapes__ThingQuery query = query_new(NULL, 0);
    MUST(db_connect(db));
    uint64_t trips = db_round_trips(db);
    MUST(list(&query, &page));
    cr_assert_eq(db_round_trips(db) - trips, 1);
    cr_assert_eq(page.n_data, 20);
    cr_assert_eq(page.total, 25);
    cr_assert(page.has_page && page.page == 1 && page.limit == 20);
    cr_assert_not(page.has_total_capped);
    cr_assert_not_null(page.next_cursor);
    cr_assert_str_eq(page.data[0]->code, "A25");
    cr_assert_str_eq(page.data[1]->code, "A24", "equal times: the later id first");
    query.has_page = 1;
    query.page = 2;
    MUST(list(&query, &page));
    cr_assert_str_eq(codes(&page), "A05A04A03A02A01");
    cr_assert_null(page.next_cursor);
    query.page = 3;
    MUST(list(&query, &page));
    cr_assert_eq(page.n_data, 0);
    cr_assert_eq(page.total, 25);
}

Test(lists, sorts_in_both_directions)
{
    static const char *const FIRST[][2] = {{"code", "A01A02A03"},      {"-code", "A25A24A23"},
                                           {"price", "A01A02A03"},     {"-price", "A25A24A23"},
                                           {"createdAt", "A01A02A03"}, {"-createdAt", "A25A24A23"}};
    Shapes__ThingPage page;
    for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++) {
        Shapes__ThingQuery query = query_new((char *)FIRST[i][0], 3);
        MUST(list(&query, &page));
        cr_assert_str_eq(codes(&page), FIRST[i][1], "%s", FIRST[i][0]);
    }
    Shapes__ThingQuery query = query_new("name", 3);
    const Err *err = list(&query, &page);
    MUST_FAIL(ERR_VALIDATION, err);
    cr_assert_str_eq(err->details->field, "sort");
}

/* Every row once, in order, whatever the sort: also where values are equal over a page's end. */
Test(lists, cursors_visit_every_row_once)
{
    static const char *const SORTS[] = {"code",   "-code",     "price",
                                        "-price", "createdAt", "-createdAt"};
    for (size_t i = 0; i < sizeof SORTS / sizeof *SORTS; i++) {
        Shapes__ThingPage all, page;
        Shapes__ThingQuery query = query_new((char *)SORTS[i], 25);
        MUST(list(&query, &all));
        Buf seen = {.arena = arena};
        query.limit = 4;
        do {
            MUST(list(&query, &page));
            cr_assert_eq(page.has_total, query.cursor == NULL);
            cr_assert_eq(page.has_page, query.cursor == NULL);
            buf_puts(&seen, codes(&page));
            query.cursor = page.next_cursor;
        } while (query.cursor);
        cr_assert_str_eq(seen.data, codes(&all), "%s", SORTS[i]);
    }
}

Test(lists, a_cursor_stands_still_under_inserts_and_deletes)
{
    Shapes__ThingPage page;
    Shapes__ThingQuery query = query_new(NULL, 10);
    MUST(list(&query, &page));
    cr_assert_str_eq(page.data[9]->code, "A16");
    query.cursor = page.next_cursor;
    store_exec(
        "INSERT INTO thing (code) VALUES ('new'); DELETE FROM thing WHERE code IN ('A16', 'A15')");
    MUST(list(&query, &page));
    cr_assert_eq(page.n_data, 10);
    cr_assert_str_eq(page.data[0]->code, "A14");
}

static void must_refuse_cursor(const Shapes__ThingQuery *query)
{
    Shapes__ThingPage page;
    const Err *err = list(query, &page);
    MUST_FAIL(ERR_VALIDATION, err);
    cr_assert_str_eq(err->details->field, "cursor");
}

Test(lists, a_cursor_is_good_for_its_sort_and_filters_alone)
{
    Shapes__ThingPage page;
    Shapes__ThingQuery query = query_new("code", 5);
    query.has_flag = query.flag = 1;
    MUST(list(&query, &page));
    query.cursor = page.next_cursor;
    MUST(list(&query, &page));
    cr_assert_str_eq(page.data[0]->code, "A12");

    Shapes__ThingQuery other = query;
    other.sort = "-code";
    must_refuse_cursor(&other);
    other = query;
    other.flag = 0;
    must_refuse_cursor(&other);
    other = query;
    other.has_flag = 0;
    must_refuse_cursor(&other);
    other = query;
    other.search = "thing";
    must_refuse_cursor(&other);
    Shapes__ThingPage unused = SHAPES__THING_PAGE__INIT;
    MUST_FAIL(ERR_VALIDATION, db_list(db, arena, &THING_LIST, &QUERY_RULE, &query.base, &PAGE_RULE,
                                      &unused.base, "another secret"));
}

Test(lists, a_changed_cursor_is_refused)
{
    static const char *const WRONG_ONES[] = {"x", "AAAA", "====", "%00", "A-_A", "null"};
    Shapes__ThingPage page;
    Shapes__ThingQuery query = query_new("code", 5);
    MUST(list(&query, &page));
    const char *good = page.next_cursor;
    for (size_t i = 0; i < strlen(good); i++) {
        char *changed = arena_strdup(arena, good);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        query.cursor = changed;
        must_refuse_cursor(&query);
        changed[i] = '\0';
        query.cursor = i ? changed : "!";
        must_refuse_cursor(&query);
    }
    for (size_t i = 0; i < sizeof WRONG_ONES / sizeof *WRONG_ONES; i++) {
        query.cursor = (char *)WRONG_ONES[i];
        must_refuse_cursor(&query);
    }
}

Test(lists, filters_are_combined)
{
    char *two[] = {"A20", "A22"};
    Shapes__ThingPage page;
    Shapes__ThingQuery query = query_new("code", 0);
    query.has_flag = 1;
    MUST(list(&query, &page));
    cr_assert_eq(page.total, 13, "false is a value");
    query.flag = 1;
    query.from = "2024-01-21";
    MUST(list(&query, &page));
    cr_assert_str_eq(codes(&page), "A20A22A24");
    query.codes = two;
    query.n_codes = 2;
    MUST(list(&query, &page));
    cr_assert_str_eq(codes(&page), "A20A22");
    cr_assert_eq(page.total, 2);
}

Test(lists, searches_take_signs_literally)
{
    static const char *const FOUND[][2] = {
        {"thing 2", "A02A20A21A22A23A24A25"},
        {"THING 25", "A25"},
        {"a2", "A20A21A22A23A24A25"}, /* short: the beginning of the code */
        {"hi", ""},
        {"100%", "P1"},
        {"100_", ""},
        {"a_b", "P2"},
        {"c\\d", "P3"},
        {"%", ""},
        {"_", ""},
        {"éé", "ÉÉ"},
        {"ééé", ""},
        {"o'neil", "P4"},
        {"no/12345", "P5"}, /* looked up by the number, compared as a whole */
        {"12345", "P5P6"},
        {"12345 b", "P6"},
        {"_12345", ""},
    };
    store_exec("INSERT INTO thing (code, name) VALUES ('P1', '100% pure'), ('P2', 'a_b axb'), "
               "('P3', 'c\\d'),"
               " ('P4', 'O''Neil'), ('ÉÉ', ''), ('P5', 'No/12345'), ('P6', 'a 12345 b')");
    for (size_t i = 0; i < sizeof FOUND / sizeof *FOUND; i++) {
        Shapes__ThingPage page;
        Shapes__ThingQuery query = query_new("code", 0);
        query.search = (char *)FOUND[i][0];
        MUST(list(&query, &page));
        cr_assert_str_eq(codes(&page), FOUND[i][1], "%s", FOUND[i][0]);
    }
}

static const Err *made_list(const char *search, char *cursor, Shapes__ThingPage *page)
{
    Shapes__ThingQuery query = query_new("code", 2);
    query.search = (char *)search;
    query.cursor = cursor;
    query.has_flag = query.flag = true;
    *page = (Shapes__ThingPage)SHAPES__THING_PAGE__INIT;
    return db_list(db, arena, &MADE_LIST, &QUERY_RULE, &query.base, &PAGE_RULE, &page->base,
                   SECRET);
}

/* Things that are found by their own code, by their maker's name, by both. */
Test(lists, searches_look_in_what_rows_name)
{
    static const struct {
        const char *search, *codes, *total;
    } FOUND[] = {{"ltd", "A02A04", "5"}, /* made by one of the two: A02 A04 A10 A12 A20 */
                 {"ajax ltd", "A10A12", "2"},
                 {"A1", "A10A12", "5"},  /* A10 … A18: no maker has that in the name */
                 {"a20", "A02A04", "3"}, /* A20 by its code and by its maker: counted once */
                 {"nobody", "", "0"}};
    store_exec("INSERT INTO maker (uuid, name) VALUES (gen_random_uuid(), 'A20 Ltd'),"
               " (gen_random_uuid(), 'Ajax Ltd');"
               "UPDATE thing SET maker_id = CASE WHEN code LIKE 'A1%' THEN 2 ELSE 1 END"
               " WHERE code IN ('A02', 'A04', 'A10', 'A12', 'A20', 'A21')");
    for (size_t i = 0; i < sizeof FOUND / sizeof *FOUND; i++) {
        Shapes__ThingPage page;
        MUST(made_list(FOUND[i].search, NULL, &page));
        cr_assert_str_eq(codes(&page), FOUND[i].codes, "%s", FOUND[i].search);
        cr_assert_eq(page.total, (uint32_t)strtoul(FOUND[i].total, NULL, 10), "%s",
                     FOUND[i].search);
    }
    MUST(db_list_check(db, arena, &MADE_LIST));
}

/* A cursor goes on, whoever was given a name that is found meanwhile. */
Test(lists, a_cursor_of_a_search_outlives_new_names)
{
    Shapes__ThingPage page;
    store_exec("INSERT INTO maker (uuid, name) VALUES (gen_random_uuid(), 'Ajax Ltd');"
               "UPDATE thing SET maker_id = 1 WHERE code < 'A07'");
    MUST(made_list("ajax", NULL, &page));
    cr_assert_str_eq(codes(&page), "A02A04");
    store_exec("INSERT INTO maker (uuid, name) VALUES (gen_random_uuid(), 'Ajax Two');"
               "UPDATE thing SET maker_id = 2 WHERE code > 'A23'");
    MUST(made_list("ajax", page.next_cursor, &page));
    cr_assert_str_eq(codes(&page), "A06A24");
}

/* More names than a statement is planned for. */
Test(lists, many_related_rows_are_looked_up_one_by_one)
{
    Shapes__ThingPage page;
    store_exec("INSERT INTO maker (uuid, name) SELECT gen_random_uuid(), 'Ajax ' || n"
               " FROM generate_series(1, 1001) n;"
               "UPDATE thing SET maker_id = 1001 WHERE code IN ('A02', 'A03', 'A10')");
    MUST(made_list("ajax", NULL, &page));
    cr_assert_str_eq(codes(&page), "A02A10");
    cr_assert_eq(page.total, 2);
}

/* What is counted is the list's own business; here it is another set than what is listed. */
Test(lists, a_list_may_say_what_is_counted)
{
    Shapes__ThingPage page = SHAPES__THING_PAGE__INIT;
    Shapes__ThingQuery query = query_new("code", 3);
    query.has_flag = query.flag = true;
    MUST(db_list(db, arena, &COUNTED_LIST, &QUERY_RULE, &query.base, &PAGE_RULE, &page.base,
                 SECRET));
    cr_assert_str_eq(codes(&page), "A02A04A06");
    cr_assert_eq(page.total, 4);
    MUST(db_list_check(db, arena, &COUNTED_LIST));
}

Test(lists, totals_are_capped_and_pages_bounded)
{
    Shapes__ThingPage page;
    Shapes__ThingQuery query = query_new("code", 100);
    store_exec("INSERT INTO thing (code) SELECT 'N' || n FROM generate_series(1, 9975) n");
    query.has_page = 1;
    query.page = 100;
    MUST(list(&query, &page));
    cr_assert_eq(page.total, 10000);
    cr_assert_not(page.has_total_capped);
    cr_assert_eq(page.n_data, 100);
    cr_assert_null(page.next_cursor);
    store_exec("INSERT INTO thing (code) VALUES ('Z')");
    MUST(list(&query, &page));
    cr_assert_eq(page.total, 10000);
    cr_assert(page.has_total_capped && page.total_capped);
    query.cursor = page.next_cursor;
    MUST(list(&query, &page));
    cr_assert_str_eq(codes(&page), "Z");
    query.cursor = NULL;
    query.page = 101;
    const Err *err = list(&query, &page);
    cr_assert_not_null(err);
    cr_assert_eq(err->kind, ERR_INVALID);
    cr_assert_not_null(strstr(err->message, "cursor"));
    query.page = UINT32_MAX;
    cr_assert_not_null(list(&query, &page));
}
