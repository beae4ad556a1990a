/* Slow requests on threads of their own, so that the others never wait behind them: methods with a
 * prepare function, of services that ask for it (Service.slow_workers). Bounded: what finds the
 * queue full is refused at once. */
#ifndef SF_SVC_LANE_H
#define SF_SVC_LANE_H

#include "svc/runtime.h"

/* NULL where a thread can't be started. */
Lane *lane_start(Runtime *runtime);
/* When nobody gives any more: finishes what waits, then ends the threads. */
void lane_stop(Lane *lane);

typedef enum LaneAnswer {
    LANE_OTHER, /* no slow method (or no lane at all): the caller's own to do */
    LANE_TAKEN, /* copied, will be answered */
    LANE_FULL
} LaneAnswer;

/* `lane` may be NULL. The answer goes out over `bus`, which must live until lane_stop(). Any
 * thread. */
LaneAnswer lane_give(Lane *lane, Bus *bus, const BusMessage *message);

extern const Err LANE_BUSY; /* 503, Retry-After 1 */

#endif
