/* NATS as an outsider sees it, over cnats: subscribing, replaying, asking. Not the services' own
 * client (kit/bus.h), so that a fault of that one shows. */
#include <nats/nats.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

struct Bus {
    natsConnection *connection;
    const char *user;
    atomic_int refused; /* permission violations that the server told */
};

struct Listener {
    natsSubscription *subscription;
    jsCtx *stream;
    bool at_end; /* of what there was to replay */
};

static void need(natsStatus status, const char *what)
{
    if (status != NATS_OK)
        cr_assert_fail("NATS: %s: %s (%s)", what, natsStatus_GetText(status),
                       nats_GetLastError(NULL));
}

static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus error,
                     void *closure)
{
    Bus *bus = closure;
    const char *told = NULL;
    (void)subscription;
    (void)error;
    natsConnection_GetLastError(connection, &told);
    if (told && strcasestr(told, "permissions violation"))
        atomic_fetch_add(&bus->refused, 1);
}

Bus *bus_as(const char *user)
{
    Bus *bus = keep(sizeof *bus);
    natsOptions *options;
    bus->user = text("%s", user);
    need(natsOptions_Create(&options), "options");
    natsOptions_SetURL(options, the_system()->nats);
    natsOptions_SetUserInfo(options, user, secret(user, "NATS_PASS"));
    natsOptions_SetCustomInboxPrefix(options, text("_INBOX.%s", user));
    natsOptions_SetErrorHandler(options, on_error, bus);
    need(natsConnection_Connect(&bus->connection, options), user);
    natsOptions_Destroy(options);
    return bus;
}

const char *bus_header(const BusMessage *message, const char *name)
{
    for (const BusText *header = message->headers; header->name; header++)
        if (strcmp(header->name, name) == 0)
            return header->value;
    return NULL;
}

static const BusText *headers_of(natsMsg *msg)
{
    const char **names = NULL;
    int count = 0;
    if (natsMsgHeader_Keys(msg, &names, &count) != NATS_OK)
        count = 0;
    BusText *headers = keep(((size_t)count + 1) * sizeof *headers);
    for (int i = 0; i < count; i++) {
        const char *value = "";
        natsMsgHeader_Get(msg, names[i], &value);
        headers[i] = (BusText){text("%s", names[i]), text("%s", value)};
    }
    free((void *)names);
    return headers;
}

/* Takes the message over. */
static const BusMessage *message_of(natsMsg *msg)
{
    BusMessage *message = keep(sizeof *message);
    jsMsgMetaData *meta = NULL;
    size_t length = (size_t)natsMsg_GetDataLength(msg);
    char *payload = keep(length + 1);
    if (length)
        memcpy(payload, natsMsg_GetData(msg), length);
    *message = (BusMessage){.subject = text("%s", natsMsg_GetSubject(msg)),
                            .payload = payload,
                            .length = length,
                            .headers = headers_of(msg)};
    if (natsMsg_GetReply(msg) && natsMsg_GetMetaData(&meta, msg) == NATS_OK) {
        message->sequence = meta->Sequence.Stream;
        message->pending = meta->NumPending;
        jsMsgMetaData_Destroy(meta);
    }
    natsMsg_Destroy(msg);
    return message;
}

Listener *bus_listen(Bus *bus, const char *subject)
{
    Listener *listener = keep(sizeof *listener);
    need(natsConnection_SubscribeSync(&listener->subscription, bus->connection, subject), subject);
    need(natsConnection_FlushTimeout(bus->connection, 2000), "flush");
    return listener;
}

Listener *bus_replay(Bus *bus, const char *subject, uint64_t sequence)
{
    Listener *listener = keep(sizeof *listener);
    jsSubOptions options;
    jsErrCode code = 0;
    jsSubOptions_Init(&options);
    options.Stream = "EVENTS";
    options.Ordered = true;
    options.Config.DeliverPolicy = js_DeliverByStartSequence;
    options.Config.OptStartSeq = sequence;
    need(natsConnection_JetStream(&listener->stream, bus->connection, NULL), "JetStream");
    natsStatus status =
        js_SubscribeSync(&listener->subscription, listener->stream, subject, NULL, &options, &code);
    need(status, text("replay %s (%d)", subject, (int)code));
    return listener;
}

const BusMessage *listener_next(Listener *listener, int ms)
{
    natsMsg *msg;
    if (natsSubscription_NextMsg(&msg, listener->subscription, ms > 0 ? ms : 1) != NATS_OK)
        return NULL;
    return message_of(msg);
}

const BusMessage *replay_next(Listener *listener)
{
    const BusMessage *message = listener->at_end ? NULL : listener_next(listener, SOON_MS);
    if (!message && !listener->at_end)
        cr_assert_fail("the stream does not answer, or has nothing of that subject");
    listener->at_end = !message || !message->pending;
    return message;
}

const BusMessage *listener_find(Listener *listener, const char *document, int ms)
{
    int64_t until = now_ms() + ms;
    const BusMessage *message;
    while ((message = listener_next(listener, (int)(until - now_ms())))) {
        const char *subject = bus_header(message, "ce-subject");
        if (subject && strcmp(subject, document) == 0)
            return message;
    }
    return NULL;
}

/* The server tells of a violation before it answers the ping of a flush; the callback's thread may
 * be later. */
static bool refusals_grow(Bus *bus, int before, int ms)
{
    need(natsConnection_FlushTimeout(bus->connection, 2000), "flush");
    for (int64_t until = now_ms() + ms; now_ms() < until; nats_Sleep(5))
        if (atomic_load(&bus->refused) > before)
            return true;
    return false;
}

bool bus_refuses_listening(Bus *bus, const char *subject, int ms)
{
    natsSubscription *subscription;
    int before = atomic_load(&bus->refused);
    need(natsConnection_SubscribeSync(&subscription, bus->connection, subject), subject);
    bool refused = refusals_grow(bus, before, ms);
    natsSubscription_Destroy(subscription);
    return refused;
}

bool bus_refuses_publishing(Bus *bus, const char *subject, int ms)
{
    int before = atomic_load(&bus->refused);
    need(natsConnection_Publish(bus->connection, subject, "", 0), subject);
    return refusals_grow(bus, before, ms);
}

const BusMessage *bus_ask(Bus *bus, const char *subject, const BusText *headers,
                          const void *payload, size_t length, int ms)
{
    natsMsg *msg, *reply = NULL;
    need(natsMsg_Create(&msg, subject, NULL, payload, (int)length), subject);
    for (; headers && headers->name; headers++)
        need(natsMsgHeader_Set(msg, headers->name, headers->value), headers->name);
    natsStatus status = natsConnection_RequestMsg(&reply, bus->connection, msg, ms);
    natsMsg_Destroy(msg);
    return status == NATS_OK ? message_of(reply) : NULL;
}

const BusMessage **bus_ask_all(Bus *bus, const char *subject)
{
    int wanted = 0, count = 0;
    while (SERVICES[wanted])
        wanted++;
    const BusMessage **answers = keep((size_t)(wanted + 1) * sizeof(void *));
    natsInbox *inbox;
    natsSubscription *subscription;
    natsMsg *msg;
    need(natsInbox_Create(&inbox), "inbox");
    const char *reply = text("_INBOX.%s.%s", bus->user, strrchr(inbox, '.') + 1);
    natsInbox_Destroy(inbox);
    need(natsConnection_SubscribeSync(&subscription, bus->connection, reply), reply);
    need(natsConnection_PublishRequest(bus->connection, subject, reply, "", 0), subject);
    while (count < wanted && natsSubscription_NextMsg(&msg, subscription, SOON_MS) == NATS_OK)
        answers[count++] = message_of(msg);
    natsSubscription_Destroy(subscription);
    return answers;
}
