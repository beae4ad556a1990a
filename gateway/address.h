/* Whose request it is: the peer's address, or what trusted proxies say of it. */
#ifndef SF_GATEWAY_ADDRESS_H
#define SF_GATEWAY_ADDRESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "kit/http.h"

typedef struct ProxyList ProxyList;

/* From "10.0.0.0/8, 192.0.2.7, 2001:db8::/32". NULL where it is malformed. */
const ProxyList *proxies_read(Arena *arena, const char *text);

/* The peer; where that is a trusted proxy, the last address of X-Forwarded-For that is none. What
 * is malformed ends the search: the nearest address that could be read counts. */
const char *address_of_client(Arena *arena, const ProxyList *proxies, const char *peer,
                              const HttpHead *head);

#endif
