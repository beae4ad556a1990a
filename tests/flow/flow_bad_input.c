/* What bad bodies and values get: 400, 413, 415, the error body to the letter, and nothing stored.
 * Not bad HTTP: flow_wire.c. */
#include <string.h>

#include "testkit.h"

#define NONE "00000000-0000-4000-8000-000000000000"
#define LINE "{'itemId':'" NONE "','qty':1}"

typedef struct Case {
    const char *what;
    const char *body;  /* ' for " */
    const char *field; /* NULL: the text as a whole is at fault */
} Case;

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void expect_refused(Client *client, const char *path, const Case *c)
{
    const Response *r = post(client, path, json("%s", c->body));
    if (r->status != 400)
        cr_assert_fail("POST %s with %s: %d %s", path, c->what, r->status, r->body);
    expect_error(r, 400, c->field);
    expect_json(r, "path", text("'/api%s'", path));
}

Test(bad_input, no_json)
{
    static const Case CASES[] = {
        {"nothing", "", NULL},
        {"spaces", " \n", NULL},
        {"a word", "name", NULL},
        {"a number", "1", NULL},
        {"a list", "[]", NULL},
        {"null", "null", NULL},
        {"a text", "'name'", NULL},
        {"an open object", "{'name':'x'", NULL},
        {"an open text", "{'name':'x}", NULL},
        {"a comma too many", "{'name':'x',}", NULL},
        {"no comma", "{'name':'x' 'code':'y'}", NULL},
        {"a name without quotes", "{name:'x'}", NULL},
        {"garbage behind", "{'name':'x'} x", NULL},
        {"a second object", "{'name':'x'}{}", NULL},
        {"a comment", "{'name':'x'/**/}", NULL},
        {"a byte order mark", "\xEF\xBB\xBF{'name':'x'}", NULL},
        {"NaN", "{'name':'x','creditLimit':NaN}", NULL},
        {"Infinity", "{'name':'x','creditLimit':Infinity}", NULL},
        {"a plus sign", "{'name':'x','creditLimit':+1}", NULL},
        {"a leading zero", "{'name':'x','creditLimit':01}", NULL},
        {"no digit behind the point", "{'name':'x','creditLimit':1.}", NULL},
        {"no digit before it", "{'name':'x','creditLimit':.5}", NULL},
        {"hexadecimal", "{'name':'x','creditLimit':0x10}", NULL},
        {"True", "{'name':'x','isActive':True}", NULL},
        {"a tab in a text", "{'name':'a\tb'}", NULL},
        {"a line end in a text", "{'name':'a\nb'}", NULL},
        {"an unknown escape", "{'name':'\\x'}", NULL},
        {"half an escape", "{'name':'\\u12'}", NULL},
        {"U+0000", "{'name':'a\\u0000b'}", NULL},
        {"a lone high surrogate", "{'name':'\\ud83d'}", NULL},
        {"a lone low surrogate", "{'name':'\\ude00'}", NULL},
        {"two high surrogates", "{'name':'\\ud83d\\ud83d'}", NULL},
        {"a surrogate in UTF-8", "{'name':'\xED\xA0\x80'}", NULL},
        {"invalid UTF-8", "{'name':'\xC3('}", NULL},
        {"an overlong form", "{'name':'\xC0\xAF'}", NULL},
        {"beyond U+10FFFF", "{'name':'\xF4\x90\x80\x80'}", NULL},
        {"a field twice", "{'name':'x','name':'y'}", NULL},
        {"a field twice, once escaped", "{'name':'x','\\u006eame':'y'}", NULL},
        {"UTF-8 cut off", "{'name':'\xE2\x82'}", NULL},
    };
    Client *admin = client_admin();
    for (size_t i = 0; i < COUNT(CASES); i++)
        expect_refused(admin, "/customers", &CASES[i]);
}

Test(bad_input, values)
{
    static const Case CASES[] = {
        {"no name", "{}", "name"},
        {"a name that is a number", "{'name':5}", "name"},
        {"a name that is null", "{'name':null}", "name"},
        {"a name that is a list", "{'name':['x']}", "name"},
        {"an empty name", "{'name':''}", "name"},
        {"a name of spaces", "{'name':'  '}", "name"},
        {"an unknown field", "{'name':'x','bogus':1}", "bogus"},
        {"another's internal id", "{'name':'x','id':1}", "id"},
        {"the given list", "{'name':'x','given':[1]}", "given"},
        {"the uuid", "{'name':'x','uuid':'" NONE "'}", "uuid"},
        {"the version", "{'name':'x','version':7}", "version"},
        {"a name in capitals", "{'name':'x','NAME':'y'}", "NAME"},
        {"1e400", "{'name':'x','creditLimit':1e400}", "creditLimit"},
        {"1e-400", "{'name':'x','creditLimit':1e-400}", "creditLimit"},
        {"three decimals of rupiah", "{'name':'x','creditLimit':1.005}", "creditLimit"},
        {"three decimals by exponent", "{'name':'x','creditLimit':1005e-3}", "creditLimit"},
        {"beyond numeric(15,2)", "{'name':'x','creditLimit':10000000000000}", "creditLimit"},
        {"beyond int64", "{'name':'x','creditLimit':99999999999999999999}", "creditLimit"},
        {"below zero", "{'name':'x','creditLimit':-0.01}", "creditLimit"},
        {"a number as text", "{'name':'x','creditLimit':'1'}", "creditLimit"},
        {"a whole number with decimals", "{'name':'x','paymentTermDays':1.5}", "paymentTermDays"},
        {"days beyond int32", "{'name':'x','paymentTermDays':4294967296}", "paymentTermDays"},
        {"null for what has a default", "{'name':'x','isActive':null}", "isActive"},
        {"a truth as text", "{'name':'x','isActive':'true'}", "isActive"},
        {"a truth as number", "{'name':'x','isActive':1}", "isActive"},
        {"a code with a space", "{'name':'x','code':'A B'}", "code"},
        {"a code with a quote", "{'name':'x','code':'a\\u0027b'}", "code"},
        {"a code beyond ASCII",
         "{'name':'x','code':'K\xC3\x96"
         "D'}",
         "code"},
        {"an address without a point", "{'name':'x','email':'nobody'}", "email"},
    };
    Client *admin = client_admin();
    for (size_t i = 0; i < COUNT(CASES); i++)
        expect_refused(admin, "/customers", &CASES[i]);
}

Test(bad_input, orders)
{
#define ORDER "{'customerId':'" NONE "','orderDate':'2024-02-29','items':"
    static const Case CASES[] = {
        {"no items", ORDER "[]}", "items"},
        {"items that are null", ORDER "null}", "items"},
        {"items that are an object", ORDER "{}}", "items"},
        {"an item that is a number", ORDER "[1]}", "items[0]"},
        {"an item that is null", ORDER "[null]}", "items[0]"},
        {"no quantity", ORDER "[{'itemId':'" NONE "'}]}", "items[0].qty"},
        {"quantity 0", ORDER "[{'itemId':'" NONE "','qty':0}]}", "items[0].qty"},
        {"quantity -0", ORDER "[{'itemId':'" NONE "','qty':-0}]}", "items[0].qty"},
        {"four decimals", ORDER "[" LINE ",{'itemId':'" NONE "','qty':0.0001}]}", "items[1].qty"},
        {"a price below 0", ORDER "[{'itemId':'" NONE "','qty':1,'price':-1}]}", "items[0].price"},
        {"more than 100 % off", ORDER "[{'itemId':'" NONE "','qty':1,'discountPct':100.01}]}",
         "items[0].discountPct"},
        {"an unknown field of an item", ORDER "[{'itemId':'" NONE "','qty':1,'lineTotal':1}]}",
         "items[0].lineTotal"},
        {"a field of an item twice", ORDER "[{'itemId':'" NONE "','qty':1,'qty':2}]}", NULL},
        {"an item that is no uuid", ORDER "[{'itemId':'x','qty':1}]}", "items[0].itemId"},
        {"no leap year", "{'customerId':'" NONE "','orderDate':'2023-02-29','items':[" LINE "]}",
         "orderDate"},
        {"a month 13", "{'customerId':'" NONE "','orderDate':'2024-13-01','items':[" LINE "]}",
         "orderDate"},
        {"an instant for a date",
         "{'customerId':'" NONE "','orderDate':'2024-02-29T00:00:00Z','items':[" LINE "]}",
         "orderDate"},
        {"before 2000", "{'customerId':'" NONE "','orderDate':'1999-12-31','items':[" LINE "]}",
         "orderDate"},
        {"after 2099", "{'customerId':'" NONE "','orderDate':'2100-01-01','items':[" LINE "]}",
         "orderDate"},
        {"a status", ORDER "[" LINE "],'status':'approved'}", "status"},
        {"a total", ORDER "[" LINE "],'total':1}", "total"},
    };
    Client *admin = client_admin();
    for (size_t i = 0; i < COUNT(CASES); i++)
        expect_refused(admin, "/sales-orders", &CASES[i]);
}

Test(bad_input, all_faults_are_named_at_once)
{
    const Response *r = post(client_admin(), "/sales-orders",
                             json("{'customerId':'x','orderDate':'2024-13-45','bogus':1,'items':["
                                  "{'itemId':'y','qty':-1,'discountPct':101},{'qty':'two'}]}"));
    static const char *const FIELDS[] = {"customerId",      "orderDate",    "bogus",
                                         "items[0].itemId", "items[0].qty", "items[0].discountPct",
                                         "items[1].itemId", "items[1].qty"};
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        expect_error(r, 400, FIELDS[i]);
    r = post(client_admin(), "/sales-orders", "{}");
    expect_error(r, 400, "customerId");
    expect_error(r, 400, "orderDate");
    expect_error(r, 400, "items");
    expect_json(r, "message", "'Validation failed'");
}

Test(bad_input, nesting)
{
    Client *admin = client_admin();
    const size_t depths[] = {17, 1000, 100000};
    for (size_t i = 0; i < COUNT(depths); i++) {
        const char *open = repeat("[", depths[i]), *close = repeat("]", depths[i]);
        expect_error(post(admin, "/customers", text("%s%s", open, close)), 400, NULL);
        expect_error(post(admin, "/customers", text("{\"name\":%s%s}", open, close)), 400, NULL);
        expect_error(post(admin, "/customers", open), 400, NULL);
        const char *objects = repeat("{\"name\":", depths[i]);
        expect_error(post(admin, "/customers", objects), 400, NULL);
    }
}

Test(bad_input, sizes)
{
    Client *admin = client_admin();
    const char *two_mib = text("{\"name\":\"%s\"}", repeat("x", 2097152));
    expect_error(post(admin, "/customers", two_mib), 413, NULL);
    expect_status(get(admin, "/customers?limit=1"), 200);

    const char *padded = text("{\"name\":\"x\"%s}", repeat(" ", 1048576 - 12));
    cr_assert_eq(strlen(padded), 1048576);
    expect_status(post(admin, "/customers", padded), 201);
    expect_error(post(admin, "/customers", text("%s ", padded)), 413, NULL);

    const char *lines = repeat(",{\"itemId\":\"" NONE "\",\"qty\":1}", 501);
    const char *order =
        json("{'customerId':'" NONE "','orderDate':'2024-02-29','items':[%s]}", lines + 1);
    expect_error(post(admin, "/sales-orders", order), 400, "items");
    expect_error(post(admin, "/customers", text("{\"name\":\"%s\"}", repeat("\xC3\xA9", 256))), 400,
                 "name");
    expect_status(post(admin, "/customers", text("{\"name\":\"%s\"}", repeat("\xC3\xA9", 255))),
                  201);
}

Test(bad_input, bytes_that_end_a_c_string)
{
    static const char BODY[] = "{\"name\":\"a\0b\"}";
    static const char BEHIND[] = "{\"name\":\"a\"}\0";
    Client *admin = client_admin();
    expect_error(http_bytes(admin, "POST", "/customers", BODY, sizeof BODY - 1, NULL), 400, NULL);
    expect_error(http_bytes(admin, "POST", "/customers", BEHIND, sizeof BEHIND - 1, NULL), 400,
                 NULL);
}

Test(bad_input, media_types)
{
    static const char *const REFUSED[] = {
        "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded",
        "Content-Type:", "Content-Type: application/json; charset=iso-8859-1",
        "Content-Type: application/jsonx"};
    static const char *const TAKEN[] = {"Content-Type: application/json; charset=utf-8",
                                        "Content-Type: Application/JSON"};
    Client *admin = client_admin();
    const char *body = "{\"name\":\"Jenis\"}";
    for (size_t i = 0; i < COUNT(REFUSED); i++)
        expect_error(http(admin, "POST", "/customers", body, REFUSED[i], NULL), 415, NULL);
    for (size_t i = 0; i < COUNT(TAKEN); i++)
        expect_status(http(admin, "POST", "/customers", body, TAKEN[i], NULL), 201);
}

Test(bad_input, ids_and_queries)
{
    static const char *const IDS[] = {"x", "1", "00000000-0000-0000-0000-00000000000g", NONE "x",
                                      "%7B" NONE "%7D"};
    static const char *const QUERIES[] = {
        "limit=0",    "limit=101",          "limit=x",     "limit=1.5",   "page=0",
        "page=-1",    "sort=evil",          "sort=",       "cursor=x",    "isActive=maybe",
        "bogus=1",    "limit=1&limit=2",    "search=%00x", "search=%C3(", "search=%zz",
        "limit=%31%", "page=101&limit=100", "limit=1e1",   "page=1.0"};
    Client *admin = client_admin();
    for (size_t i = 0; i < COUNT(IDS); i++)
        expect_error(get(admin, "/customers/%s", IDS[i]), 400, "uuid");
    for (size_t i = 0; i < COUNT(QUERIES); i++)
        expect_error(get(admin, "/customers?%s", QUERIES[i]), 400, NULL);
    static const char *const ROLES[] = {"1.5", "1.0", "1e0", "0x1", "%201", "01", "+1"};
    for (size_t i = 0; i < COUNT(ROLES); i++)
        expect_error(get(admin, "/roles/%s", ROLES[i]), 400, "id");
    expect_error(get(admin, "/customers/%s", "00000000-0000-4000-8000-00000000000A"), 404, NULL);
}

Test(bad_input, nothing_of_it_is_stored)
{
    Client *admin = client_admin();
    const char *code = unique("NO");
    expect_error(post(admin, "/customers", json("{'code':'%s','name':'x','bogus':1}", code)), 400,
                 "bogus");
    expect_number(sql_int("SELECT count(*) FROM sales.customer WHERE code = '%s'", code), 0);
    expect_status(post(admin, "/customers", json("{'code':'%s','name':'x'}", code)), 201);
}
