/* What a gateway makes of auth's feed: who is out, who may do what now. Not its polling. */
#include "identity_table.h"

#include <criterion/criterion.h>

#define USER    "0190a000-0000-7000-8000-000000000001"
#define SESSION "0190a000-0000-7000-8000-000000000002"
#define OTHER   "0190a000-0000-7000-8000-000000000003"

enum { NOW = 1000000 };

static Arena *arena;
static IdentityTable *table;

static void setup(void)
{
    arena = arena_new(0);
    table = identity_table_new();
}

static void teardown(void)
{
    identity_table_delete(table);
    arena_delete(arena);
}

TestSuite(identity, .init = setup, .fini = teardown);

static char *copy(const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static bool apply_change(Auth__IdentityChange change, int64_t id)
{
    Auth__IdentityPage page = AUTH__IDENTITY_PAGE__INIT;
    Auth__IdentityChange *changes[] = {&change};
    change.has_id = page.has_last_id = true;
    change.id = page.last_id = id;
    page.changes = changes;
    page.n_changes = 1;
    return identity_table_apply(table, &page);
}

static bool apply(int64_t id, int64_t role, const char *user, const char *session,
                  const char *permissions)
{
    Auth__IdentityChange change = AUTH__IDENTITY_CHANGE__INIT;
    change.has_role_id = role != 0;
    change.role_id = role;
    change.user_uuid = copy(user);
    change.session_uuid = copy(session);
    change.permissions = copy(permissions);
    return apply_change(change, id);
}

static bool apply_name(int64_t id, int64_t role, const char *user, const char *name)
{
    Auth__IdentityChange change = AUTH__IDENTITY_CHANGE__INIT;
    change.has_role_id = true;
    change.role_id = role;
    change.user_uuid = copy(user);
    change.username = copy(name);
    return apply_change(change, id);
}

static JwtClaims claims_of(int64_t role)
{
    return (JwtClaims){.sub = USER,
                       .sid = SESSION,
                       .username = "budi",
                       .rid = role,
                       .iat = NOW,
                       .permissions = ",token,"};
}

Test(identity, a_role_that_is_not_known_yet_leaves_the_tokens_word)
{
    JwtClaims claims = claims_of(7);
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_str_eq(claims.permissions, ",token,");
}

Test(identity, an_older_token_of_a_role_that_is_none_may_nothing)
{
    JwtClaims claims = claims_of(7);
    claims.iat = NOW - 60;
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_str_eq(claims.permissions, ",");
}

Test(identity, the_roles_newest_permissions_count)
{
    JwtClaims claims = claims_of(7);
    cr_assert(apply(1, 7, NULL, NULL, ",so.read,"));
    cr_assert(apply(2, 7, NULL, NULL, ",so.read,so.create,"));
    cr_assert(apply(3, 8, NULL, NULL, ",audit.read,"));
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_str_eq(claims.permissions, ",so.read,so.create,");
    cr_assert(apply(4, 7, NULL, NULL, NULL));
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_str_eq(claims.permissions, ",", "a role without permissions");
}

Test(identity, a_user_with_another_role_leaves_the_tokens_role)
{
    JwtClaims claims = claims_of(7);
    cr_assert(apply(1, 7, NULL, NULL, ",so.read,"));
    cr_assert(apply(2, 8, USER, NULL, NULL));
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_eq(claims.rid, 8);
    cr_expect_str_eq(claims.permissions, ",", "nothing is known of role 8");
    cr_assert(apply(3, 8, NULL, NULL, ",po.read,"));
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_str_eq(claims.permissions, ",po.read,");
}

Test(identity, a_renamed_user_is_called_what_he_is_called_now)
{
    JwtClaims claims = claims_of(7);
    cr_assert(apply(1, 7, USER, NULL, NULL));
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_str_eq(claims.username, "budi", "a feed of before says nothing of names");
    cr_assert(apply_name(2, 7, USER, "wati"));
    cr_assert(apply(3, 8, USER, NULL, NULL));
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_expect_str_eq(claims.username, "wati");
    cr_expect_eq(claims.rid, 8);
}

Test(identity, an_ended_session_is_out_whatever_the_case_of_its_uuid)
{
    JwtClaims claims = claims_of(7);
    cr_assert(apply(1, 0, NULL, OTHER, NULL));
    cr_assert(identity_table_check(table, arena, NOW, &claims));
    cr_assert(apply(2, 0, NULL, "0190A000-0000-7000-8000-000000000002", NULL));
    cr_expect_not(identity_table_check(table, arena, NOW, &claims));
}

Test(identity, thousands_of_sessions)
{
    for (int64_t i = 1; i <= 5000; i++)
        cr_assert(apply(i, 0, NULL,
                        arena_printf(arena, "0190a000-0000-7000-8000-%012x", (unsigned)i * 7919),
                        NULL));
    for (unsigned i = 1; i <= 5000; i++) {
        JwtClaims claims = claims_of(7);
        claims.sid = arena_printf(arena, "0190a000-0000-7000-8000-%012x", i * 7919);
        cr_assert_not(identity_table_check(table, arena, NOW, &claims), "%u", i);
        claims.sid = arena_printf(arena, "0190a000-0000-7000-8000-%012x", i * 7919 + 1);
        cr_assert(identity_table_check(table, arena, NOW, &claims), "%u", i);
    }
}

Test(identity, what_cannot_be_this_feed_is_refused)
{
    Auth__IdentityPage page = AUTH__IDENTITY_PAGE__INIT;
    cr_expect_not(identity_table_apply(table, &page), "no last id");
    cr_assert(apply(5, 7, NULL, NULL, ",so.read,"));
    cr_expect_eq(identity_table_last(table), 5);
    cr_expect_not(apply(5, 7, NULL, NULL, ",po.read,"), "an id that was there");
    page.has_last_id = true;
    page.last_id = 4;
    cr_expect_not(identity_table_apply(table, &page), "a feed that ends before");
    page.last_id = 6;
    cr_expect(identity_table_apply(table, &page), "an empty page");
    cr_expect_not(apply(7, 0, NULL, NULL, NULL), "a change of nothing");
    cr_expect_not(apply(8, 0, NULL, "not-a-uuid", NULL), "no uuid");
}
