/* What does not sign in: 401 with WWW-Authenticate, whatever is wrong. Not permissions. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testkit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *base64url(const void *bytes, size_t length)
{
    size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(keep(size), size, bytes, length,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static const char *sign_256(const char *secret_text, const char *signed_text)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret_text, strlen(secret_text));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)signed_text, strlen(signed_text));
    crypto_auth_hmacsha256_final(&state, mac);
    return base64url(mac, sizeof mac);
}

static const char *sign_512(const char *secret_text, const char *signed_text)
{
    crypto_auth_hmacsha512_state state;
    unsigned char mac[crypto_auth_hmacsha512_BYTES];
    crypto_auth_hmacsha512_init(&state, (const unsigned char *)secret_text, strlen(secret_text));
    crypto_auth_hmacsha512_update(&state, (const unsigned char *)signed_text, strlen(signed_text));
    crypto_auth_hmacsha512_final(&state, mac);
    return base64url(mac, sizeof mac);
}

static const char *encoded(const char *head, const char *claims)
{
    return text("%s.%s", base64url(head, strlen(head)), base64url(claims, strlen(claims)));
}

/* What differs in a token of our own; the other claims come from the real token of admin. */
typedef struct Made {
    const char *issuer;
    long seconds; /* from now to exp */
} Made;

static const char *claims_of(Client *client, Made made)
{
    const char *from = strchr(client->token, '.') + 1;
    size_t length = strcspn(from, "."), size;
    unsigned char *claims = keep(length + 1);
    cr_assert_eq(sodium_base642bin(claims, length, from, length, NULL, &size, NULL,
                                   sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                 0);
    const char *all = (const char *)claims;
    return json("{'sub':%s,'username':%s,'permissions':%s,'rid':%s,'jti':%s,'sid':%s,'iss':'%s',"
                "'iat':%ld,'exp':%ld}",
                json_raw(all, "sub"), json_raw(all, "username"), json_raw(all, "permissions"),
                json_raw(all, "rid"), json_raw(all, "jti"), json_raw(all, "sid"), made.issuer,
                (long)time(NULL) - 100, (long)time(NULL) + made.seconds);
}

#define HS256_HEAD "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

static const char *token_with(const char *head, const char *claims, const char *key)
{
    const char *body = encoded(head, claims);
    return text("%s.%s", body, sign_256(key, body));
}

static void expect_unknown(const char *what, const char *authorization)
{
    const Response *r = http(client_new(NULL), "GET", "/auth/me", NULL, authorization, NULL);
    if (r->status != 401)
        cr_assert_fail("%s: %d %s", what, r->status, r->body);
    expect_error(r, 401, NULL);
    const char *challenge = header(r, "WWW-Authenticate");
    cr_assert(challenge && strncmp(challenge, "Bearer", 6) == 0, "%s: no challenge", what);
}

static void expect_refused(const char *what, const char *token)
{
    expect_unknown(what, text("Authorization: Bearer %s", token));
}

Test(tokens, our_own_tokens_are_made_right)
{
    Client *admin = client_admin();
    const char *key = secret("app", "JWT_SECRET");
    const char *token = token_with(HS256_HEAD, claims_of(admin, (Made){"sentient", 600}), key);
    expect_status(get(client_new(token), "/auth/me"), 200);
}

Test(tokens, no_token)
{
    const char *token = client_admin()->token;
    expect_unknown("no header", "X-Nothing: 1");
    expect_unknown("an empty header", "Authorization;");
    expect_unknown("the scheme alone", "Authorization: Bearer");
    expect_unknown("a token without scheme", text("Authorization: %s", token));
    expect_unknown("another scheme", text("Authorization: Token %s", token));
    expect_unknown("user and password", "Authorization: Basic YWRtaW46UGFzc3dvcmQxMjMh");
    expect_unknown("two tokens", text("Authorization: Bearer %s, Bearer %s", token, token));
    Client *nobody = client_new(NULL);
    expect_error(get(nobody, "/auth/me?access_token=%s", token), 401, NULL);
    expect_error(get(nobody, "/customers?token=%s", token), 401, NULL);
    expect_error(http(nobody, "GET", "/auth/me", NULL, text("Cookie: token=%s", token), NULL), 401,
                 NULL);
}

Test(tokens, garbage)
{
    const char *token = client_admin()->token;
    const char *signature = strrchr(token, '.') + 1;
    const char *body = text("%.*s", (int)(signature - 1 - token), token);
    expect_refused("a word", "x");
    expect_refused("points", "..");
    expect_refused("without signature", body);
    expect_refused("with an empty signature", text("%s.", body));
    expect_refused("a signature cut short", text("%.*s", (int)strlen(token) - 1, token));
    expect_refused("a signature with a tail", text("%sA", token));
    expect_refused("four parts", text("%s.%s", token, signature));
    expect_refused("padding", text("%s=", token));
    expect_refused("another's signature", text("%s.%s", body, sign_256("x", body)));
    expect_refused("8 KB", repeat("abcdefgh", 1024));
    const char *none = encoded("{\"alg\":\"none\"}", "{}");
    expect_refused("no claims, alg none", text("%s.", none));
}

Test(tokens, forged)
{
    Client *admin = client_admin();
    const char *key = secret("app", "JWT_SECRET");
    const char *claims = claims_of(admin, (Made){"sentient", 600});
    const char *body;
    expect_refused("another secret", token_with(HS256_HEAD, claims, repeat("0", 64)));
    expect_refused("no secret", token_with(HS256_HEAD, claims, ""));
    expect_refused("the refresh secret",
                   token_with(HS256_HEAD, claims, secret("app", "JWT_REFRESH_SECRET")));
    expect_refused("alg none", text("%s.", encoded("{\"alg\":\"none\",\"typ\":\"JWT\"}", claims)));
    expect_refused("alg None, signed",
                   token_with("{\"alg\":\"None\",\"typ\":\"JWT\"}", claims, key));
    body = encoded("{\"alg\":\"HS512\",\"typ\":\"JWT\"}", claims);
    expect_refused("HS512", text("%s.%s", body, sign_512(key, body)));
    expect_refused("alg HS512 over HS256", text("%s.%s", body, sign_256(key, body)));
    body = encoded(HS256_HEAD, claims);
    expect_refused("HS512 over alg HS256", text("%s.%s", body, sign_512(key, body)));
    expect_refused("a critical extension",
                   token_with("{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}", claims, key));
}

Test(tokens, claims)
{
    Client *admin = client_admin();
    const char *key = secret("app", "JWT_SECRET");
    expect_refused("expired",
                   token_with(HS256_HEAD, claims_of(admin, (Made){"sentient", -1}), key));
    expect_refused("another issuer",
                   token_with(HS256_HEAD, claims_of(admin, (Made){"evil", 600}), key));
    expect_refused("no claims", token_with(HS256_HEAD, "{}", key));
    expect_refused("a list", token_with(HS256_HEAD, "[]", key));
    expect_refused("no exp", token_with(HS256_HEAD, "{\"iss\":\"sentient\",\"sub\":\"x\"}", key));
}

Test(tokens, a_refresh_token_is_no_access_token)
{
    Client *nobody = client_new(NULL);
    const Response *r =
        post(nobody, "/auth/login", json("{'username':'viewer','password':'Password123!'}"));
    expect_status(r, 200);
    expect_refused("a refresh token", json_string(r->body, "refreshToken"));
    expect_error(post(nobody, "/auth/refresh",
                      json("{'refreshToken':'%s'}", json_string(r->body, "accessToken"))),
                 401, NULL);
}

Test(tokens, a_refresh_token_is_spent_once)
{
    Client *nobody = client_new(NULL);
    const Response *first =
        post(nobody, "/auth/login", json("{'username':'manager','password':'Password123!'}"));
    expect_status(first, 200);
    const char *spent = json("{'refreshToken':%s}", json_raw(first->body, "refreshToken"));
    const Response *second = post(nobody, "/auth/refresh", spent);
    expect_status(second, 200);
    expect_status(get(client_new(json_string(second->body, "accessToken")), "/auth/me"), 200);
    expect_error(post(nobody, "/auth/refresh", spent), 401, NULL);
    expect_error(post(nobody, "/auth/refresh",
                      json("{'refreshToken':%s}", json_raw(second->body, "refreshToken"))),
                 401, NULL);
}
