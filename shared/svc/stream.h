/* The stream that holds every event of the system. */
#ifndef SF_SVC_STREAM_H
#define SF_SVC_STREAM_H

#include "kit/bus.h"

#define EVENT_STREAM "EVENTS"

/* Makes the stream where it is missing: subjects of contract §4, 7 days, EVENTS_MAX_BYTES. */
const Err *stream_ensure(BusStream *stream);

#endif
