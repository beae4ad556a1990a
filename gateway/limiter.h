/* Token buckets in a table of fixed size: so many requests per second for a user or an address, and
 * as many at once. Who has not been seen for longest makes room. */
#ifndef SF_GATEWAY_LIMITER_H
#define SF_GATEWAY_LIMITER_H

#include <stdint.h>

#include "base/arena.h"

typedef struct Limiter Limiter;

/* NULL where per_second is 0: no limit. Lives in the arena. */
Limiter *limiter_new(Arena *arena, int64_t per_second);
void limiter_delete(Limiter *limiter);

/* 0: go ahead, and one request is spent; else the seconds after which one is left again. `limiter`
 * may be NULL. Any thread. */
uint32_t limiter_take(Limiter *limiter, const char *key, int64_t now_ms);

#endif
