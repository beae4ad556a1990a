/* The stream loses what it had acknowledged: deleted, emptied, older than it was, ahead of its
 * readers. PostgreSQL has it all, so nothing is lost. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

static const char *began; /* of the test */

static void begin(void)
{
    system_settle();
    began = sql_text("SELECT clock_timestamp()::text");
}

TestSuite(stream, .init = begin, .fini = system_settle);

static const BusMessage *ask_stream(const char *what, const char *body)
{
    const BusMessage *answer = bus_ask(bus_as("bootstrap"), text("$JS.API.STREAM.%s.EVENTS", what),
                                       NULL, body, strlen(body), SOON_MS);
    if (!answer || json_raw(answer->payload, "error"))
        cr_assert_fail("%s: %s", what, answer ? answer->payload : "no answer");
    return answer;
}

static bool creates(Client *client, const char *code)
{
    int status = http(client, "POST", "/items", item_body(code, "1"),
                      text("Idempotency-Key: %s", code), NULL)
                     ->status;
    return status == 201;
}

static void create_items(int count)
{
    Client *admin = client_admin();
    for (int i = 0; i < count; i++) {
        const char *code = unique("I");
        EVENTUALLY(SOON_MS, creates(admin, code));
    }
}

/* The stream has every event of this test that inventory's outbox has, each once. */
static void expect_stream_whole(void)
{
    Listener *stream = bus_replay(bus_as("integrator"), "item.*", 1);
    const BusMessage *message;
    int64_t count = 0;
    sql_run("CREATE TABLE public.fault_seen (id uuid PRIMARY KEY)");
    while ((message = replay_next(stream))) {
        sql_run("INSERT INTO public.fault_seen VALUES ('%s')", bus_header(message, "ce-id"));
        count++;
    }
    int64_t lacks = sql_int("SELECT count(*) FROM inventory.outbox WHERE subject LIKE 'item.%%' "
                            "AND created_at > '%s' "
                            "AND event_id NOT IN (SELECT id FROM public.fault_seen)",
                            began);
    sql_run("DROP TABLE public.fault_seen");
    cr_assert_gt(count, 0);
    expect_number(lacks, 0);
}

static void expect_nothing_lost(void)
{
    create_items(3);
    expect_quiet();
    expect_stream_whole();
}

Test(stream, deleted)
{
    create_items(5);
    expect_quiet();
    (void)ask_stream("DELETE", "");
    expect_nothing_lost();
}

/* nats-server dies, and finds another store when it comes back. */
static void swap_store(const char *commands)
{
    const char *home = the_system()->home;
    supervisor_hold(true);
    service_kill("nats-server");
    expect_number(run_command("cd '%s' && %s", home, commands), 0);
    supervisor_hold(false);
}

Test(stream, store_emptied)
{
    create_items(5);
    expect_quiet();
    swap_store("rm -rf nats/jetstream");
    expect_nothing_lost();
}

Test(stream, rolled_back_to_an_older_copy)
{
    create_items(5);
    expect_quiet();
    swap_store("rm -rf nats.old && cp -a nats nats.old");
    system_restore();
    create_items(20);
    expect_quiet();
    swap_store("rm -rf nats && mv nats.old nats");
    expect_nothing_lost();
}

/* What a reader had not read is gone from the stream: it asks the owners. */
Test(stream, purged_before_a_reader_had_read_it)
{
    expect_quiet();
    supervisor_hold(true);
    for (const char **name = unit_instances("sales"); *name; name++)
        service_kill(*name);
    const char *item = new_item(client_admin(), "5");
    EVENTUALLY(SOON_MS, sql_int("SELECT count(*) FROM inventory.outbox WHERE document = '%s' AND "
                                "published_at IS NOT NULL",
                                item) == 1);
    (void)ask_stream("PURGE", "");
    supervisor_hold(false);
    EVENTUALLY(SOON_MS,
               sql_int("SELECT count(*) FROM sales.item_copy WHERE uuid = '%s'", item) == 1);
    system_restore();
    create_items(2);
    expect_quiet();
}
