/* The runtime's own series: requests by method and status class, their time, and what was dropped.
 */
#ifndef SF_SVC_OBSERVE_H
#define SF_SVC_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/contract.h"

/* Registers the series of a contract's methods. Once, before threads. */
void observe_setup(const Contract *contract);
/* status: HTTP status of the answer. */
void observe_request(const Method *method, int status, int64_t micros);
typedef struct MethodStats {
    int64_t requests, errors, nanos;
} MethodStats;

MethodStats observe_stats(const Method *method);
/* A request whose caller had gone before it was taken up. */
void observe_expired(void);
/* Events that wait to leave (capped at 10 000), seconds that the oldest has waited, events put
 * aside. */
void observe_backlog(int64_t waiting, int64_t oldest_s, int64_t aside);
void observe_stream(int64_t bytes, int64_t max_bytes);
void observe_published(int64_t events);
void observe_consumed(int64_t events);
/* Whether this instance leads the role: relay, consumer or jobs. */
void observe_lead(const char *role, bool leads);
/* Events of the stream that the consumer of this instance, which leads, has not seen yet. */
void observe_behind(int64_t events);
/* For how long copies of other services' documents have been built, without having come to the end;
 * 0: they stand. */
void observe_snapshot(int64_t seconds);

#endif
