/* A closed-loop HTTP load: so many connections, each sends its next request when the last one is
 * answered. Not a client for anything else: it reads no more of an answer than status and length.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum {
    ANSWER_ROOM = 1 << 16,
    DRAIN_MS = 5000,
    EVENTS = 64,
    STATUSES = 600,
    WAIT_US = 2000 /* before a line of a flow is sent again */
};

typedef struct Connection {
    int fd;             /* -1: none */
    size_t group, step; /* the request under way: index of its group, place in it */
    size_t sent;        /* of its bytes */
    char *answer;       /* what is read of its answer */
    size_t length;
    size_t expected; /* of head and body; 0: the head is not complete */
    int status;
    bool closes;      /* the server will close behind this answer */
    int64_t began_us; /* the request, or the flow */
    int64_t again_us; /* when it is sent again; 0: it is not */
    char uuids[FLOW_MAX + 1][UUID_LENGTH];
    char request[LINE_MAX_BYTES]; /* a line with a uuid put in */
    uint64_t answers;
    bool busy;
} Connection;

typedef struct Load {
    const LoadOptions *options;
    const Script *script;
    Connection *connections;
    int epoll;
    size_t next_group;
    size_t open; /* connections with a request under way */
    int64_t measured_from, ends;
    Latencies latencies;
    uint64_t errors, lost, by_status[STATUSES];
} Load;

static void connection_watch(Load *load, Connection *c, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(load->epoll, EPOLL_CTL_MOD, c->fd, &event) < 0)
        load_die("epoll_ctl");
}

static void connection_open(Load *load, Connection *c)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    c->fd = socket_connect(load->options->port);
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
        load_die("epoll_ctl");
}

static const Line *connection_line(const Load *load, const Connection *c)
{
    return &load->script->lines[c->group * load->options->group + c->step];
}

static const char *connection_bytes(Connection *c, const Line *line)
{
    if (!line->uuid_of)
        return line->bytes;
    memcpy(c->request, line->bytes, line->length);
    memcpy(c->request + line->uuid_at, c->uuids[line->uuid_of], UUID_LENGTH);
    return c->request;
}

static void connection_send(Load *load, Connection *c)
{
    const Line *line = connection_line(load, c);
    const char *bytes = connection_bytes(c, line);
    while (c->sent < line->length) {
        ssize_t n = send(c->fd, bytes + c->sent, line->length - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            connection_watch(load, c, EPOLLIN | EPOLLOUT);
            return;
        }
        if (n < 0)
            return; /* reading tells */
        c->sent += (size_t)n;
    }
}

static void connection_begin(Load *load, Connection *c)
{
    if (c->fd < 0)
        connection_open(load, c);
    c->sent = c->length = c->expected = 0;
    c->closes = false;
    c->again_us = 0;
    connection_send(load, c);
}

/* The first request of the next group; false where none is left or time is up. */
static bool connection_next(Load *load, Connection *c)
{
    size_t groups = load->script->count / load->options->group;
    bool over = load->options->once && load->next_group >= groups;
    c->busy = !over && clock_us() < load->ends;
    if (!c->busy) {
        load->open--;
        return false;
    }
    c->group = load->next_group++ % groups;
    c->step = 0;
    return true;
}

static void connection_drop(Load *load, Connection *c)
{
    (void)close(c->fd);
    c->fd = -1;
    load->lost++;
}

/* What is timed begins with the next request. */
static void connection_start(Load *load, Connection *c)
{
    c->began_us = clock_us();
    connection_begin(load, c);
}

/* Of a flow: keeps the uuid. Whether there is more to come before it is counted. */
static bool flow_goes_on(const Load *load, Connection *c)
{
    if (!load->options->flow)
        return false;
    if (c->status == 422) {
        c->again_us = clock_us() + WAIT_US;
        return true;
    }
    if (c->status >= 400)
        return false;
    if (c->step < FLOW_MAX)
        memcpy(c->uuids[c->step + 1], answer_uuid(c->answer, c->length), UUID_LENGTH);
    return c->step + 1 < load->options->group;
}

static void flow_continue(Load *load, Connection *c)
{
    if (c->again_us)
        return;
    c->step++;
    connection_begin(load, c);
}

/* An answer is complete: counts it, sends what comes next. */
static void connection_answered(Load *load, Connection *c)
{
    if (c->closes) {
        (void)close(c->fd);
        c->fd = -1;
    }
    if (flow_goes_on(load, c)) {
        flow_continue(load, c);
        return;
    }
    int64_t now = clock_us();
    c->answers++;
    if (c->began_us >= load->measured_from && now <= load->ends) {
        latencies_add(&load->latencies, now - c->began_us);
        load->by_status[c->status]++;
        if (c->status >= 400 && load->errors++ == 0)
            (void)fprintf(stderr, "load: first error: %.*s\n", (int)c->length, c->answer);
    }
    bool more = c->status < 400 && ++c->step < load->options->group;
    if (more || connection_next(load, c))
        connection_start(load, c);
}

static void connection_head(Connection *c)
{
    Head head;
    if (!head_read(c->answer, c->length, &head))
        return;
    c->expected = head.length + head.body;
    c->status = head.status < STATUSES ? head.status : STATUSES - 1;
    c->closes = head.closes;
    if (c->expected > ANSWER_ROOM)
        load_die("an answer is too large");
}

static void connection_read(Load *load, Connection *c)
{
    ssize_t n = recv(c->fd, c->answer + c->length, ANSWER_ROOM - c->length, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <=
        0) { /* closed: the same request again on a new connection, unless none was under way */
        connection_drop(load, c);
        if (c->busy && clock_us() < load->ends) {
            connection_begin(load, c);
        } else if (c->busy) {
            c->busy = false;
            load->open--;
        }
        return;
    }
    c->length += (size_t)n;
    if (!c->expected)
        connection_head(c);
    if (c->expected && c->length >= c->expected)
        connection_answered(load, c);
}

static void load_start(Load *load)
{
    const LoadOptions *options = load->options;
    load->connections = calloc(options->connections, sizeof *load->connections);
    if (!load->connections)
        load_die("calloc");
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->measured_from = clock_us() + options->warmup_ms * 1000;
    load->ends = load->measured_from + options->run_ms * 1000;
    if (load->epoll < 0)
        load_die("epoll_create1");
    load->open = options->connections;
    for (size_t i = 0; i < options->connections; i++) {
        Connection *c = &load->connections[i];
        c->fd = -1;
        c->answer = malloc(ANSWER_ROOM);
        if (!c->answer)
            load_die("malloc");
        if (connection_next(load, c))
            connection_start(load, c);
    }
}

static void load_send_again(Load *load)
{
    int64_t now = clock_us();
    for (size_t i = 0; i < load->options->connections; i++) {
        Connection *c = &load->connections[i];
        if (c->again_us && c->again_us <= now)
            connection_begin(load, c);
    }
}

/* Until all are answered, or have been waited for long enough. */
static void load_run(Load *load)
{
    struct epoll_event events[EVENTS];
    while (load->open > 0 && clock_us() < load->ends + DRAIN_MS * 1000) {
        int count = epoll_wait(load->epoll, events, EVENTS, load->options->flow ? 1 : 100);
        for (int i = 0; i < count; i++) {
            Connection *c = events[i].data.ptr;
            if ((events[i].events & EPOLLOUT) && c->busy) {
                connection_watch(load, c, EPOLLIN);
                connection_send(load, c);
            }
            if (c->fd >= 0 && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                connection_read(load, c);
        }
        if (load->options->flow)
            load_send_again(load);
    }
}

/* One line of name=value, for a script. */
static void load_report(Load *load)
{
    int64_t until = clock_us() < load->ends ? clock_us() : load->ends;
    double seconds = (double)(until - load->measured_from) / 1e6;
    size_t unanswered = 0;
    uint64_t answers = 0; /* those of the warm-up, too */
    for (size_t i = 0; i < load->options->connections; i++) {
        answers += load->connections[i].answers;
        unanswered += load->connections[i].answers == 0 || load->connections[i].busy;
    }
    Latencies *all = &load->latencies;
    (void)printf(
        "requests=%zu seconds=%.3f rate=%.1f p50_us=%lld p99_us=%lld errors=%llu lost=%llu "
        "unanswered=%zu answers=%llu",
        all->count, seconds, (double)all->count / seconds, latencies_at(all, 50),
        latencies_at(all, 99), (unsigned long long)load->errors, (unsigned long long)load->lost,
        unanswered, (unsigned long long)answers);
    for (int status = 0; status < STATUSES; status++)
        if (load->by_status[status] && status >= 400)
            (void)printf(" status_%d=%llu", status, (unsigned long long)load->by_status[status]);
    (void)putchar('\n');
}

int main(int argc, char **argv)
{
    LoadOptions options = options_read(argc, argv);
    Script script = script_read(&options);
    Load load = {.options = &options, .script = &script};
    load_start(&load);
    load_run(&load);
    load_report(&load);
    return 0;
}
