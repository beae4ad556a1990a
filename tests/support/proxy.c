/* The thread that passes bytes, and the orders that it is given. Not a model of a network: order
 * and content of what passes are those that came. */
#include "proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "testkit.h"

enum { LINKS_MAX = 256, PIECE = 64 * 1024, CARRY = 128, TICK_MS = 5 };

typedef struct Link {
    int client, server; /* 0: no link here */
    int64_t back;       /* bytes that came from the server */
    bool first;         /* `first` of the strike has gone through */
    bool doomed;        /* ends when the server answers */
    bool silent;        /* for ever */
    char carry[CARRY];  /* the end of what the client sent last */
    size_t carried;
} Link;

typedef struct Strike {
    bool armed;
    ProxyMoment moment;
    const char *first, *then;
} Strike;

struct Proxy {
    pthread_mutex_t lock;
    int listener, port, target;
    bool cut, refuse, hold;
    int delay_ms;
    int64_t limit;
    Strike strike;
    const char *hold_at; /* NULL: not armed */
    int struck;
    char piece[PIECE];
    Link links[LINKS_MAX];
};

/* ---- sockets ---- */

static struct sockaddr_in local(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int listen_anywhere(int *ret_port)
{
    struct sockaddr_in address = local(0);
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) ||
        listen(listener, 64) || getsockname(listener, (struct sockaddr *)&address, &length))
        abort();
    *ret_port = ntohs(address.sin_port);
    return listener;
}

static void reset(int wire)
{
    setsockopt(wire, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    (void)close(wire);
}

static void link_end(Link *link)
{
    reset(link->client);
    reset(link->server);
    *link = (Link){0};
}

static void wire_prepare(int wire)
{
    setsockopt(wire, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    setsockopt(wire, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_sec = 2},
               sizeof(struct timeval));
}

static void link_begin(Proxy *proxy)
{
    struct sockaddr_in target = local(proxy->target);
    int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    Link *link = proxy->links;
    if (client < 0)
        return;
    while (link < proxy->links + LINKS_MAX && link->client)
        link++;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (proxy->refuse || link == proxy->links + LINKS_MAX || server < 0 ||
        connect(server, (struct sockaddr *)&target, sizeof target)) {
        reset(client);
        if (server >= 0)
            reset(server);
        return;
    }
    wire_prepare(client);
    wire_prepare(server);
    *link = (Link){.client = client, .server = server};
}

/* ---- passing ---- */

/* Whether `text` is in this piece, or begins in the one before. */
static bool piece_holds(const Link *link, const char *piece, size_t length, const char *text)
{
    char joined[2 * CARRY];
    size_t head = length < CARRY ? length : CARRY;
    memcpy(joined, link->carry, link->carried);
    memcpy(joined + link->carried, piece, head);
    return memmem(piece, length, text, strlen(text)) ||
           memmem(joined, link->carried + head, text, strlen(text));
}

static void link_carry(Link *link, const char *piece, size_t length)
{
    link->carried = length < CARRY ? length : CARRY;
    memcpy(link->carry, piece + length - link->carried, link->carried);
}

/* Whether the piece strikes: `first` has passed, and `then` is here. */
static bool strikes(Proxy *proxy, Link *link, const char *piece, size_t length)
{
    const Strike *strike = &proxy->strike;
    if (!strike->armed)
        return false;
    link->first |= piece_holds(link, piece, length, strike->first);
    bool now = link->first && piece_holds(link, piece, length, strike->then);
    link_carry(link, piece, length);
    return now;
}

static bool pass(int to, const char *piece, size_t length)
{
    while (length) {
        ssize_t n = send(to, piece, length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        piece += n;
        length -= (size_t)n;
    }
    return true;
}

static void pass_out(Proxy *proxy, Link *link, char *piece)
{
    ssize_t n = recv(link->client, piece, PIECE, 0);
    bool now = n > 0 && strikes(proxy, link, piece, (size_t)n);
    if (now) {
        proxy->strike.armed = false;
        proxy->struck++;
        link->doomed = true;
    }
    if (n <= 0 || (now && proxy->strike.moment == PROXY_BEFORE) ||
        !pass(link->server, piece, (size_t)n))
        link_end(link);
}

static void pass_back(Proxy *proxy, Link *link, char *piece)
{
    ssize_t n = link->doomed ? 0 : recv(link->server, piece, PIECE, 0);
    link->back += n;
    if (n > 0 && proxy->hold_at &&
        memmem(piece, (size_t)n, proxy->hold_at, strlen(proxy->hold_at))) {
        proxy->hold_at = NULL;
        proxy->struck++;
        link->silent = true;
        return;
    }
    bool spent = proxy->limit && link->back > proxy->limit;
    if (n <= 0 || spent || !pass(link->client, piece, (size_t)n))
        link_end(link);
}

static void wait_a_little(int ms)
{
    if (ms)
        (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

static void links_pass(Proxy *proxy, const struct pollfd *polled, Link **links, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Link *link = links[i];
        if (polled[2 * i].revents || polled[2 * i + 1].revents)
            wait_a_little(proxy->delay_ms);
        if (polled[2 * i].revents)
            pass_out(proxy, link, proxy->piece);
        if (polled[2 * i + 1].revents && link->client)
            pass_back(proxy, link, proxy->piece);
    }
}

static void links_cut(Proxy *proxy)
{
    proxy->cut = false;
    for (Link *link = proxy->links; link < proxy->links + LINKS_MAX; link++)
        if (link->client)
            link_end(link);
}

static void *proxy_main(void *argument)
{
    Proxy *proxy = argument;
    struct pollfd polled[2 * LINKS_MAX + 1];
    Link *links[LINKS_MAX];
    for (;;) {
        size_t count = 0;
        pthread_mutex_lock(&proxy->lock);
        if (proxy->cut)
            links_cut(proxy);
        for (Link *link = proxy->links; !proxy->hold && link < proxy->links + LINKS_MAX; link++) {
            if (!link->client || link->silent)
                continue;
            polled[2 * count] = (struct pollfd){.fd = link->client, .events = POLLIN};
            polled[2 * count + 1] = (struct pollfd){.fd = link->server, .events = POLLIN};
            links[count++] = link;
        }
        polled[2 * count] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
        pthread_mutex_unlock(&proxy->lock);
        (void)poll(polled, 2 * count + 1, TICK_MS);
        pthread_mutex_lock(&proxy->lock);
        links_pass(proxy, polled, links, count);
        if (polled[2 * count].revents)
            link_begin(proxy);
        pthread_mutex_unlock(&proxy->lock);
    }
    return NULL;
}

/* ---- orders ---- */

Proxy *proxy_start(int port)
{
    Proxy *proxy = keep(sizeof *proxy);
    pthread_t thread;
    proxy->target = port;
    proxy->listener = listen_anywhere(&proxy->port);
    if (pthread_mutex_init(&proxy->lock, NULL) || pthread_create(&thread, NULL, proxy_main, proxy))
        abort();
    (void)pthread_detach(thread);
    return proxy;
}

int proxy_port(const Proxy *proxy)
{
    return proxy->port;
}

#define ORDER(proxy, order)                                                                        \
    do {                                                                                           \
        pthread_mutex_lock(&(proxy)->lock);                                                        \
        order;                                                                                     \
        pthread_mutex_unlock(&(proxy)->lock);                                                      \
    } while (0)

void proxy_cut(Proxy *proxy)
{
    ORDER(proxy, proxy->cut = true);
}

void proxy_refuse(Proxy *proxy, bool on)
{
    ORDER(proxy, proxy->refuse = on);
}

void proxy_hold(Proxy *proxy, bool on)
{
    ORDER(proxy, proxy->hold = on);
}

void proxy_delay(Proxy *proxy, int ms)
{
    ORDER(proxy, proxy->delay_ms = ms);
}

void proxy_limit(Proxy *proxy, int64_t bytes)
{
    ORDER(proxy, proxy->limit = bytes);
}

void proxy_cut_at(Proxy *proxy, ProxyMoment moment, const char *first, const char *then)
{
    ORDER(proxy, proxy->strike = ((Strike){true, moment, first, then}));
}

void proxy_hold_at(Proxy *proxy, const char *part)
{
    ORDER(proxy, proxy->hold_at = part);
}

int proxy_struck(const Proxy *proxy)
{
    Proxy *locked = (Proxy *)(uintptr_t)proxy;
    int struck;
    ORDER(locked, struck = proxy->struck);
    return struck;
}
