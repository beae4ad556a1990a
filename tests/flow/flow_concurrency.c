/* Many at once: versions, unique codes, gapless numbers. Not idempotency keys. */
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

enum { MANY = 40 };

/* The same request by each thread; the answers in the order of the threads. */
typedef struct Race {
    const char *method, *path, *body;
    const char *header; /* NULL: none */
    const Response *answers[MANY];
} Race;

static void run_race(void *context, int index)
{
    Race *race = context;
    race->answers[index] =
        http(client_admin(), race->method, race->path, race->body, race->header, NULL);
}

static int count_status(const Race *race, int status)
{
    int count = 0;
    for (int i = 0; i < MANY; i++)
        count += race->answers[i] && race->answers[i]->status == status;
    return count;
}

Test(concurrency, versions)
{
    Client *admin = client_admin();
    const char *const PATHS[] = {text("/customers/%s", new_customer(admin)),
                                 text("/items/%s", new_item(admin, "1"))};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        const char *path = PATHS[i], *change = "{\"name\":\"Baru\"}";
        const Response *r = get(admin, "%s", path);
        expect_json(r, "version", "1");
        expect_text(header(r, "ETag"), "\"1\"");
        expect_error(http(admin, "PUT", path, change, "If-Match: \"2\"", NULL), 412, NULL);
        expect_text(get(admin, "%s", path)->body, r->body);
        r = http(admin, "PUT", path, change, "If-Match: \"1\"", NULL);
        expect_status(r, 200);
        expect_json(r, "version", "2");
        expect_text(header(r, "ETag"), "\"2\"");
        expect_status(http(admin, "PUT", path, change, "If-Match: *", NULL), 200);
        expect_error(http(admin, "DELETE", path, NULL, "If-Match: \"2\"", NULL), 412, NULL);
        r = http(admin, "DELETE", path, NULL, "If-Match: \"3\"", NULL);
        expect_status(r, 200);
        cr_assert(json_valid(r->body) && r->length > 2, "%s", r->body);
        expect_error(get(admin, "%s", path), 404, NULL);
    }
}

Test(concurrency, malformed_if_match)
{
    static const char *const BAD[] = {
        "If-Match: 1",       "If-Match: \"1",          "If-Match: \"x\"",
        "If-Match: W/\"1\"", "If-Match: \"1\", \"2\"", "If-Match: \"\"",
        "If-Match: \"1.0\""};
    Client *admin = client_admin();
    const char *path = text("/customers/%s", new_customer(admin));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_error(http(admin, "PUT", path, "{}", BAD[i], NULL), 400, "If-Match");
}

Test(concurrency, six_writers_with_one_version)
{
    Client *admin = client_admin();
    const char *const PATHS[] = {text("/customers/%s", new_customer(admin)),
                                 text("/items/%s", new_item(admin, "1"))};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        Race race = {"PUT", PATHS[i], "{\"name\":\"Baru\"}", "If-Match: \"1\"", {0}};
        parallel(6, run_race, &race);
        expect_number(count_status(&race, 200), 1);
        expect_number(count_status(&race, 412), 5);
        expect_json(get(admin, "%s", PATHS[i]), "version", "2");
    }
}

Test(concurrency, writers_without_a_version_follow_each_other)
{
    Client *admin = client_admin();
    const char *path = text("/items/%s", new_item(admin, "1"));
    Race race = {"PUT", path, "{\"barcode\":\"899\"}", NULL, {0}};
    parallel(12, run_race, &race);
    expect_number(count_status(&race, 200), 12);
    expect_json(get(admin, "%s", path), "version", "13");
}

Test(concurrency, one_code_is_given_once)
{
    const char *code = unique("SATU");
    const char *lower = unique("satu");
    const Race races[] = {
        {"POST", "/items", item_body(code, "1"), NULL, {0}},
        {"POST", "/customers", customer_body(code), NULL, {0}},
        {"POST", "/warehouses", json("{'code':'%s','name':'x'}", lower), NULL, {0}},
    };
    for (size_t i = 0; i < sizeof races / sizeof *races; i++) {
        Race race = races[i];
        parallel(8, run_race, &race);
        expect_number(count_status(&race, 201), 1);
        expect_number(count_status(&race, 409), 7);
        for (int k = 0; k < 8; k++)
            if (race.answers[k]->status == 409)
                expect_error(race.answers[k], 409, "code");
    }
    Client *admin = client_admin();
    char *capitals = text("%s", code);
    for (char *p = capitals; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    expect_error(post(admin, "/items", item_body(capitals, "1")), 409, "code");
}

Test(concurrency, generated_codes_differ)
{
    Race race = {"POST", "/customers", "{\"name\":\"Tanpa kode\"}", NULL, {0}};
    parallel(MANY, run_race, &race);
    expect_number(count_status(&race, 201), MANY);
    for (int i = 0; i < MANY; i++) {
        const char *code = json_string(race.answers[i]->body, "code");
        cr_assert(strncmp(code, "CUST-", 5) == 0 && strlen(code) >= 10, "%s", code);
        for (int k = 0; k < i; k++)
            cr_assert_str_neq(code, json_string(race.answers[k]->body, "code"));
    }
}

static int compare_numbers(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

static void expect_without_gaps(const Race *race, int count, const char *month, long first)
{
    long numbers[MANY] = {0};
    const char *prefix = text("SO-%.4s%.2s-", month, month + 5);
    for (int i = 0; i < count; i++) {
        const char *number = json_string(race->answers[i]->body, "soNumber");
        cr_assert(number && strncmp(number, prefix, strlen(prefix)) == 0, "%s",
                  race->answers[i]->body);
        cr_assert_geq(strlen(number), 14);
        numbers[i] = strtol(number + strlen(prefix), NULL, 10);
    }
    qsort(numbers, (size_t)count, sizeof *numbers, compare_numbers);
    for (int i = 0; i < count; i++)
        expect_number(numbers[i], first + i);
}

Test(concurrency, numbers_have_no_gap_and_no_repeat)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "65000");
    const char *month = fresh_month();
    Race race = {
        "POST", "/sales-orders", order_body(customer, item, text("%s-15", month)), NULL, {0}};
    parallel(MANY, run_race, &race);
    expect_number(count_status(&race, 201), MANY);
    expect_without_gaps(&race, MANY, month, 1);

    /* what fails takes no number */
    Race bad = {"POST",
                "/sales-orders",
                json("{'customerId':'%s','orderDate':'%s-15','discountAmount':1e9,'items':[{"
                     "'itemId':'%s','qty':1}]}",
                     customer, month, item),
                NULL,
                {0}};
    parallel(8, run_race, &bad);
    expect_number(count_status(&bad, 422), 8);
    parallel(4, run_race, &race);
    expect_without_gaps(&race, 4, month, MANY + 1);
}

typedef struct Cursor {
    const char *tag;
    _Atomic bool done;
} Cursor;

static void run_pages_and_writers(void *context, int index)
{
    Cursor *cursor = context;
    Client *admin = client_admin();
    if (index > 0) {
        while (!cursor->done)
            (void)post(admin, "/customers", json("{'name':'%s telat'}", cursor->tag));
        return;
    }
    const char *next = "", *seen = "";
    do {
        const Response *r =
            get(admin, "/customers?search=%s&sort=-createdAt&limit=4%s", cursor->tag, next);
        for (int i = 0; i < json_count(r->body, "data"); i++)
            seen = text("%s%s,", seen, json_string(r->body, text("data[%d].uuid", i)));
        const char *given = json_string(r->body, "nextCursor");
        next = given ? text("&cursor=%s", given) : NULL;
    } while (next);
    cursor->done = true;
    cursor->tag = seen;
}

Test(concurrency, a_cursor_shows_each_row_once_while_others_arrive)
{
    Client *admin = client_admin();
    Cursor cursor = {.tag = unique("Arus")};
    const char *before[MANY];
    for (int i = 0; i < MANY; i++)
        before[i] = json_string(
            post(admin, "/customers", json("{'name':'%s %d'}", cursor.tag, i))->body, "uuid");
    parallel(3, run_pages_and_writers, &cursor);
    for (int i = 0; i < MANY; i++) {
        const char *at = strstr(cursor.tag, before[i]);
        cr_assert_not_null(at, "row %d was skipped", i);
        cr_assert_null(strstr(at + 1, before[i]), "row %d came twice", i);
    }
}
