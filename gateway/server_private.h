/* What server.c shares with its helpers: a thread's own things, reading a body in time, and what
 * the library's parser let pass. Not for others. */
#ifndef SF_GATEWAY_SERVER_PRIVATE_H
#define SF_GATEWAY_SERVER_PRIVATE_H

#include <civetweb.h>
#include <time.h>

#include "exchange.h"

typedef struct Worker {
    Gateway *gateway;
    Arena *arena;
    BusCaller *caller; /* NULL until it is needed */
    timer_t timer;
    bool has_timer; /* made when the first body comes */
} Worker;

/* Once, before the threads: the signal that wakes a thread out of a read. */
void body_signal_setup(void);
/* Reads `length` bytes; at most BODY_DEADLINE_MS, and after BODY_GRACE_MS at least 1 KB/s. */
bool body_read_in_time(struct mg_connection *connection, Worker *worker, char *buffer,
                       size_t length);
/* Reads and drops what a refused client still sends, for a short time, so that the answer reaches
 * it before the connection breaks. */
void body_linger(struct mg_connection *connection, Worker *worker);

/* The head as the library parsed it. NULL where it is exactly what was sent; else why it may mean
 * something else to another reader (bare LF, folded lines, blanks before a colon). */
const Err *head_read(Arena *arena, const struct mg_request_info *info, HttpHead *ret_head);

#endif
