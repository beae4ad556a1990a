/* Shared by the bus_*.c files alone: the connection, and natsMsg ⇄ BusMessage. */
#ifndef SF_KIT_BUS_PRIVATE_H
#define SF_KIT_BUS_PRIVATE_H

#include <nats/nats.h>
#include <stdatomic.h>

#include "kit/bus.h"

typedef enum BusPhase { BUS_OPENING, BUS_OPEN, BUS_CLOSING, BUS_CLOSED } BusPhase;

struct Bus {
    natsConnection *connection;
    BusConfig config;
    _Atomic uint64_t epoch; /* connections made */
    _Atomic BusPhase phase; /* BUS_CLOSED: the library's last call back has come */
    struct Listener *listeners;
};

/* Copies everything into the arena; the natsMsg stays the caller's. */
BusMessage bus_message(Arena *arena, natsMsg *msg);
/* A natsMsg with headers, to be destroyed by the caller. NULL: out of memory or a bad header. */
natsMsg *bus_compose(const char *subject, const char *reply, const BusHeader *headers,
                     const void *data, size_t length);

#endif
