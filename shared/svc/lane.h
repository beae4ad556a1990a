/* Slow requests on threads of their own, so that the others never wait behind them: those that have
 * to be prepared (RETRY_PREPARED), of services that ask for it (Service.slow_workers). Bounded:
 * what finds no place is refused at once. Half of the places are anybody's, a quarter is for those
 * who were here before and better, a quarter for the proven (Rank); the threads take from the three
 * in turn, so that no flood starves another rank. */
#ifndef SF_SVC_LANE_H
#define SF_SVC_LANE_H

#include "svc/runtime.h"

/* NULL where a thread can't be started. */
Lane *lane_start(Runtime *runtime);
/* When nobody gives any more: finishes what waits, then ends the threads. */
void lane_stop(Lane *lane);

/* True: copied, will be answered. False: there is no place. The answer goes out over `bus`, which
 * must live until lane_stop(). Any thread. */
bool lane_give(Lane *lane, Bus *bus, const BusMessage *message, Rank rank);

extern const Err LANE_BUSY; /* 503, Retry-After 1 */

#endif
