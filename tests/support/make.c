/* Users and documents for tests. Their fields are valid, and otherwise of no meaning. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testkit_private.h"

#define USER_PASSWORD "Rahasia-Kuat-77!"

Client *client_admin(void)
{
    return client_new(getenv(TOKEN_VARIABLE));
}

Client *client_login(const char *username, const char *password)
{
    Client *client = client_new(NULL);
    const Response *r =
        post(client, "/auth/login", json("{'username':'%s','password':'%s'}", username, password));
    client->token = json_string(r->body, "accessToken");
    return client;
}

static const char *created(const Response *response, const char *id)
{
    const char *value = response->status == 201 ? json_raw(response->body, id) : NULL;
    if (!value)
        cr_assert_fail("POST %s: %d %s%s", response->path, response->status,
                       response->why ? response->why : "", response->body);
    return *value == '"' ? json_string(value, "") : value;
}

Client *client_permitted(const char *permissions)
{
    Client *admin = client_admin();
    const char *name = unique("u");
    const char *role = created(
        post(admin, "/roles", json("{'name':'%s','permissions':[%s]}", name, permissions)), "id");
    created(post(admin, "/users",
                 json("{'username':'%s','email':'%s@example.test','fullName':'User %s',"
                      "'password':'%s','roleId':%s}",
                      name, name, name, USER_PASSWORD, role)),
            "uuid");
    Client *client = client_login(name, USER_PASSWORD);
    if (!client->token)
        cr_assert_fail("%s could not sign in", name);
    return client;
}

const char *customer_body(const char *code)
{
    return json("{'code':'%s','name':'PT Pelanggan %s'}", code, code);
}

const char *item_body(const char *code, const char *price)
{
    return json("{'code':'%s','name':'Barang %s','type':'finished','uom':'pcs','price':%s,"
                "'standardCost':40000}",
                code, code, price);
}

const char *order_body(const char *customer, const char *item, const char *date)
{
    return json("{'customerId':'%s','orderDate':'%s','items':[{'itemId':'%s','qty':100,"
                "'discountPct':5}]}",
                customer, date, item);
}

const char *new_customer(Client *client)
{
    return created(post(client, "/customers", customer_body(unique("C"))), "uuid");
}

const char *new_item(Client *client, const char *price)
{
    return created(post(client, "/items", item_body(unique("I"), price)), "uuid");
}

const char *new_order(Client *client, const char *customer, const char *item)
{
    return created(post(client, "/sales-orders", order_body(customer, item, today())), "uuid");
}

/* Asia/Jakarta, the default of APP_TIMEZONE: UTC+7, without summer time; shifted as the daemons. */
static time_t business_time(void)
{
    const char *shift = getenv("SENTIENT_CLOCK");
    return time(NULL) + (time_t)7 * 3600 + (shift && *shift ? number_in(shift) : 0);
}

int today_left(void)
{
    enum { DAY = 86400 };
    return DAY - (int)(business_time() % DAY);
}

const char *today(void)
{
    time_t now = business_time();
    struct tm tm;
    gmtime_r(&now, &tm);
    return text("%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

const char *fresh_month(void)
{
    return sql_text("SELECT to_char(day, 'YYYY-MM') FROM generate_series(date '2050-01-01', "
                    "'2089-12-01', interval '1 month') day WHERE NOT EXISTS (SELECT FROM "
                    "sales.sales_order o WHERE o.number_month = to_char(day, 'YYYYMM')::integer) "
                    "ORDER BY random() LIMIT 1");
}
