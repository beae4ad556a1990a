/* Lists: pages, cursors, sorting, search, filters, the cap of totals; the same for every kind. */
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

enum { ROWS = 5 };

/* Five documents which a search for `tag` finds, and no others. */
typedef struct Kind {
    const char *path; /* /customers */
    const char *tag;
    const char *uuids[ROWS]; /* in the order of creation */
} Kind;

static const char *created(const Response *response)
{
    expect_status(response, 201);
    return json_string(response->body, "uuid");
}

static Kind customers(Client *client)
{
    Kind kind = {.path = "/customers", .tag = unique("Toko")};
    for (int i = 0; i < ROWS; i++)
        kind.uuids[i] = created(post(client, "/customers",
                                     json("{'name':'PT %s %c','isActive':%s}", kind.tag, "BDACE"[i],
                                          i == 3 ? "false" : "true")));
    return kind;
}

static Kind items(Client *client)
{
    static const char *const TYPES[ROWS] = {"raw", "wip", "finished", "consumable", "raw"};
    static const char *const PRICES[ROWS] = {"3", "20", "1000", "0.5", "7"};
    Kind kind = {.path = "/items", .tag = unique("Baut")};
    for (int i = 0; i < ROWS; i++)
        kind.uuids[i] =
            created(post(client, "/items",
                         json("{'code':'%s','name':'%s %c','type':'%s','uom':'pcs','price':%s}",
                              unique("I"), kind.tag, "BDACE"[i], TYPES[i], PRICES[i])));
    return kind;
}

static Kind warehouses(Client *client)
{
    Kind kind = {.path = "/warehouses", .tag = unique("Gudang")};
    for (int i = 0; i < ROWS; i++)
        kind.uuids[i] = created(
            post(client, "/warehouses", json("{'code':'%s','name':'%s'}", unique("W"), kind.tag)));
    return kind;
}

static Kind orders(Client *client)
{
    static const char *const DATES[ROWS] = {"2031-01-10", "2031-01-09", "2031-03-01", "2030-12-31",
                                            "2031-02-01"};
    Kind kind = {.path = "/sales-orders", .tag = unique("Pemesan")};
    const char *item = new_item(client, "65000");
    const char *customer = created(post(client, "/customers", json("{'name':'%s'}", kind.tag)));
    for (int i = 0; i < ROWS; i++)
        kind.uuids[i] =
            created(post(client, "/sales-orders", order_body(customer, item, DATES[i])));
    return kind;
}

static Kind users(Client *client)
{
    Kind kind = {.path = "/users", .tag = unique("orang")};
    const char *role = json_raw(get(client, "/roles?search=Viewer")->body, "data[0].id");
    for (int i = 0; i < ROWS; i++)
        kind.uuids[i] =
            created(post(client, "/users",
                         json("{'username':'%s-%d','email':'%s-%d@example.test','fullName':'%c',"
                              "'password':'Rahasia-Kuat-77!','roleId':%s}",
                              kind.tag, i, kind.tag, i, "BDACE"[i], role)));
    return kind;
}

static const Response *list(Client *client, const Kind *kind, const char *query)
{
    const Response *r = get(client, "%s?search=%s&%s", kind->path, kind->tag, query);
    expect_status(r, 200);
    return r;
}

/* The rows are these of the kind, by their numbers: "43210". */
static void rows_expect(Site site, const Response *r, const Kind *kind, const char *numbers)
{
    const char *seen = "";
    for (int i = 0; i < json_count(r->body, "data"); i++) {
        const char *uuid = json_string(r->body, text("data[%d].uuid", i)), *number = "?";
        for (int k = 0; k < ROWS; k++)
            if (uuid && strcmp(uuid, kind->uuids[k]) == 0)
                number = text("%d", k);
        seen = text("%s%s", seen, number);
    }
    text_expect(site, seen, numbers, r->path);
}

#define expect_rows(response, kind, numbers) rows_expect(HERE, (response), (kind), (numbers))

static void pages_are_cut(Client *client, const Kind *kind)
{
    const Response *r = list(client, kind, "");
    expect_rows(r, kind, "43210");
    expect_json(r, "total", "5");
    expect_json(r, "page", "1");
    expect_json(r, "limit", "20");
    expect_json(r, "nextCursor", NULL);
    expect_json(r, "totalCapped", NULL);
    expect_rows(list(client, kind, "sort=createdAt"), kind, "01234");
    expect_rows(list(client, kind, "sort=-createdAt&limit=2"), kind, "43");
    r = list(client, kind, "limit=2&page=2");
    expect_rows(r, kind, "21");
    expect_json(r, "total", "5");
    expect_json(r, "page", "2");
    r = list(client, kind, "limit=2&page=3");
    expect_rows(r, kind, "0");
    expect_json(r, "nextCursor", NULL);
    r = list(client, kind, "limit=2&page=4");
    expect_rows(r, kind, "");
    expect_json(r, "total", "5");
    expect_status(list(client, kind, "limit=100&page=100"), 200);
    r = get(client, "%s?limit=100&page=101", kind->path);
    expect_error(r, 400, NULL);
    cr_assert_not_null(strstr(r->body, "cursor"), "%s", r->body);
}

static void cursors_go_on(Client *client, const Kind *kind, const char *sort, const char *numbers)
{
    const char *query = text("limit=2&%s", sort);
    const Response *r = list(client, kind, query);
    expect_rows(r, kind, text("%.2s", numbers));
    for (int at = 2; at < ROWS; at += 2) {
        const char *cursor = json_string(r->body, "nextCursor");
        cr_assert_not_null(cursor, "no nextCursor in %s", r->body);
        r = list(client, kind, text("%s&cursor=%s", query, cursor));
        expect_rows(r, kind, text("%.2s", numbers + at));
        expect_json(r, "total", NULL);
        expect_json(r, "page", NULL);
        expect_json(r, "limit", "2");
    }
    expect_json(r, "nextCursor", NULL);
}

static void cursors_are_bound(Client *client, const Kind *kind)
{
    const char *cursor = json_string(list(client, kind, "limit=2")->body, "nextCursor");
    const char *tag = kind->tag, *path = kind->path;
    char *changed = text("%s", cursor);
    changed[strlen(changed) / 2] ^= 1;
    expect_error(get(client, "%s?search=%s&limit=2&sort=createdAt&cursor=%s", path, tag, cursor),
                 400, "cursor");
    expect_error(get(client, "%s?search=%sx&limit=2&cursor=%s", path, tag, cursor), 400, "cursor");
    expect_error(get(client, "%s?limit=2&cursor=%s", path, cursor), 400, "cursor");
    expect_error(get(client, "%s?search=%s&limit=2&cursor=%s", path, tag, changed), 400, "cursor");
    expect_error(get(client, "%s?search=%s&limit=2&cursor=%sA", path, tag, cursor), 400, "cursor");
    /* a cursor of another list */
    const char *other = strcmp(path, "/items") == 0 ? "/customers" : "/items";
    expect_error(get(client, "%s?search=%s&limit=2&cursor=%s", other, tag, cursor), 400, "cursor");
}

static void list_holds_its_promises(Client *client, const Kind *kind)
{
    pages_are_cut(client, kind);
    cursors_go_on(client, kind, "sort=-createdAt", "43210");
    cursors_go_on(client, kind, "sort=createdAt", "01234");
    cursors_are_bound(client, kind);
}

Test(lists, customers)
{
    Client *admin = client_admin();
    Kind kind = customers(admin);
    list_holds_its_promises(admin, &kind);
    cursors_go_on(admin, &kind, "sort=name", "20314");
    cursors_go_on(admin, &kind, "sort=-name", "41302");
    expect_rows(list(admin, &kind, "isActive=false"), &kind, "3");
    expect_rows(list(admin, &kind, "isActive=true&sort=name"), &kind, "2014");
}

Test(lists, items)
{
    Client *admin = client_admin();
    Kind kind = items(admin);
    list_holds_its_promises(admin, &kind);
    cursors_go_on(admin, &kind, "sort=name", "20314");
    cursors_go_on(admin, &kind, "sort=price", "30412");
    cursors_go_on(admin, &kind, "sort=-price", "21403");
    expect_rows(list(admin, &kind, "type=raw"), &kind, "40");
    expect_rows(list(admin, &kind, "type=raw&isActive=false"), &kind, "");
    expect_error(get(admin, "/items?type=service"), 400, "type");
}

Test(lists, warehouses)
{
    Client *admin = client_admin();
    Kind kind = warehouses(admin);
    list_holds_its_promises(admin, &kind);
}

Test(lists, sales_orders)
{
    Client *admin = client_admin();
    Kind kind = orders(admin);
    list_holds_its_promises(admin, &kind);
    cursors_go_on(admin, &kind, "sort=orderDate", "31042");
    cursors_go_on(admin, &kind, "sort=-orderDate", "24013");
    cursors_go_on(admin, &kind, "sort=soNumber", "30142"); /* by month and counter */
    expect_rows(list(admin, &kind, "from=2031-01-09&to=2031-02-01&sort=orderDate"), &kind, "104");
    expect_rows(list(admin, &kind, "status=draft"), &kind, "43210");
    expect_rows(list(admin, &kind, "status=approved"), &kind, "");
    const char *customer = json_string(list(admin, &kind, "")->body, "data[0].customer.uuid");
    expect_rows(get(admin, "/sales-orders?customerId=%s", customer), &kind, "43210");
    const char *number = json_string(list(admin, &kind, "")->body, "data[1].soNumber");
    expect_rows(get(admin, "/sales-orders?search=%s&customerId=%s", number, customer), &kind, "3");
}

Test(lists, users)
{
    Client *admin = client_admin();
    Kind kind = users(admin);
    list_holds_its_promises(admin, &kind);
    cursors_go_on(admin, &kind, "sort=username", "01234");
    cursors_go_on(admin, &kind, "sort=fullName", "20314");
    expect_rows(list(admin, &kind, "role=viewer"), &kind, "43210");
    expect_rows(list(admin, &kind, "role=Admin"), &kind, "");
    expect_rows(list(admin, &kind, "isActive=true"), &kind, "43210");
}

Test(lists, deleted_rows_never_show)
{
    Client *admin = client_admin();
    Kind kinds[] = {customers(admin), items(admin), users(admin)};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const Kind *kind = &kinds[i];
        const char *path = text("%s/%s", kind->path, kind->uuids[2]);
        expect_status(del(admin, path), 200);
        expect_error(get(admin, "%s", path), 404, NULL);
        expect_error(del(admin, path), 404, NULL);
        const Response *r = list(admin, kind, "");
        expect_rows(r, kind, "4310");
        expect_json(r, "total", "4");
    }
}

Test(lists, search_is_literal_and_without_case)
{
    Client *admin = client_admin();
    const char *tag = unique("Cari");
    Kind kind = {.path = "/customers", .tag = tag};
    static const char *const NAMES[ROWS] = {"100% asli", "100x asli", "a_b", "axb",
                                            "\xC3\x89lan \\ akhir"};
    for (int i = 0; i < ROWS; i++) /* a backslash is doubled in JSON */
        kind.uuids[i] = created(
            post(admin, "/customers",
                 json("{'name':'%s %s'}", tag, i == 4 ? "\xC3\x89lan \\\\ akhir" : NAMES[i])));
    static const char *const FOUND[][2] = {
        {"100%25", "0"}, {"100x", "1"},          {"a_b", "2"},
        {"A_B", "2"},    {"%C3%A9lan", "4"},     {"%C3%89lan%20%5C%20AKHIR", "4"},
        {"+ASLI", ""},   {"%27%20OR%201=1", ""},
    };
    for (size_t i = 0; i < sizeof FOUND / sizeof *FOUND; i++)
        expect_rows(get(admin, "/customers?search=%s%%20%s", tag, FOUND[i][0]), &kind, FOUND[i][1]);
    expect_rows(get(admin, "/customers?search=%s", tag), &kind, "43210");
}

Test(lists, totals_are_capped)
{
    Client *admin = client_admin();
    const char *tag = unique("Banyak");
    sql_run("SET session_replication_role = replica; INSERT INTO inventory.item (uuid, code, name, "
            "type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days, "
            "is_active, created_at, updated_at) SELECT gen_random_uuid(), '%s-' || n, '%s', 'raw', "
            "'kg', n, 0, 0, 0, 0, true, now(), now() FROM generate_series(1, 10001) n",
            tag, tag);
    const Response *capped = get(admin, "/items?search=%s&limit=100&sort=price", tag);
    const Response *last = get(admin, "/items?search=%s&limit=100&page=100&sort=price", tag);
    const char *cursor = json_string(last->body, "nextCursor");
    const Response *beyond =
        get(admin, "/items?search=%s&limit=100&sort=price&cursor=%s", tag, cursor ? cursor : "");
    sql_run("DELETE FROM inventory.item WHERE name = '%s' AND price > 10000", tag);
    const Response *exact = get(admin, "/items?search=%s&limit=100", tag);
    sql_run("DELETE FROM inventory.item WHERE name = '%s'", tag);

    expect_json(capped, "total", "10000");
    expect_json(capped, "totalCapped", "true");
    expect_json(last, "data[99].price", "10000");
    expect_json(beyond, "data[0].price", "10001");
    expect_json(beyond, "nextCursor", NULL);
    expect_json(exact, "total", "10000");
    expect_json(exact, "totalCapped", NULL);
}
