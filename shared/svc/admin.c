/* The admin port on CivetWeb, two threads. Not the gateway: that has stricter needs. */
#include "svc/admin.h"

#include <civetweb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "svc/metrics.h"

struct Admin {
    struct mg_context *server;
    AdminReady ready;
    void *context;
    int port;
};

enum { ARENA_KEEP = 64 * 1024 };

void admin_health(Buf *buf, const char *missing)
{
    buf_puts(buf, missing ? "{\"status\":\"unavailable\",\"missing\":" : "{\"status\":\"ok\"");
    if (missing)
        buf_json(buf, missing);
    buf_putc(buf, '}');
}

typedef struct Page {
    int status;
    const char *phrase;
    const char *type;
    Buf body;
} Page;

static void page_fill(const Admin *admin, const char *path, Page *page)
{
    bool ready = str_eq(path, "/readyz");
    page->type = "application/json";
    if (ready || str_eq(path, "/healthz")) {
        const char *missing = ready ? admin->ready(admin->context) : NULL;
        page->status = missing ? 503 : 200;
        page->phrase = missing ? "Service Unavailable" : "OK";
        admin_health(&page->body, missing);
    } else if (str_eq(path, "/metrics")) {
        page->status = 200;
        page->phrase = "OK";
        page->type = METRICS_CONTENT_TYPE;
        metrics_write(&page->body);
    } else {
        page->status = 404;
        page->phrase = "Not Found";
        buf_puts(&page->body, "{\"statusCode\":404,\"error\":\"Not Found\"}");
    }
}

/* Every answer ends the connection: an idle one would hold one of the two threads. */
static int on_request(struct mg_connection *connection)
{
    const struct mg_request_info *info = mg_get_request_info(connection);
    bool head = str_eq(info->request_method, "HEAD");
    Arena *arena = arena_new(ARENA_KEEP);
    Page page = {.body = {.arena = arena}};
    Buf answer = {.arena = arena};
    mg_disable_connection_keep_alive(connection);
    if (head || str_eq(info->request_method, "GET")) {
        page_fill(info->user_data, info->request_uri, &page);
        buf_printf(&answer, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n", page.status, page.phrase,
                   page.type);
    } else {
        page.status = 405;
        buf_puts(&answer, "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n");
    }
    buf_printf(&answer,
               "Content-Length: %zu\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
               page.body.length);
    if (!head)
        buf_add(&answer, page.body.data, page.body.length);
    (void)mg_write(connection, answer.data, answer.length);
    arena_delete(arena);
    return page.status;
}

static int on_message(const struct mg_connection *connection, const char *message)
{
    (void)connection;
    log_warn("admin port", LOG_STR("cause", message));
    return 1;
}

Admin *admin_start(const char *host, int port, AdminReady ready, void *context)
{
    static const struct mg_callbacks CALLBACKS = {.begin_request = on_request,
                                                  .log_message = on_message};
    Admin *admin = calloc(1, sizeof *admin);
    if (!admin)
        abort();
    *admin = (Admin){.ready = ready, .context = context};
    char listen[128];
    (void)snprintf(listen, sizeof listen, "%s:%d", host, port);
    const char *options[] = {"listening_ports",    listen, "num_threads", "2",
                             "request_timeout_ms", "2000", "decode_url",  "no",
                             "tcp_nodelay",        "1",    NULL};
    admin->server = mg_start(&CALLBACKS, admin, options);
    struct mg_server_port bound;
    if (!admin->server || mg_get_server_ports(admin->server, 1, &bound) != 1) {
        log_error("cannot listen on the admin port", LOG_STR("host", host), LOG_INT("port", port));
        admin_stop(admin);
        return NULL;
    }
    admin->port = bound.port;
    return admin;
}

int admin_port(const Admin *admin)
{
    return admin->port;
}

bool admin_write_port(const Admin *admin, const char *path)
{
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
        return false;
    FILE *file = fopen(temporary, "we");
    if (!file)
        return false;
    bool written = fprintf(file, "%d\n", admin->port) > 0;
    written = fclose(file) == 0 && written;
    return written && rename(temporary, path) == 0;
}

void admin_stop(Admin *admin)
{
    if (!admin)
        return;
    if (admin->server)
        mg_stop(admin->server);
    free(admin);
}
