/* The writers, and the history of what they were answered. Not the comparison with the database:
 * check.c. Not what they do with orders, deliveries and stock: trading.c. */
#include "load.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 90000, RETRY_MS = 40 };

void write_fault(Writer *writer, const Response *r, const char *what)
{
    const char *none = NULL;
    const char *said = text("%s: %s %s: %d %s%.300s", what, r->method, r->path, r->status,
                            r->why ? r->why : "", r->body);
    (void)atomic_compare_exchange_strong(&writer->load->fault, &none, said);
}

/* ---- one write until it is answered ---- */

static bool may_pass(const Response *r)
{
    return r->status == 0 || r->status == 503 ||
           (r->status == 409 && strstr(r->body, "still running"));
}

static bool is_answer(const Response *r, bool refusable)
{
    return r->status == 200 || r->status == 201 ||
           (r->status == 422 && refusable && !strstr(r->body, "Idempotency-Key"));
}

const Response *write_attempt(Writer *writer, const char *method, const char *path,
                              const char *body, bool refusable)
{
    const char *key = text("Idempotency-Key: %s%d-%08x", writer->load->prefix, writer->number,
                           (unsigned)chance_next(&writer->chance));
    int64_t until = now_ms() + ANSWER_MS;
    while (now_ms() < until) {
        int64_t began = now_ms();
        Client *client = writer->gateways[writer->gateway];
        const Response *r = http(client, method, path, body, key, NULL);
        if (is_answer(r, refusable)) {
            atomic_store(&writer->answered, began);
            atomic_fetch_add(&writer->load->answers, 1);
            return r;
        }
        if (!may_pass(r)) {
            write_fault(writer, r, "an answer that no outage explains");
            return NULL;
        }
        atomic_store(&writer->failed, began);
        writer->gateway = !writer->gateway && writer->gateways[1];
        pause_ms(RETRY_MS);
    }
    write_fault(writer, &(Response){.method = method, .path = path, .body = ""}, "never answered");
    return NULL;
}

static Op *remember(Writer *writer, OpKind kind, const char *name, const Response *r)
{
    if (writer->count == writer->room) {
        size_t room = writer->room ? (size_t)writer->room * 2 : 256;
        Op *ops = keep(room * sizeof *ops);
        if (writer->count)
            memcpy(ops, writer->ops, (size_t)writer->count * sizeof *ops);
        writer->ops = ops;
        writer->room = (int)room;
    }
    Op *op = &writer->ops[writer->count++];
    *op = (Op){.kind = kind, .name = name, .uuid = json_string(r->body, "uuid")};
    return op;
}

static Op *pick(Writer *writer, OpKind kind)
{
    int start = writer->count ? chance_between(&writer->chance, 0, writer->count - 1) : 0;
    for (int i = 0; i < writer->count; i++) {
        Op *op = &writer->ops[(start + i) % writer->count];
        if (op->kind == kind)
            return op;
    }
    return NULL;
}

/* ---- the writes ---- */

static const char *name_next(Writer *writer, const char *kind)
{
    return text("%s%s-%d-%d", writer->load->prefix, kind, writer->number, writer->count);
}

static void create_customer(Writer *writer)
{
    const char *code = name_next(writer, "C");
    const Response *r = write_attempt(writer, "POST", "/customers", customer_body(code), false);
    if (r)
        (void)remember(writer, OP_CUSTOMER, code, r);
}

static void create_item(Writer *writer)
{
    const char *code = name_next(writer, "I");
    const Response *r = write_attempt(writer, "POST", "/items", item_body(code, "1"), false);
    if (r)
        remember(writer, OP_ITEM, code, r)->price = 1;
}

/* The version counts every change: one that happened twice would show at once. */
static void change_price(Writer *writer, Op *item)
{
    int price = item->price + 1;
    const Response *r = write_attempt(writer, "PUT", text("/items/%s", item->uuid),
                                      json("{'price':%d}", price), false);
    if (!r)
        return;
    item->price = price;
    const char *version = json_raw(r->body, "version");
    if (!version || strtol(version, NULL, 10) != price)
        write_fault(writer, r, text("version is not %d", price));
}

static void create_order(Writer *writer, const Op *customer, const Op *item)
{
    const char *po = name_next(writer, "O");
    const Response *r = write_attempt(
        writer, "POST", "/sales-orders",
        json("{'customerId':'%s','orderDate':'%s','customerPO':'%s','items':[{'itemId':"
             "'%s','qty':%d}]}",
             customer->uuid, today(), po, item->uuid, chance_between(&writer->chance, 1, 50)),
        false);
    if (r)
        remember(writer, OP_ORDER, po, r)->number = json_string(r->body, "soNumber");
}

static void write_something(Writer *writer)
{
    if (writer->log && chance_between(&writer->chance, 0, 99) < writer->load->plan.trading) {
        trading_step(writer);
        return;
    }
    Op *customer = pick(writer, OP_CUSTOMER), *item = pick(writer, OP_ITEM);
    int dice = chance_between(&writer->chance, 0, 99);
    if (!customer || dice < 20)
        create_customer(writer);
    else if (!item || dice < 45)
        create_item(writer);
    else if (dice < 70)
        change_price(writer, item);
    else
        create_order(writer, customer, item);
}

static void *writer_main(void *argument)
{
    Writer *writer = argument;
    while (!atomic_load(&writer->load->stopping) && !atomic_load(&writer->load->fault)) {
        write_something(writer);
        pause_ms(chance_between(&writer->chance, 0, 2 * writer->load->plan.pause_ms));
    }
    return NULL;
}

/* ---- the load ---- */

static Client *gateway_client(const char *address)
{
    if (!*address)
        return NULL;
    Client *client = client_at(text("%s/api", address));
    client->token = client_admin()->token;
    return client;
}

Load *load_start(uint64_t seed, LoadPlan plan)
{
    Load *load = keep(sizeof *load);
    load->prefix = text("%s-", unique("F"));
    load->plan = plan;
    load->writer_count = plan.writers;
    load->trading = plan.trading ? trading_new(load->prefix) : NULL;
    const char *first = service_admin("gateway"), *second = service_admin("gateway-2");
    load->writers = keep((size_t)plan.writers * sizeof *load->writers);
    for (int i = 0; i < plan.writers; i++) {
        Writer *writer = &load->writers[i];
        writer->load = load;
        writer->number = i;
        writer->chance = chance_from(seed, (uint64_t)i + 1);
        writer->gateways[0] = gateway_client(first);
        writer->gateways[1] = gateway_client(second);
        writer->gateway = i % 2 && writer->gateways[1];
        writer->log = load->trading ? trading_log_new() : NULL;
        if (pthread_create(&writer->thread, NULL, writer_main, writer))
            abort();
    }
    return load;
}

int load_recovered(Load *load, int64_t since)
{
    int count = 0;
    for (int i = 0; i < load->writer_count; i++)
        count += atomic_load(&load->writers[i].answered) >= since;
    return count;
}

int64_t load_last_failure(Load *load)
{
    int64_t last = 0;
    for (int i = 0; i < load->writer_count; i++) {
        int64_t failed = atomic_load(&load->writers[i].failed);
        last = failed > last ? failed : last;
    }
    return last;
}

const char *load_fault(Load *load)
{
    return atomic_load(&load->fault);
}

int load_count(const Load *load)
{
    int count = 0;
    for (int i = 0; i < load->writer_count; i++) {
        count += trading_count(&load->writers[i]);
        for (int k = 0; k < load->writers[i].count; k++)
            count += load->writers[i].ops[k].price > 1 ? load->writers[i].ops[k].price : 1;
    }
    return count;
}

int load_answers(Load *load)
{
    return atomic_load(&load->answers);
}

void load_stop(Load *load)
{
    atomic_store(&load->stopping, true);
    for (int i = 0; i < load->writer_count; i++)
        pthread_join(load->writers[i].thread, NULL);
}
