/* What the flow tests are written with: HTTP clients, JSON by path, SQL, NATS, raw sockets,
 * threads. Not the starting of a system: ./sentient test does that and says by SENTIENT_HOME where
 * it is.
 *
 * What a function returns lives until the test's process ends; nothing is freed. A function that
 * cannot do what it promises fails the test, so results need no check. Functions marked "any
 * thread" may be called in parallel(); the others, and every expect_…, in the test's own thread
 * alone. */
#ifndef SF_TESTKIT_H
#define SF_TESTKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <criterion/criterion.h>

/* ---- text (any thread) ---- */

void *keep(size_t size); /* zeroed */
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Like text(), with ' for ": json("{'name':'%s'}", name). */
char *json(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* prefix-<random hexadecimal digits>: a code that nobody has yet. */
char *unique(const char *prefix);
/* An Idempotency-Key header with a key that nobody has yet. */
char *key_line(void);
char *uuid_random(void);
/* `count` times `part`. */
char *repeat(const char *part, size_t count);

/* ---- the system ---- */

typedef struct System {
    const char *home;     /* state folder */
    const char *gateway;  /* http://127.0.0.1:8000 */
    const char *nats;     /* nats://… */
    const char *postgres; /* postgres://…, as superuser */
} System;

const System *the_system(void);
/* The names of all services, ended by NULL. */
extern const char *const SERVICES[];
/* "gateway", "auth", "sales", …, "nats-server", "postgres"; 0 where it does not run. */
pid_t service_pid(const char *name);
/* The address of its /healthz, /readyz, /metrics; "" where it does not run. */
const char *service_admin(const char *name);
/* One of the state folder's secrets: secret("sales", "DB_PASS"). */
const char *secret(const char *owner, const char *name);
/* SIGKILL, by pid; returns when the process is gone. The supervisor starts it again at once. */
void service_kill(const char *name);
void service_signal(const char *name, int signal);
/* Neither gone nor a zombie. */
bool process_lives(pid_t pid);
/* The number that a file begins with; 0: none. */
long number_in(const char *path);
/* While the supervisor is held, what dies stays away; afterwards it starts at once. */
void supervisor_hold(bool on);
/* How often something died before: what dies now starts again at once. */
void supervisor_forget(void);
/* Waits until the gateway and every daemon say that they are ready. */
void system_wait_ready(void);

/* ---- HTTP (any thread, one client per thread) ---- */

typedef struct Client {
    const char *base;    /* what paths are put behind: http://127.0.0.1:8000/api */
    const char *token;   /* access token; NULL: none */
    const char *address; /* to come from, of 127.0.0.0/8; NULL: 127.0.0.1 */
    void *curl;
} Client;

typedef struct Response {
    const char *method, *path;
    int status;       /* 0: no answer */
    const char *why;  /* no answer */
    const char *head; /* status line and headers as sent */
    const char *body; /* ends with a NUL */
    size_t length;
    int64_t ms;
} Response;

Client *client_new(const char *token);
/* Paths behind `base`, without a token: client_at(the_system()->gateway) for what is not below
 * /api. */
Client *client_at(const char *base);
/* Signed in as the demo user admin, by a token that all tests of one program share. */
Client *client_admin(void);
Client *client_login(const char *username, const char *password);
/* A new user whose role has these permissions (the inside of a JSON list: "'so.read','so.create'"),
 * signed in. */
Client *client_permitted(const char *permissions);

/* `body` is JSON text, NULL for none; then header lines ("If-Match: \"1\""), ended by NULL. A
 * header line "Name:" takes the header away that would be sent otherwise. */
const Response *http(Client *client, const char *method, const char *path, const char *body, ...)
    __attribute__((sentinel));
/* The same with any bytes as body. */
const Response *http_bytes(Client *client, const char *method, const char *path, const void *body,
                           size_t length, ...) __attribute__((sentinel));
const Response *get(Client *client, const char *format, ...) __attribute__((format(printf, 2, 3)));
const Response *post(Client *client, const char *path, const char *body);
const Response *put(Client *client, const char *path, const char *body);
const Response *del(Client *client, const char *path);

/* The value of the first header of that name; NULL where there is none. */
const char *header(const Response *response, const char *name);

/* ---- JSON by path: "items[0].item.uuid" (any thread) ---- */

/* The value's text as it stands there, so that numbers are seen digit by digit; NULL where there is
 * none. */
const char *json_raw(const char *document, const char *path);
/* The member of an object, by its whole name (which may hold dots and brackets). */
const char *json_member(const char *object, const char *name);
/* A string's content; NULL where there is no string. */
const char *json_string(const char *document, const char *path);
/* The number of elements of a list; -1 where there is none. */
int json_count(const char *document, const char *path);
/* One whole JSON value, well-formed, with nothing behind it. */
bool json_valid(const char *document);

/* ---- expectations ---- */

typedef struct Site {
    const char *file;
    int line;
} Site;

#define HERE ((Site){__FILE__, __LINE__})

void site_fail(Site site, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
void response_expect_status(Site site, const Response *response, int status);
void response_expect_error(Site site, const Response *response, int status, const char *field);
void response_expect_json(Site site, const Response *response, const char *path, const char *value);
void text_expect(Site site, const char *actual, const char *wanted, const char *what);
void number_expect(Site site, int64_t actual, int64_t wanted, const char *what);

#define expect_status(response, status) response_expect_status(HERE, (response), (status))
/* The status and the error body of the contract, to the letter; `field` (or NULL) has details. */
#define expect_error(response, status, field)                                                      \
    response_expect_error(HERE, (response), (status), (field))
/* The value at the path, as text: "6175000", "'draft'" (' for "), "null"; NULL: there is none. */
#define expect_json(response, path, value) response_expect_json(HERE, (response), (path), (value))
#define expect_text(actual, wanted)        text_expect(HERE, (actual), (wanted), #actual)
#define expect_number(actual, wanted)      number_expect(HERE, (actual), (wanted), #actual)

typedef struct Wait {
    Site site;
    int64_t began_ms;
    int64_t limit_ms;
} Wait;

int64_t now_ms(void); /* monotonic */
/* How long a test waits for what must come, on a slow and busy machine: how fast it comes is the
 * bench's to say. And for what must not come. */
enum { SOON_MS = 20000, SILENCE_MS = 300 };

void wait_step(Wait *wait, const char *what);
void pause_ms(int ms);

/* Asks again until it is true; fails after `ms`. */
#define EVENTUALLY(ms, condition)                                                                  \
    for (Wait wait_ = {HERE, now_ms(), (ms)}; !(condition);)                                       \
    wait_step(&wait_, #condition)

/* ---- documents ---- */

/* Each creates one with the client and returns its uuid. */
const char *new_customer(Client *client);
const char *new_item(Client *client, const char *price);
const char *new_order(Client *client, const char *customer, const char *item);
/* Bodies of valid requests. */
const char *customer_body(const char *code);
const char *item_body(const char *code, const char *price);
/* 100 pieces less 5 %. */
const char *order_body(const char *customer, const char *item, const char *date);
/* Today in the business time zone, YYYY-MM-DD. */
const char *today(void);
/* A month, YYYY-MM, that no order has yet. */
const char *fresh_month(void);

/* ---- SQL (own connection per thread, as superuser) ---- */

const char *sql_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t sql_int(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sql_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As a service's role; returns the SQLSTATE of what was refused, "00000" where nothing was. */
const char *sql_state_as(const char *service, const char *statement);

/* ---- NATS ---- */

typedef struct Bus Bus;

/* A connection as "integrator", "gateway", a service … */
Bus *bus_as(const char *user);

typedef struct BusText {
    const char *name, *value;
} BusText;

typedef struct BusMessage {
    const char *subject;
    const char *payload;
    size_t length;
    const BusText *headers; /* ends with a nameless one */
    uint64_t sequence;      /* of the stream; 0: did not come from it */
    uint64_t pending;       /* messages that the stream has behind it for this listener */
} BusMessage;

/* By its exact name; NULL where there is none. */
const char *bus_header(const BusMessage *message, const char *name);

typedef struct Listener Listener;

/* Subscribes; returns when the server knows it. */
Listener *bus_listen(Bus *bus, const char *subject);
/* Reads the stream EVENTS in order, from `sequence` on. */
Listener *bus_replay(Bus *bus, const char *subject, uint64_t sequence);
/* The next message within `ms`; NULL where none came. */
const BusMessage *listener_next(Listener *listener, int ms);
/* The next message of a replay; NULL behind the last that the stream has. There must be one. */
const BusMessage *replay_next(Listener *listener);
/* The next message whose ce-subject is this document, within `ms`; NULL where none came. */
const BusMessage *listener_find(Listener *listener, const char *document, int ms);
/* Whether the subscription was refused within `ms`. */
bool bus_refuses_listening(Bus *bus, const char *subject, int ms);
/* Whether publishing was refused within `ms`. */
bool bus_refuses_publishing(Bus *bus, const char *subject, int ms);
/* Asks and waits; headers end with a nameless one. NULL where no answer came within `ms`. */
const BusMessage *bus_ask(Bus *bus, const char *subject, const BusText *headers,
                          const void *payload, size_t length, int ms);
/* One answer of each service, in the order in which they came; the list ends with NULL. */
const BusMessage **bus_ask_all(Bus *bus, const char *subject);

/* ---- a socket, for what no HTTP library sends (any thread) ---- */

int wire_open(void);
/* False where the peer closed. */
bool wire_send(int wire, const void *bytes, size_t length);
bool wire_text(int wire, const char *bytes);
/* The next answer, read by its Content-Length; status 0 where none came within `ms`. */
const Response *wire_answer(int wire, int ms);
/* Whether the peer closes within `ms`, without a further byte. */
bool wire_closes(int wire, int ms);
void wire_close(int wire);

/* ---- threads ---- */

/* Runs run(context, 0 … count-1) in threads of their own that start together; returns when all are
 * done. */
void parallel(int count, void (*run)(void *context, int index), void *context);

#endif
