/* Buckets by the keyed hash of their owner's name, eight to each place one may be in. */
#include "limiter.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SETS = 512, WAYS = 8, ONE = 1000 /* a request, in thousandths */ };

typedef struct Bucket {
    uint64_t owner; /* 0: empty */
    int64_t seen_ms;
    int64_t left;
} Bucket;

typedef struct Set {
    pthread_mutex_t lock;
    Bucket buckets[WAYS];
} Set;

struct Limiter {
    int64_t per_second; /* also: thousandths per millisecond */
    uint8_t key[crypto_shorthash_KEYBYTES];
    Set sets[SETS];
};

Limiter *limiter_new(Arena *arena, int64_t per_second)
{
    if (!per_second)
        return NULL;
    Limiter *limiter = ARENA_NEW(arena, Limiter);
    limiter->per_second = per_second;
    crypto_shorthash_keygen(limiter->key);
    for (size_t i = 0; i < SETS; i++)
        (void)pthread_mutex_init(&limiter->sets[i].lock, NULL);
    return limiter;
}

void limiter_delete(Limiter *limiter)
{
    for (size_t i = 0; limiter && i < SETS; i++)
        (void)pthread_mutex_destroy(&limiter->sets[i].lock);
}

/* The owner's bucket; a full one in the place of who was seen longest ago, where it is new. */
static Bucket *bucket_find(const Limiter *limiter, Set *set, uint64_t owner)
{
    Bucket *oldest = &set->buckets[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set->buckets[i].owner == owner)
            return &set->buckets[i];
        if (set->buckets[i].seen_ms < oldest->seen_ms)
            oldest = &set->buckets[i];
    }
    *oldest = (Bucket){.owner = owner, .left = limiter->per_second * ONE};
    return oldest;
}

static uint32_t bucket_take(const Limiter *limiter, Bucket *bucket, int64_t now_ms)
{
    int64_t full = limiter->per_second * ONE, gone = now_ms - bucket->seen_ms;
    if (gone >= ONE)
        bucket->left = full;
    else if (gone > 0)
        bucket->left += gone * limiter->per_second;
    if (bucket->left > full)
        bucket->left = full;
    bucket->seen_ms = now_ms;
    if (bucket->left >= ONE) {
        bucket->left -= ONE;
        return 0;
    }
    return 1; /* at least one comes every second */
}

uint32_t limiter_take(Limiter *limiter, const char *key, int64_t now_ms)
{
    uint64_t owner;
    if (!limiter)
        return 0;
    (void)crypto_shorthash((uint8_t *)&owner, (const uint8_t *)key, strlen(key), limiter->key);
    owner |= owner == 0;
    Set *set = &limiter->sets[owner % SETS];
    (void)pthread_mutex_lock(&set->lock);
    uint32_t wait = bucket_take(limiter, bucket_find(limiter, set, owner), now_ms);
    (void)pthread_mutex_unlock(&set->lock);
    return wait;
}
