/* cnats behind what we need of it: requests with headers and a deadline, a queue of requests to
 * answer, publishing to and reading from the event stream. A Bus is one connection; it may be
 * shared by threads, a BusQueue and a BusCaller may not. */
#ifndef SF_KIT_BUS_H
#define SF_KIT_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct Bus Bus;

typedef struct BusConfig {
    const char *url, *user, *password, *credentials; /* credentials: a file, or NULL */
    const char *name;                                /* of the connection */
    const char *inbox_prefix;                        /* _INBOX.<service> */
} BusConfig;

/* Once per process, before anything else of this header and before threads. */
void bus_library_open(void);

/* Connects in the background and for ever. Config is copied. NULL where the configuration is
 * unusable (logged). */
Bus *bus_new(const BusConfig *config);
/* Closes for good, and returns when the library touches nothing of it any more: queues and callers
 * go after that. */
void bus_close(Bus *bus);
void bus_delete(Bus *bus);
bool bus_connected(const Bus *bus);
bool bus_wait_connected(Bus *bus, int64_t timeout_ms);
/* Counts connections made: a change tells of a reconnect. */
uint64_t bus_epoch(const Bus *bus);

/* Headers travel as name/value pairs; a list ends with a nameless one. */
typedef struct BusHeader {
    const char *name;
    const char *value;
} BusHeader;

/* Those that have a value, ended by an empty one, in the arena. */
const BusHeader *bus_headers_given(Arena *arena, const BusHeader *headers, size_t count);

/* A received message; everything in it lives in the arena that it was received into. */
typedef struct BusMessage {
    const char *subject;
    const char *reply; /* an inbox; NULL: no answer wanted */
    const uint8_t *data;
    size_t length;
    const BusHeader *headers; /* ends with a nameless one */
    uint64_t sequence;        /* of the stream, where it came from one */
} BusMessage;

const char *bus_header(const BusMessage *message, const char *name);

/* ---- asking ---- */

typedef struct BusCaller BusCaller; /* an inbox of its own; one thread at a time */

BusCaller *bus_caller_new(Bus *bus);
void bus_caller_delete(BusCaller *caller);

extern const Err BUS_AWAY;    /* 503: not connected */
extern const Err BUS_NOBODY;  /* 503: NATS reports no responder; at once */
extern const Err BUS_TIMEOUT; /* 503: no answer before the deadline */

/* Sends and waits until `deadline_ms` (clock_monotonic_ms). Never sends while disconnected. */
const Err *bus_request(BusCaller *caller, Arena *arena, const char *subject,
                       const BusHeader *headers, const void *data, size_t length,
                       int64_t deadline_ms, BusMessage *ret_reply);

/* ---- answering ---- */

typedef struct BusQueue BusQueue; /* a queue-group subscription polled by one thread */

BusQueue *bus_queue_new(Bus *bus, const char *subject, const char *group);
/* Waits up to timeout_ms; false where nothing came. */
bool bus_queue_next(BusQueue *queue, Arena *arena, int64_t timeout_ms, BusMessage *ret_message);
/* Stops taking new messages; those already here still come out of bus_queue_next(). */
void bus_queue_drain(BusQueue *queue);
void bus_queue_delete(BusQueue *queue);
/* Publishes (a reply, usually). */
const Err *bus_publish(Bus *bus, Arena *arena, const char *subject, const BusHeader *headers,
                       const void *data, size_t length);
/* Waits until the server has taken everything. */
void bus_flush(Bus *bus, int64_t timeout_ms);

/* Calls `function` on a thread of the library for every message; message and arena die with the
 * call. */
typedef void (*BusFunction)(void *context, Arena *arena, const BusMessage *message);
const Err *bus_listen(Bus *bus, const char *subject, BusFunction function, void *context);

/* ---- the event stream ---- */

typedef struct BusStream BusStream; /* JetStream context and consumer position of one thread */

typedef struct BusStreamState {
    int64_t created;          /* microseconds since 1970 */
    uint64_t first, last;     /* sequences; last = 0: empty */
    int64_t bytes, max_bytes; /* max_bytes -1: no limit */
} BusStreamState;

BusStream *bus_stream_new(Bus *bus, const char *stream);
void bus_stream_delete(BusStream *stream);
/* Makes the stream where it is missing: file storage, limits retention, discard old, 10 minutes of
 * duplicate detection. An existing one keeps its limits, and learns of subjects that it lacks. */
const Err *bus_stream_ensure(BusStream *stream, Arena *arena, const char **subjects, int count,
                             int64_t max_bytes, int64_t max_age_s);
/* ERR_NO_DOCUMENT where there is no such stream. */
const Err *bus_stream_state(BusStream *stream, BusStreamState *ret_state);
/* Publishes with Nats-Msg-Id; success only after the stream's acknowledgement. ERR_NO_DOCUMENT
 * where no stream takes the subject. */
const Err *bus_stream_publish(BusStream *stream, Arena *arena, const char *subject, const char *id,
                              const BusHeader *headers, const void *data, size_t length,
                              uint64_t *ret_sequence);
/* Subscribes as an ordered consumer from `sequence` on, on all subjects; bus_stream_next() yields
 * in order. */
const Err *bus_stream_consume(BusStream *stream, uint64_t sequence);
/* false where nothing came in time. */
bool bus_stream_next(BusStream *stream, Arena *arena, int64_t timeout_ms, BusMessage *ret_message);
/* The stored message with that sequence; ERR_NO_DOCUMENT where there is none. */
const Err *bus_stream_get(BusStream *stream, Arena *arena, uint64_t sequence,
                          BusMessage *ret_message);

#endif
