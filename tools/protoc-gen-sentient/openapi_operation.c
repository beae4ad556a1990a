/* One route as an OpenAPI operation, and what all operations share. */
#include <string.h>

#include "names.h"
#include "openapi.h"

typedef struct ErrorCode {
    int status;
    const char *when;
} ErrorCode;

static const ErrorCode ERRORS[] = {
    {400, "Malformed JSON or values outside their rules; `details` names each field"},
    {401, "No valid token, or wrong credentials"},
    {403, "The permission is missing"},
    {404, "No such document"},
    {405, "The route does not take this method; `Allow` names those it takes"},
    {409, "Already taken, or the first request with this Idempotency-Key is still running"},
    {411, "The body has no Content-Length"},
    {412, "If-Match names another version; nothing changed"},
    {413, "The body is above 1 MiB"},
    {415, "The body is not application/json"},
    {422, "A business rule forbids it, or the Idempotency-Key belongs to another request"},
    {429, "Too many requests"},
    {431, "The headers are too large"},
    {500, "A defect; `requestId` finds it"},
    {503, "A service behind the route is away"},
};

static bool signed_write(const Method *method)
{
    return method_is_write(method) && method->rule->access != SENTIENT__ACCESS__PUBLIC;
}

/* Contract §1: the key is ignored below /auth. */
static bool takes_key(const Method *method)
{
    return signed_write(method) && !str_starts(method->path, "/api/auth/");
}

/* PUT, DELETE and actions change one document, whose version If-Match may name. */
static bool takes_version(const Method *method)
{
    return signed_write(method) && method->path_fields != 0;
}

static bool applies(const Method *method, int status)
{
    for (size_t i = 0; i < method->rule->n_fails; i++)
        if ((int)method->rule->fails[i] == status)
            return true;
    switch (status) {
    case 401: return method->verb != VERB_GET || method->rule->access != SENTIENT__ACCESS__PUBLIC;
    case 403: return method->rule->permission != NULL;
    case 404: return method->path_fields != 0;
    case 409:
    case 422: return takes_key(method);
    case 412: return takes_version(method);
    case 413:
    case 415: return method->verb == VERB_POST || method->verb == VERB_PUT;
    case 405: /* of any request, whatever its operation: said once, in the document's own text */
    case 411:
    case 431: return false;
    default: return true;
    }
}

static void put_ref(Json *json, const char *key, const char *kind, const char *name)
{
    json_open(json, key, '{');
    json_text(json, "$ref", arena_printf(json->buf->arena, "#/components/%s/%s", kind, name));
    json_close(json, '}');
}

const char *openapi_path(Arena *arena, const Method *method)
{
    Buf buf = {.arena = arena};
    const char *from = method->path, *position = method->path, *name;
    size_t length;
    while (path_next(&position, &name, &length)) {
        buf_add(&buf, from, (size_t)(name - from));
        buf_puts(&buf, method->in->fields[message_field(method->in, name, length)].json);
        from = name + length;
    }
    buf_puts(&buf, from);
    return buf.data;
}

/* What every list takes is said here, once; a field's own comment wins. */
static const char *parameter_text(const Field *field)
{
    static const char *const PAGING[][2] = {
        {"sort", "With - in front turned round. Newest first where absent."},
        {"page", "1 where absent. page × limit above 10 000 is 400: use cursor."},
        {"limit", "Rows of a page; 20 where absent."},
        {"cursor", "nextCursor of the page before, with the same sort and filters. The answer has "
                   "neither total nor page."},
    };
    for (size_t i = 0; !*field->comment && i < sizeof PAGING / sizeof *PAGING; i++)
        if (str_eq(field->json, PAGING[i][0]))
            return PAGING[i][1];
    return field->comment;
}

static void put_parameter(Json *json, const Method *method, size_t index)
{
    const Field *field = &method->in->fields[index];
    const char *description = parameter_text(field);
    bool in_path = method->path_fields >> index & 1;
    json_open(json, NULL, '{');
    json_text(json, "name", field->json);
    json_text(json, "in", in_path ? "path" : "query");
    if (in_path || field->rule->required)
        json_raw(json, "required", "true");
    if (*description)
        json_text(json, "description", description);
    schema_field(json, "schema", field, SHOWN_REQUEST);
    json_close(json, '}');
}

static void put_parameters(Json *json, const Method *method)
{
    bool query = method->verb == VERB_GET || method->verb == VERB_DELETE;
    json_open(json, "parameters", '[');
    for (size_t i = 0; i < method->in->count; i++)
        if (!method->in->fields[i].hidden && (query || method->path_fields >> i & 1))
            put_parameter(json, method, i);
    if (takes_key(method))
        put_ref(json, NULL, "parameters", "IdempotencyKey");
    if (takes_version(method))
        put_ref(json, NULL, "parameters", "IfMatch");
    json_close(json, ']');
}

static void put_content(Json *json, const Message *message, Flavour flavour)
{
    json_open(json, "content", '{');
    json_open(json, "application/json", '{');
    schema_ref(json, "schema", message, flavour);
    json_close(json, '}');
    json_close(json, '}');
}

static void put_body(Json *json, const Method *method)
{
    if (!method_has_body(method))
        return;
    json_open(json, "requestBody", '{');
    json_raw(json, "required", "true");
    put_content(json, method->in, method->verb == VERB_PUT ? SHOWN_PARTIAL : SHOWN_REQUEST);
    json_close(json, '}');
}

static void put_success(Json *json, const Method *method)
{
    json_open(json, arena_printf(json->buf->arena, "%u", method->rule->status), '{');
    json_text(json, "description", method->rule->status == 201 ? "Created" : "Success");
    json_open(json, "headers", '{');
    put_ref(json, "X-Request-Id", "headers", "RequestId");
    if (method_answers(method, "version"))
        put_ref(json, "ETag", "headers", "ETag");
    if (takes_key(method))
        put_ref(json, "Idempotency-Replayed", "headers", "IdempotencyReplayed");
    json_close(json, '}');
    put_content(json, method->out, SHOWN_REPLY);
    json_close(json, '}');
}

static void put_responses(Json *json, const Method *method)
{
    json_open(json, "responses", '{');
    put_success(json, method);
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++) {
        const char *status = arena_printf(json->buf->arena, "%d", ERRORS[i].status);
        if (applies(method, ERRORS[i].status))
            put_ref(json, status, "responses", arena_printf(json->buf->arena, "Error%s", status));
    }
    json_close(json, '}');
}

static void put_text(Json *json, const Method *method)
{
    Arena *arena = json->buf->arena;
    const char *end = strstr(method->comment, ". ");
    size_t length = end ? (size_t)(end - method->comment) : strlen(method->comment);
    while (!end && length && method->comment[length - 1] == '.')
        length--;
    json_text(json, "summary", arena_strndup(arena, method->comment, length));
    const char *permission = method->rule->permission;
    json_text(json, "description",
              permission ? arena_printf(arena, "%s\n\nNeeds the permission `%s`.", method->comment,
                                        permission)
                         : method->comment);
}

static void put_security(Json *json, const Method *method)
{
    json_open(json, "security", '[');
    if (method->rule->access != SENTIENT__ACCESS__PUBLIC) {
        json_open(json, NULL, '{');
        json_raw(json, "bearer", "[]");
        json_close(json, '}');
    }
    json_close(json, ']');
}

void operation_write(Json *json, const Method *method)
{
    static const char *const KEYS[] = {NULL, "get", "post", "put", "delete"};
    json_open(json, KEYS[method->verb], '{');
    json_text(json, "operationId", method->operation);
    json_open(json, "tags", '[');
    json_text(json, NULL, name_title(json->buf->arena, method->service));
    json_close(json, ']');
    put_text(json, method);
    put_security(json, method);
    put_parameters(json, method);
    put_body(json, method);
    put_responses(json, method);
    json_close(json, '}');
}

static void put_error_response(Json *json, const ErrorCode *error)
{
    json_open(json, arena_printf(json->buf->arena, "Error%d", error->status), '{');
    json_text(json, "description", error->when);
    json_open(json, "headers", '{');
    put_ref(json, "X-Request-Id", "headers", "RequestId");
    if (error->status == 429 || error->status == 503)
        put_ref(json, "Retry-After", "headers", "RetryAfter");
    json_close(json, '}');
    json_raw(json, "content",
             "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}");
    json_close(json, '}');
}

void operation_components(Json *json)
{
    json_raw(json, "parameters",
             "{\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"description\":"
             "\"Names this request: sent again within 24 hours it has no second effect, and the "
             "first answer comes again.\",\"schema\":{\"type\":\"string\",\"minLength\":1,"
             "\"maxLength\":255,\"pattern\":\"^[\\\\x20-\\\\x7e]+$\"}},"
             "\"IfMatch\":{\"name\":\"If-Match\",\"in\":\"header\",\"description\":"
             "\"The version that is to be changed, as ETag had it: with another one nothing "
             "happens (412).\",\"schema\":{\"type\":\"string\"},\"example\":\"\\\"1\\\"\"}}");
    json_raw(json, "headers",
             "{\"RequestId\":{\"description\":\"Finds the request in the logs\",\"schema\":"
             "{\"type\":\"string\"}},"
             "\"ETag\":{\"description\":\"The document's version, for If-Match\",\"schema\":"
             "{\"type\":\"string\"}},"
             "\"IdempotencyReplayed\":{\"description\":\"`true` where an earlier answer comes "
             "again\",\"schema\":{\"type\":\"string\",\"enum\":[\"true\"]}},"
             "\"RetryAfter\":{\"description\":\"Seconds to wait\",\"schema\":"
             "{\"type\":\"integer\"}}}");
    json_open(json, "responses", '{');
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++)
        put_error_response(json, &ERRORS[i]);
    json_close(json, '}');
}
