/* Cursors: id (8 bytes, big-endian), sort value, HMAC-SHA-256 over both and the context; base64url.
 * Not encrypted: it holds nothing that the last row did not show. */
#include "kit/dblist_cursor.h"

#include <sodium.h>
#include <string.h>

enum { ID_BYTES = 8, MAC_BYTES = crypto_auth_hmacsha256_BYTES, CURSOR_MAX = 4096 };

static void cursor_mac(const char *secret, const Buf *context, const uint8_t *data, size_t length,
                       uint8_t mac[MAC_BYTES])
{
    static const char PURPOSE[] = "sentient list cursor 1";
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)PURPOSE, sizeof PURPOSE);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)context->data,
                                  context->length + 1);
    crypto_auth_hmacsha256_update(&state, data, length);
    crypto_auth_hmacsha256_final(&state, mac);
}

char *cursor_encode(Arena *arena, const char *secret, const Buf *context, const Cursor *cursor)
{
    size_t text = strlen(cursor->sort), length = ID_BYTES + text;
    uint8_t *data = arena_alloc(arena, length + MAC_BYTES);
    for (unsigned i = 0; i < ID_BYTES; i++)
        data[i] = (uint8_t)((uint64_t)cursor->id >> (56 - 8 * i));
    memcpy(data + ID_BYTES, cursor->sort, text);
    cursor_mac(secret, context, data, length, data + length);
    return base64url_encode(arena, data, length + MAC_BYTES);
}

bool cursor_decode(Arena *arena, const char *secret, const Buf *context, const char *text,
                   Cursor *ret_cursor)
{
    uint8_t *data, mac[MAC_BYTES];
    size_t length = strnlen(text, CURSOR_MAX + 1);
    if (length > CURSOR_MAX || !base64url_decode(arena, text, length, &data, &length) ||
        length < ID_BYTES + MAC_BYTES)
        return false;
    length -= MAC_BYTES;
    cursor_mac(secret, context, data, length, mac);
    if (crypto_verify_32(mac, data + length) != 0)
        return false;
    uint64_t id = 0;
    for (unsigned i = 0; i < ID_BYTES; i++)
        id = id << 8 | data[i];
    ret_cursor->id = (int64_t)id;
    ret_cursor->sort = arena_strndup(arena, (const char *)data + ID_BYTES, length - ID_BYTES);
    return true;
}
