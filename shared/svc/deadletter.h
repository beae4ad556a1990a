/* Events that were put aside: 'dead' ones, whose handler refused them for good, and 'parked' ones,
 * later events of the same document. Parked events have their effect, in order, as soon as nothing
 * dead of their document stands before them:
 * `./sentient events retry` makes a dead one parked, `discard` deletes it. */
#ifndef SF_SVC_DEADLETTER_H
#define SF_SVC_DEADLETTER_H

#include "svc/role.h"

/* An event that this service acts on. */
typedef struct Event {
    const EventHandler *handler;
    const char *id, *document, *subject, *traceparent;
    const uint8_t *data;
    size_t length;
    uint64_t sequence;
    const ProtobufCMessage *payload; /* NULL: unreadable */
} Event;

/* The service's reaction to a subject; NULL: none. */
const EventHandler *event_handler(const Service *service, const char *subject);
/* Its effect, in the open transaction. */
const Err *event_handle(Request *rq, const Event *event);
/* Whether the error is the database's and will pass, and not the event's own. */
bool event_error_passes(const Err *err);

/* Puts an event aside, in the open transaction. state: dead or parked. */
void dead_letter_add(Request *rq, const Event *event, const char *state, const char *reason);
/* Gives parked events their effect, oldest first, while there are any that nothing holds back. */
const Err *dead_letters_resume(RoleRun *run);

#endif
