/* The stream that holds every event of the system, and where a service's rows and the stream part.
 */
#ifndef SF_SVC_STREAM_H
#define SF_SVC_STREAM_H

#include "kit/bus.h"
#include "svc/runtime.h"

#define EVENT_STREAM "EVENTS"

/* Makes the stream where it is missing: subjects of the API contract §4, 7 days, EVENTS_MAX_BYTES.
 */
const Err *stream_ensure(BusStream *stream, Arena *arena);

/* Walks back over rows (event_id, stream_sequence) of `query` (parameters before, skip), in growing
 * steps, to one that the stream still holds at its place; *ret_sequence = 0 where there is none.
 * What has aged out counts as held. The result may lie before the last common event: going over
 * some events twice is harmless. */
const Err *stream_walk_back(BusStream *stream, Request *rq, const DbQuery *query,
                            const BusStreamState *state, int64_t *ret_sequence);

#endif
