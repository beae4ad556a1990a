/* Signing in: what is refused, what is throttled, who is let in all the same. Each test comes from
 * an address of its own, since failures count by address. Not tokens: flow_tokens.c. */
#include <stdlib.h>
#include <string.h>

#include "people.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *new_user(const char *active)
{
    const char *name = user_new(viewer_role());
    if (strcmp(active, "true") == 0)
        return name;
    const char *found = get(client_admin(), "/users?search=%s", name)->body;
    expect_status(put(client_admin(), text("/users/%s", json_string(found, "data[0].uuid")),
                      json("{'isActive':%s}", active)),
                  200);
    return name;
}

static void expect_throttled(const Response *r)
{
    expect_error(r, 429, NULL);
    const char *wait = header(r, "Retry-After");
    cr_assert(wait && strtol(wait, NULL, 10) >= 1, "Retry-After: %s", wait);
}

Test(sign_in, refusals_look_the_same)
{
    Client *client = stranger();
    const char *active = new_user("true"), *inactive = new_user("false");
    const Response *refused[] = {
        sign_in(client, active, "Salah-12345"),
        sign_in(client, unique("nobody"), PASSWORD),
        sign_in(client, inactive, PASSWORD),
        sign_in(client, active, "rahasia-kuat-77!"),
    };
    for (int i = 0; i < 4; i++) {
        expect_error(refused[i], 401, NULL);
        expect_text(json_raw(refused[i]->body, "message"), json_raw(refused[0]->body, "message"));
        expect_json(refused[i], "details", NULL);
    }
}

Test(sign_in, names_have_no_case)
{
    char *name = text("%s", new_user("true"));
    name[0] = 'P';
    expect_status(sign_in(stranger(), name, PASSWORD), 200);
}

Test(sign_in, a_name_that_is_guessed_at_closes_to_strangers_alone)
{
    Client *home = stranger(), *guesser = stranger(), *other = stranger();
    const char *name = new_user("true");
    expect_status(sign_in(home, name, PASSWORD), 200);
    for (int i = 0; i < 5; i++)
        expect_error(sign_in(guesser, name, "Salah-12345"), 401, NULL);
    expect_throttled(sign_in(guesser, name, "Salah-12345"));
    expect_throttled(sign_in(guesser, name, PASSWORD));
    expect_throttled(sign_in(other, name, PASSWORD));
    expect_status(sign_in(home, name, PASSWORD), 200);
    expect_status(sign_in(guesser, new_user("true"), PASSWORD), 200);
}

Test(sign_in, an_address_that_guesses_closes_for_names_it_does_not_know)
{
    Client *client = stranger();
    const char *known = new_user("true"), *unknown = new_user("true");
    expect_status(sign_in(client, known, PASSWORD), 200);
    for (int i = 0; i < 20; i++)
        expect_error(sign_in(client, unique("nobody"), "Salah-12345"), 401, NULL);
    expect_throttled(sign_in(client, unknown, PASSWORD));
    expect_status(sign_in(client, known, PASSWORD), 200);
    expect_status(sign_in(stranger(), unknown, PASSWORD), 200);
}

/* The second that a known pair waits after its guesses was over on a busy machine. */
static bool was_too_slow(const Response *r, int64_t guessed)
{
    return r->status == 200 && now_ms() - guessed >= 1000;
}

Test(sign_in, a_known_pair_only_waits)
{
    Client *client = stranger();
    const char *name = new_user("true");
    expect_status(sign_in(client, name, PASSWORD), 200);
    const Response *r;
    int64_t guessed = 0;
    do {
        for (int i = 0; i < 5; i++) {
            guessed = now_ms();
            expect_error(sign_in(client, name, "Salah-12345"), 401, NULL);
        }
        r = sign_in(client, name, PASSWORD);
    } while (was_too_slow(r, guessed));
    expect_throttled(r);
    expect_text(header(r, "Retry-After"), "1");
    EVENTUALLY(SOON_MS, sign_in(client, name, PASSWORD)->status == 200);
}

static const Response *change_password(Client *client, const char *current, const char *next)
{
    return put(client, "/auth/password",
               json("{'currentPassword':'%s','newPassword':'%s'}", current, next));
}

/* Who has a token, and not the password, does not find it out by changing it. */
Test(sign_in, the_current_password_is_not_guessed_at_either)
{
    Client *client = stranger();
    const char *name = new_user("true"), *old = "Lebih-Kuat-88!", *next = old;
    const Response *r;
    int64_t guessed = 0;
    client->token = json_string(sign_in(client, name, PASSWORD)->body, "accessToken");
    for (int i = 0; i < 4; i++)
        expect_error(change_password(client, "Salah-12345", old), 422, "currentPassword");
    expect_status(change_password(client, PASSWORD, old), 200);
    do {
        old = next;
        next = text("%s!", old);
        for (int i = 0; i < 5; i++) {
            guessed = now_ms();
            expect_error(change_password(client, PASSWORD, next), 422, "currentPassword");
        }
        r = change_password(client, old, next);
    } while (was_too_slow(r, guessed));
    expect_throttled(r);
    EVENTUALLY(SOON_MS, change_password(client, old, next)->status == 200);
    expect_status(sign_in(client, name, next), 200);
}

typedef struct Guesses {
    const char *name;
    Client *clients[16];
    int statuses[16];
} Guesses;

static void run_guess(void *context, int index)
{
    Guesses *guesses = context;
    guesses->statuses[index] =
        sign_in(guesses->clients[index], guesses->name, "Salah-12345")->status;
}

/* Guesses side by side count like guesses one after the other. */
Test(sign_in, parallel_guesses_are_no_way_around)
{
    Guesses guesses = {.name = new_user("true")};
    int tried = 0;
    for (int i = 0; i < 16; i++)
        guesses.clients[i] = stranger();
    parallel(16, run_guess, &guesses);
    for (int i = 0; i < 16; i++) {
        cr_assert(guesses.statuses[i] == 401 || guesses.statuses[i] == 429 ||
                      guesses.statuses[i] == 503,
                  "%d", guesses.statuses[i]);
        tried += guesses.statuses[i] == 401;
    }
    cr_assert_leq(tried, 5);
}

Test(sign_in, a_changed_role_or_user_is_not_handed_more_than_he_who_changes_has)
{
    Client *clerk = client_permitted("'user.create','user.read','role.create','role.read'");
    const char *admin_role = json_raw(get(clerk, "/roles?search=Admin")->body, "data[0].id");
    const char *name = unique("u");
    expect_error(
        post(clerk, "/users",
             json("{'username':'%s','email':'%s@example.test','fullName':'x','password':'" PASSWORD
                  "','roleId':%s}",
                  name, name, admin_role)),
        403, NULL);
    expect_error(post(clerk, "/roles", json("{'name':'%s','permissions':['so.approve']}", name)),
                 403, NULL);
    expect_status(post(clerk, "/roles", json("{'name':'%s','permissions':['user.read']}", name)),
                  201);
    expect_error(post(clerk, "/roles", json("{'name':'%s x','permissions':['so.fly']}", name)), 400,
                 "permissions[0]");
}

Test(sign_in, a_user_who_may_more_is_not_managed_by_one_who_may_less)
{
    Client *clerk = client_permitted("'user.update','user.delete','user.read'");
    Client *admin = client_admin();
    const char *name = new_user("true"); /* a Viewer, who reads more than the clerk */
    const char *found = get(clerk, text("/users?search=%s", name))->body;
    const char *path = text("/users/%s", json_string(found, "data[0].uuid"));
    const char *less =
        json_raw(post(admin, "/roles", json("{'name':'%s','permissions':[]}", name))->body, "id");
    const char *refused[] = {json("{'username':'%sx'}", name),
                             json("{'email':'x%s@example.test'}", name),
                             json("{'password':'" PASSWORD "x'}"), json("{'isActive':false}"),
                             json("{'roleId':%s}", less)};
    for (size_t i = 0; i < COUNT(refused); i++)
        expect_error(put(clerk, path, refused[i]), 403, NULL);
    expect_error(del(clerk, path), 403, NULL);
    expect_json(get(clerk, path), "version", "1");
    expect_status(put(clerk, path, json("{'phone':'021','username':'%s'}", name)), 200);
    expect_status(put(admin, path, json("{'roleId':%s}", less)), 200);
    expect_status(put(clerk, path, json("{'isActive':false}")), 200);
    expect_status(del(clerk, path), 200);
}

Test(sign_in, demo_users_have_their_roles)
{
    static const char *const USERS[][2] = {
        {"sales", "Sales"},         {"purchasing", "Purchasing"}, {"production", "Production"},
        {"warehouse", "Warehouse"}, {"manager", "Manager"},       {"viewer", "Viewer"}};
    for (size_t i = 0; i < COUNT(USERS); i++) {
        const Response *r = sign_in(client_new(NULL), USERS[i][0], "Password123!");
        expect_status(r, 200);
        expect_json(r, "user.role", text("'%s'", USERS[i][1]));
    }
}
