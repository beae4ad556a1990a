/* Signing and verifying access tokens. Not sessions: whether a token was revoked is auth's. */
#include "kit/jwt.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <string.h>

#include "base/id.h"
#include "base/str.h"

const Err JWT_INVALID = {.kind = ERR_UNAUTHENTICATED, .message = "The access token is not valid"};
const Err JWT_EXPIRED = {.kind = ERR_UNAUTHENTICATED, .message = "The access token has expired"};

enum { HS256_TEXT = 43, ES256_TEXT = 86 /* 32 and 64 bytes as base64url */ };

static bool is_ec(const JwtKeys *keys)
{
    return keys->signing || keys->verifying[0];
}

bool jwt_keys(const char *current, const char *previous, JwtKeys *ret_keys)
{
    if (!current || strlen(current) < JWT_SECRET_MIN)
        return false;
    bool rotating = previous && *previous;
    if (rotating && strlen(previous) < JWT_SECRET_MIN)
        return false;
    *ret_keys = (JwtKeys){.current = current, .previous = rotating ? previous : NULL};
    return true;
}

bool jwt_ec_keys(const char *signing, const char *verifying, const char *previous,
                 JwtKeys *ret_keys)
{
    bool signs = signing && *signing, verifies = verifying && *verifying;
    bool rotating = previous && *previous;
    *ret_keys = (JwtKeys){
        .signing = signs ? jwt_ec_private(signing) : NULL,
        .verifying = {verifies ? jwt_ec_public(verifying) : NULL,
                      rotating ? jwt_ec_public(previous) : NULL},
    };
    return (signs || verifies) && !signs == !ret_keys->signing &&
           !verifies == !ret_keys->verifying[0] && !rotating == !ret_keys->verifying[1];
}

static void mac(const char *key, const char *text, size_t length,
                uint8_t ret_mac[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state state;
    (void)crypto_auth_hmacsha256_init(&state, (const uint8_t *)key, strlen(key));
    (void)crypto_auth_hmacsha256_update(&state, (const uint8_t *)text, length);
    (void)crypto_auth_hmacsha256_final(&state, ret_mac);
    sodium_memzero(&state, sizeof state);
}

/* ",a,b," → "a","b" */
static void put_permissions(Buf *buf, const char *permissions)
{
    const char *separator = "";
    while (*permissions) {
        size_t n = strcspn(permissions, ",");
        if (n) {
            buf_puts(buf, separator);
            buf_json(buf, arena_strndup(buf->arena, permissions, n));
            separator = ",";
        }
        permissions += n + (permissions[n] == ',');
    }
}

/* The signature's bytes; 0: there is no key to sign with. */
static size_t sign(const JwtKeys *keys, const Buf *text, uint8_t ret_signature[ES256_SIGNATURE])
{
    if (keys->signing)
        return jwt_ec_sign(keys->signing, text->data, text->length, ret_signature) ? ES256_SIGNATURE
                                                                                   : 0;
    if (!keys->current)
        return 0;
    mac(keys->current, text->data, text->length, ret_signature);
    return crypto_auth_hmacsha256_BYTES;
}

static const char *header_text(Arena *arena, const JwtKeys *keys)
{
    if (!keys->signing)
        return "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    return arena_printf(arena, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
                        jwt_ec_kid(keys->signing));
}

static void put_payload(Buf *buf, const JwtClaims *claims)
{
    buf_puts(buf, "{\"iss\":\"" JWT_ISSUER "\",\"sub\":");
    buf_json(buf, claims->sub);
    buf_puts(buf, ",\"username\":");
    buf_json(buf, claims->username);
    buf_puts(buf, ",\"permissions\":[");
    put_permissions(buf, claims->permissions);
    buf_printf(buf, "],\"rid\":%lld,\"jti\":", (long long)claims->rid);
    buf_json(buf, claims->jti);
    buf_puts(buf, ",\"sid\":");
    buf_json(buf, claims->sid);
    buf_printf(buf, ",\"iat\":%lld,\"exp\":%lld}", (long long)claims->iat, (long long)claims->exp);
}

const char *jwt_sign(Arena *arena, const JwtKeys *keys, const JwtClaims *claims)
{
    Buf payload = {.arena = arena}, token = {.arena = arena};
    uint8_t signature[ES256_SIGNATURE];
    const char *header = header_text(arena, keys);
    put_payload(&payload, claims);
    buf_puts(&token, base64url_encode(arena, (const uint8_t *)header, strlen(header)));
    buf_putc(&token, '.');
    buf_puts(&token, base64url_encode(arena, (const uint8_t *)payload.data, payload.length));
    size_t length = sign(keys, &token, signature);
    buf_putc(&token, '.');
    buf_puts(&token, base64url_encode(arena, signature, length));
    return length && token.length <= JWT_MAX ? token.data : NULL;
}

static const Err *invalid(Arena *arena, const char *why)
{
    return err_with_cause(arena, &JWT_INVALID, "%s", why);
}

static bool mac_good(const JwtKeys *keys, const char *token, size_t length, const uint8_t *given)
{
    const char *const secrets[] = {keys->current, keys->previous};
    uint8_t expected[crypto_auth_hmacsha256_BYTES];
    for (size_t i = 0; i < 2; i++) {
        if (!secrets[i])
            continue;
        mac(secrets[i], token, length, expected);
        if (sodium_memcmp(expected, given, sizeof expected) == 0)
            return true;
    }
    return false;
}

static bool ec_good(const JwtKeys *keys, const char *token, size_t length, const uint8_t *given)
{
    for (size_t i = 0; i < 2; i++)
        if (keys->verifying[i] && jwt_ec_verify(keys->verifying[i], token, length, given))
            return true;
    return false;
}

static bool signature_good(Arena *arena, const JwtKeys *keys, const char *token,
                           size_t signed_length, size_t signature_text)
{
    uint8_t *given;
    size_t n;
    if (!base64url_decode(arena, token + signed_length + 1, signature_text, &given, &n))
        return false;
    if (is_ec(keys))
        return n == ES256_SIGNATURE && ec_good(keys, token, signed_length, given);
    return n == crypto_auth_hmacsha256_BYTES && mac_good(keys, token, signed_length, given);
}

/* One JSON object out of base64url; NULL where it is none. cJSON_Delete() it. */
static cJSON *object_decode(Arena *arena, const char *text, size_t length)
{
    uint8_t *data;
    size_t n;
    if (!base64url_decode(arena, text, length, &data, &n) || memchr(data, 0, n) ||
        !utf8_valid((const char *)data, n))
        return NULL;
    const char *end;
    const char *json = arena_strndup(arena, (const char *)data, n);
    cJSON *object = cJSON_ParseWithLengthOpts(json, n + 1, &end, true);
    if (cJSON_IsObject(object))
        return object;
    cJSON_Delete(object);
    return NULL;
}

static bool header_good(Arena *arena, const char *wanted, const char *token, size_t length)
{
    cJSON *header = object_decode(arena, token, length);
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(header, "typ");
    const char *alg = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(header, "alg"));
    bool good = header && alg && str_eq(alg, wanted) &&
                (!type || str_eq_nocase(cJSON_GetStringValue(type), "JWT")) &&
                !cJSON_GetObjectItemCaseSensitive(header, "crit");
    cJSON_Delete(header);
    return good;
}

static bool get_int(const cJSON *object, const char *name, int64_t *ret_value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(value >= 0 && value <= 9007199254740991.0))
        return false;
    *ret_value = (int64_t)value;
    return (double)*ret_value == value;
}

static const char *get_uuid(Arena *arena, const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text && uuid_valid(text, strlen(text)) ? arena_strdup(arena, text) : NULL;
}

/* A username as auth keeps them: no control characters, since it travels in a header. */
static const char *get_username(Arena *arena, const cJSON *object)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "username"));
    if (!text || !*text || strlen(text) > 1024)
        return NULL;
    for (const char *p = text; *p; p++)
        if ((*p >= 0 && *p < 0x20) || *p == 0x7f)
            return NULL;
    return arena_strdup(arena, text);
}

static const char *get_permissions(Arena *arena, const cJSON *object)
{
    static const char ALLOWED[] = "abcdefghijklmnopqrstuvwxyz0123456789_.";
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "permissions"), *item;
    Buf buf = {.arena = arena};
    if (!cJSON_IsArray(list))
        return NULL;
    buf_putc(&buf, ',');
    cJSON_ArrayForEach(item, list)
    {
        const char *text = cJSON_GetStringValue(item);
        if (!text || !*text || text[strspn(text, ALLOWED)])
            return NULL;
        buf_puts(&buf, text);
        buf_putc(&buf, ',');
    }
    return buf.data;
}

static const char *claims_read(Arena *arena, const cJSON *object, JwtClaims *ret_claims)
{
    const char *issuer = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "iss"));
    if (!issuer || !str_eq(issuer, JWT_ISSUER))
        return "another issuer";
    if (cJSON_GetObjectItemCaseSensitive(object, "aud"))
        return "made for another audience";
    ret_claims->sub = get_uuid(arena, object, "sub");
    ret_claims->jti = get_uuid(arena, object, "jti");
    ret_claims->sid = get_uuid(arena, object, "sid");
    ret_claims->username = get_username(arena, object);
    ret_claims->permissions = get_permissions(arena, object);
    if (!ret_claims->sub || !ret_claims->jti || !ret_claims->sid || !ret_claims->username ||
        !ret_claims->permissions || !get_int(object, "rid", &ret_claims->rid) ||
        !get_int(object, "iat", &ret_claims->iat) || !get_int(object, "exp", &ret_claims->exp))
        return "a claim is missing or malformed";
    return NULL;
}

static const Err *times_check(Arena *arena, const cJSON *object, const JwtClaims *claims,
                              int64_t now_s)
{
    int64_t not_before = 0;
    if (claims->exp <= now_s)
        return &JWT_EXPIRED;
    if (cJSON_GetObjectItemCaseSensitive(object, "nbf") && !get_int(object, "nbf", &not_before))
        return invalid(arena, "malformed nbf");
    if (claims->iat > now_s + JWT_SKEW_S || not_before > now_s + JWT_SKEW_S)
        return invalid(arena, "not valid yet");
    return NULL;
}

const Err *jwt_verify(Arena *arena, const JwtKeys *keys, const char *token, size_t length,
                      int64_t now_s, JwtClaims *ret_claims)
{
    size_t signature_text = is_ec(keys) ? ES256_TEXT : HS256_TEXT;
    if (length > JWT_MAX || length < signature_text + 4)
        return invalid(arena, "length");
    size_t signed_length = length - signature_text - 1;
    const char *dot = memchr(token, '.', length);
    if (!dot || token[signed_length] != '.' || dot == token + signed_length ||
        memchr(dot + 1, '.', (size_t)(token + signed_length - dot - 1)))
        return invalid(arena, "not three segments");
    if (!signature_good(arena, keys, token, signed_length, signature_text))
        return invalid(arena, "signature");
    size_t header_length = (size_t)(dot - token);
    if (!header_good(arena, is_ec(keys) ? "ES256" : "HS256", token, header_length))
        return invalid(arena, "header");
    cJSON *payload = object_decode(arena, dot + 1, signed_length - header_length - 1);
    if (!payload)
        return invalid(arena, "payload");
    const char *fault = claims_read(arena, payload, ret_claims);
    const Err *err = fault ? invalid(arena, fault) : times_check(arena, payload, ret_claims, now_s);
    cJSON_Delete(payload);
    return err;
}
