/* Path, query, headers and JSON body → the request message, with every fault of them at once (400).
 * The rules are the contract's; nothing here knows a field by name. */
#include <string.h>

#include "base/str.h"
#include "exchange.h"
#include "kit/json.h"
#include "kit/pb.h"

static void read_path(Exchange *exchange, ProtobufCMessage *in, ErrList *errors)
{
    const Route *route = exchange->route;
    const PbRule *rule = route->method->in;
    for (size_t i = 0; i < exchange->match.param_count; i++) {
        int field = route->params[i];
        if (exchange->match.malformed[i] && rule->fields[field].format != FORMAT_UUID)
            errlist_add(errors, rule->fields[field].json, "is malformed");
        else
            pb_set_from_text(exchange->arena, rule, in, field, exchange->match.params[i], errors);
    }
}

/* The field that a query parameter means; -1 where there is none of that name. */
static int query_field(const Method *method, const char *name, size_t length)
{
    int field = pb_field_json(method->in, name, length);
    if (field < 0 || field == method->in->given || method->path_fields >> field & 1)
        return -1;
    const ProtobufCFieldDescriptor *descriptor = &method->in->descriptor->fields[field];
    bool scalar = descriptor->label != PROTOBUF_C_LABEL_REPEATED &&
                  descriptor->type != PROTOBUF_C_TYPE_MESSAGE;
    return scalar ? field : -1;
}

static void read_query(Exchange *exchange, ProtobufCMessage *in, ErrList *errors)
{
    const Method *method = exchange->route->method;
    bool from_query = method->verb == VERB_GET || method->verb == VERB_DELETE;
    HttpQuery query;
    http_query(exchange->arena, exchange->target.query, &query, errors);
    for (size_t i = 0; i < query.count; i++) {
        const HttpParam *param = &query.params[i];
        int field = from_query ? query_field(method, param->name, strlen(param->name)) : -1;
        if (field < 0)
            errlist_add(errors, param->name, "is not a known field");
        else
            pb_set_from_text(exchange->arena, method->in, in, field, param->value, errors);
    }
}

/* The one header of that name; a fault where there are several. */
static const char *one_header(Exchange *exchange, const char *name, ErrList *errors)
{
    if (http_header_count(&exchange->head, name) > 1) {
        errlist_add(errors, name, "is given more than once");
        return NULL;
    }
    return http_header(&exchange->head, name);
}

static void read_headers(Exchange *exchange, ErrList *errors)
{
    const Method *method = exchange->route->method;
    if (method->verb == VERB_GET)
        return;
    const char *match = one_header(exchange, "If-Match", errors);
    if (match && !http_if_match(match, &exchange->if_match))
        errlist_add(errors, "If-Match", "must be a version in quotes");
    if (!exchange->signed_in || str_starts(method->path, "/api/auth/"))
        return;
    const char *key = one_header(exchange, "Idempotency-Key", errors);
    if (key && !http_idempotency_key(key))
        errlist_add(errors, "Idempotency-Key", "must be 1 to 255 printable ASCII characters");
    exchange->idempotency_key = key;
}

static const Err *read_body(Exchange *exchange, ProtobufCMessage *in, ErrList *errors)
{
    const Method *method = exchange->route->method;
    if (method->verb != VERB_POST && method->verb != VERB_PUT)
        return NULL;
    bool empty = !exchange->body_length;
    return json_read(exchange->arena, method->in, in, empty ? "{}" : exchange->body,
                     empty ? 2 : exchange->body_length, method->path_fields, errors);
}

const Err *transcode_request(Exchange *exchange, ProtobufCMessage **ret_in)
{
    const Method *method = exchange->route->method;
    ErrList errors = {.arena = exchange->arena};
    ProtobufCMessage *in = pb_new(exchange->arena, method->in);
    read_headers(exchange, &errors);
    read_path(exchange, in, &errors);
    read_query(exchange, in, &errors);
    TRY(read_body(exchange, in, &errors));
    unsigned flags = method->partial ? PB_PARTIAL : 0;
    pb_check(method->in, in, flags, &errors);
    TRY(errlist_result(&errors, &ERR_VALIDATION));
    pb_defaults(exchange->arena, method->in, in, flags);
    *ret_in = in;
    return NULL;
}
