/* Where a consumer begins to read: its position in PostgreSQL, held against what the stream is now.
 * Not the moving of the position, which is the consumer's. */
#ifndef SF_SVC_POSITION_H
#define SF_SVC_POSITION_H

#include "svc/role.h"

/* The sequence to read from. Without a position, or where the stream has lost what comes behind it,
 * the copies are built anew first; where the stream is another one or an older one, it is the place
 * behind the newest event that both have. */
const Err *position_begin(RoleRun *run, BusStream *stream, const BusStreamState *state,
                          uint64_t *ret_from);
/* While another instance leads: whether that has built what this one could not. */
const Err *position_stand_by(RoleRun *run);

#endif
