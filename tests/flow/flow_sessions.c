/* How sessions and rights end: within a second, for good, whoever ends them. What is refused at
 * signing in: flow_sign_in.c; on two gateways, through kills: fault_identity.c. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

#define PASSWORD     "Rahasia-Kuat-77!"
#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { PROMPT_MS = 1000 /* contract §3, Auth */, MAIL_MS = 5000, USES = 20 };

typedef struct Person {
    const char *name, *uuid;
    int64_t role;
    Client *client;
    const char *refresh;
} Person;

static void person_sign_in(Person *person, const char *password)
{
    const Response *r = post(client_new(NULL), "/auth/login",
                             json("{'username':'%s','password':'%s'}", person->name, password));
    expect_status(r, 200);
    person->client = client_new(json_string(r->body, "accessToken"));
    person->refresh = json_string(r->body, "refreshToken");
}

static int64_t new_role(const char *permissions)
{
    const Response *r = post(client_admin(), "/roles",
                             json("{'name':'%s','permissions':[%s]}", unique("role"), permissions));
    expect_status(r, 201);
    return strtol(json_raw(r->body, "id"), NULL, 10);
}

static Person person_new(const char *permissions)
{
    Person person = {.name = unique("p"), .role = new_role(permissions)};
    const Response *r = post(client_admin(), "/users",
                             json("{'username':'%s','email':'%s@example.test','fullName':'Pak %s',"
                                  "'password':'" PASSWORD "','roleId':%lld,'language':'en'}",
                                  person.name, person.name, person.name, (long long)person.role));
    expect_status(r, 201);
    person.uuid = json_string(r->body, "uuid");
    person_sign_in(&person, PASSWORD);
    expect_status(get(person.client, "/auth/me"), 200);
    return person;
}

static const Response *refresh(const char *token)
{
    return post(client_new(NULL), "/auth/refresh", json("{'refreshToken':'%s'}", token));
}

static void expect_signed_out(const Person *person)
{
    EVENTUALLY(PROMPT_MS, get(person->client, "/auth/me")->status == 401);
    expect_error(refresh(person->refresh), 401, NULL);
}

Test(sessions, signing_out)
{
    Person person = person_new("");
    Person elsewhere = person;
    person_sign_in(&elsewhere, PASSWORD);
    const Response *r = post(person.client, "/auth/logout", NULL);
    expect_status(r, 200);
    cr_expect(json_valid(r->body));
    expect_signed_out(&person);
    expect_error(post(person.client, "/auth/logout", NULL), 401, NULL);
    expect_status(get(elsewhere.client, "/auth/me"), 200);
    expect_status(refresh(elsewhere.refresh), 200);
}

Test(sessions, deactivating_and_deleting)
{
    Client *admin = client_admin();
    Person idle = person_new(""), gone = person_new("");
    expect_status(put(admin, text("/users/%s", idle.uuid), "{\"isActive\":false}"), 200);
    expect_signed_out(&idle);
    expect_status(put(admin, text("/users/%s", idle.uuid), "{\"isActive\":true}"), 200);
    expect_signed_out(&idle);
    person_sign_in(&idle, PASSWORD);
    expect_status(get(idle.client, "/auth/me"), 200);
    expect_status(del(admin, text("/users/%s", gone.uuid)), 200);
    expect_signed_out(&gone);
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
    expect_signed_out(&others);
    expect_status(get(own.client, "/auth/me"), 200);
    expect_status(
        put(client_admin(), text("/users/%s", given.uuid), "{\"password\":\"Lebih-Kuat-99!\"}"),
        200);
    expect_signed_out(&given);
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
    EVENTUALLY(PROMPT_MS, may_read(&person, "/items"));
    EVENTUALLY(PROMPT_MS, !may_read(&person, "/customers"));
    expect_status(put(admin, role, "{\"permissions\":[]}"), 200);
    EVENTUALLY(PROMPT_MS, !may_read(&person, "/items"));
    expect_json(get(person.client, "/auth/me"), "permissions", "[]");
}

Test(sessions, rights_follow_the_user_into_another_role)
{
    Person person = person_new("'customer.read'");
    int64_t other = new_role("'item.read'");
    expect_status(put(client_admin(), text("/users/%s", person.uuid),
                      json("{'roleId':%lld}", (long long)other)),
                  200);
    EVENTUALLY(PROMPT_MS, may_read(&person, "/items"));
    cr_assert_not(may_read(&person, "/customers"));
    const Response *r = refresh(person.refresh);
    expect_status(r, 200);
    person.client = client_new(json_string(r->body, "accessToken"));
    cr_assert(may_read(&person, "/items") && !may_read(&person, "/customers"));
}

typedef struct Uses {
    const char *token;
    const Response *answers[USES];
} Uses;

static void run_use(void *context, int index)
{
    Uses *uses = context;
    uses->answers[index] = refresh(uses->token);
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
    expect_error(refresh(json_string(winner->body, "refreshToken")), 401, NULL);
    expect_signed_out(&person);
    Client *next = client_new(json_string(winner->body, "accessToken"));
    EVENTUALLY(PROMPT_MS, get(next, "/auth/me")->status == 401);
    person_sign_in(&person, PASSWORD);
}

/* ---- forgotten passwords ---- */

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return text("%s", "");
    (void)fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *all = keep((size_t)size + 1);
    size_t n = fread(all, 1, (size_t)size, file);
    for (size_t i = 0; i < n; i++)
        all[i] = all[i] ? all[i] : ' ';
    (void)fclose(file);
    return all;
}

/* The text of a mail to the address that is not `before`; NULL: there is none. */
static const char *mail_to(const char *address, const char *before)
{
    const char *folder = text("%s/mail", the_system()->home), *found = NULL;
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && !found && (entry = readdir(dir));) {
        const char *end = strrchr(entry->d_name, '.');
        if (!end || strcmp(end, ".eml") != 0)
            continue;
        const char *mail = file_text(text("%s/%s", folder, entry->d_name));
        if (strstr(mail, text("\r\nTo: %s\r\n", address)) && (!before || strcmp(mail, before) != 0))
            found = mail;
    }
    if (dir)
        (void)closedir(dir);
    return found;
}

static void forget(const char *email)
{
    const Response *r =
        post(client_new(NULL), "/auth/forgot-password", json("{'email':'%s'}", email));
    expect_status(r, 200);
    expect_text(r->body, "{}");
}

static const char *link_token(const char *address, const char *before, const char **ret_mail)
{
    const char *mail = NULL;
    EVENTUALLY(MAIL_MS, (mail = mail_to(address, before)) != NULL);
    const char *token = strstr(mail, "token=");
    cr_assert_not_null(token);
    token += strlen("token=");
    *ret_mail = mail;
    return text("%.*s", (int)strcspn(token, "\r\n"), token);
}

static const Response *set_password(const char *token, const char *password)
{
    return post(client_new(NULL), "/auth/reset-password",
                json("{'token':'%s','password':'%s'}", token, password));
}

Test(sessions, a_forgotten_password)
{
    Person person = person_new("");
    const char *address = text("%s@example.test", person.name), *mail, *second;
    forget(text("P%s", address + 1)); /* addresses have no case */
    const char *token = link_token(address, NULL, &mail);
    cr_expect(strstr(mail, "Subject: Reset your password"), "in the user's language");
    cr_expect(strstr(mail, text("Hello Pak %s,", person.name)));
    forget(address);
    const char *newer = link_token(address, mail, &second);
    expect_error(set_password("no-such-token", "Lupa-Kata-55!"), 422, "token");
    expect_error(set_password(token, "pendek"), 400, "password");
    expect_error(set_password(token, person.name), 400, "password");
    expect_status(get(person.client, "/auth/me"), 200);
    expect_status(set_password(token, "Lupa-Kata-55!"), 200);
    expect_signed_out(&person);
    expect_error(set_password(token, "Lupa-Lagi-66!"), 422, "token");
    expect_error(set_password(newer, "Lupa-Lagi-66!"), 422, "token");
    person_sign_in(&person, "Lupa-Kata-55!");
}

Test(sessions, nobody_learns_who_has_an_account)
{
    Person idle = person_new("");
    const char *unknown = text("%s@example.test", unique("nobody"));
    const char *inactive = text("%s@example.test", idle.name);
    expect_status(put(client_admin(), text("/users/%s", idle.uuid), "{\"isActive\":false}"), 200);
    forget(unknown);
    forget(inactive);
    Person known = person_new(""); /* by its mail the others' turn has passed */
    const char *mail;
    forget(text("%s@example.test", known.name));
    (void)link_token(text("%s@example.test", known.name), NULL, &mail);
    cr_expect_null(mail_to(unknown, NULL));
    cr_expect_null(mail_to(inactive, NULL));
    expect_number(sql_int("SELECT count(*) FROM auth.password_reset WHERE user_id IS NULL AND "
                          "created_at > now() - interval '1 minute'") >= 2,
                  1);
}

/* ---- nothing that signs in lies around ---- */

static const char *tables_that_hold(const char *needle)
{
    return sql_text(
        "SELECT coalesce(string_agg(t, ' '), '') FROM (SELECT format('%%s.%%s', n.nspname, "
        "c.relname) "
        "AS t, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %%I.%%I AS x "
        "WHERE position(%%L IN x::text) > 0', n.nspname, c.relname, '%s'), false, true, "
        "'')))[1]::text::int AS n FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND n.nspname IN ('auth','sales','inventory')) AS found WHERE n > 0",
        needle);
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
    const Response *r = refresh(person.refresh);
    expect_status(r, 200);
    forget(address);
    const struct {
        const char *what, *secret;
    } SECRETS[] = {
        {"the password", PASSWORD},
        {"a password in the wrong field", typed},
        {"the access token", person.client->token},
        {"its signature", strrchr(person.client->token, '.') + 1},
        {"the spent refresh token", person.refresh},
        {"the refresh token", json_string(r->body, "refreshToken")},
        {"the reset token", link_token(address, NULL, &mail)},
        {"the key of tokens", secret("app", "JWT_SECRET")},
        {"the key of refresh tokens", secret("app", "JWT_REFRESH_SECRET")},
    };
    cr_assert(strstr(tables_that_hold(person.name), "auth.user_account"), "the search finds");
    cr_assert(strstr(tables_that_hold(hex_of(person.name)), "auth.outbox"), "in payloads too");
    for (size_t i = 0; i < COUNT(SECRETS); i++) {
        expect_text(tables_that_hold(SECRETS[i].secret), "");
        expect_text(tables_that_hold(hex_of(SECRETS[i].secret)), ""); /* payloads are bytes */
        expect_not_logged(SECRETS[i].what, SECRETS[i].secret);
    }
    Listener *stream = bus_replay(bus_as("integrator"), "user.>", 1);
    const BusMessage *event = listener_find(stream, person.uuid, 5000);
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
    EVENTUALLY(2000, (line = log_line(id, "/api/auth/login")) != NULL);
    cr_expect(strstr(line, "\"address\":\"127.9.8.7\"") && strstr(line, "\"status\":401"), "%s",
              line);
}
