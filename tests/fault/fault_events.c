/* Events that cannot have their effect, and events that come again: put aside, tried again, given
 * up, read again, without harm to the rest. Not the loss of the stream: fault_stream.c. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

TestSuite(events, .init = system_settle, .fini = system_settle);

/* ---- publishing as inventory would ---- */

static int64_t publish(Bus *inventory, const char *subject, const char *id, const char *msg_id,
                       const char *document, const void *payload, size_t length)
{
    const BusText headers[] = {{"ce-id", id},
                               {"ce-subject", document},
                               {"ce-type", subject},
                               {msg_id ? "Nats-Msg-Id" : NULL, msg_id},
                               {NULL, NULL}};
    const BusMessage *ack = bus_ask(inventory, subject, headers, payload, length, SOON_MS);
    const char *sequence = ack ? json_raw(ack->payload, "seq") : NULL;
    if (!sequence)
        cr_assert_fail("the stream did not take %s: %s", subject, ack ? ack->payload : "no answer");
    return strtoll(sequence, NULL, 10);
}

static const char *poison(const char *document)
{
    const char *id = uuid_random();
    publish(bus_as("inventory"), "item.updated", id, id, document, "\xff\xff\xff", 3);
    return id;
}

static const char *put_aside(const char *column, const char *event)
{
    const char *value =
        sql_text("SELECT %s FROM sales.dead_letter WHERE event_id = '%s'", column, event);
    return value ? value : "";
}

static int64_t aside(const char *document)
{
    return sql_int("SELECT count(*) FROM sales.dead_letter WHERE document = '%s'", document);
}

static void set_price(const char *item, int price)
{
    expect_status(put(client_admin(), text("/items/%s", item), json("{'price':%d}", price)), 200);
}

static const char *item_in_sales(const char *price)
{
    const char *item = new_item(client_admin(), price);
    EVENTUALLY(SOON_MS, price_in_sales(item) == (int)strtol(price, NULL, 10));
    return item;
}

static void events_command(const char *rest)
{
    expect_number(run_command("%s events %s >/dev/null", SENTIENT, rest), 0);
}

/* ---- put aside ---- */

Test(events, poison_holds_back_its_document_alone_until_it_is_discarded)
{
    const char *item = item_in_sales("1"), *other = item_in_sales("1");
    const char *event = poison(item);
    EVENTUALLY(SOON_MS, strcmp(put_aside("state", event), "dead") == 0);
    expect_text(put_aside("subject", event), "item.updated");

    set_price(item, 2);
    set_price(item, 3);
    set_price(other, 5);
    EVENTUALLY(SOON_MS, price_in_sales(other) == 5);
    EVENTUALLY(SOON_MS, aside(item) == 3);
    expect_number(price_in_sales(item), 1);
    expect_number(aside(other), 0);

    events_command(text("discard sales %s", event));
    EVENTUALLY(SOON_MS, aside(item) == 0);
    expect_number(price_in_sales(item), 3);
}

Test(events, what_was_refused_has_its_effect_after_a_retry_in_order)
{
    const char *item = item_in_sales("1");
    sql_run("ALTER TABLE sales.item_copy ADD CONSTRAINT fault_price CHECK (price <> 66) NOT VALID");
    set_price(item, 66);
    EVENTUALLY(SOON_MS, aside(item) == 1);
    set_price(item, 67);
    EVENTUALLY(SOON_MS, aside(item) == 2);

    events_command("retry sales"); /* in vain: the cause is still there */
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM sales.dead_letter WHERE document = '%s' "
                                "AND state = 'dead'",
                                item) == 1);
    expect_number(price_in_sales(item), 1);

    sql_run("ALTER TABLE sales.item_copy DROP CONSTRAINT fault_price");
    events_command("retry sales all");
    EVENTUALLY(SOON_MS, aside(item) == 0);
    expect_number(price_in_sales(item), 67);
}

Test(events, an_outage_of_the_database_puts_nothing_aside)
{
    const char *item = item_in_sales("1");
    sql_run(
        "ALTER TABLE sales.item_copy RENAME TO item_copy_away"); /* a lock first, then a defect */
    sql_run("ALTER TABLE sales.item_copy_away RENAME TO item_copy");
    service_kill("postgres");
    EVENTUALLY(SOON_MS,
               service_pid("postgres") &&
                   put(client_admin(), text("/items/%s", item), json("{'price':9}"))->status ==
                       200);
    EVENTUALLY(SOON_MS, price_in_sales(item) == 9);
    expect_number(aside(item), 0);
}

/* ---- again ---- */

static const char *copy_of(const char *item)
{
    return sql_text("SELECT c::text FROM sales.item_copy c WHERE uuid = '%s'", item);
}

/* An item's events behind `from`, published `times` again. */
static int republish(int64_t from, int times, bool with_id, const char *only)
{
    Listener *stream = bus_replay(bus_as("integrator"), "item.*", (uint64_t)from + 1);
    uint64_t end = (uint64_t)sql_int("SELECT max(stream_sequence) FROM inventory.outbox");
    Bus *inventory = bus_as("inventory");
    const BusMessage *message;
    int count = 0;
    while ((message = replay_next(stream)) && message->sequence <= end) {
        const char *id = bus_header(message, "ce-id"), *item = bus_header(message, "ce-subject");
        if (!id || !item || (only && strcmp(item, only) != 0))
            continue;
        for (int i = 0; i < times; i++, count++)
            publish(inventory, message->subject, id, with_id ? id : NULL, item, message->payload,
                    message->length);
    }
    return count;
}

/* How often sales has written an item's copy, as PostgreSQL counts it. */
static int64_t writes_of(const char *item)
{
    return sql_int("SELECT count(*) FROM public.fault_writes WHERE uuid = '%s'", item);
}

static void count_writes(bool on)
{
    sql_run("SET client_min_messages = warning");
    sql_run("DROP TABLE IF EXISTS public.fault_writes CASCADE");
    sql_run("DROP FUNCTION IF EXISTS public.fault_write() CASCADE");
    if (!on)
        return;
    sql_run("CREATE TABLE public.fault_writes (uuid uuid)");
    sql_run("GRANT INSERT ON public.fault_writes TO sales");
    sql_run("CREATE FUNCTION public.fault_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "INSERT INTO public.fault_writes VALUES (NEW.uuid); RETURN NEW; END $$");
    sql_run("CREATE TRIGGER fault BEFORE INSERT ON sales.item_copy FOR EACH ROW "
            "EXECUTE FUNCTION public.fault_write()"); /* fires for an upsert without news, too */
}

Test(events, a_storm_of_duplicates_changes_nothing)
{
    const char *item = item_in_sales("1"), *marker = item_in_sales("1");
    int64_t from = sql_int("SELECT max(stream_sequence) FROM inventory.outbox");
    for (int price = 2; price < 12; price++)
        set_price(item, price);
    EVENTUALLY(SOON_MS, price_in_sales(item) == 11);
    const char *before = copy_of(item);
    count_writes(true);
    expect_number(republish(from, 3, true, item), 30);
    expect_number(republish(from, 20, false, item), 200);
    set_price(marker, 2);
    EVENTUALLY(SOON_MS, price_in_sales(marker) == 2);
    expect_number(writes_of(item), 0);
    expect_text(copy_of(item), before);
    count_writes(false);
}

/* The first time that sales sees an event it finds it many times in one batch. */
Test(events, an_event_that_comes_twice_in_one_batch_has_one_effect)
{
    const char *item = item_in_sales("1"), *id = uuid_random();
    Listener *stream = bus_replay(bus_as("integrator"), "item.created", 1);
    const BusMessage *created = listener_find(stream, item, SOON_MS);
    cr_assert_not_null(created);
    count_writes(true);
    supervisor_hold(true);
    for (const char **name = unit_instances("sales"); *name; name++)
        unit_signal(*name, SIGSTOP);
    Bus *inventory = bus_as("inventory");
    for (int i = 0; i < 20; i++)
        publish(inventory, "item.created", id, NULL, item, created->payload, created->length);
    system_restore();
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM sales.inbox WHERE event_id = '%s'", id) == 1);
    expect_quiet();
    expect_number(writes_of(item), 1);
    count_writes(false);
}

/* ---- read again, built anew ---- */

static void spoil(const char *item)
{
    sql_run("UPDATE sales.item_copy SET name = 'spoiled', price = 0, version = 0 WHERE uuid = '%s'",
            item);
}

Test(events, a_replay_gives_events_their_effect_again)
{
    int64_t from = sql_int("SELECT last_sequence FROM sales.consumer_position");
    const char *item = item_in_sales("7");
    spoil(item);
    events_command(text("replay sales %lld", (long long)from + 1));
    EVENTUALLY(SOON_MS, price_in_sales(item) == 7);
}

Test(events, a_rebuild_makes_the_copies_equal_to_their_owners_rows)
{
    const char *item = item_in_sales("7"), *lost = item_in_sales("8");
    spoil(item);
    sql_run("DELETE FROM sales.item_copy WHERE uuid = '%s'", lost);
    events_command("rebuild sales");
    EVENTUALLY(SOON_MS, price_in_sales(item) == 7 && price_in_sales(lost) == 8);
}
