/* Requests per second, and whose they are. Not where the gateway asks. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "address.h"
#include "limiter.h"

static Arena *arena;

static void setup(void)
{
    cr_assert(sodium_init() >= 0);
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(limiter, .init = setup, .fini = teardown);
TestSuite(address, .init = setup, .fini = teardown);

static int taken(Limiter *limiter, const char *key, int tries, int64_t now_ms)
{
    int count = 0;
    for (int i = 0; i < tries; i++)
        count += limiter_take(limiter, key, now_ms) == 0;
    return count;
}

Test(limiter, none)
{
    cr_expect_null(limiter_new(arena, 0));
    cr_expect_eq(taken(NULL, "a", 1000, 0), 1000);
    limiter_delete(NULL);
}

Test(limiter, so_many_at_once_and_then_so_many_a_second)
{
    Limiter *limiter = limiter_new(arena, 5);
    cr_expect_eq(taken(limiter, "a", 20, 1000), 5);
    cr_expect_eq(limiter_take(limiter, "a", 1000), 1, "told to wait a second");
    cr_expect_eq(taken(limiter, "b", 20, 1000), 5, "somebody else's are his own");
    cr_expect_eq(taken(limiter, "a", 20, 1399), 1, "one after 200 ms, the next after 400");
    cr_expect_eq(taken(limiter, "a", 20, 1400), 1);
    cr_expect_eq(taken(limiter, "a", 20, 9000), 5, "no more than so many are saved up");
    cr_expect_eq(taken(limiter, "a", 20, 8000), 0, "a clock that goes back gives nothing");
    limiter_delete(limiter);
}

Test(limiter, bounded_whoever_asks)
{
    Limiter *limiter = limiter_new(arena, 1);
    for (int i = 0; i < 100000; i++)
        cr_assert_leq(limiter_take(limiter, arena_printf(arena, "10.%d", i), i), 1);
    cr_expect_eq(taken(limiter, "10.99999", 3, 99999), 0, "the last one is still known");
    limiter_delete(limiter);
}

static const char *client(const char *proxies, const char *peer, const char *first,
                          const char *second)
{
    HttpHeader headers[] = {{"x-forwarded-for", first}, {"X-Forwarded-For", second}};
    HttpHead head = {.headers = headers,
                     .header_count = (size_t)(first != NULL) + (second != NULL)};
    const ProxyList *list = proxies_read(arena, proxies);
    return list ? address_of_client(arena, list, peer, &head) : "malformed";
}

Test(address, address_of_client)
{
    static const struct {
        const char *proxies, *peer, *first, *second, *client;
    } CASES[] = {
        {"", "192.0.2.9", "198.51.100.1", NULL, "192.0.2.9"},
        {"10.0.0.1", "192.0.2.9", "198.51.100.1", NULL, "192.0.2.9"},
        {"10.0.0.1", "10.0.0.1", NULL, NULL, "10.0.0.1"},
        {"10.0.0.1", "10.0.0.1", "198.51.100.1", NULL, "198.51.100.1"},
        /* what the client wrote itself stands on the left */
        {"10.0.0.1", "10.0.0.1", "1.2.3.4, 198.51.100.1", NULL, "198.51.100.1"},
        {"10.0.0.0/8", "10.0.0.1", "198.51.100.1, 10.9.9.9", NULL, "198.51.100.1"},
        {"10.0.0.0/8", "10.0.0.1", "198.51.100.1", "10.9.9.9", "198.51.100.1"},
        {"10.0.0.0/8", "10.0.0.1", "1.2.3.4,198.51.100.1", "10.9.9.9 , 10.1.1.1", "198.51.100.1"},
        {"10.0.0.0/8", "10.0.0.1", "10.9.9.9", NULL, "10.9.9.9"},
        {"10.0.0.0/8", "10.0.0.1", "198.51.100.1, nonsense", NULL, "10.0.0.1"},
        {"10.0.0.0/8", "10.0.0.1", "nonsense, 10.3.3.3", NULL, "10.3.3.3"},
        {"10.0.0.0/8", "10.0.0.1", "", NULL, "10.0.0.1"},
        {"10.0.0.0/8", "10.0.0.1", ",", NULL, "10.0.0.1"},
        {"10.0.0.0/9", "10.128.0.1", "198.51.100.1", NULL, "10.128.0.1"},
        {"0.0.0.0/0", "10.128.0.1", "2001:db8::7", NULL, "2001:db8::7"},
        {"2001:db8::/32", "2001:db8::1", "198.51.100.1", NULL, "198.51.100.1"},
        {"10.0.0.1", "10.0.0.1", "[2001:DB8::0:1]:4711", NULL, "2001:db8::1"},
        {"10.0.0.1", "10.0.0.1", "198.51.100.1:4711", NULL, "198.51.100.1"},
        {"10.0.0.1", "10.0.0.1", "::ffff:198.51.100.1", NULL, "198.51.100.1"},
        {"10.0.0.1,192.0.2.0/24", "192.0.2.77", "198.51.100.1", NULL, "198.51.100.1"},
        {"10.0.0.256", "", NULL, NULL, "malformed"},
        {"10.0.0.0/33", "", NULL, NULL, "malformed"},
        {"10.0.0.0/", "", NULL, NULL, "malformed"},
        {"2001:db8::/129", "", NULL, NULL, "malformed"},
        {"proxy.example.test", "", NULL, NULL, "malformed"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *found =
            client(CASES[i].proxies, CASES[i].peer, CASES[i].first, CASES[i].second);
        cr_expect_str_eq(found, CASES[i].client, "%zu: %s", i, found);
    }
}
