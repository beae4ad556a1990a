/* The socket side on CivetWeb: connections, threads, bytes in and out. Knows nothing of what a
 * request means. */
#ifndef SF_GATEWAY_SERVER_H
#define SF_GATEWAY_SERVER_H

#include "gateway.h"

typedef struct Server Server;

/* Listens on APP_HOST:APP_PORT. NULL where it can't (logged). */
Server *server_start(Gateway *gateway);
int server_port(const Server *server);
/* Answers whoever holds a connection or still comes, closing each behind its answer, until nobody
 * does (7.5 s at most); ends the threads. /readyz says 503 meanwhile. */
void server_stop(Server *server);

#endif
