/* The cache of verified tokens: fixed slots, four for each place a token may be in. */
#include "tokens.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SETS = 256, WAYS = 4, TEXT_MAX = 3072, KEY_BYTES = 32 };

typedef struct Entry {
    uint8_t key[KEY_BYTES];
    uint64_t version; /* of the keys that it was verified with */
    int64_t dies_s;   /* 0: empty */
    JwtClaims claims; /* its texts point nowhere; they follow each other in `text` */
    char text[TEXT_MAX];
} Entry;

typedef struct Set {
    pthread_mutex_t lock;
    Entry entries[WAYS];
} Set;

struct TokenCache {
    Set sets[SETS];
};

TokenCache *tokens_open(void)
{
    static TokenCache cache; /* untouched pages cost nothing */
    for (size_t i = 0; i < SETS; i++)
        (void)pthread_mutex_init(&cache.sets[i].lock, NULL);
    return &cache;
}

/* The texts of the claims, in the order in which an entry keeps them. */
static void claim_texts(JwtClaims *claims, const char **ret_texts[5])
{
    ret_texts[0] = &claims->sub;
    ret_texts[1] = &claims->username;
    ret_texts[2] = &claims->permissions;
    ret_texts[3] = &claims->jti;
    ret_texts[4] = &claims->sid;
}

static bool entry_pack(Entry *entry, const JwtClaims *claims)
{
    const char **texts[5];
    size_t used = 0;
    entry->claims = *claims;
    claim_texts(&entry->claims, texts);
    for (size_t i = 0; i < 5; i++) {
        size_t n = strlen(*texts[i]) + 1;
        if (n > TEXT_MAX - used)
            return false;
        memcpy(entry->text + used, *texts[i], n);
        used += n;
    }
    return true;
}

static void entry_unpack(Arena *arena, const Entry *entry, JwtClaims *ret_claims)
{
    const char **texts[5];
    const char *text = entry->text;
    *ret_claims = entry->claims;
    claim_texts(ret_claims, texts);
    for (size_t i = 0; i < 5; i++) {
        *texts[i] = arena_strdup(arena, text);
        text += strlen(text) + 1;
    }
}

static bool set_find(Set *set, Arena *arena, const uint8_t *key, uint64_t version, int64_t now_s,
                     JwtClaims *ret_claims)
{
    bool found = false;
    (void)pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < WAYS && !found; i++) {
        const Entry *entry = &set->entries[i];
        found = entry->dies_s > now_s && entry->version == version &&
                sodium_memcmp(entry->key, key, KEY_BYTES) == 0;
        if (found)
            entry_unpack(arena, entry, ret_claims);
    }
    (void)pthread_mutex_unlock(&set->lock);
    return found;
}

/* Takes the place of the entry that dies first. */
static void set_put(Set *set, const uint8_t *key, uint64_t version, int64_t now_s,
                    const JwtClaims *claims)
{
    (void)pthread_mutex_lock(&set->lock);
    Entry *oldest = &set->entries[0];
    for (size_t i = 1; i < WAYS; i++)
        if (set->entries[i].dies_s < oldest->dies_s)
            oldest = &set->entries[i];
    int64_t dies = now_s + TOKEN_CACHE_S;
    oldest->dies_s = 0;
    if (entry_pack(oldest, claims)) {
        memcpy(oldest->key, key, KEY_BYTES);
        oldest->version = version;
        oldest->dies_s = claims->exp < dies ? claims->exp : dies;
    }
    (void)pthread_mutex_unlock(&set->lock);
}

const Err *tokens_verify(TokenCache *cache, Arena *arena, const JwtKeys *keys, const char *token,
                         size_t length, int64_t now_s, JwtClaims *ret_claims)
{
    uint8_t key[KEY_BYTES]; /* BLAKE2b: as strong as SHA-256 and several times faster */
    (void)crypto_generichash(key, sizeof key, (const uint8_t *)token, length, NULL, 0);
    Set *set = &cache->sets[(key[0] | (size_t)key[1] << 8) % SETS];
    if (set_find(set, arena, key, keys->version, now_s, ret_claims))
        return NULL;
    TRY(jwt_verify(arena, keys, token, length, now_s, ret_claims));
    set_put(set, key, keys->version, now_s, ret_claims);
    return NULL;
}
