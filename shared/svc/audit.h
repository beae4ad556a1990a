/* The audit's way out of a service. Writing it is the business of the trigger audit_row(). */
#ifndef SF_SVC_AUDIT_H
#define SF_SVC_AUDIT_H

#include "sentient/common.pb-c.h"
#include "svc/request.h"

/* A job: up to 200 rows that have not left yet become one audit.recorded in the outbox. */
const Err *audit_ship(Request *rq);

/* The entries of an audit.recorded, for those who hold APP_SECRET; `secret` is its hash
 * (Runtime.hash_key). Opening gives NULL where the bytes were not sealed with it. */
ProtobufCBinaryData audit_seal(Arena *arena, const uint8_t secret[32],
                               const Sentient__AuditEntries *entries);
Sentient__AuditEntries *audit_open(Arena *arena, const uint8_t secret[32],
                                   const ProtobufCBinaryData *sealed);

#endif
