/* Hashing on the pool: right, wrong, nobody, too many at once; wiping; opaque tokens. */
#include "kit/password.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "kit/token.h"

Test(password, hash_and_verify)
{
    Arena *arena = arena_new(1024);
    const char *hash = NULL;
    bool ok = false, rehash = true;
    password_pool_start(1, 4);
    cr_assert_null(password_hash(arena, "Password123!", &hash));
    cr_assert(strncmp(hash, "$argon2id$", 10) == 0, "%s", hash);
    cr_assert_null(password_verify(hash, "Password123!", &ok, &rehash));
    cr_expect(ok);
    cr_expect_not(rehash);
    cr_assert_null(password_verify(hash, "password123!", &ok, &rehash));
    cr_expect_not(ok);
    arena_delete(arena);
}

Test(password, weaker_parameters_ask_for_a_new_hash)
{
    char weak[crypto_pwhash_STRBYTES];
    bool ok = false, rehash = false;
    password_pool_start(1, 4);
    cr_assert_eq(crypto_pwhash_str(weak, "Password123!", 12, crypto_pwhash_OPSLIMIT_MIN,
                                   crypto_pwhash_MEMLIMIT_MIN),
                 0);
    cr_assert_null(password_verify(weak, "Password123!", &ok, &rehash));
    cr_expect(ok);
    cr_expect(rehash);
    cr_assert_null(password_verify(weak, "Password123", &ok, &rehash));
    cr_expect_not(ok);
    cr_expect_not(rehash, "nothing to renew for a wrong password");
}

/* Else an unknown user is told by the clock. */
Test(password, nobody_costs_as_much_as_a_real_hash)
{
    bool ok = true, rehash = true;
    password_pool_start(1, 4);
    cr_expect_eq(crypto_pwhash_str_needs_rehash(PASSWORD_NOBODY, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                                crypto_pwhash_MEMLIMIT_INTERACTIVE),
                 0);
    cr_assert_null(password_verify(PASSWORD_NOBODY, "Password123!", &ok, &rehash));
    cr_expect_not(ok);
}

Test(password, no_verdict_is_no_mismatch)
{
    bool ok = true, rehash = true;
    password_pool_start(1, 0);
    const Err *err = password_verify(PASSWORD_NOBODY, "Password123!", &ok, &rehash);
    cr_assert_eq(err, &PASSWORD_BUSY);
    cr_expect_eq(err->kind, ERR_UNAVAILABLE);
    cr_expect_eq(err->retry_after, 1u);
    cr_expect(ok, "nothing was said of the password");
}

static void *verify_one(void *unused)
{
    static char weak[crypto_pwhash_STRBYTES];
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    bool ok = false, rehash = false;
    (void)unused;
    (void)pthread_mutex_lock(&once);
    int made = *weak ? 0
                     : crypto_pwhash_str(weak, "many", 4, crypto_pwhash_OPSLIMIT_MIN,
                                         crypto_pwhash_MEMLIMIT_MIN);
    (void)pthread_mutex_unlock(&once);
    for (int i = 0; i < 20 && made == 0; i++)
        if (password_verify(weak, "many", &ok, &rehash) || !ok)
            return NULL;
    return weak;
}

Test(password, every_caller_gets_his_own_answer)
{
    enum { CALLERS = 8 };
    pthread_t threads[CALLERS];
    password_pool_start(2, CALLERS);
    for (size_t i = 0; i < CALLERS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, verify_one, NULL), 0);
    for (size_t i = 0; i < CALLERS; i++) {
        void *done = NULL;
        cr_assert_eq(pthread_join(threads[i], &done), 0);
        cr_expect_not_null(done);
    }
}

Test(password, wipe)
{
    char password[] = "Password123!";
    static const char ZEROS[sizeof password];
    password_wipe(password);
    cr_expect_eq(memcmp(password, ZEROS, sizeof password), 0);
    password_wipe(NULL);
}

Test(token, opaque_and_keyed)
{
    Arena *arena = arena_new(1024);
    uint8_t a[TOKEN_HASH], b[TOKEN_HASH];
    const char *token = token_new(arena);
    cr_expect_eq(strlen(token), 43u);
    cr_expect_str_neq(token, token_new(arena));
    token_hash("a secret of thirty-two bytes ...", token, a);
    token_hash("a secret of thirty-two bytes ...", token, b);
    cr_expect_eq(memcmp(a, b, sizeof a), 0);
    token_hash("another secret of that length ..", token, b);
    cr_expect_neq(memcmp(a, b, sizeof a), 0);
    /* RFC 4231, test case 2 */
    token_hash("Jefe", "what do ya want for nothing?", a);
    cr_expect_eq(memcmp(a,
                        "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95\x75\xc7"
                        "\x5a\x00\x3f\x08\x9d\x27\x39\x83\x9d\xec\x58\xb9\x64\xec\x38\x43",
                        sizeof a),
                 0);
    arena_delete(arena);
}
