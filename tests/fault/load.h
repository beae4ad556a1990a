/* What load.c, trading.c and their checks share. Not for tests. */
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

typedef struct Trading Trading;       /* what all writers trade with: trading.c */
typedef struct TradingLog TradingLog; /* what one writer did there */

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
    TradingLog *log; /* NULL: does not trade */
} Writer;

struct Load {
    const char *prefix; /* of every natural key */
    Writer *writers;
    int writer_count;
    LoadPlan plan;
    Trading *trading; /* NULL: none */
    atomic_bool stopping;
    atomic_int answers; /* refusals, too */
    const char *_Atomic fault;
};

/* One write until it is answered: 200, 201, or 422 where it is `refusable`. NULL: it was not. */
const Response *write_attempt(Writer *writer, const char *method, const char *path,
                              const char *body, bool refusable);
/* What no client may see. The first one ends the load. */
void write_fault(Writer *writer, const Response *r, const char *what);
void expect_none(const char *what, const char *query);

/* ---- trading ---- */

/* Warehouses, items with stock and customers of its own. */
Trading *trading_new(const char *prefix);
TradingLog *trading_log_new(void);
/* One command: an order, a delivery, an adjustment, a transfer, or one further step of them. */
void trading_step(Writer *writer);
int trading_count(const Writer *writer);
/* Compares the database with what was answered; in the schema `fault`, which exists. */
void trading_check(const Load *load);

#endif
