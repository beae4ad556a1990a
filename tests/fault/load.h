/* What load.c and check.c share. Not for tests. */
#ifndef SF_LOAD_H
#define SF_LOAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "fault.h"

typedef enum OpKind { OP_CUSTOMER, OP_ITEM, OP_ORDER } OpKind;

/* A document whose creation was answered. */
typedef struct Op {
    OpKind kind;
    const char *name; /* its natural key: code, or the customer's number of an order */
    const char *uuid;
    const char *number; /* of an order */
    int price;          /* of an item, raised by one with every change: its version, too */
} Op;

typedef struct Writer {
    Load *load;
    pthread_t thread;
    int number;
    Chance chance;
    Client *gateways[2];              /* the second may be missing */
    int gateway;                      /* the one in use */
    _Atomic int64_t answered, failed; /* when the last such attempt began */
    Op *ops;
    int count, room;
} Writer;

struct Load {
    const char *prefix; /* of every natural key */
    Writer *writers;
    int writer_count, pause_ms;
    atomic_bool stopping;
    const char *_Atomic fault;
};

#endif
