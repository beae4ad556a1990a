/* Signing up, signing in and reading the mail of users of a test's own. */
#include "people.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Client *stranger(void)
{
    Client *client = client_new(NULL);
    const char *hex = strrchr(unique("a"), '-') + 1;
    unsigned long r = strtoul(text("%.6s", hex), NULL, 16);
    client->address = text("127.%lu.%lu.%lu", 1 + (r >> 16) % 254, (r >> 8) & 255, 1 + r % 254);
    return client;
}

const Response *sign_in(Client *client, const char *name, const char *password)
{
    return post(client, "/auth/login", json("{'username':'%s','password':'%s'}", name, password));
}

void person_sign_in(Person *person, const char *password)
{
    const Response *r = sign_in(client_new(NULL), person->name, password);
    expect_status(r, 200);
    person->client = client_new(json_string(r->body, "accessToken"));
    person->refresh = json_string(r->body, "refreshToken");
}

int64_t role_new(const char *permissions)
{
    const Response *r = post(client_admin(), "/roles",
                             json("{'name':'%s','permissions':[%s]}", unique("role"), permissions));
    expect_status(r, 201);
    return strtol(json_raw(r->body, "id"), NULL, 10);
}

int64_t viewer_role(void)
{
    const Response *r = get(client_admin(), "/roles?search=Viewer");
    return strtol(json_raw(r->body, "data[0].id"), NULL, 10);
}

static const char *user_create(const char *name, int64_t role)
{
    const Response *r = post(client_admin(), "/users",
                             json("{'username':'%s','email':'%s@example.test','fullName':'Pak %s',"
                                  "'password':'" PASSWORD "','roleId':%lld,'language':'en'}",
                                  name, name, name, (long long)role));
    expect_status(r, 201);
    return json_string(r->body, "uuid");
}

const char *user_new(int64_t role)
{
    const char *name = unique("p");
    (void)user_create(name, role);
    return name;
}

Person person_new(const char *permissions)
{
    Person person = {.name = unique("p"), .role = role_new(permissions)};
    person.uuid = user_create(person.name, person.role);
    person_sign_in(&person, PASSWORD);
    expect_status(get(person.client, "/auth/me"), 200);
    return person;
}

const Response *session_refresh(const char *token)
{
    return post(client_new(NULL), "/auth/refresh", json("{'refreshToken':'%s'}", token));
}

void person_expect_signed_out(const Person *person)
{
    EVENTUALLY(SOON_MS, get(person->client, "/auth/me")->status == 401);
    expect_error(session_refresh(person->refresh), 401, NULL);
}

char *file_text(const char *path)
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

const char *mail_to(const char *address, const char *before)
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

void mail_ask(const char *email)
{
    const Response *r =
        post(client_new(NULL), "/auth/forgot-password", json("{'email':'%s'}", email));
    expect_status(r, 200);
    expect_text(r->body, "{}");
}

const char *mail_token(const char *address, const char *before, const char **ret_mail)
{
    const char *mail = NULL;
    EVENTUALLY(SOON_MS, (mail = mail_to(address, before)) != NULL);
    const char *token = strstr(mail, "token=");
    cr_assert_not_null(token);
    token += strlen("token=");
    *ret_mail = mail;
    return text("%.*s", (int)strcspn(token, "\r\n"), token);
}
