/* CivetWeb: options, callbacks, threads. Its own answers are never seen: every request goes through
 * begin_request, every error through http_error. */
#include "server.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "server_private.h"

enum {
    ARENA_KEEP = 16 * 1024,
    METHOD_MAX = 32, /* a longer word is none */
    KEEP_ALIVE_MS = 5000,
    QUIET_MS = 200, /* without a connection: nobody comes any more */
    /* So long a connection may be silent, and its client trust it. */
    LINGER_MS = KEEP_ALIVE_MS + 500,
    DRAIN_MS = 7500, /* the supervisor kills after 8 s */
    /* Larger than what we take, so that a head that is too large is parsed and refused by name. */
    PARSE_MAX = 16 * HTTP_HEAD_MAX,
};

struct Server {
    Gateway *gateway;
    struct mg_context *context;
    int64_t threads;
    int port;
    Worker *workers;
    _Atomic size_t worker_count;
};

static void *on_thread(const struct mg_context *context, int type)
{
    Server *server = mg_get_user_data(context);
    if (type != 1)
        return NULL;
    Worker *worker = &server->workers[atomic_fetch_add(&server->worker_count, 1)];
    worker->gateway = server->gateway;
    worker->arena = arena_new(ARENA_KEEP);
    return worker;
}

static void on_thread_end(const struct mg_context *context, int type, void *pointer)
{
    Worker *worker = pointer;
    (void)context;
    if (type != 1)
        return;
    bus_caller_delete(worker->caller);
    if (worker->has_timer)
        (void)timer_delete(worker->timer);
    arena_delete(worker->arena);
}

static int on_connection(const struct mg_connection *connection, void **data)
{
    Server *server = mg_get_user_data(mg_get_context(connection));
    (void)data;
    metric_add(server->gateway->connections, 1);
    return 0;
}

static void on_connection_closed(const struct mg_connection *connection)
{
    Server *server = mg_get_user_data(mg_get_context(connection));
    Worker *worker = mg_get_thread_pointer(connection);
    metric_add(server->gateway->connections, -1);
    arena_trim(worker->arena);
}

static bool read_body(Exchange *exchange, char *buffer, size_t length)
{
    return body_read_in_time(exchange->connection, mg_get_thread_pointer(exchange->connection),
                             buffer, length);
}

static BusCaller *own_caller(Exchange *exchange)
{
    Worker *worker = mg_get_thread_pointer(exchange->connection);
    if (!worker->caller)
        worker->caller = bus_caller_new(worker->gateway->bus);
    return worker->caller;
}

static void go_on(Exchange *exchange)
{
    static const char CONTINUE[] = "HTTP/1.1 100 Continue\r\n\r\n";
    (void)mg_write(exchange->connection, CONTINUE, sizeof CONTINUE - 1);
}

/* Runs the exchange, writes its answer at once, and says whether the connection goes on. */
static int answer(struct mg_connection *connection, Exchange *exchange)
{
    Worker *worker = mg_get_thread_pointer(connection);
    Gateway *gateway = worker->gateway;
    exchange->gateway = gateway;
    exchange->connection = connection;
    exchange->read = read_body;
    exchange->caller = own_caller;
    exchange->go_on = go_on;
    metric_add(gateway->in_flight, 1);
    exchange_run(exchange);
    if (exchange->close)
        mg_disable_connection_keep_alive(connection);
    (void)mg_write(connection, exchange->out.data, exchange->out.length);
    int status = exchange->status;
    bool unread = !exchange->body_taken && exchange->head.header_count &&
                  (!exchange->framed || exchange->framing.content_length);
    metric_add(gateway->in_flight, -1);
    if (unread)
        body_linger(connection, worker);
    arena_reset(worker->arena);
    return status;
}

/* Threads run short when an eighth of them is left. */
static bool threads_short(const Server *server)
{
    return metric_value(server->gateway->connections) > server->threads - server->threads / 8;
}

static int on_request(struct mg_connection *connection)
{
    const struct mg_request_info *info = mg_get_request_info(connection);
    Worker *worker = mg_get_thread_pointer(connection);
    Exchange *exchange = ARENA_NEW(worker->arena, Exchange);
    exchange->arena = worker->arena;
    exchange->address = info->remote_addr;
    exchange->refused = head_read(worker->arena, info, &exchange->head);
    exchange->busy = threads_short(info->user_data);
    return answer(connection, exchange);
}

/* Whether the library gave up at a method that it does not know, and the request line is sound. */
static bool line_only(const struct mg_request_info *info, int status)
{
    return status == 400 && info->request_method && info->request_uri && info->http_version &&
           (str_eq(info->http_version, "1.1") || str_eq(info->http_version, "1.0")) &&
           router_verb(info->request_method) == VERB_NONE &&
           !str_eq(info->request_method, "OPTIONS") && strlen(info->request_method) <= METHOD_MAX &&
           strlen(info->request_uri) <= HTTP_HEAD_MAX;
}

/* What the library refused itself. Status and text are its own; ours is 400 for all but its own
 * failures, and methods that it does not know. */
static int on_error(struct mg_connection *connection, int status, const char *message)
{
    Worker *worker = mg_get_thread_pointer(connection);
    const struct mg_request_info *info = mg_get_request_info(connection);
    Exchange *exchange = ARENA_NEW(worker->arena, Exchange);
    Err *err = ARENA_NEW(worker->arena, Err);
    *err = (Err){.kind = ERR_INVALID, .message = "Malformed request", .cause = message};
    if (status == 413)
        *err = HTTP_HEAD_TOO_LARGE;
    else if (status == 500 || status == 503)
        *err = ERR_DEFECT;
    exchange->arena = worker->arena;
    exchange->address = info->remote_addr;
    exchange->refused = err;
    exchange->head = (HttpHead){.method = "", .version = "1.1"};
    if (line_only(info, status)) {
        exchange->refused = NULL;
        exchange->line_only = true;
        exchange->head.method = info->request_method;
        exchange->head.target = info->request_uri;
    }
    (void)answer(connection, exchange);
    return 0;
}

static int on_message(const struct mg_connection *connection, const char *message)
{
    (void)connection;
    log_warn("http server", LOG_STR("cause", message));
    return 1;
}

static bool listen_on(Server *server)
{
    static const struct mg_callbacks CALLBACKS = {
        .begin_request = on_request,
        .http_error = on_error,
        .log_message = on_message,
        .init_thread = on_thread,
        .exit_thread = on_thread_end,
        .init_connection = on_connection,
        .connection_closed = on_connection_closed,
    };
    Arena *arena = server->gateway->arena;
    const char *options[] = {
        "listening_ports",
        arena_printf(arena, "%s:%d", config_text("APP_HOST"), server->port),
        "num_threads",
        arena_printf(arena, "%d", (int)server->threads),
        "max_request_size",
        arena_printf(arena, "%d", PARSE_MAX),
        "decode_url",
        "no",
        "enable_keep_alive",
        "yes",
        "keep_alive_timeout_ms",
        arena_printf(arena, "%d", KEEP_ALIVE_MS),
        "request_timeout_ms",
        "5000",
        "connection_queue",
        "1000",
        "listen_backlog",
        "1000",
        "tcp_nodelay",
        "1",
        "access_control_allow_methods",
        "",
        "enable_auth_domain_check",
        "no",
        NULL,
    };
    struct mg_server_port bound;
    server->context = mg_start(&CALLBACKS, server, options);
    if (!server->context || mg_get_server_ports(server->context, 1, &bound) != 1)
        return false;
    server->port = bound.port;
    return true;
}

Server *server_start(Gateway *gateway)
{
    Server *server = ARENA_NEW(gateway->arena, Server);
    server->gateway = gateway;
    server->threads = config_int("HTTP_THREADS");
    server->port = (int)config_int("APP_PORT");
    server->workers = arena_array(gateway->arena, (size_t)server->threads, sizeof *server->workers);
    body_signal_setup();
    if (listen_on(server))
        return server;
    log_error("cannot listen", LOG_STR("host", config_text("APP_HOST")),
              LOG_INT("port", server->port));
    return NULL;
}

int server_port(const Server *server)
{
    return server->port;
}

/* Until the gauge has stood at 0 for so long. */
static void wait_for_none(const Metric *gauge, int64_t quiet_ms, int64_t end_ms)
{
    int64_t now = clock_monotonic_ms(), busy = now;
    for (; now < end_ms && (metric_value(gauge) > 0 || now - busy < quiet_ms);
         now = clock_monotonic_ms()) {
        busy = metric_value(gauge) > 0 ? now : busy;
        (void)nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
}

/* Whoever holds a connection has its next request answered, and the connection closed behind it;
 * one that is silent is closed as always. New ones are taken until then: those before us need a
 * moment to hear from /readyz that they should go elsewhere. */
void server_stop(Server *server)
{
    Gateway *gateway = server->gateway;
    int64_t begun = clock_monotonic_ms();
    atomic_store(&gateway->stopping, true);
    wait_for_none(gateway->connections, QUIET_MS, begun + LINGER_MS);
    wait_for_none(gateway->in_flight, 0, begun + DRAIN_MS);
    mg_stop(server->context);
}
