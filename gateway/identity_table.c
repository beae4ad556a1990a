/* Open addressing over 16-byte keys. Not a cache: what is in stays until the table is made anew. */
#include "identity_table.h"

#include <string.h>

#include "base/id.h"

/* Every role is in the feed from its making on, but the feed may be a little behind a token of a
 * new one. */
enum { KEY_BYTES = 16, CAPACITY_MIN = 64, NEWS_MAX_S = 2 };

typedef struct Slot {
    bool used;
    uint8_t key[KEY_BYTES];
    int64_t role;
    const char *permissions;
    const char *username; /* NULL: as the token says */
} Slot;

typedef struct Map {
    Slot *slots;
    size_t capacity; /* a power of two */
    size_t count;
} Map;

struct IdentityTable {
    Arena *arena;
    Map ended; /* sessions */
    Map users; /* → role, name */
    Map roles; /* → permissions */
    int64_t last;
};

/* Servers made the keys, with random tails: no one fills a chain on purpose. */
static Slot *map_slot(const Map *map, const uint8_t *key)
{
    uint64_t hash;
    memcpy(&hash, key + KEY_BYTES - sizeof hash, sizeof hash);
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)(hash >> 32) & (map->capacity - 1);
    while (map->slots[i].used && memcmp(map->slots[i].key, key, KEY_BYTES) != 0)
        i = (i + 1) & (map->capacity - 1);
    return &map->slots[i];
}

static const Slot *map_find(const Map *map, const uint8_t *key)
{
    const Slot *slot = map->capacity ? map_slot(map, key) : NULL;
    return slot && slot->used ? slot : NULL;
}

static void map_grow(Arena *arena, Map *map)
{
    Map grown = {.capacity = map->capacity ? map->capacity * 2 : CAPACITY_MIN, .count = map->count};
    grown.slots = arena_array(arena, grown.capacity, sizeof *grown.slots);
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].used)
            *map_slot(&grown, map->slots[i].key) = map->slots[i];
    *map = grown;
}

static Slot *map_put(Arena *arena, Map *map, const uint8_t *key)
{
    if (map->count * 2 >= map->capacity)
        map_grow(arena, map);
    Slot *slot = map_slot(map, key);
    map->count += !slot->used;
    slot->used = true;
    memcpy(slot->key, key, KEY_BYTES);
    return slot;
}

static uint8_t hex_value(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static bool key_of_uuid(const char *text, uint8_t ret_key[KEY_BYTES])
{
    size_t n = 0;
    if (!text || !uuid_valid(text, strlen(text)))
        return false;
    for (const char *p = text; *p; p += 2) {
        p += *p == '-';
        ret_key[n++] = (uint8_t)(hex_value(p[0]) << 4 | hex_value(p[1]));
    }
    return true;
}

static void key_of_number(int64_t number, uint8_t ret_key[KEY_BYTES])
{
    memset(ret_key, 0, KEY_BYTES);
    memcpy(ret_key + KEY_BYTES - sizeof number, &number, sizeof number);
}

IdentityTable *identity_table_new(void)
{
    Arena *arena = arena_new(0);
    IdentityTable *table = ARENA_NEW(arena, IdentityTable);
    table->arena = arena;
    return table;
}

void identity_table_delete(IdentityTable *table)
{
    if (table)
        arena_delete(table->arena);
}

int64_t identity_table_last(const IdentityTable *table)
{
    return table->last;
}

static bool apply_one(IdentityTable *table, const Auth__IdentityChange *change)
{
    uint8_t key[KEY_BYTES];
    if (!change->has_id || change->id <= table->last)
        return false;
    table->last = change->id;
    if (change->session_uuid) {
        if (!key_of_uuid(change->session_uuid, key))
            return false;
        (void)map_put(table->arena, &table->ended, key);
        return true;
    }
    if (!change->has_role_id)
        return false;
    if (change->user_uuid) {
        if (!key_of_uuid(change->user_uuid, key))
            return false;
        Slot *user = map_put(table->arena, &table->users, key);
        user->role = change->role_id;
        if (change->username)
            user->username = arena_strdup(table->arena, change->username);
        return true;
    }
    key_of_number(change->role_id, key);
    map_put(table->arena, &table->roles, key)->permissions =
        arena_strdup(table->arena, change->permissions ? change->permissions : ",");
    return true;
}

bool identity_table_apply(IdentityTable *table, const Auth__IdentityPage *page)
{
    if (!page->has_last_id || page->last_id < table->last)
        return false;
    for (size_t i = 0; i < page->n_changes; i++)
        if (!apply_one(table, page->changes[i]))
            return false;
    return true;
}

bool identity_table_check(const IdentityTable *table, Arena *arena, int64_t now_s,
                          JwtClaims *claims)
{
    uint8_t key[KEY_BYTES];
    if (!key_of_uuid(claims->sid, key) || map_find(&table->ended, key))
        return false;
    const Slot *user = key_of_uuid(claims->sub, key) ? map_find(&table->users, key) : NULL;
    if (user)
        claims->rid = user->role;
    if (user && user->username)
        claims->username = arena_strdup(arena, user->username);
    key_of_number(claims->rid, key);
    const Slot *role = map_find(&table->roles, key);
    if (role)
        claims->permissions = arena_strdup(arena, role->permissions);
    else if (user || now_s - claims->iat > NEWS_MAX_S)
        claims->permissions = ","; /* the token speaks of another role, or of one that is none */
    return true;
}
