/* Answers $SRV.PING, $SRV.INFO and $SRV.STATS as the NATS services protocol has it, so that `nats
 * micro` finds the daemon. */
#ifndef SF_SVC_DISCOVERY_H
#define SF_SVC_DISCOVERY_H

#include "svc/runtime.h"

/* Listens on the bus of `worker`, which must outlive it. */
const Err *discovery_start(Worker *worker);

#endif
