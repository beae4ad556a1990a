/* Sales orders from state to state: what each step shows and tells, what is refused. Not what the
 * order holds (flow_so_update.c) and not its deliveries (flow_do.c). */
#include <string.h>

#include "trade.h"

static void expect_step(const Response *r, const char *status, const char *version,
                        const char *actions)
{
    expect_status(r, 200);
    expect_json(r, "status", text("'%s'", status));
    expect_json(r, "version", version);
    expect_json(r, "allowedActions", actions);
    expect_text(header(r, "ETag"), text("\"%s\"", version));
}

static void expect_change(const Response *r, int at, const char *from, const char *to,
                          const char *note)
{
    expect_json(r, text("history[%d].from", at), text("'%s'", from));
    expect_json(r, text("history[%d].to", at), text("'%s'", to));
    expect_json(r, text("history[%d].by", at), "'admin'");
    expect_json(r, text("history[%d].note", at), note);
}

Test(so_states, a_life)
{
    Client *admin = client_admin();
    const char *order = order_draft(admin, new_customer(admin), new_item(admin, "100"), "3");
    expect_step(order_do(admin, order, "submit"), "pending_approval", "2",
                "['approve','reject','cancel']");
    expect_step(order_decide(admin, order, "reject", "Terlalu murah"), "rejected", "3",
                "['update','cancel']");
    expect_step(put(admin, text("/sales-orders/%s", order), json("{'notes':'x'}")), "draft", "4",
                "['update','submit','cancel']");
    expect_step(order_do(admin, order, "submit"), "pending_approval", "5",
                "['approve','reject','cancel']");
    const Response *r = order_do(admin, order, "approve");
    expect_step(r, "approved", "6", "['cancel']");
    expect_json(r, "history[0].from", "null");
    expect_change(r, 1, "draft", "pending_approval", "null");
    expect_change(r, 2, "pending_approval", "rejected", "'Terlalu murah'");
    expect_change(r, 3, "rejected", "draft", "null");
    expect_change(r, 4, "draft", "pending_approval", "null");
    expect_change(r, 5, "pending_approval", "approved", "null");
    expect_text(order_get(admin, order)->body, r->body);
    r = order_cancel(admin, order);
    expect_step(r, "cancelled", "7", "[]");
    expect_change(r, 6, "approved", "cancelled", "null");
    expect_text(order_get(admin, order)->body, r->body);
}

Test(so_states, every_step_is_told)
{
    Client *admin = client_admin();
    Listener *live = bus_listen(bus_as("integrator"), "so.*");
    const char *order = order_draft(admin, new_customer(admin), new_item(admin, "100"), "3");
    expect_status(put(admin, text("/sales-orders/%s", order), "{}"), 200);
    expect_status(order_do(admin, order, "submit"), 200);
    expect_status(order_decide(admin, order, "reject", "Alasan"), 200);
    expect_status(put(admin, text("/sales-orders/%s", order), "{}"), 200);
    expect_status(order_do(admin, order, "submit"), 200);
    expect_status(order_do(admin, order, "approve"), 200);
    expect_status(order_cancel(admin, order), 200);
    static const char *const TOLD[] = {"so.created",  "so.updated",  "so.submitted",
                                       "so.rejected", "so.updated",  "so.submitted",
                                       "so.approved", "so.cancelled"};
    for (size_t i = 0; i < sizeof TOLD / sizeof *TOLD; i++) {
        const BusMessage *event = listener_find(live, order, SOON_MS);
        cr_assert_not_null(event, "no %s came", TOLD[i]);
        expect_text(event->subject, TOLD[i]);
        expect_text(bus_header(event, "ce-sequence"), text("%zu", i + 1));
    }
}

/* ---- what is refused ---- */

typedef struct Verb {
    const char *name, *legal_in; /* the states in which it is refused for another reason, or not */
} Verb;

static const Verb VERBS[] = {
    {"update", "draft rejected"},     {"submit", "draft"},
    {"approve", "pending_approval"},  {"reject", "pending_approval"},
    {"close", "partially_delivered"}, {"cancel", "draft pending_approval rejected approved"},
};

static const Response *ask(Client *client, const char *order, const char *verb)
{
    if (strcmp(verb, "update") == 0)
        return put(client, text("/sales-orders/%s", order), json("{'notes':'lain'}"));
    if (strcmp(verb, "cancel") == 0)
        return order_cancel(client, order);
    if (strcmp(verb, "reject") == 0 || strcmp(verb, "close") == 0)
        return order_decide(client, order, verb, "Alasan");
    return order_do(client, order, verb);
}

static bool is_legal(const Verb *verb, const char *state)
{
    const char *at = strstr(verb->legal_in, state);
    size_t length = strlen(state);
    return at && (at[length] == ' ' || !at[length]) && (at == verb->legal_in || at[-1] == ' ');
}

/* Every verb that the state does not know: 422 that names the state, and nothing changes. */
static void expect_refusals(Client *client, const char *order)
{
    const char *before = order_get(client, order)->body;
    const char *state = json_string(before, "status");
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        if (is_legal(&VERBS[i], state))
            continue;
        const Response *r = ask(client, order, VERBS[i].name);
        expect_error(r, 422, "status");
        cr_assert_not_null(strstr(json_string(r->body, "message"), state), "%s", r->body);
        expect_text(order_get(client, order)->body, before);
    }
}

Test(so_states, what_a_state_does_not_know_is_refused)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "100");
    const char *order = order_draft(admin, customer, item, "1");
    expect_refusals(admin, order);
    expect_status(order_do(admin, order, "submit"), 200);
    expect_refusals(admin, order);
    expect_status(order_decide(admin, order, "reject", "x"), 200);
    expect_refusals(admin, order);
    expect_status(order_cancel(admin, order), 200);
    expect_refusals(admin, order);
    order = order_approved(admin, customer, item, "1");
    expect_refusals(admin, order);
}

Test(so_states, bad_requests)
{
    Client *admin = client_admin();
    const char *order = order_submitted(admin, new_customer(admin), new_item(admin, "1"), "1");
    const char *path = text("/sales-orders/%s/reject", order);
    expect_error(post(admin, path, NULL), 400, "reason");
    expect_error(post(admin, path, "{}"), 400, "reason");
    expect_error(post(admin, path, json("{'reason':'  '}")), 400, "reason");
    expect_error(post(admin, path, json("{'reason':'%s'}", repeat("x", 2001))), 400, "reason");
    expect_error(post(admin, path, json("{'reason':1}")), 400, "reason");
    expect_error(post(admin, path, json("{'reason':'x','status':'draft'}")), 400, "status");
    expect_error(post(admin, text("/sales-orders/%s/submit", order), json("{'x':1}")), 400, "x");
    expect_json(order_get(admin, order), "version", "2");
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        expect_error(ask(admin, uuid_random(), VERBS[i].name), 404, NULL);
        expect_error(ask(admin, "1", VERBS[i].name), 400, "uuid");
    }
}

Test(so_states, a_stale_version_is_refused_before_the_state)
{
    Client *admin = client_admin();
    const char *order = order_draft(admin, new_customer(admin), new_item(admin, "1"), "1");
    const char *path = text("/sales-orders/%s/submit", order);
    expect_error(http(admin, "POST", path, NULL, "If-Match: \"2\"", NULL), 412, NULL);
    expect_status(http(admin, "POST", path, NULL, "If-Match: \"1\"", NULL), 200);
    expect_error(http(admin, "POST", path, NULL, "If-Match: \"1\"", NULL), 412, NULL);
    expect_error(http(admin, "POST", path, NULL, "If-Match: \"2\"", NULL), 422, "status");
    expect_json(order_get(admin, order), "version", "2");
}

/* ---- who may ---- */

Test(so_states, actions_are_the_asking_users)
{
    static const struct {
        const char *permissions, *draft, *pending, *approved;
    } CASES[] = {
        {"'so.read'", "[]", "[]", "[]"},
        {"'so.read','so.update'", "['update','submit']", "[]", "[]"},
        {"'so.read','so.approve'", "[]", "['approve','reject']", "[]"},
        {"'so.read','so.delete'", "['cancel']", "['cancel']", "['cancel']"},
        {"'so.read','do.create'", "[]", "[]", "['deliver']"},
    };
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_stocked_item(admin, "1");
    const char *draft = order_draft(admin, customer, item, "1");
    const char *pending = order_submitted(admin, customer, item, "1");
    const char *approved = order_reserved(admin, customer, item, "1");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Client *client = client_permitted(CASES[i].permissions);
        expect_json(order_get(client, draft), "allowedActions", CASES[i].draft);
        expect_json(order_get(client, pending), "allowedActions", CASES[i].pending);
        expect_json(order_get(client, approved), "allowedActions", CASES[i].approved);
        const Response *list = get(client, "/sales-orders?customerId=%s&sort=createdAt", customer);
        expect_json(list, "data[0].allowedActions", CASES[i].draft);
        expect_json(list, "data[1].allowedActions", CASES[i].pending);
        expect_json(list, "data[2].allowedActions", CASES[i].approved);
    }
    Client *reader = client_permitted("'so.read'");
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        expect_error(ask(reader, draft, VERBS[i].name), 403, NULL);
}

/* ---- one wins ---- */

enum { MANY = 12 };

typedef struct Race {
    const char *order;
    const Response *answers[MANY];
} Race;

static void approve_or_cancel(void *context, int index)
{
    Race *race = context;
    race->answers[index] = index % 2 ? order_cancel(client_admin(), race->order)
                                     : order_do(client_admin(), race->order, "approve");
}

static void approve(void *context, int index)
{
    Race *race = context;
    race->answers[index] = order_do(client_admin(), race->order, "approve");
}

static void submit(void *context, int index)
{
    Race *race = context;
    race->answers[index] = order_do(client_admin(), race->order, "submit");
}

static int won(const Race *race)
{
    int count = 0;
    for (int i = 0; i < MANY; i++) {
        cr_assert(race->answers[i]->status == 200 || race->answers[i]->status == 422, "%d %s",
                  race->answers[i]->status, race->answers[i]->body);
        count += race->answers[i]->status == 200;
    }
    return count;
}

Test(so_states, of_many_at_once_one_wins)
{
    Client *admin = client_admin();
    Race race = {.order = order_draft(admin, new_customer(admin), new_item(admin, "1"), "1")};
    parallel(MANY, submit, &race);
    expect_number(won(&race), 1);
    parallel(MANY, approve, &race);
    expect_number(won(&race), 1);
    const Response *r = order_get(admin, race.order);
    expect_json(r, "version", "3");
    expect_number(json_count(r->body, "history"), 3);
}

/* Approving and cancelling may follow each other, in this order only. */
Test(so_states, approval_and_cancellation_at_once)
{
    Client *admin = client_admin();
    Race race = {.order = order_submitted(admin, new_customer(admin), new_item(admin, "1"), "1")};
    parallel(MANY, approve_or_cancel, &race);
    int count = won(&race);
    cr_assert(count == 1 || count == 2, "%d won", count);
    const Response *r = order_get(admin, race.order);
    expect_json(r, "status", "'cancelled'");
    expect_json(r, "version", text("%d", 2 + count));
    expect_number(json_count(r->body, "history"), 2 + count);
}

/* ---- master data ---- */

Test(so_states, what_open_orders_name_stays)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_item(admin, "1");
    const char *order = order_draft(admin, customer, item, "1");
    const char *const PATHS[] = {text("/customers/%s", customer), text("/items/%s", item)};
    static const char *const STEPS[] = {"", "submit", "approve"};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        if (*STEPS[i])
            expect_status(order_do(admin, order, STEPS[i]), 200);
        expect_error(del(admin, PATHS[0]), 422, NULL);
        expect_error(del(admin, PATHS[1]), 422, NULL);
    }
    expect_status(order_cancel(admin, order), 200);
    expect_status(del(admin, PATHS[0]), 200);
    EVENTUALLY(SOON_MS, del(admin, PATHS[1])->status == 200); /* inventory hears of it */
    expect_json(order_get(admin, order), "customer.uuid", text("'%s'", customer));
}

#define AHEAD "2099-01-01T00:00:00.000Z"

/* The clock was set back: what follows is not before what was. */
Test(so_states, time_never_runs_backwards)
{
    Client *admin = client_admin();
    const char *customer = new_customer(admin), *item = new_stocked_item(admin, "1");
    const char *order = order_reserved(admin, customer, item, "1");
    const char *delivery = delivery_of_all(admin, order);
    sql_run("UPDATE sales.sales_order SET updated_at = '" AHEAD "' WHERE uuid = '%s'", order);
    sql_run("UPDATE sales.delivery_order SET updated_at = '" AHEAD "' WHERE uuid = '%s'", delivery);
    sql_run("UPDATE sales.customer SET updated_at = '" AHEAD "' WHERE uuid = '%s'", customer);
    sql_run("UPDATE inventory.item SET updated_at = '" AHEAD "' WHERE uuid = '%s'", item);
    expect_json(put(admin, text("/customers/%s", customer), json("{'phone':'1'}")), "updatedAt",
                "'" AHEAD "'");
    expect_json(put(admin, text("/items/%s", item), json("{'price':2}")), "updatedAt",
                "'" AHEAD "'");
    const Response *r = delivery_do(admin, delivery, "ship");
    expect_json(r, "updatedAt", "'" AHEAD "'");
    expect_json(r, "shippedAt", "'" AHEAD "'");
    expect_status(delivery_do(admin, delivery, "deliver"), 200);
    r = order_get(admin, order);
    expect_json(r, "updatedAt", "'" AHEAD "'");
    expect_json(r, "history[3].at", "'" AHEAD "'");
}
