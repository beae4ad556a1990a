/* Building a copy anew from its owners' exports. */
#ifndef SF_SVC_SNAPSHOT_H
#define SF_SVC_SNAPSHOT_H

#include "svc/role.h"

/* Pages through the exports of the service's SnapshotSources, each page a transaction, then puts
 * the consumer's position at `state`'s last sequence: events that came meanwhile follow, and
 * documents' versions make the overlap harmless. */
const Err *snapshot_load(RoleRun *run, BusStream *stream, const BusStreamState *state);
/* Whether a try of this process has not come to its end. Another instance may have done it since:
 * then snapshot_done(). */
bool snapshot_is_due(void);
void snapshot_done(void);

#endif
