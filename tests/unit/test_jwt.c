/* Access tokens: what is taken, and what is refused and why. Forged tokens are made here, with the
 * key, since everything but the key is known to an attacker. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "kit/jwt.h"

#define KEY   "0123456789abcdef0123456789abcdef"
#define OLDER "fedcba9876543210fedcba9876543210"
#define UUID  "0190a000-0000-7000-8000-000000000001"

enum { NOW = 1700000000 };

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

TestSuite(jwt, .init = setup, .fini = teardown);

static JwtClaims claims(void)
{
    return (JwtClaims){.sub = UUID,
                       .username = "budi \"b\" \xc3\xa9",
                       .permissions = ",so.read,so.create,",
                       .rid = 7,
                       .jti = UUID,
                       .sid = UUID,
                       .iat = NOW - 10,
                       .exp = NOW + 60};
}

static JwtKeys keys(const char *current, const char *previous)
{
    JwtKeys made;
    cr_assert(jwt_keys(current, previous, &made));
    return made;
}

/* header.payload, signed with HMAC-SHA-256 as anybody with the key would. */
static const char *forge(const char *header, const char *payload, const char *key)
{
    Buf token = {.arena = arena};
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    buf_printf(&token, "%s.%s", base64url_encode(arena, (const uint8_t *)header, strlen(header)),
               base64url_encode(arena, (const uint8_t *)payload, strlen(payload)));
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)token.data, token.length);
    crypto_auth_hmacsha256_final(&state, mac);
    buf_printf(&token, ".%s", base64url_encode(arena, mac, sizeof mac));
    return token.data;
}

static const Err *verify(const char *token)
{
    JwtKeys both = keys(KEY, OLDER);
    JwtClaims read;
    return jwt_verify(arena, &both, token, strlen(token), NOW, &read);
}

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define PAYLOAD(iss, exp, more)                                                                    \
    "{\"iss\":" iss ",\"sub\":\"" UUID "\",\"username\":\"a\",\"permissions\":[\"so.read\"],"      \
    "\"rid\":1,\"jti\":\"" UUID "\",\"sid\":\"" UUID "\",\"iat\":1699999990,\"exp\":" exp more "}"
#define GOOD PAYLOAD("\"sentient\"", "1700000060", "")

Test(jwt, what_was_signed_is_read_back)
{
    JwtKeys signing = keys(KEY, NULL);
    JwtClaims given = claims(), read;
    const char *token = jwt_sign(arena, &signing, &given);
    cr_assert_not_null(token);
    cr_assert_null(jwt_verify(arena, &signing, token, strlen(token), NOW, &read));
    cr_expect_str_eq(read.sub, given.sub);
    cr_expect_str_eq(read.username, given.username);
    cr_expect_str_eq(read.permissions, given.permissions);
    cr_expect_eq(read.rid, 7);
    cr_expect_str_eq(read.jti, given.jti);
    cr_expect_str_eq(read.sid, given.sid);
    cr_expect_eq(read.iat, given.iat);
    cr_expect_eq(read.exp, given.exp);
}

Test(jwt, no_permissions_and_too_many)
{
    JwtKeys signing = keys(KEY, NULL);
    JwtClaims given = claims(), read;
    given.permissions = ",";
    const char *token = jwt_sign(arena, &signing, &given);
    cr_assert_null(jwt_verify(arena, &signing, token, strlen(token), NOW, &read));
    cr_expect_str_eq(read.permissions, ",");
    char *many = arena_alloc(arena, 4000);
    memset(many, 'p', 3999);
    given.permissions = many;
    cr_expect_null(jwt_sign(arena, &signing, &given));
}

Test(jwt, a_rotated_key_signs_nobody_out)
{
    JwtClaims given = claims(), read;
    JwtKeys before = keys(OLDER, NULL), during = keys(KEY, OLDER), after = keys(KEY, NULL);
    const char *token = jwt_sign(arena, &before, &given);
    cr_expect_null(jwt_verify(arena, &during, token, strlen(token), NOW, &read));
    cr_expect(err_is(jwt_verify(arena, &after, token, strlen(token), NOW, &read), &JWT_INVALID));
}

Test(jwt, short_keys_are_refused)
{
    JwtKeys made;
    cr_expect_not(jwt_keys("", NULL, &made));
    cr_expect_not(jwt_keys(NULL, NULL, &made));
    cr_expect_not(jwt_keys("0123456789abcdef0123456789abcde", NULL, &made));
    cr_expect_not(jwt_keys(KEY, "short", &made));
    cr_expect(jwt_keys(KEY, "", &made) && !made.previous);
}

Test(jwt, every_changed_character_is_noticed)
{
    JwtKeys signing = keys(KEY, NULL);
    JwtClaims given = claims();
    const char *token = jwt_sign(arena, &signing, &given);
    for (size_t i = 0; token[i]; i++) {
        char *changed = arena_strdup(arena, token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        cr_expect(err_is(verify(changed), &JWT_INVALID), "character %zu", i);
    }
}

Test(jwt, times)
{
    cr_expect_null(verify(forge(HEADER, GOOD, KEY)));
    cr_expect_null(verify(forge(HEADER, PAYLOAD("\"sentient\"", "1700000001", ""), KEY)));
    cr_expect(verify(forge(HEADER, PAYLOAD("\"sentient\"", "1700000000", ""), KEY)) ==
              &JWT_EXPIRED);
    cr_expect_null(
        verify(forge(HEADER, PAYLOAD("\"sentient\"", "1700000060", ",\"nbf\":1700000030"), KEY)));
}

Test(jwt, what_is_refused_although_the_signature_is_good)
{
    static const char *const HEADERS[] = {
        "{\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS512\",\"typ\":\"JWT\"}",
        "{\"alg\":\"hs256\",\"typ\":\"JWT\"}",
        "{\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWE\"}",
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"HS256\"} x",
        "[]",
        "",
    };
    static const char *const PAYLOADS[] = {
        PAYLOAD("\"other\"", "1700000060", ""),
        PAYLOAD("1", "1700000060", ""),
        PAYLOAD("\"sentient\"", "\"1700000060\"", ""),
        PAYLOAD("\"sentient\"", "1700000060.5", ""),
        PAYLOAD("\"sentient\"", "1e400", ""),
        PAYLOAD("\"sentient\"", "-1", ""),
        PAYLOAD("\"sentient\"", "null", ""),
        PAYLOAD("\"sentient\"", "1700000060", ",\"aud\":\"x\""),
        PAYLOAD("\"sentient\"", "1700000060", ",\"nbf\":1700000031"),
        PAYLOAD("\"sentient\"", "1700000060", ",\"nbf\":\"x\""),
        PAYLOAD("\"sentient\"", "1700000060", "") "x",
        "{\"iss\":\"sentient\",\"exp\":1700000060}",
        "{\"iss\":\"sentient\",\"sub\":\"x\",\"username\":\"a\",\"permissions\":[],\"rid\":1,"
        "\"jti\":\"" UUID "\",\"sid\":\"" UUID "\",\"iat\":1,\"exp\":1700000060}",
        "{\"iss\":\"sentient\",\"sub\":\"" UUID "\",\"username\":\"a\\r\\nSf-User: b\","
        "\"permissions\":[],\"rid\":1,\"jti\":\"" UUID "\",\"sid\":\"" UUID
        "\",\"iat\":1,\"exp\":1700000060}",
        "{\"iss\":\"sentient\",\"sub\":\"" UUID "\",\"username\":\"a\",\"permissions\":"
        "[\"so.read,so.approve\"],\"rid\":1,\"jti\":\"" UUID "\",\"sid\":\"" UUID
        "\",\"iat\":1,\"exp\":1700000060}",
        "{\"iss\":\"sentient\",\"sub\":\"" UUID "\",\"username\":\"a\",\"permissions\":[],"
        "\"rid\":1,\"jti\":\"" UUID "\",\"sid\":\"" UUID
        "\",\"iat\":1700000031,\"exp\":1700000060}",
        "\"" UUID "\"",
    };
    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++)
        cr_expect(err_is(verify(forge(HEADERS[i], GOOD, KEY)), &JWT_INVALID), "%s", HEADERS[i]);
    for (size_t i = 0; i < sizeof PAYLOADS / sizeof *PAYLOADS; i++)
        cr_expect(err_is(verify(forge(HEADER, PAYLOADS[i], KEY)), &JWT_INVALID), "%s", PAYLOADS[i]);
    cr_expect_null(verify(forge("{\"typ\":\"JWT\",\"alg\":\"HS256\"}", GOOD, KEY)));
}

Test(jwt, what_is_no_token)
{
    static const char *const TEXTS[] = {"",      ".",    "..",
                                        "a.b.c", "....", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."};
    const char *good = forge(HEADER, GOOD, KEY);
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        cr_expect(err_is(verify(TEXTS[i]), &JWT_INVALID), "%s", TEXTS[i]);
    cr_expect(err_is(verify(arena_printf(arena, "%s=", good)), &JWT_INVALID));
    cr_expect(err_is(verify(arena_printf(arena, "%s.%s", good, good)), &JWT_INVALID));
    cr_expect(err_is(verify(arena_printf(arena, " %s", good)), &JWT_INVALID));
    cr_expect(err_is(verify(arena_printf(arena, "%04097d", 0)), &JWT_INVALID));
}
