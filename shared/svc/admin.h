/* The admin port of a daemon: GET and HEAD of /healthz, /readyz and /metrics. Not for clients: no
 * sign-in, so it listens where only the operator reaches it. */
#ifndef SF_SVC_ADMIN_H
#define SF_SVC_ADMIN_H

#include <stdbool.h>

#include "base/str.h"

typedef struct Admin Admin;

/* NULL while the daemon is ready to serve, else what is missing ("database"): constant text. Called
 * from the port's own threads. */
typedef const char *(*AdminReady)(void *context);

/* Listens on host:port; port 0 takes a free one. NULL where it can't listen (logged). */
Admin *admin_start(const char *host, int port, AdminReady ready, void *context);
int admin_port(const Admin *admin);
/* Writes the port's number to a file, whole or not at all. */
bool admin_write_port(const Admin *admin, const char *path);
void admin_stop(Admin *admin);

/* The bodies of /healthz and /readyz, for the gateway's own port: {"status":"ok"}, or
 * {"status":"unavailable","missing":"database"}. */
void admin_health(Buf *buf, const char *missing);

#endif
