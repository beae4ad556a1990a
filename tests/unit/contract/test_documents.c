/* The published documents: JSON, complete, and true to the tables. Not their looks. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sentient/contracts.h"
#include "sentient/openapi.h"

static const char *const VERBS[] = {NULL, "get", "post", "put", "delete"};

/* What "#/a/b" names; NULL where there is nothing. */
static const cJSON *resolve(const cJSON *document, const char *reference)
{
    char name[128];
    for (const char *p = strchr(reference, '/'); p && document;) {
        size_t length = strcspn(p + 1, "/");
        if (length >= sizeof name)
            return NULL;
        memcpy(name, p + 1, length);
        name[length] = '\0';
        document = cJSON_GetObjectItemCaseSensitive(document, name);
        p = strchr(p + 1, '/');
    }
    return document;
}

static size_t check_references(const cJSON *document, const cJSON *node)
{
    size_t count = 0;
    const cJSON *reference = cJSON_GetObjectItemCaseSensitive(node, "$ref");
    if (cJSON_IsString(reference)) {
        cr_expect_not_null(resolve(document, reference->valuestring), "%s", reference->valuestring);
        count++;
    }
    for (const cJSON *child = node->child; child; child = child->next)
        count += check_references(document, child);
    return count;
}

/* "/api/items/{item_id}" → "/api/items/{itemId}" */
static void published_path(const char *path, char *ret_path)
{
    for (; *path; path++) {
        if (*path == '_')
            *ret_path++ = (char)toupper((unsigned char)*++path);
        else
            *ret_path++ = *path;
    }
    *ret_path = '\0';
}

static void check_route(const cJSON *paths, const Method *method)
{
    char path[256];
    cr_assert_lt(strlen(method->path), sizeof path);
    published_path(method->path, path);
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(paths, path);
    const cJSON *route = cJSON_GetObjectItemCaseSensitive(item, VERBS[method->verb]);
    cr_assert_not_null(route, "%s %s", VERBS[method->verb], path);

    const cJSON *id = cJSON_GetObjectItemCaseSensitive(route, "operationId");
    cr_expect_str_eq(cJSON_GetStringValue(id), method->operation);
    const cJSON *security = cJSON_GetObjectItemCaseSensitive(route, "security");
    cr_expect_eq(cJSON_GetArraySize(security), method->access != ACCESS_PUBLIC, "%s", path);
    char status[8];
    (void)snprintf(status, sizeof status, "%u", method->status);
    const cJSON *responses = cJSON_GetObjectItemCaseSensitive(route, "responses");
    cr_expect(cJSON_HasObjectItem(responses, status), "%s", path);
    cr_expect_eq(cJSON_HasObjectItem(responses, "403"), method->permission != NULL, "%s", path);
}

Test(documents, openapi_has_every_route_and_no_other)
{
    cr_assert_eq(strlen(OPENAPI_JSON), OPENAPI_JSON_LENGTH);
    cJSON *document = cJSON_Parse(OPENAPI_JSON);
    cr_assert_not_null(document);
    cr_expect_gt(check_references(document, document), 0);

    const cJSON *paths = cJSON_GetObjectItemCaseSensitive(document, "paths");
    int routes = 0, published = 0;
    for (size_t c = 0; c < CONTRACT_COUNT; c++)
        for (size_t m = 0; m < CONTRACTS[c]->method_count; m++)
            if (CONTRACTS[c]->methods[m].path) {
                check_route(paths, &CONTRACTS[c]->methods[m]);
                routes++;
            }
    for (const cJSON *path = paths->child; path; path = path->next)
        published += cJSON_GetArraySize(path);
    cr_expect_eq(published, routes);
    cJSON_Delete(document);
}

static const cJSON *schema_property(const cJSON *document, const char *schema, const char *name)
{
    const cJSON *all = resolve(document, "#/components/schemas");
    const cJSON *one = cJSON_GetObjectItemCaseSensitive(all, schema);
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(one, "properties");
    return cJSON_GetObjectItemCaseSensitive(properties, name);
}

static const char *member_text(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

/* Whether the member is this JSON text ("": it is absent). */
static void expect_member(const cJSON *object, const char *name, const char *json)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    char *text = member ? cJSON_PrintUnformatted(member) : NULL;
    cr_expect_str_eq(text ? text : "", json, "%s", name);
    cJSON_free(text);
}

Test(documents, an_update_requires_nothing)
{
    cJSON *document = cJSON_Parse(OPENAPI_JSON);
    cr_expect_not_null(resolve(document, "#/components/schemas/ItemInput/required"));
    cr_expect_not_null(resolve(document, "#/components/schemas/ItemInputPartial"));
    cr_expect_null(resolve(document, "#/components/schemas/ItemInputPartial/required"));
    cr_expect_null(schema_property(document, "ItemInputPartial", "uuid"));
    cr_expect_null(schema_property(document, "ItemInputPartial", ""));
    cr_expect_null(schema_property(document, "ItemInput", "uuid"));

    const cJSON *price = schema_property(document, "ItemInput", "price");
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(price, "type")),
                     "number");
    cr_expect(cJSON_HasObjectItem(price, "minimum") && cJSON_HasObjectItem(price, "maximum") &&
              cJSON_HasObjectItem(price, "default"));
    cr_expect_not(cJSON_HasObjectItem(price, "multipleOf"), "validators divide in binary");
    cr_expect_not_null(strstr(member_text(price, "description"), "At most 2 decimals."));
    const cJSON *update = schema_property(document, "ItemInputPartial", "price");
    cr_expect_not(cJSON_HasObjectItem(update, "default"));
    cJSON_Delete(document);
}

Test(documents, an_update_requires_what_it_must_be_given)
{
    cJSON *document = cJSON_Parse(OPENAPI_JSON);
    const cJSON *schemas = resolve(document, "#/components/schemas");
    const cJSON *role = cJSON_GetObjectItemCaseSensitive(schemas, "RolePermissionsPartial");
    const cJSON *password = cJSON_GetObjectItemCaseSensitive(schemas, "PasswordChangePartial");
    expect_member(role, "required", "[\"permissions\"]");
    expect_member(cJSON_GetObjectItemCaseSensitive(schemas, "RoleInput"), "required",
                  "[\"name\",\"permissions\"]");
    expect_member(password, "required", "[\"currentPassword\",\"newPassword\"]");
    const cJSON *permissions = schema_property(document, "RolePermissionsPartial", "permissions");
    cr_expect_eq(cJSON_GetArraySize(resolve(permissions, "#/items/enum")), (int)PERMISSION_COUNT);
    cJSON_Delete(document);
}

Test(documents, what_a_value_may_be)
{
    cJSON *document = cJSON_Parse(OPENAPI_JSON);
    static const struct {
        const char *schema, *property, *keyword, *value;
    } CASES[] = {
        {"AdjustmentLineInput", "qty", "not", "{\"const\":0}"},
        {"TransferLineInput", "qty", "not", ""},
        {"CustomerInput", "name", "pattern", "\"[^ \\\\t\\\\r\\\\n]\""},
        {"SalesOrderDecision", "reason", "pattern", "\"[^ \\\\t\\\\r\\\\n]\""},
        {"SalesOrderDecision", "reason", "minLength", "1"},
        {"SalesOrderInput", "notes", "pattern", ""},
        {"SalesOrderInput", "notes", "minLength", ""},
        {"SalesOrderInput", "discountAmount", "type", "[\"number\",\"null\"]"},
        {"SalesOrderInputPartial", "discountAmount", "type", "[\"number\",\"null\"]"},
        {"SalesOrderLineInput", "discountPct", "type", "[\"number\",\"null\"]"},
        {"ItemInput", "reorderPoint", "type", "[\"number\",\"null\"]"},
        {"ItemInput", "uom", "maxLength", "255"},
        {"UserInput", "username", "maxLength", "255"},
        {"DeliveryOrderInput", "items", "type", "[\"array\",\"null\"]"},
        {"SalesOrder", "uuid", "format", "\"uuid\""},
        {"CustomerRef", "uuid", "format", "\"uuid\""},
        {"Profile", "uuid", "format", "\"uuid\""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        expect_member(schema_property(document, CASES[i].schema, CASES[i].property),
                      CASES[i].keyword, CASES[i].value);
    cJSON_Delete(document);
}

Test(documents, answers_name_their_closed_sets)
{
    cJSON *document = cJSON_Parse(OPENAPI_JSON);
    const char *orders = "[\"update\",\"submit\",\"approve\",\"reject\",\"cancel\",\"close\","
                         "\"deliver\"]";
    static const char *const ORDERS[] = {"SalesOrder", "SalesOrderSummary"};
    static const char *const DELIVERIES[] = {"DeliveryOrder", "DeliveryOrderSummary"};
    static const char *const RIGHTS[] = {"Profile", "Role"};
    for (size_t i = 0; i < 2; i++) {
        const cJSON *actions = schema_property(document, ORDERS[i], "allowedActions");
        expect_member(resolve(actions, "#/items"), "enum", orders);
        actions = schema_property(document, DELIVERIES[i], "allowedActions");
        expect_member(resolve(actions, "#/items"), "enum", "[\"ship\",\"deliver\",\"cancel\"]");
        const cJSON *rights = schema_property(document, RIGHTS[i], "permissions");
        cr_expect_eq(cJSON_GetArraySize(resolve(rights, "#/items/enum")), (int)PERMISSION_COUNT);
    }
    cJSON_Delete(document);
}

Test(documents, a_list_says_how_it_is_paged)
{
    cJSON *document = cJSON_Parse(OPENAPI_JSON);
    const cJSON *paths = cJSON_GetObjectItemCaseSensitive(document, "paths");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(paths, "/api/customers");
    const cJSON *parameter;
    cJSON_ArrayForEach(parameter, resolve(list, "#/get/parameters"))
    {
        const char *name = member_text(parameter, "name");
        bool paging = !strcmp(name, "sort") || !strcmp(name, "page") || !strcmp(name, "limit") ||
                      !strcmp(name, "cursor");
        cr_expect(!paging || *member_text(parameter, "description"), "%s", name);
    }
    cJSON_Delete(document);
}

/* Each ended by '|': "200|400|". */
static void expect_statuses(const cJSON *document, const char *verb, const char *path,
                            const char *statuses)
{
    char text[256] = "";
    size_t length = 0;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(resolve(document, "#/paths"), path);
    const cJSON *route = cJSON_GetObjectItemCaseSensitive(item, verb);
    const cJSON *status;
    cJSON_ArrayForEach(status, cJSON_GetObjectItemCaseSensitive(route, "responses"))
    {
        length += (size_t)snprintf(text + length, sizeof text - length, "%.8s|", status->string);
        cr_assert_lt(length, sizeof text);
    }
    cr_expect_str_eq(text, statuses, "%s %s", verb, path);
}

Test(documents, how_a_request_may_fail)
{
    cJSON *document = cJSON_Parse(OPENAPI_JSON);
    expect_statuses(document, "post", "/api/auth/logout", "200|400|401|413|415|429|500|503|");
    expect_statuses(document, "put", "/api/auth/password", "200|400|401|413|415|422|429|500|503|");
    expect_statuses(document, "post", "/api/auth/reset-password",
                    "200|400|401|413|415|422|429|500|503|");
    expect_statuses(document, "post", "/api/auth/forgot-password",
                    "200|400|401|413|415|429|500|503|");
    expect_statuses(document, "post", "/api/sales-orders/{uuid}/submit",
                    "200|400|401|403|404|409|412|413|415|422|429|500|503|");
    expect_statuses(document, "delete", "/api/customers/{uuid}",
                    "200|400|401|403|404|409|412|422|429|500|503|");
    expect_statuses(document, "get", "/api/customers", "200|400|401|403|429|500|503|");
    static const char *const COMMON[] = {"Error405", "Error411", "Error431"};
    const cJSON *responses = resolve(document, "#/components/responses");
    for (size_t i = 0; i < 3; i++)
        cr_expect(cJSON_HasObjectItem(responses, COMMON[i]), "%s", COMMON[i]);
    cJSON_Delete(document);
}

static int count_requests(const cJSON *node)
{
    int count = cJSON_HasObjectItem(node, "request") ? 1 : 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(node, "item")) count +=
        count_requests(item);
    const cJSON *raw = resolve(node, "#/request/body/raw");
    if (raw) {
        cJSON *body = cJSON_Parse(raw->valuestring);
        cr_expect_not_null(body, "%s", raw->valuestring);
        cJSON_Delete(body);
    }
    return count;
}

Test(documents, postman_has_every_route_and_stores_the_token)
{
    cr_assert_eq(strlen(POSTMAN_JSON), POSTMAN_JSON_LENGTH);
    cJSON *collection = cJSON_Parse(POSTMAN_JSON);
    cr_assert_not_null(collection);
    int routes = 0;
    for (size_t c = 0; c < CONTRACT_COUNT; c++)
        for (size_t m = 0; m < CONTRACTS[c]->method_count; m++)
            routes += CONTRACTS[c]->methods[m].path != NULL;
    cr_expect_eq(count_requests(collection), routes);
    cr_expect_not_null(strstr(POSTMAN_JSON, "pm.collectionVariables.set(name, body[name])"));
    cJSON_Delete(collection);
}
