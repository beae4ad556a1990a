/* How sessions and rights end: within a second, for good, whoever ends them. What is refused at
 * signing in: flow_sign_in.c; on two gateways, through kills: fault_identity.c. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { USES = 20 };

Test(sessions, signing_out)
{
    Person person = person_new("");
    Person elsewhere = person;
    person_sign_in(&elsewhere, PASSWORD);
    const Response *r = post(person.client, "/auth/logout", NULL);
    expect_status(r, 200);
    cr_expect(json_valid(r->body));
    person_expect_signed_out(&person);
    expect_error(post(person.client, "/auth/logout", NULL), 401, NULL);
    expect_status(get(elsewhere.client, "/auth/me"), 200);
    expect_status(session_refresh(elsewhere.refresh), 200);
}

Test(sessions, deactivating_and_deleting)
{
    Client *admin = client_admin();
    Person idle = person_new(""), gone = person_new("");
    expect_status(put(admin, text("/users/%s", idle.uuid), "{\"isActive\":false}"), 200);
    person_expect_signed_out(&idle);
    expect_status(put(admin, text("/users/%s", idle.uuid), "{\"isActive\":true}"), 200);
    person_expect_signed_out(&idle);
    person_sign_in(&idle, PASSWORD);
    expect_status(get(idle.client, "/auth/me"), 200);
    expect_status(del(admin, text("/users/%s", gone.uuid)), 200);
    person_expect_signed_out(&gone);
}

Test(sessions, new_passwords)
{
    Person own = person_new(""), others = own, given = person_new("");
    person_sign_in(&others, PASSWORD);
    expect_error(put(own.client, "/auth/password",
                     "{\"currentPassword\":\"x\",\"newPassword\":\"Lebih-Kuat-88!\"}"),
                 422, "currentPassword");
    expect_status(put(own.client, "/auth/password",
                      "{\"currentPassword\":\"" PASSWORD "\",\"newPassword\":\"Lebih-Kuat-88!\"}"),
                  200);
    person_expect_signed_out(&others);
    expect_status(get(own.client, "/auth/me"), 200);
    expect_status(
        put(client_admin(), text("/users/%s", given.uuid), "{\"password\":\"Lebih-Kuat-99!\"}"),
        200);
    person_expect_signed_out(&given);
}

static bool may_read(const Person *person, const char *path)
{
    int status = get(person->client, "%s", path)->status;
    cr_assert(status == 200 || status == 403, "%s: %d", path, status);
    return status == 200;
}

Test(sessions, rights_follow_the_role)
{
    Client *admin = client_admin();
    Person person = person_new("'customer.read'");
    const char *role = text("/roles/%lld/permissions", (long long)person.role);
    cr_assert(may_read(&person, "/customers") && !may_read(&person, "/items"));
    expect_status(put(admin, role, "{\"permissions\":[\"item.read\"]}"), 200);
    EVENTUALLY(SOON_MS, may_read(&person, "/items"));
    EVENTUALLY(SOON_MS, !may_read(&person, "/customers"));
    expect_status(put(admin, role, "{\"permissions\":[]}"), 200);
    EVENTUALLY(SOON_MS, !may_read(&person, "/items"));
    expect_json(get(person.client, "/auth/me"), "permissions", "[]");
}

Test(sessions, rights_follow_the_user_into_another_role)
{
    Person person = person_new("'customer.read'");
    int64_t other = role_new("'item.read'");
    expect_status(put(client_admin(), text("/users/%s", person.uuid),
                      json("{'roleId':%lld}", (long long)other)),
                  200);
    EVENTUALLY(SOON_MS, may_read(&person, "/items"));
    cr_assert_not(may_read(&person, "/customers"));
    const Response *r = session_refresh(person.refresh);
    expect_status(r, 200);
    person.client = client_new(json_string(r->body, "accessToken"));
    cr_assert(may_read(&person, "/items") && !may_read(&person, "/customers"));
}

static const char *author_of(const char *document)
{
    return sql_text("SELECT username FROM sales.audit WHERE key = '%s'", document);
}

/* The old name may be somebody else's by then. */
Test(sessions, a_renamed_user_acts_under_the_new_name)
{
    Person person = person_new("'customer.create','customer.read'");
    const char *name = unique("renamed");
    const char *path = text("/users/%s", person.uuid);
    expect_status(put(client_admin(), path, json("{'username':'%s'}", name)), 200);
    EVENTUALLY(SOON_MS, strcmp(author_of(new_customer(person.client)), name) == 0);
    const char *taken = json("{'currentPassword':'" PASSWORD "','newPassword':'%s'}", name);
    const char *free = json("{'currentPassword':'" PASSWORD "','newPassword':'%s'}", person.name);
    expect_error(put(person.client, "/auth/password", taken), 400, "newPassword");
    expect_status(put(person.client, "/auth/password", free), 200);
}

typedef struct Uses {
    const char *token;
    const Response *answers[USES];
} Uses;

static void run_use(void *context, int index)
{
    Uses *uses = context;
    uses->answers[index] = session_refresh(uses->token);
}

/* Somebody else has the token too: nobody may go on with what came of it. */
Test(sessions, a_refresh_token_used_by_many_at_once_ends_the_session)
{
    Person person = person_new("");
    Uses uses = {.token = person.refresh};
    const Response *winner = NULL;
    parallel(USES, run_use, &uses);
    for (int i = 0; i < USES; i++) {
        if (uses.answers[i]->status == 401)
            continue;
        expect_status(uses.answers[i], 200);
        cr_assert_null(winner, "two were given new tokens");
        winner = uses.answers[i];
    }
    cr_assert_not_null(winner, "nobody was given new tokens");
    expect_error(session_refresh(json_string(winner->body, "refreshToken")), 401, NULL);
    person_expect_signed_out(&person);
    Client *next = client_new(json_string(winner->body, "accessToken"));
    EVENTUALLY(SOON_MS, get(next, "/auth/me")->status == 401);
    person_sign_in(&person, PASSWORD);
}

/* ---- nothing that signs in lies around ---- */

static const char *tables_that_hold(const char *needles)
{
    return sql_text(
        "SELECT coalesce(string_agg(format('%%s.%%s %%s', n.nspname, c.relname, found), E'\\n'), "
        "'') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest((xpath("
        "'//n/text()', query_to_xml(format('SELECT DISTINCT n FROM (SELECT x::text AS t FROM "
        "%%I.%%I x OFFSET 0) r, unnest(%%L::text[]) n WHERE position(n IN t) > 0', n.nspname, "
        "c.relname, '{%s}'), false, false, '')))) AS found WHERE c.relkind = 'r' AND n.nspname IN "
        "('auth','sales','inventory')",
        needles);
}

static void expect_not_logged(const char *what, const char *needle)
{
    const char *folder = text("%s/log", the_system()->home);
    DIR *dir = opendir(folder);
    cr_assert_not_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        if (strstr(entry->d_name, ".log") &&
            strstr(file_text(text("%s/%s", folder, entry->d_name)), needle))
            cr_assert_fail("%s stands in %s", what, entry->d_name);
    (void)closedir(dir);
}

static const char *hex_of(const char *plain)
{
    const char *hex = "";
    for (; *plain; plain++)
        hex = text("%s%02x", hex, (unsigned char)*plain);
    return hex;
}

Test(sessions, nothing_that_signs_in_lies_around)
{
    Person person = person_new("'customer.read'");
    const char *address = text("%s@example.test", person.name), *mail;
    const char *typed = unique("Password-in-the-wrong-field");
    (void)post(client_new(NULL), "/auth/login",
               json("{'username':'%s','password':'%s'}", typed, typed));
    const Response *r = session_refresh(person.refresh);
    expect_status(r, 200);
    mail_ask(address);
    const struct {
        const char *what, *secret;
    } SECRETS[] = {
        {"the password", PASSWORD},
        {"a password in the wrong field", typed},
        {"the access token", person.client->token},
        {"its signature", strrchr(person.client->token, '.') + 1},
        {"the spent refresh token", person.refresh},
        {"the refresh token", json_string(r->body, "refreshToken")},
        {"the reset token", mail_token(address, NULL, &mail)},
        {"the key of tokens", secret("app", "JWT_SECRET")},
        {"the key of refresh tokens", secret("app", "JWT_REFRESH_SECRET")},
    };
    const char *name = hex_of(person.name), *needles = text("%s,%s", person.name, name);
    for (size_t i = 0; i < COUNT(SECRETS); i++)
        needles = text("%s,%s,%s", needles, SECRETS[i].secret, hex_of(SECRETS[i].secret));
    const char *found = tables_that_hold(needles);
    cr_assert(strstr(found, text("auth.user_account %s", person.name)), "the search finds");
    cr_assert(strstr(found, text("auth.outbox %s", name)), "in payloads, which are bytes, too");
    for (size_t i = 0; i < COUNT(SECRETS); i++) {
        cr_assert_null(strstr(found, SECRETS[i].secret), "%s: %s", SECRETS[i].what, found);
        cr_assert_null(strstr(found, hex_of(SECRETS[i].secret)), "%s: %s", SECRETS[i].what, found);
        expect_not_logged(SECRETS[i].what, SECRETS[i].secret);
    }
    Listener *stream = bus_replay(bus_as("integrator"), "user.>", 1);
    const BusMessage *event = listener_find(stream, person.uuid, SOON_MS);
    cr_assert_not_null(event);
    cr_expect_null(memmem(event->payload, event->length, "argon2", 6));
    expect_number(sql_int("SELECT count(*) FROM auth.audit WHERE changes::text LIKE '%%argon2%%'"),
                  0);
    expect_number(sql_int("SELECT count(*) FROM auth.user_account WHERE uuid = '%s' AND "
                          "password_hash LIKE '$argon2id$%%'",
                          person.uuid),
                  1);
}

/* The line of the log that has both; NULL: there is none yet. */
static const char *log_line(const char *one, const char *other)
{
    char *at = file_text(text("%s/log/gateway.log", the_system()->home));
    for (char *line; (line = strsep(&at, "\n"));)
        if (strstr(line, one) && strstr(line, other))
            return line;
    return NULL;
}

Test(sessions, whoever_tries_is_logged)
{
    Client *client = client_new(NULL);
    client->address = "127.9.8.7";
    const char *body = json("{'username':'%s','password':'%s'}", unique("x"), PASSWORD);
    const Response *r = post(client, "/auth/login", body);
    expect_error(r, 401, NULL);
    const char *id = json_string(r->body, "requestId"), *line = NULL;
    EVENTUALLY(SOON_MS, (line = log_line(id, "/api/auth/login")) != NULL);
    cr_expect(strstr(line, "\"address\":\"127.9.8.7\"") && strstr(line, "\"status\":401"), "%s",
              line);
}
