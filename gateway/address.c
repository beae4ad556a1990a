/* Addresses as 128 bits; those of IPv4 in their mapped form, so that there is one kind. */
#include "address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/str.h"

enum { ADDRESS_BYTES = 16, ADDRESS_BITS = 128, MAPPED_BITS = 96, TEXT_MAX = INET6_ADDRSTRLEN };

typedef struct Network {
    uint8_t bytes[ADDRESS_BYTES];
    unsigned bits;
} Network;

struct ProxyList {
    size_t count;
    Network *networks;
};

static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};

/* ret_offset: where the bits that the text speaks of begin. */
static bool address_parse(const char *text, size_t length, uint8_t ret_bytes[ADDRESS_BYTES],
                          unsigned *ret_offset)
{
    char copy[TEXT_MAX];
    if (!length || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *ret_offset = 0;
    if (inet_pton(AF_INET6, copy, ret_bytes) == 1)
        return true;
    *ret_offset = MAPPED_BITS;
    memcpy(ret_bytes, MAPPED, sizeof MAPPED);
    return inet_pton(AF_INET, copy, ret_bytes + sizeof MAPPED) == 1;
}

static const char *address_text(Arena *arena, const uint8_t bytes[ADDRESS_BYTES])
{
    char *text = arena_alloc(arena, TEXT_MAX);
    bool mapped = memcmp(bytes, MAPPED, sizeof MAPPED) == 0;
    const uint8_t *from = mapped ? bytes + sizeof MAPPED : bytes;
    return inet_ntop(mapped ? AF_INET : AF_INET6, from, text, TEXT_MAX);
}

static bool network_parse(const char *text, size_t length, Network *ret_network)
{
    unsigned offset;
    int64_t bits;
    const char *slash = memchr(text, '/', length);
    size_t n = slash ? (size_t)(slash - text) : length;
    if (!address_parse(text, n, ret_network->bytes, &offset))
        return false;
    ret_network->bits = ADDRESS_BITS;
    if (!slash)
        return true;
    char digits[4] = "";
    size_t count = length - n - 1;
    if (!count || count >= sizeof digits)
        return false;
    memcpy(digits, slash + 1, count);
    if (!str_to_int64(digits, &bits) || bits < 0 || bits > (int64_t)(ADDRESS_BITS - offset))
        return false;
    ret_network->bits = offset + (unsigned)bits;
    return true;
}

const ProxyList *proxies_read(Arena *arena, const char *text)
{
    ProxyList *list = ARENA_NEW(arena, ProxyList);
    list->networks = arena_array(arena, strlen(text) + 1, sizeof *list->networks);
    for (;;) {
        text += strspn(text, ", ");
        size_t length = strcspn(text, ", ");
        if (!length)
            return list;
        if (!network_parse(text, length, &list->networks[list->count++]))
            return NULL;
        text += length;
    }
}

static bool network_has(const Network *network, const uint8_t bytes[ADDRESS_BYTES])
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->bytes, bytes, whole) != 0)
        return false;
    uint8_t mask = (uint8_t)(0xff << (8 - rest));
    return !rest || !((network->bytes[whole] ^ bytes[whole]) & mask);
}

static bool is_trusted(const ProxyList *proxies, const uint8_t bytes[ADDRESS_BYTES])
{
    for (size_t i = 0; i < proxies->count; i++)
        if (network_has(&proxies->networks[i], bytes))
            return true;
    return false;
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80" */
static bool hop_parse(const char *text, size_t length, uint8_t ret_bytes[ADDRESS_BYTES])
{
    unsigned offset;
    const char *colon = memchr(text, ':', length);
    if (length && *text == '[') {
        const char *end = memchr(text, ']', length);
        return end && address_parse(text + 1, (size_t)(end - text - 1), ret_bytes, &offset);
    }
    bool port = colon && !memchr(colon + 1, ':', length - (size_t)(colon - text) - 1);
    return address_parse(text, port ? (size_t)(colon - text) : length, ret_bytes, &offset);
}

/* Walks a header's hops from the right; false where the search is over. */
static bool walk(const ProxyList *proxies, const char *value, uint8_t address[ADDRESS_BYTES])
{
    size_t end = strlen(value);
    while (end) {
        uint8_t hop[ADDRESS_BYTES];
        size_t begin = end;
        while (begin && value[begin - 1] != ',')
            begin--;
        size_t first = begin + strspn(value + begin, " \t"), last = end;
        while (last > first && (value[last - 1] == ' ' || value[last - 1] == '\t'))
            last--;
        if (!hop_parse(value + first, last - first, hop))
            return false;
        memcpy(address, hop, ADDRESS_BYTES);
        if (!is_trusted(proxies, hop))
            return false;
        end = begin ? begin - 1 : 0;
    }
    return true;
}

const char *address_of_client(Arena *arena, const ProxyList *proxies, const char *peer,
                              const HttpHead *head)
{
    uint8_t address[ADDRESS_BYTES];
    unsigned offset;
    if (!peer || !proxies->count || !address_parse(peer, strlen(peer), address, &offset) ||
        !is_trusted(proxies, address))
        return peer;
    for (size_t i = head->header_count; i; i--)
        if (str_eq_nocase(head->headers[i - 1].name, "X-Forwarded-For") &&
            !walk(proxies, head->headers[i - 1].value, address))
            break;
    return address_text(arena, address);
}
