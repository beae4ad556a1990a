/* Every route of the published contract × whoever asks: no token, every kind of bad token, every
 * seeded role; and every field that only the server sets, on every write. Grows by itself with the
 * contract. How a token may be bad in more ways: flow_tokens.c. */
#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "testkit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NOBODYS      "00000000-0000-4000-8000-000000000000"

enum { ROUTES_MAX = 512, SERVER_ONLY_MAX = 64 };

typedef struct Route {
    const char *verb, *path;       /* with the id of nothing that exists */
    const char *permission;        /* NULL: none is needed */
    bool open;                     /* needs no token */
    const cJSON *asked, *answered; /* schemas; NULL: none */
} Route;

typedef struct Contract {
    const cJSON *document;
    size_t count;
    Route routes[ROUTES_MAX];
} Contract;

/* ---- reading the contract ---- */

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* Follows $ref, and allOf with a single part. */
static const cJSON *schema_of(const cJSON *document, const cJSON *schema)
{
    const cJSON *all = member(schema, "allOf");
    if (all)
        schema = cJSON_GetArrayItem(all, 0);
    const char *ref = cJSON_GetStringValue(member(schema, "$ref"));
    if (!ref)
        return schema;
    return member(member(member(document, "components"), "schemas"), strrchr(ref, '/') + 1);
}

static const cJSON *content_schema(const cJSON *document, const cJSON *holder)
{
    const cJSON *content = member(member(holder, "content"), "application/json");
    return content ? schema_of(document, member(content, "schema")) : NULL;
}

static const cJSON *success_schema(const cJSON *document, const cJSON *operation)
{
    const cJSON *responses = member(operation, "responses");
    const cJSON *ok = member(responses, "200");
    return content_schema(document, ok ? ok : member(responses, "201"));
}

static const char *path_value(const cJSON *operation, const char *name, size_t length)
{
    const cJSON *parameter;
    cJSON_ArrayForEach(parameter, member(operation, "parameters"))
    {
        const char *given = cJSON_GetStringValue(member(parameter, "name"));
        const char *type = cJSON_GetStringValue(member(member(parameter, "schema"), "type"));
        if (given && strlen(given) == length && strncmp(given, name, length) == 0)
            return type && strcmp(type, "integer") == 0 ? "999999999" : NOBODYS;
    }
    return NOBODYS;
}

/* Behind /api, as clients of the testkit ask. */
static const char *path_of(const cJSON *operation, const char *template)
{
    const char *path = "", *at = template + strlen("/api");
    while (*at) {
        size_t plain = strcspn(at, "{");
        path = text("%s%.*s", path, (int)plain, at);
        at += plain;
        if (*at != '{')
            break;
        size_t name = strcspn(at + 1, "}");
        path = text("%s%s", path, path_value(operation, at + 1, name));
        at += name + 2;
    }
    return path;
}

static const char *permission_of(const cJSON *operation)
{
    static const char NEEDS[] = "Needs the permission `";
    const char *description = cJSON_GetStringValue(member(operation, "description"));
    const char *found = description ? strstr(description, NEEDS) : NULL;
    if (!found)
        return NULL;
    found += sizeof NEEDS - 1;
    return text("%.*s", (int)strcspn(found, "`"), found);
}

static void add_route(Contract *contract, const char *template, const cJSON *operation)
{
    const cJSON *security = member(operation, "security");
    if (strncmp(template, "/api/", 5) != 0 || contract->count == ROUTES_MAX)
        return;
    char *verb = text("%s", operation->string);
    for (char *p = verb; *p; p++)
        *p = (char)(*p - ('a' - 'A'));
    contract->routes[contract->count++] = (Route){
        .verb = verb,
        .path = path_of(operation, template),
        .permission = permission_of(operation),
        .open = security && cJSON_GetArraySize(security) == 0,
        .asked = content_schema(contract->document, member(operation, "requestBody")),
        .answered = success_schema(contract->document, operation),
    };
}

static const Contract *the_contract(void)
{
    Contract *contract = keep(sizeof *contract);
    const cJSON *path, *operation;
    contract->document = cJSON_Parse(get(client_new(NULL), "/openapi.json")->body);
    cr_assert_not_null(contract->document);
    cJSON_ArrayForEach(path, member(contract->document, "paths"))
    {
        cJSON_ArrayForEach(operation, path)
        {
            if (member(operation, "operationId"))
                add_route(contract, path->string, operation);
        }
    }
    cr_assert_gt(contract->count, 40, "the contract has %zu routes", contract->count);
    return contract;
}

/* ---- who asks ---- */

/* Changes nothing, whoever asks: the document does not exist, and a body is of the wrong type. */
static const Response *ask(Client *client, const Route *route)
{
    bool body = strcmp(route->verb, "POST") == 0 || strcmp(route->verb, "PUT") == 0;
    return http(client, route->verb, route->path, body ? "x" : NULL,
                body ? "Content-Type: text/plain" : "X-Nothing: 1", NULL);
}

static const char *base64url(const void *bytes, size_t length)
{
    size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(keep(size), size, bytes, length,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static const char *claims_for(const char *issuer, long seconds)
{
    const char *user = uuid_random();
    return json("{'sub':'%s','username':'admin','permissions':['user.read'],'rid':1,'jti':'%s',"
                "'sid':'%s','iss':'%s','iat':%ld,'exp':%ld}",
                user, user, user, issuer, (long)time(NULL) - 100, (long)time(NULL) + seconds);
}

static const char *signed_with(const char *alg, const char *claims)
{
    const char *head = json("{'alg':'%s','typ':'JWT'}", alg), *key = secret("app", "JWT_SECRET");
    const char *body =
        text("%s.%s", base64url(head, strlen(head)), base64url(claims, strlen(claims)));
    unsigned char mac[crypto_auth_hmacsha512_BYTES];
    size_t length = crypto_auth_hmacsha256_BYTES;
    if (strcmp(alg, "HS512") == 0) {
        crypto_auth_hmacsha512_state state;
        crypto_auth_hmacsha512_init(&state, (const unsigned char *)key, strlen(key));
        crypto_auth_hmacsha512_update(&state, (const unsigned char *)body, strlen(body));
        crypto_auth_hmacsha512_final(&state, mac);
        length = crypto_auth_hmacsha512_BYTES;
    } else {
        crypto_auth_hmacsha256_state state;
        crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
        crypto_auth_hmacsha256_final(&state, mac);
    }
    return text("%s.%s", body, strcmp(alg, "none") == 0 ? "" : base64url(mac, length));
}

/* The signature's first character is another. */
static const char *tampered(const char *token)
{
    char *copy = text("%s", token);
    char *first = strrchr(copy, '.') + 1;
    *first = *first == 'A' ? 'B' : 'A';
    return copy;
}

static const char *refresh_token(void)
{
    const Response *r = post(client_new(NULL), "/auth/login",
                             json("{'username':'admin','password':'Password123!'}"));
    expect_status(r, 200);
    return json_string(r->body, "refreshToken");
}

static const char *ended_token(void)
{
    Client *client = client_login("admin", "Password123!");
    expect_status(post(client, "/auth/logout", NULL), 200);
    EVENTUALLY(SOON_MS, get(client, "/auth/me")->status == 401);
    return client->token;
}

Test(guard, nobody_without_a_good_token, .timeout = 60)
{
    const Contract *contract = the_contract();
    const char *claims = claims_for("sentient", 600);
    const struct {
        const char *what, *token;
    } CASES[] = {
        {"none", NULL},
        {"expired", signed_with("HS256", claims_for("sentient", -1))},
        {"tampered", tampered(client_admin()->token)},
        {"alg none", signed_with("none", claims)},
        {"HS512", signed_with("HS512", claims)},
        {"another issuer", signed_with("HS256", claims_for("evil", 600))},
        {"a refresh token", refresh_token()},
        {"of a session that ended", ended_token()},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        Client *client = client_new(CASES[i].token);
        for (size_t k = 0; k < contract->count; k++) {
            const Route *route = &contract->routes[k];
            const Response *r = ask(client, route);
            if (route->open)
                cr_assert_neq(r->status, 401, "%s %s: %s", route->verb, route->path, r->body);
            else if (r->status != 401 || !header(r, "WWW-Authenticate"))
                cr_assert_fail("%s: %s %s: %d %s", CASES[i].what, route->verb, route->path,
                               r->status, r->body);
        }
    }
}

static bool list_has(const char *body, const char *permission)
{
    return strstr(body, text("\"%s\"", permission)) != NULL;
}

static void expect_by_role(Client *client, const char *who, const Contract *contract)
{
    const Response *me = get(client, "/auth/me");
    expect_status(me, 200);
    const char *held = json_raw(me->body, "permissions");
    for (size_t i = 0; i < contract->count; i++) {
        const Route *route = &contract->routes[i];
        if (!route->permission)
            continue;
        int status = ask(client, route)->status;
        bool may = list_has(held, route->permission);
        if (may ? status == 401 || status == 403 || status >= 500 : status != 403)
            cr_assert_fail("%s (%s %s): %s %s: %d", who, may ? "has" : "lacks", route->permission,
                           route->verb, route->path, status);
    }
}

Test(guard, every_role_does_what_it_may_and_nothing_else, .timeout = 60)
{
    static const char *const USERS[] = {"admin",     "sales",   "purchasing", "production",
                                        "warehouse", "manager", "viewer"};
    const Contract *contract = the_contract();
    for (size_t i = 0; i < COUNT(USERS); i++)
        expect_by_role(client_login(USERS[i], "Password123!"), USERS[i], contract);
}

Test(guard, whoever_is_signed_in_needs_a_permission_for_all_but_his_own)
{
    Client *client = client_permitted("");
    const Contract *contract = the_contract();
    for (size_t i = 0; i < contract->count; i++) {
        const Route *route = &contract->routes[i];
        bool own = strncmp(route->path, "/auth/", 6) == 0;
        if (!route->open && !route->permission && !own)
            cr_assert_fail("%s %s names no permission", route->verb, route->path);
        if (route->permission)
            expect_error(ask(client, route), 403, NULL);
    }
}

/* ---- what only the server sets ---- */

static const char *write_field(const Route *route, Client *admin, const char *body,
                               const char *field)
{
    const Response *r = http(admin, route->verb, route->path, body, NULL);
    const char *details = json_raw(r->body, "details");
    if (r->status == 400 && details && json_member(details, field))
        return NULL;
    return text("%s %s %s: %d %s", route->verb, route->path, body, r->status, r->body);
}

/* Fields of the answer that the request has not. */
static void expect_refused_fields(const Route *route, Client *admin, const cJSON *asked,
                                  const cJSON *answered, const char *list)
{
    static const char *const ALWAYS[] = {
        "uuid",      "id",        "version", "status",    "createdBy",    "createdAt",
        "updatedAt", "deletedAt", "deleted", "isSystem",  "passwordHash", "number",
        "total",     "subtotal",  "user_id", "createdby", "__proto__",    "given"};
    const char *names[SERVER_ONLY_MAX];
    size_t count = 0;
    const cJSON *property, *own = member(asked, "properties");
    for (size_t i = 0; i < COUNT(ALWAYS); i++)
        names[count++] = ALWAYS[i];
    cJSON_ArrayForEach(property, member(answered, "properties"))
    {
        if (count < SERVER_ONLY_MAX)
            names[count++] = property->string;
    }
    for (size_t i = 0; i < count; i++) {
        if (member(own, names[i]))
            continue;
        const char *body =
            list ? json("{'%s':[{'%s':1}]}", list, names[i]) : json("{'%s':1}", names[i]);
        const char *fault =
            write_field(route, admin, body, list ? text("%s[0].%s", list, names[i]) : names[i]);
        cr_assert_null(fault, "%s", fault);
    }
}

static const cJSON *elements_of(const Contract *contract, const cJSON *schema, const char *name)
{
    const cJSON *list = member(member(schema, "properties"), name);
    return list ? schema_of(contract->document, member(list, "items")) : NULL;
}

Test(guard, no_client_sets_what_the_server_sets, .timeout = 60)
{
    const Contract *contract = the_contract();
    Client *admin = client_admin();
    size_t writes = 0;
    for (size_t i = 0; i < contract->count; i++) {
        const Route *route = &contract->routes[i];
        const cJSON *property;
        if (strcmp(route->verb, "POST") != 0 && strcmp(route->verb, "PUT") != 0)
            continue;
        expect_refused_fields(route, admin, route->asked, route->answered, NULL);
        writes++;
        cJSON_ArrayForEach(property, member(route->asked, "properties"))
        {
            const cJSON *element = elements_of(contract, route->asked, property->string);
            if (member(element, "properties"))
                expect_refused_fields(route, admin, element,
                                      elements_of(contract, route->answered, property->string),
                                      property->string);
        }
    }
    cr_assert_gt(writes, 15, "%zu writes", writes);
}
