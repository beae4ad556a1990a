/* The leaves about reservations, asked over NATS as another service asks them. */
#include <stdlib.h>
#include <string.h>

#include "stock.h"
#include "trade.h"

enum { MESSAGE_MAX = 1024 };

#define NONE "00000000-0000-4000-8000-000000000000"

/* A protobuf message under construction. */
typedef struct Packed {
    unsigned char data[MESSAGE_MAX];
    size_t length;
} Packed;

static void put_varint(Packed *packed, uint64_t value)
{
    for (; value > 127; value >>= 7)
        packed->data[packed->length++] = (unsigned char)(value | 128);
    packed->data[packed->length++] = (unsigned char)value;
}

static void put_bytes(Packed *packed, unsigned tag, const void *bytes, size_t length)
{
    put_varint(packed, tag << 3 | 2);
    put_varint(packed, length);
    memcpy(packed->data + packed->length, bytes, length);
    packed->length += length;
}

static void put_text(Packed *packed, unsigned tag, const char *value)
{
    put_bytes(packed, tag, value, strlen(value));
}

static void put_number(Packed *packed, unsigned tag, int64_t value)
{
    put_varint(packed, tag << 3);
    put_varint(packed, (uint64_t)value);
}

static void put_line(Packed *packed, int line, const char *item, int64_t qty)
{
    Packed inner = {0};
    put_number(&inner, 1, line);
    put_text(&inner, 2, item);
    put_number(&inner, 3, qty);
    put_bytes(packed, 3, inner.data, inner.length);
}

static void put_owner(Packed *packed, const char *owner, const char *warehouse)
{
    Packed inner = {0};
    put_text(&inner, 1, "work_order");
    put_text(&inner, 2, owner);
    put_text(&inner, 3, "WO-202412-0001");
    put_bytes(packed, 1, inner.data, inner.length);
    put_text(packed, 2, warehouse);
}

static const BusMessage *ask_leaf(const char *subject, const Packed *packed)
{
    const BusText headers[] = {{"Sf-Username", "system"}, {"Sf-Request-Id", uuid_random()}, {0}};
    const BusMessage *reply =
        bus_ask(bus_as("sales"), subject, headers, packed->data, packed->length, SOON_MS);
    cr_assert_not_null(reply, "no answer");
    return reply;
}

/* The status of the answer: 200, or that of the error. */
static int64_t ask(const Packed *packed)
{
    const char *code = bus_header(ask_leaf("inventory.internal.reservation.set", packed),
                                  "Nats-Service-Error-Code");
    return code ? strtol(code, NULL, 10) : 200;
}

/* One line of the owner is to have `qty` thousandths. */
static int64_t set_one(const char *owner, const char *item, int64_t qty)
{
    Packed packed = {0};
    put_owner(&packed, owner, MAIN_WAREHOUSE);
    put_line(&packed, 1, item, qty);
    return ask(&packed);
}

Test(reservation_leaf, exactly_as_said)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *owner = uuid_random();
    expect_number(set_one(owner, item, 4000), 200);
    expect_stock(admin, item, NULL, "10 4 6 40000 400000");
    expect_number(set_one(owner, item, 4000), 200);
    expect_stock(admin, item, NULL, "10 4 6 40000 400000");
    expect_number(set_one(owner, item, 10000), 200);
    expect_number(set_one(owner, item, 10001), 422);
    expect_stock(admin, item, NULL, "10 10 0 40000 400000");
    expect_number(set_one(uuid_random(), item, 1), 422);
    expect_number(set_one(owner, item, 1500), 200);
    expect_stock(admin, item, NULL, "10 1.5 8.5 40000 400000");
    expect_number(set_one(owner, item, 0), 200);
    expect_stock(admin, item, NULL, "10 0 10 40000 400000");
    expect_integrity(admin);
}

Test(reservation_leaf, all_lines_or_none)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *scarce = new_stocked_item(admin, "1");
    const char *owner = uuid_random();
    Packed packed = {0};
    put_owner(&packed, owner, MAIN_WAREHOUSE);
    put_line(&packed, 1, item, 4000);
    put_line(&packed, 2, scarce, 1001);
    expect_number(ask(&packed), 422);
    expect_stock(admin, item, NULL, "10 0 10 40000 400000");
    packed = (Packed){0};
    put_owner(&packed, owner, MAIN_WAREHOUSE);
    put_line(&packed, 1, item, 6000);
    put_line(&packed, 2, item, 4001);
    expect_number(ask(&packed), 422);
    packed = (Packed){0};
    put_owner(&packed, owner, MAIN_WAREHOUSE);
    put_line(&packed, 1, item, 6000);
    put_line(&packed, 2, scarce, 1000);
    expect_number(ask(&packed), 200);
    expect_stock(admin, item, NULL, "10 6 4 40000 400000");
    expect_stock(admin, scarce, NULL, "1 1 0 40000 40000");
    expect_integrity(admin);
}

Test(reservation_leaf, what_is_given_back_goes_to_waiting_orders)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *owner = uuid_random();
    expect_number(set_one(owner, item, 8000), 200);
    const char *order = order_approved(admin, new_customer(admin), item, "5");
    order_shows(admin, order, "items[0].reservedQty", "2");
    expect_number(set_one(owner, item, 6000), 200);
    order_shows(admin, order, "items[0].reservedQty", "4");
    expect_stock(admin, item, NULL, "10 10 0 40000 400000");
    expect_integrity(admin);
}

Test(reservation_leaf, what_it_refuses)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10"), *owner = uuid_random();
    Packed packed = {0};
    put_owner(&packed, owner, NONE);
    put_line(&packed, 1, item, 1000);
    expect_number(ask(&packed), 422);
    expect_number(set_one(owner, NONE, 1000), 422);
    expect_number(set_one(owner, item, -1), 400);
    expect_number(set_one("no-uuid", item, 1), 400);
    expect_number(set_one(owner, item, 1000), 200);
    expect_number(set_one(owner, new_stocked_item(admin, "5"), 1000), 422);
    packed = (Packed){0};
    put_owner(&packed, owner, new_warehouse(admin));
    put_line(&packed, 1, item, 1000);
    expect_number(ask(&packed), 422);
    packed = (Packed){0};
    put_owner(&packed, owner, MAIN_WAREHOUSE);
    put_line(&packed, 1, item, 1000);
    put_line(&packed, 1, item, 2000);
    expect_number(ask(&packed), 400);
    expect_stock(admin, item, NULL, "10 1 9 40000 400000");
}

Test(reservation_leaf, the_export_has_whole_reservations)
{
    Client *admin = client_admin();
    const char *item = new_stocked_item(admin, "10");
    const char *order = order_reserved(admin, new_customer(admin), item, "4");
    Packed packed = {0};
    put_number(&packed, 1,
               sql_int("SELECT id - 1 FROM inventory.reservation WHERE owner_uuid = '%s'", order));
    const BusMessage *page = ask_leaf("inventory.reservation.export", &packed);
    cr_assert_null(bus_header(page, "Nats-Service-Error-Code"));
    cr_assert_not_null(memmem(page->payload, page->length, order, strlen(order)));
    cr_assert_not_null(memmem(page->payload, page->length, item, strlen(item)));
}
