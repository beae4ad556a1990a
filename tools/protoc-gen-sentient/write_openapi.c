/* openapi.json and postman.json, and both as constants in openapi.[ch]. */
#include <string.h>

#include "openapi.h"
#include "output.h"

static const char INFO[] =
    "{\"title\":\"Sentient Factory\",\"version\":\"1.0.0\",\"description\":"
    "\"The backend of a manufacturing company. JSON in UTF-8; money has at most 2 decimals, "
    "quantities 3. Instants are RFC 3339 in UTC. PUT is partial: what is absent stays, null "
    "clears, a list replaces the whole list. Any request can also fail with 404 (no such route), "
    "405, 411 or 431: see the responses among the components.\"}";

static const char ERROR_SCHEMA[] =
    "{\"type\":\"object\",\"description\":\"Every failed request.\",\"properties\":{"
    "\"statusCode\":{\"type\":\"integer\"},"
    "\"error\":{\"type\":\"string\",\"description\":\"The status in words\"},"
    "\"message\":{\"type\":\"string\"},"
    "\"details\":{\"type\":\"object\",\"description\":\"What is wrong, by the field's path: "
    "items[0].qty\",\"additionalProperties\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"string\"}}},"
    "\"timestamp\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"path\":{\"type\":\"string\"},"
    "\"requestId\":{\"type\":\"string\"}},"
    "\"required\":[\"statusCode\",\"error\",\"message\",\"timestamp\",\"path\",\"requestId\"]}";

static void put_tags(Json *json, const Model *model)
{
    json_open(json, "tags", '[');
    for (size_t f = 0; f < model->count; f++)
        for (size_t t = 0; t < model->files[f].tag_count; t++) {
            const Tag *tag = &model->files[f].tags[t];
            if (!tag->routed)
                continue;
            json_open(json, NULL, '{');
            json_text(json, "name", tag->title);
            json_text(json, "description", tag->comment);
            json_close(json, '}');
        }
    json_close(json, ']');
}

/* False where an earlier method has the same path: it is written there. */
static bool path_is_new(const Model *model, const Method *method)
{
    for (size_t f = 0; f < model->count; f++)
        for (size_t m = 0; m < model->files[f].method_count; m++) {
            const Method *other = &model->files[f].methods[m];
            if (other->path && strcmp(other->path, method->path) == 0)
                return other == method;
        }
    return false;
}

static void put_path(Json *json, const Model *model, const Method *first)
{
    json_open(json, openapi_path(json->buf->arena, first), '{');
    for (size_t f = 0; f < model->count; f++)
        for (size_t m = 0; m < model->files[f].method_count; m++) {
            const Method *method = &model->files[f].methods[m];
            if (method->path && strcmp(method->path, first->path) == 0)
                operation_write(json, method);
        }
    json_close(json, '}');
}

static void put_paths(Json *json, const Model *model)
{
    json_open(json, "paths", '{');
    for (size_t f = 0; f < model->count; f++)
        for (size_t m = 0; m < model->files[f].method_count; m++) {
            const Method *method = &model->files[f].methods[m];
            if (method->path && path_is_new(model, method))
                put_path(json, model, method);
        }
    json_close(json, '}');
}

static void put_document(Buf *buf, const Model *model)
{
    Json json = {.buf = buf};
    json_open(&json, NULL, '{');
    json_text(&json, "openapi", "3.1.0");
    json_raw(&json, "info", INFO);
    json_raw(&json, "servers", "[{\"url\":\"/\",\"description\":\"This gateway\"}]");
    json_raw(&json, "security", "[{\"bearer\":[]}]");
    put_tags(&json, model);
    put_paths(&json, model);
    json_open(&json, "components", '{');
    json_raw(&json, "securitySchemes",
             "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}}");
    operation_components(&json);
    json_open(&json, "schemas", '{');
    json_raw(&json, "Error", ERROR_SCHEMA);
    schema_components(&json, model);
    json_close(&json, '}');
    json_close(&json, '}');
    json_close(&json, '}');
}

/* Byte by byte: string literals of that length are more than C promises. */
static void put_array(Buf *buf, const char *name, const Buf *text)
{
    buf_printf(buf, "\nconst char %s[] = {", name);
    for (size_t i = 0; i < text->length; i++) {
        unsigned char c = (unsigned char)text->data[i];
        buf_printf(buf, c < 0x80 ? "%s%u," : "%s'\\x%02x',", i % 24 ? "" : "\n", c);
    }
    buf_printf(buf, "0};\nconst size_t %s_LENGTH = %zu;\n", name, text->length);
}

void write_openapi(Output *output, Model *model)
{
    Buf *document = output_file(output, "openapi.json");
    put_document(document, model);
    Buf *collection = output_file(output, "postman.json");
    postman_write(collection, model);

    Buf *buf = output_file(output, "openapi.h");
    header_begin(buf, NULL, "OPENAPI", "the published documents");
    buf_puts(buf, "#include <stddef.h>\n\n/* JSON; NUL-terminated, the length does not count it. "
                  "*/\nextern const char OPENAPI_JSON[];\nextern const size_t "
                  "OPENAPI_JSON_LENGTH;\nextern const char POSTMAN_JSON[];\nextern const size_t "
                  "POSTMAN_JSON_LENGTH;\n");
    header_end(buf);

    buf = output_file(output, "openapi.c");
    source_begin(buf, "the published documents");
    buf_puts(buf, "#include \"sentient/openapi.h\"\n");
    put_array(buf, "OPENAPI_JSON", document);
    put_array(buf, "POSTMAN_JSON", collection);
}
