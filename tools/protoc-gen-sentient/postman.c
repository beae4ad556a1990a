/* The Postman collection: a folder per service of the contract, a request per route with an example
 * body made from the rules. Requests that answer with tokens store them for all others. */
#include <string.h>

#include "openapi.h"

static const char TOKEN_FIELD[] = "access_token";

static const char TOKEN_SCRIPT[] =
    "[{\"listen\":\"test\",\"script\":{\"type\":\"text/javascript\",\"exec\":["
    "\"const body = pm.response.json();\","
    "\"for (const name of ['accessToken', 'refreshToken']) {\","
    "\"  if (body[name]) pm.collectionVariables.set(name, body[name]);\","
    "\"}\"]}}]";

/* What a request that answers with tokens takes are variables of the collection. */
static bool is_variable(const Method *method, const Field *field)
{
    return method_answers(method, TOKEN_FIELD) && field->kind == KIND_STRING && !field->list;
}

static const char *example_text(Arena *arena, const Field *field)
{
    if (field->rule->n_in)
        return field->rule->in[0];
    switch (field->rule->format) {
    case SENTIENT__FORMAT__UUID: return "{{$guid}}";
    case SENTIENT__FORMAT__DATE: return "2026-01-15";
    case SENTIENT__FORMAT__INSTANT: return "2026-01-15T08:00:00Z";
    case SENTIENT__FORMAT__CODE: return "EXAMPLE-{{$randomInt}}";
    case SENTIENT__FORMAT__EMAIL: return "someone@example.com";
    case SENTIENT__FORMAT__PASSWORD: return "Password123!";
    case SENTIENT__FORMAT__SEARCH:
    case SENTIENT__FORMAT__OPAQUE: return "";
    default: break;
    }
    size_t length = strlen(field->json);
    uint32_t limit = field->rule->max_length;
    return arena_strndup(arena, field->json, limit && limit < length ? limit : length);
}

/* 1, or what of the range lies nearest. */
static const char *example_number(const Field *field)
{
    int64_t one;
    if (field->rule->default_value)
        return field->rule->default_value;
    if (!field_scaled(field, "1", &one) || (field->has_max && one > field->max))
        return field->rule->max ? field->rule->max : "0";
    return field->has_min && one < field->min ? field->rule->min : "1";
}

static void put_object(Json *json, const char *key, const Message *message, const Method *method);

static void put_value(Json *json, const char *key, const Field *field, const Method *method)
{
    Arena *arena = json->buf->arena;
    if (field->kind == KIND_MESSAGE)
        put_object(json, key, field->message, NULL);
    else if (method && is_variable(method, field))
        json_text(json, key, arena_printf(arena, "{{%s}}", field->json));
    else if (field->kind == KIND_STRING)
        json_text(json, key, example_text(arena, field));
    else if (field->kind == KIND_BYTES)
        json_text(json, key, "");
    else if (field->kind == KIND_BOOL)
        json_raw(json, key, field->rule->default_value ? field->rule->default_value : "true");
    else
        json_raw(json, key, example_number(field));
}

/* The example of a body, or (without method) of an object inside one. */
static void put_object(Json *json, const char *key, const Message *message, const Method *method)
{
    json_open(json, key, '{');
    for (size_t i = 0; i < message->count; i++) {
        const Field *field = &message->fields[i];
        if (method && !field_in_body(message, i))
            continue;
        if (!field->list) {
            put_value(json, field->json, field, method);
            continue;
        }
        json_open(json, field->json, '[');
        put_value(json, NULL, field, method);
        json_close(json, ']');
    }
    json_close(json, '}');
}

static void put_body(Json *json, const Method *method)
{
    if (!method_has_body(method))
        return;
    Buf example = {.arena = json->buf->arena};
    Json inner = {.buf = &example};
    put_object(&inner, NULL, method->in, method);
    json_open(json, "body", '{');
    json_text(json, "mode", "raw");
    json_text(json, "raw", example.data);
    json_raw(json, "options", "{\"raw\":{\"language\":\"json\"}}");
    json_close(json, '}');
}

/* Segments with ":uuid" for "{uuid}". */
static void put_segments(Json *json, const char *path)
{
    Arena *arena = json->buf->arena;
    json_open(json, "path", '[');
    for (const char *p = path; *p;) {
        p++;
        size_t length = strcspn(p, "/");
        json_text(json, NULL,
                  *p == '{' ? arena_printf(arena, ":%.*s", (int)length - 2, p + 1)
                            : arena_strndup(arena, p, length));
        p += length;
    }
    json_close(json, ']');
}

static void put_fields(Json *json, const Method *method, bool in_path)
{
    json_open(json, in_path ? "variable" : "query", '[');
    for (size_t i = 0; i < method->in->count; i++) {
        const Field *field = &method->in->fields[i];
        if (field->hidden || (method->path_fields >> i & 1) != in_path)
            continue;
        json_open(json, NULL, '{');
        json_text(json, "key", field->json);
        json_text(json, "value", in_path || !field->rule->n_in ? "" : field->rule->in[0]);
        json_text(json, "description", field->comment);
        if (!in_path && !field->rule->required)
            json_raw(json, "disabled", "true");
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_url(Json *json, const Method *method)
{
    const char *path = openapi_path(json->buf->arena, method);
    Buf raw = {.arena = json->buf->arena};
    buf_puts(&raw, "{{baseUrl}}");
    for (const char *p = path; *p; p++)
        if (*p != '}')
            buf_putc(&raw, *p == '{' ? ':' : *p);
    json_open(json, "url", '{');
    json_text(json, "raw", raw.data);
    json_raw(json, "host", "[\"{{baseUrl}}\"]");
    put_segments(json, path);
    if (method->verb == VERB_GET || method->verb == VERB_DELETE)
        put_fields(json, method, false);
    put_fields(json, method, true);
    json_close(json, '}');
}

static void put_header(Json *json, const Method *method)
{
    json_open(json, "header", '[');
    if (method_has_body(method))
        json_raw(json, NULL, "{\"key\":\"Content-Type\",\"value\":\"application/json\"}");
    if (method_is_write(method) && method->rule->access != SENTIENT__ACCESS__PUBLIC)
        json_raw(json, NULL, "{\"key\":\"Idempotency-Key\",\"value\":\"{{$guid}}\"}");
    json_close(json, ']');
}

static void put_request(Json *json, const Method *method)
{
    json_open(json, NULL, '{');
    json_text(json, "name", method->proto->name);
    if (method_answers(method, TOKEN_FIELD))
        json_raw(json, "event", TOKEN_SCRIPT);
    json_open(json, "request", '{');
    json_text(json, "method", verb_name(method->verb));
    json_text(json, "description", method->comment);
    if (method->rule->access == SENTIENT__ACCESS__PUBLIC)
        json_raw(json, "auth", "{\"type\":\"noauth\"}");
    put_header(json, method);
    put_url(json, method);
    put_body(json, method);
    json_close(json, '}');
    json_raw(json, "response", "[]");
    json_close(json, '}');
}

static void put_folder(Json *json, const File *file, const Tag *tag)
{
    json_open(json, NULL, '{');
    json_text(json, "name", tag->title);
    json_text(json, "description", tag->comment);
    json_open(json, "item", '[');
    for (size_t m = 0; m < file->method_count; m++)
        if (file->methods[m].path && strcmp(file->methods[m].service, tag->name) == 0)
            put_request(json, &file->methods[m]);
    json_close(json, ']');
    json_close(json, '}');
}

static void put_variable(Json *json, const char *key, const char *value)
{
    json_open(json, NULL, '{');
    json_text(json, "key", key);
    json_text(json, "value", value);
    json_close(json, '}');
}

static void put_variables(Json *json)
{
    json_open(json, "variable", '[');
    put_variable(json, "baseUrl", "http://localhost:8000");
    put_variable(json, "username", "admin");
    put_variable(json, "password", "Password123!");
    put_variable(json, "accessToken", "");
    put_variable(json, "refreshToken", "");
    json_close(json, ']');
}

void postman_write(Buf *buf, const Model *model)
{
    Json json = {.buf = buf};
    json_open(&json, NULL, '{');
    json_raw(&json, "info",
             "{\"name\":\"Sentient Factory\",\"schema\":\"https://schema.getpostman.com/json/"
             "collection/v2.1.0/collection.json\"}");
    json_raw(&json, "auth",
             "{\"type\":\"bearer\",\"bearer\":[{\"key\":\"token\",\"value\":\"{{accessToken}}\","
             "\"type\":\"string\"}]}");
    put_variables(&json);
    json_open(&json, "item", '[');
    for (size_t f = 0; f < model->count; f++)
        for (size_t t = 0; t < model->files[f].tag_count; t++)
            if (model->files[f].tags[t].routed)
                put_folder(&json, &model->files[f], &model->files[f].tags[t]);
    json_close(&json, ']');
    json_close(&json, '}');
}
