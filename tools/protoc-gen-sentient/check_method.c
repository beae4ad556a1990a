/* Checks of one method: its route, its access, its subject, its transaction. */
#include <ctype.h>
#include <string.h>

#include "check.h"

static void fault(Model *model, const Method *method, const char *text)
{
    model_fault(model, method->file, method->operation, "%s", text);
}

/* "/api" and segments of a-z, 0-9, '-' and '.', or one "{name}". */
static bool is_path(const char *path)
{
    if (!str_starts(path, "/api/"))
        return false;
    for (const char *p = path; *p;) {
        if (*p++ != '/')
            return false;
        size_t length = strcspn(p, "/");
        bool parameter = *p == '{' && length > 2 && p[length - 1] == '}';
        size_t begin = parameter ? 1 : 0, end = parameter ? length - 1 : length;
        for (size_t i = begin; i < end; i++) {
            unsigned char c = (unsigned char)p[i];
            if (!islower(c) && !isdigit(c) && !(parameter ? c == '_' : c == '-' || c == '.'))
                return false;
        }
        if (!length)
            return false;
        p += length;
    }
    return true;
}

static void check_path(Model *model, const Method *method)
{
    const char *position = method->path, *name;
    size_t length;
    uint64_t seen = 0;
    if (!is_path(method->path)) {
        model_fault(model, method->file, method->operation,
                    "path %s is not /api/ and lower-case segments or {fields}", method->path);
        return;
    }
    while (method->in && path_next(&position, &name, &length)) {
        int index = message_field(method->in, name, length);
        const Field *field = index < 0 ? NULL : &method->in->fields[index];
        uint64_t bit = index < 0 || index >= FIELDS_MAX ? 0 : UINT64_C(1) << index;
        if (!field)
            model_fault(model, method->file, method->operation, "path field \"%.*s\" is not in %s",
                        (int)length, name, method->in->name);
        else if (field->list || field->hidden || field->kind == KIND_MESSAGE ||
                 field->kind == KIND_BYTES)
            model_fault(model, method->file, method->operation,
                        "path field \"%s\" of %s is not a scalar", field->name, method->in->name);
        else if (seen & bit)
            model_fault(model, method->file, method->operation,
                        "path field \"%s\" stands in the path twice", field->name);
        seen |= bit;
    }
}

/* What does not come from the path of a GET or DELETE comes from the query string. */
static void check_query(Model *model, const Method *method)
{
    if (!method->in || (method->verb != VERB_GET && method->verb != VERB_DELETE))
        return;
    for (size_t i = 0; i < method->in->count; i++) {
        const Field *field = &method->in->fields[i];
        bool scalar = !field->list && field->kind != KIND_MESSAGE && field->kind != KIND_BYTES;
        if (!scalar && !field->hidden)
            model_fault(model, method->file, method->operation,
                        "field \"%s\" of %s would come from the query string, but is not a scalar",
                        field->name, method->in->name);
    }
}

static bool permission_known(const Model *model, const char *name)
{
    for (size_t i = 0; i < model->permission_count; i++)
        if (strcmp(model->permissions[i].name, name) == 0)
            return true;
    return false;
}

static void check_access(Model *model, const Method *method)
{
    const char *permission = method->rule->permission;
    bool by_permission = method->rule->access == SENTIENT__ACCESS__PERMISSION;
    if (permission && !permission_known(model, permission))
        model_fault(model, method->file, method->operation, "unknown permission \"%s\"",
                    permission);
    if (permission && !by_permission)
        fault(model, method, "says both a permission and an access without one");
    if (method->verb != VERB_NONE && !permission && by_permission)
        fault(model, method, "has a route, but neither permission nor access");
}

static void check_tx(Model *model, const Method *method)
{
    if (method->verb == VERB_GET && method->rule->tx == SENTIENT__TX__WRITE)
        fault(model, method, "a GET must not be tx: WRITE");
    if (method_is_write(method) && method->rule->tx == SENTIENT__TX__READ)
        fault(model, method, "a POST, PUT or DELETE must not be tx: READ");
    for (size_t i = 0; i < method->rule->n_fails; i++)
        if (method->rule->fails[i] < 400 || method->rule->fails[i] > 599)
            fault(model, method, "fails must be 400..599");
    if (method->rule->status < 200 || method->rule->status > 299)
        fault(model, method, "status of success must be 200..299");
}

/* Strips "<service>." off the subject; NULL where it begins otherwise. */
static const char *own_subject(const Method *method, const char *subject)
{
    size_t length = strlen(method->file->name);
    bool own = str_starts(subject, method->file->name) && subject[length] == '.';
    return own ? subject + length + 1 : NULL;
}

static void check_subject(Model *model, const Method *method)
{
    const char *subject = method->rule->subject ? method->rule->subject : "";
    const char *rest = own_subject(method, subject);
    bool internal = rest && str_starts(rest, "internal.");
    bool good = rest && is_name(internal ? rest + strlen("internal.") : rest, 2);
    if (method->rule->internal) {
        const char *dot = good ? strrchr(subject, '.') : NULL;
        if (!good || (!internal && strcmp(dot, ".export") != 0))
            model_fault(model, method->file, method->operation,
                        "subject \"%s\" is neither %s.internal.<thing>.<verb> nor "
                        "%s.<thing>.export",
                        subject, method->file->name, method->file->name);
    } else if (!good || internal) {
        model_fault(model, method->file, method->operation,
                    "subject \"%s\" is not %s.<thing>.<verb>", subject, method->file->name);
    }
}

static void check_leaf(Model *model, const Method *method)
{
    if (method->verb != VERB_NONE)
        fault(model, method, "is internal, but has a route");
    if (method->rule->prepare != SENTIENT__PREPARE__NEVER)
        fault(model, method, "is internal, but has prepare: a leaf calls nobody");
}

static void check_routed(Model *model, const Method *method)
{
    if (method->verbs == 0)
        fault(model, method, "has neither a route nor internal: true");
    if (method->verbs > 1)
        fault(model, method, "has several routes");
    if (!*method->comment)
        fault(model, method, "has no comment: it is the route's documentation");
}

void check_method(Model *model, const Method *method)
{
    if (!method->ruled) {
        fault(model, method, "has no option (sentient.method)");
        return;
    }
    if (method->proto->client_streaming || method->proto->server_streaming)
        fault(model, method, "streams are not supported");
    if (!method->in || !method->out)
        fault(model, method, "its request and reply must be messages at the top level of a file");
    if (method->rule->internal)
        check_leaf(model, method);
    else
        check_routed(model, method);
    if (method->path)
        check_path(model, method);
    check_query(model, method);
    check_access(model, method);
    check_tx(model, method);
    check_subject(model, method);
}
