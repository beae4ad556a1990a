/* The NATS connection: connecting for ever, publishing, listening. Requests, queues and the stream
 * are in bus_*.c. */
#include "kit/bus.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/bus_private.h"

/* Where answers go. Our right to answer must not become the asker's right to publish elsewhere. */
#define INBOX "_INBOX."

enum {
    RECONNECT_WAIT_MS = 100,
    RECONNECT_JITTER_MS = 50,
    PING_INTERVAL_MS = 10000,
    OPEN_MS = 10000
};

typedef struct Listener {
    struct Listener *next;
    natsSubscription *subscription;
    BusFunction function;
    void *context;
    Arena *arena;
} Listener;

const Err BUS_AWAY = {
    .kind = ERR_UNAVAILABLE, .message = "The message bus is away", .retry_after = 1};

void bus_library_open(void)
{
    (void)nats_Open(0); /* no spinning on locks: it costs more than it saves on few cores */
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void on_connected(natsConnection *connection, void *closure)
{
    Bus *bus = closure;
    (void)connection;
    atomic_fetch_add(&bus->epoch, 1);
    log_info("bus connected", LOG_STR("connection", bus->config.name));
}

static void on_disconnected(natsConnection *connection, void *closure)
{
    Bus *bus = closure;
    (void)connection;
    if (atomic_load(&bus->phase) == BUS_OPEN)
        log_warn("bus disconnected", LOG_STR("connection", bus->config.name));
}

/* Only a refused sign-in closes an open connection, which reconnects for ever: the supervisor
 * starts the process again. */
static void on_closed(natsConnection *connection, void *closure)
{
    Bus *bus = closure;
    if (atomic_exchange(&bus->phase, BUS_CLOSED) != BUS_OPEN)
        return;
    const char *text = NULL;
    (void)natsConnection_GetLastError(connection, &text);
    log_error("bus closed for good", LOG_STR("connection", bus->config.name),
              LOG_STR("text", text));
    exit(1);
}

static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus status,
                     void *closure)
{
    Bus *bus = closure;
    (void)subscription;
    const char *text = NULL;
    (void)natsConnection_GetLastError(connection, &text);
    log_error("bus error", LOG_STR("connection", bus->config.name),
              LOG_STR("status", natsStatus_GetText(status)), LOG_STR("text", text));
}

static natsStatus options_identity(natsOptions *options, const BusConfig *config)
{
    natsStatus s = natsOptions_SetURL(options, config->url);
    if (s == NATS_OK && config->credentials && *config->credentials)
        s = natsOptions_SetUserCredentialsFromFiles(options, config->credentials, NULL);
    else if (s == NATS_OK && config->user && *config->user)
        s = natsOptions_SetUserInfo(options, config->user, config->password);
    if (s == NATS_OK && config->inbox_prefix)
        s = natsOptions_SetCustomInboxPrefix(options, config->inbox_prefix);
    return s == NATS_OK ? natsOptions_SetName(options, config->name) : s;
}

static natsStatus options_behaviour(natsOptions *options, Bus *bus)
{
    natsStatus s = natsOptions_SetSendAsap(options, true); /* else each reply waits 1 ms */
    s = s == NATS_OK ? natsOptions_SetMaxReconnect(options, -1) : s;
    s = s == NATS_OK ? natsOptions_SetReconnectWait(options, RECONNECT_WAIT_MS) : s;
    s = s == NATS_OK ? natsOptions_SetReconnectJitter(options, RECONNECT_JITTER_MS, 0) : s;
    s = s == NATS_OK ? natsOptions_SetPingInterval(options, PING_INTERVAL_MS) : s;
    s = s == NATS_OK ? natsOptions_SetIgnoreDiscoveredServers(options, true) : s;
    s = s == NATS_OK ? natsOptions_SetFailRequestsOnDisconnect(options, true) : s;
    s = s == NATS_OK ? natsOptions_SetReconnectedCB(options, on_connected, bus) : s;
    s = s == NATS_OK ? natsOptions_SetDisconnectedCB(options, on_disconnected, bus) : s;
    s = s == NATS_OK ? natsOptions_SetClosedCB(options, on_closed, bus) : s;
    return s == NATS_OK ? natsOptions_SetErrorHandler(options, on_error, bus) : s;
}

/* `retry`: a server that cannot be reached is NATS_OK, the library goes on trying. */
static natsStatus bus_connect_once(Bus *bus, natsOptions *options, bool retry)
{
    BusPhase opening = BUS_OPENING;
    atomic_store(&bus->phase, BUS_OPENING);
    natsStatus s = natsOptions_SetRetryOnFailedConnect(options, retry, on_connected, bus);
    s = s == NATS_OK ? natsConnection_Connect(&bus->connection, options) : s;
    if (s != NATS_OK && s != NATS_NOT_YET_CONNECTED)
        return s;
    if (!atomic_compare_exchange_strong(&bus->phase, &opening, BUS_OPEN)) {
        natsConnection_Destroy(bus->connection); /* lost already */
        bus->connection = NULL;
        return NATS_CONNECTION_CLOSED;
    }
    if (s == NATS_OK)
        on_connected(bus->connection, bus);
    return NATS_OK;
}

/* A server that is starting, ending or overrun, or the proxy before it; no refused sign-in. */
static bool handshake_may_succeed(natsStatus s)
{
    return s == NATS_IO_ERROR || s == NATS_CONNECTION_CLOSED || s == NATS_TIMEOUT ||
           s == NATS_ERR || s == NATS_PROTOCOL_ERROR; /* "expected PONG, got nothing" */
}

/* Told to retry, 3.4.1 does so where nobody listens, but closes the connection for good where the
 * handshake failed. So the first try is one without. */
static natsStatus bus_connect(Bus *bus)
{
    natsOptions *options = NULL;
    int64_t end = clock_monotonic_ms() + OPEN_MS;
    natsStatus s = natsOptions_Create(&options);
    s = s == NATS_OK ? options_identity(options, &bus->config) : s;
    s = s == NATS_OK ? options_behaviour(options, bus) : s;
    for (natsStatus made = s; made == NATS_OK; nats_Sleep(RECONNECT_WAIT_MS)) {
        s = bus_connect_once(bus, options, false);
        if (s == NATS_NO_SERVER)
            s = bus_connect_once(bus, options, true);
        if (!handshake_may_succeed(s) || clock_monotonic_ms() >= end)
            break;
    }
    natsOptions_Destroy(options);
    return s;
}

Bus *bus_new(const BusConfig *config)
{
    Bus *bus = calloc(1, sizeof *bus);
    if (!bus)
        abort();
    bus->config = (BusConfig){
        .url = copy(config->url),
        .user = copy(config->user),
        .password = copy(config->password),
        .credentials = copy(config->credentials),
        .name = copy(config->name),
        .inbox_prefix = copy(config->inbox_prefix),
    };
    natsStatus s = bus_connect(bus);
    if (s == NATS_OK)
        return bus;
    log_error("bus cannot be used", LOG_STR("connection", config->name),
              LOG_STR("status", natsStatus_GetText(s)), LOG_STR("text", nats_GetLastError(NULL)));
    bus_delete(bus);
    return NULL;
}

void bus_close(Bus *bus)
{
    BusPhase open = BUS_OPEN;
    if (!bus->connection || !atomic_compare_exchange_strong(&bus->phase, &open, BUS_CLOSING))
        return;
    natsConnection_Close(bus->connection);
    while (atomic_load(&bus->phase) != BUS_CLOSED)
        nats_Sleep(1);
}

void bus_delete(Bus *bus)
{
    if (!bus)
        return;
    bus_close(bus); /* before any subscription goes: 3.4.1 races otherwise */
    while (bus->listeners) {
        Listener *listener = bus->listeners;
        bus->listeners = listener->next;
        natsSubscription_Destroy(listener->subscription);
        arena_delete(listener->arena);
        free(listener);
    }
    natsConnection_Destroy(bus->connection);
    const char *texts[] = {bus->config.url,         bus->config.user, bus->config.password,
                           bus->config.credentials, bus->config.name, bus->config.inbox_prefix};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((void *)(uintptr_t)texts[i]);
    free(bus);
}

bool bus_connected(const Bus *bus)
{
    return natsConnection_Status(bus->connection) == NATS_CONN_STATUS_CONNECTED;
}

bool bus_wait_connected(Bus *bus, int64_t timeout_ms)
{
    for (int64_t waited = 0; !bus_connected(bus); waited += 10) {
        if (waited >= timeout_ms)
            return false;
        nats_Sleep(10);
    }
    return true;
}

uint64_t bus_epoch(const Bus *bus)
{
    return atomic_load(&bus->epoch);
}

const BusHeader *bus_headers_given(Arena *arena, const BusHeader *headers, size_t count)
{
    BusHeader *given = arena_array(arena, count + 1, sizeof *given);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (headers[i].value)
            given[n++] = headers[i];
    return given;
}

const char *bus_header(const BusMessage *message, const char *name)
{
    for (const BusHeader *header = message->headers; header && header->name; header++)
        if (str_eq_nocase(header->name, name))
            return header->value;
    return NULL;
}

static const BusHeader *message_headers(Arena *arena, natsMsg *msg)
{
    const char **keys = NULL;
    int count = 0;
    if (natsMsgHeader_Keys(msg, &keys, &count) != NATS_OK)
        return NULL;
    BusHeader *headers = arena_array(arena, (size_t)count + 1, sizeof *headers);
    for (int i = 0; i < count; i++) {
        const char *value = NULL;
        (void)natsMsgHeader_Get(msg, keys[i], &value);
        headers[i] =
            (BusHeader){arena_strdup(arena, keys[i]), arena_strdup(arena, value ? value : "")};
    }
    free((void *)keys);
    return headers;
}

BusMessage bus_message(Arena *arena, natsMsg *msg)
{
    size_t length = (size_t)natsMsg_GetDataLength(msg);
    const char *reply = natsMsg_GetReply(msg);
    return (BusMessage){
        .subject = arena_strdup(arena, natsMsg_GetSubject(msg)),
        .reply = reply && str_starts(reply, INBOX) ? arena_strdup(arena, reply) : NULL,
        .data = (uint8_t *)arena_strndup(arena, length ? natsMsg_GetData(msg) : "", length),
        .length = length,
        .headers = message_headers(arena, msg),
    };
}

natsMsg *bus_compose(const char *subject, const char *reply, const BusHeader *headers,
                     const void *data, size_t length)
{
    natsMsg *msg = NULL;
    natsStatus s = length > INT32_MAX ? NATS_INVALID_ARG
                                      : natsMsg_Create(&msg, subject, reply, data, (int)length);
    for (; s == NATS_OK && headers && headers->name; headers++)
        if (headers->value)
            s = natsMsgHeader_Set(msg, headers->name, headers->value);
    if (s == NATS_OK)
        return msg;
    natsMsg_Destroy(msg);
    return NULL;
}

const Err *bus_publish(Bus *bus, Arena *arena, const char *subject, const BusHeader *headers,
                       const void *data, size_t length)
{
    if (!bus_connected(bus))
        return &BUS_AWAY;
    natsMsg *msg = bus_compose(subject, NULL, headers, data, length);
    natsStatus s = msg ? natsConnection_PublishMsg(bus->connection, msg) : NATS_NO_MEMORY;
    natsMsg_Destroy(msg);
    if (s == NATS_OK)
        return NULL;
    return err_with_cause(arena, &BUS_AWAY, "publish %s: %s", subject, natsStatus_GetText(s));
}

void bus_flush(Bus *bus, int64_t timeout_ms)
{
    (void)natsConnection_FlushTimeout(bus->connection, timeout_ms);
}

static void on_message(natsConnection *connection, natsSubscription *subscription, natsMsg *msg,
                       void *closure)
{
    Listener *listener = closure;
    (void)connection;
    (void)subscription;
    BusMessage message = bus_message(listener->arena, msg);
    natsMsg_Destroy(msg);
    listener->function(listener->context, listener->arena, &message);
    arena_reset(listener->arena);
}

const Err *bus_listen(Bus *bus, const char *subject, BusFunction function, void *context)
{
    Listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        abort();
    *listener =
        (Listener){.function = function, .context = context, .arena = arena_new((size_t)16 * 1024)};
    natsStatus s = natsConnection_Subscribe(&listener->subscription, bus->connection, subject,
                                            on_message, listener);
    if (s != NATS_OK) {
        arena_delete(listener->arena);
        free(listener);
        log_error("bus cannot listen", LOG_STR("subject", subject),
                  LOG_STR("status", natsStatus_GetText(s)));
        return &BUS_AWAY;
    }
    listener->next = bus->listeners;
    bus->listeners = listener;
    return NULL;
}
