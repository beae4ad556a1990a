/* A TCP proxy on 127.0.0.1 for faults between two processes: cuts, delays, silence. A thread of the
 * test's process passes the bytes; functions may be called from any thread. Not for throughput. */
#ifndef SF_PROXY_H
#define SF_PROXY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Proxy Proxy;

/* Passes what comes to a port of its own on to `port`; lives until the test's process ends. */
Proxy *proxy_start(int port);
int proxy_port(const Proxy *proxy);

/* Ends every connection with a reset. New ones are taken. */
void proxy_cut(Proxy *proxy);
/* While on, new connections are ended at once. */
void proxy_refuse(Proxy *proxy, bool on);
/* While on, no byte passes; what is open stays open, as when a cable is drawn. */
void proxy_hold(Proxy *proxy, bool on);
/* Every piece waits so long before it passes, one after another. */
void proxy_delay(Proxy *proxy, int ms);
/* Every connection is ended once so many bytes came back through it; 0: never. */
void proxy_limit(Proxy *proxy, int64_t bytes);

typedef enum ProxyMoment {
    PROXY_BEFORE, /* the bytes do not pass any more */
    PROXY_AFTER   /* they pass; the answer to them does not */
} ProxyMoment;

/* Ends, once, the connection through which a client sends `first` and, with it or later, `then`. */
void proxy_cut_at(Proxy *proxy, ProxyMoment moment, const char *first, const char *then);
/* From the next answer on that holds `part`, once, the connection on which it comes is silent, and
 * so stays: the answer does not arrive either. */
void proxy_hold_at(Proxy *proxy, const char *part);
/* How often proxy_cut_at() and proxy_hold_at() have struck. */
int proxy_struck(const Proxy *proxy);

#endif
