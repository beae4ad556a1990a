/* Tokens under a key pair: what is taken, what is refused. Keys are made here; claims are
 * test_jwt.c's. */
#include <criterion/criterion.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <string.h>

#include "kit/jwt.h"

#define UUID "0190a000-0000-7000-8000-000000000001"

enum { NOW = 1700000000, PEM_MAX = 2048 };

typedef struct Pair {
    char secret[PEM_MAX], open[PEM_MAX];
} Pair;

static Arena *arena;
static Pair mine, next;

static void pem_text(BIO *bio, char ret_text[PEM_MAX])
{
    int n = BIO_read(bio, ret_text, PEM_MAX - 1);
    cr_assert_gt(n, 0);
    ret_text[n] = '\0';
    BIO_free(bio);
}

static void pair_make(EVP_PKEY *pkey, Pair *ret_pair)
{
    BIO *secret = BIO_new(BIO_s_mem()), *public = BIO_new(BIO_s_mem());
    cr_assert_not_null(pkey);
    cr_assert_eq(PEM_write_bio_PrivateKey(secret, pkey, NULL, NULL, 0, NULL, NULL), 1);
    cr_assert_eq(PEM_write_bio_PUBKEY(public, pkey), 1);
    pem_text(secret, ret_pair->secret);
    pem_text(public, ret_pair->open);
    EVP_PKEY_free(pkey);
}

static void setup(void)
{
    cr_assert(sodium_init() >= 0);
    arena = arena_new(0);
    pair_make(EVP_EC_gen("P-256"), &mine);
    pair_make(EVP_EC_gen("P-256"), &next);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(jwt_es256, .init = setup, .fini = teardown);

static JwtKeys keys(const char *signing, const char *verifying, const char *previous)
{
    JwtKeys made;
    cr_assert(jwt_ec_keys(signing, verifying, previous, &made));
    return made;
}

static const char *token_of(const JwtKeys *signing)
{
    JwtClaims claims = {UUID, "budi", ",so.read,", 7, UUID, UUID, NOW - 10, NOW + 60};
    const char *token = jwt_sign(arena, signing, &claims);
    cr_assert_not_null(token);
    return token;
}

static const Err *verify(const JwtKeys *verifying, const char *token)
{
    JwtClaims read;
    return jwt_verify(arena, verifying, token, strlen(token), NOW, &read);
}

Test(jwt_es256, what_was_signed_is_read_back)
{
    JwtKeys auth = keys(mine.secret, NULL, ""), gateway = keys(NULL, mine.open, "");
    JwtClaims read;
    const char *token = token_of(&auth);
    cr_assert_null(jwt_verify(arena, &gateway, token, strlen(token), NOW, &read));
    cr_expect_str_eq(read.username, "budi");
    cr_expect_eq(read.rid, 7);
    cr_expect_not_null(verify(&auth, token), "who holds the private key alone verifies nothing");
    cr_expect_null(jwt_sign(arena, &gateway, &read), "who holds the public key signs nothing");
}

Test(jwt_es256, a_rotation_signs_nobody_out)
{
    JwtKeys before = keys(mine.secret, NULL, NULL), after = keys(next.secret, NULL, NULL);
    JwtKeys both = keys(NULL, next.open, mine.open), done = keys(NULL, next.open, NULL);
    cr_expect_null(verify(&both, token_of(&before)));
    cr_expect_null(verify(&both, token_of(&after)));
    cr_expect_null(verify(&done, token_of(&after)));
    cr_expect_not_null(verify(&done, token_of(&before)));
}

Test(jwt_es256, one_algorithm_is_taken)
{
    JwtKeys ec = keys(NULL, mine.open, NULL), secret, signing = keys(mine.secret, NULL, NULL);
    cr_assert(jwt_keys("0123456789abcdef0123456789abcdef", NULL, &secret));
    cr_expect_not_null(verify(&ec, token_of(&secret)), "HS256");
    cr_expect_not_null(verify(&secret, token_of(&signing)), "ES256 where a secret is configured");
    /* the public key is public: who takes it for a secret must get nowhere */
    cr_assert(jwt_keys(mine.open, NULL, &secret));
    cr_expect_not_null(verify(&ec, token_of(&secret)), "HS256 under the public key's text");
}

Test(jwt_es256, every_changed_character_is_noticed)
{
    JwtKeys signing = keys(mine.secret, NULL, NULL), ec = keys(NULL, mine.open, NULL);
    const char *token = token_of(&signing);
    char *copy = arena_strdup(arena, token);
    size_t length = strlen(token);
    for (size_t i = 0; i < length - 1; i += 3) { /* the last character has bits to spare */
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        if (copy[i] != token[i])
            cr_assert_not_null(verify(&ec, copy), "character %zu", i);
        copy[i] = token[i];
    }
    memset(copy + length - 86, 'A', 86);
    cr_expect_not_null(verify(&ec, copy), "r and s are zero");
}

Test(jwt_es256, only_keys_on_the_curve)
{
    Pair other, rsa;
    JwtKeys made;
    pair_make(EVP_EC_gen("P-384"), &other);
    pair_make(EVP_RSA_gen(2048), &rsa);
    const char *const BAD[] = {other.open, rsa.open, mine.secret, "nonsense"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cr_expect_not(jwt_ec_valid(BAD[i], false), "%zu", i);
        cr_expect_not(jwt_ec_keys(NULL, BAD[i], NULL, &made), "%zu", i);
        cr_expect_not(jwt_ec_keys(NULL, mine.open, BAD[i], &made), "%zu", i);
    }
    cr_expect_not(jwt_ec_valid(mine.open, true), "a public key signs nothing");
    cr_expect_not(jwt_ec_valid(rsa.secret, true));
    cr_expect_not(jwt_ec_keys(NULL, NULL, NULL, &made));
    cr_expect_not(jwt_ec_keys("", "", mine.open, &made));
}

Test(jwt_es256, a_key_is_shown_and_kept)
{
    Buf jwk = {.arena = arena};
    const JwtEcKey *key = jwt_ec_public(mine.open);
    cr_expect_eq(jwt_ec_public(mine.open), key, "parsed once");
    cr_expect_str_eq(jwt_ec_kid(key), jwt_ec_kid(jwt_ec_private(mine.secret)));
    cr_expect_str_neq(jwt_ec_kid(key), jwt_ec_kid(jwt_ec_public(next.open)));
    jwt_ec_jwk(key, &jwk);
    cr_expect(
        strstr(jwk.data, "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\""));
    cr_expect(strstr(jwk.data, jwt_ec_kid(key)));
    cr_expect_not(strstr(jwk.data, "\"d\""));
}
