/* Whether a message keeps the rules of its tables. Not how single texts and numbers are judged:
 * pb_text.c, pb_number.c. */
#include "kit/pb_internal.h"

#include <string.h>

#include "base/str.h"

static void check_message(ErrList *errors, const PbPath *path, const PbRule *rule,
                          ProtobufCMessage *message, unsigned flags);

/* A fault on a path that is named already says nothing new. */
static void fault_once(ErrList *errors, const PbPath *path, const char *text)
{
    if (!pb_path_named(errors, path))
        PB_FAULT(errors, path, "%s", text);
}

static void check_text(ErrList *errors, const PbPath *path, const PbField *field, char **text)
{
    if (pb_path_named(errors, path))
        return;
    *text = pb_text_normal(field, *text);
    bool element = !path->name;
    if (!**text && field->format == FORMAT_NOTES && field->nullable && !element)
        *text = NULL;
    else
        (void)pb_text_check(errors, path, field, *text);
}

/* One value: of a plain field, or an element of a list. */
static void check_value(ErrList *errors, const PbPath *path, const PbRule *rule, int field,
                        void *at)
{
    const PbField *own = &rule->fields[field];
    switch (pb_kind(rule, field)) {
    case PB_TEXT: check_text(errors, path, own, at); break;
    case PB_INT:
        if (!pb_path_named(errors, path))
            (void)pb_range(errors, path, rule, field, pb_load(rule, field, at));
        break;
    case PB_MESSAGE:
        if (!pb_path_named(errors, path))
            check_message(errors, path, own->message, *(ProtobufCMessage **)at, 0);
        break;
    default: break;
    }
}

static void check_list(ErrList *errors, const PbPath *path, const PbRule *rule,
                       ProtobufCMessage *message, int field)
{
    size_t count = *pb_count(rule, message, field);
    size_t most = rule->fields[field].max_items;
    char *elements = *(char **)pb_slot(rule, message, field);
    if (count > most) {
        if (!pb_path_named(errors, path))
            PB_FAULT(errors, path, "must hold at most %zu items", most);
        count = most;
    }
    for (size_t i = 0; i < count; i++) {
        PbPath element = {.up = path, .index = i};
        check_value(errors, &element, rule, field, elements + i * pb_size(rule, field));
    }
}

static bool is_given(const PbRule *rule, const ProtobufCMessage *message, uint32_t tag)
{
    if (rule->given < 0)
        return false;
    const uint32_t *given = *(uint32_t **)pb_slot(rule, message, rule->given);
    for (size_t i = 0; i < *pb_count(rule, message, rule->given); i++)
        if (given[i] == tag)
            return true;
    return false;
}

bool pb_given(const PbRule *rule, const ProtobufCMessage *message, const char *field)
{
    int index = pb_field(rule, field);
    return index >= 0 && is_given(rule, message, rule->descriptor->fields[index].id);
}

static void check_unset(ErrList *errors, const PbPath *path, const PbRule *rule,
                        const ProtobufCMessage *message, int field, unsigned flags)
{
    const PbField *own = &rule->fields[field];
    bool partial = flags & PB_PARTIAL;
    bool in_body = is_given(rule, message, rule->descriptor->fields[field].id);
    bool given = partial && in_body;
    if (own->must_be_given && !in_body)
        fault_once(errors, path, "is required");
    else if (own->required && (given || !partial))
        fault_once(errors, path,
                   pb_is_list(rule, field) ? "must hold at least one item"
                   : given                 ? "must not be null"
                                           : "is required");
    else if (given && !own->nullable && !pb_is_list(rule, field))
        fault_once(errors, path, "must not be null");
}

/* The other field stands before this one, so that it was trimmed and lower-cased already. */
static void check_other(ErrList *errors, const PbPath *path, const PbRule *rule,
                        const ProtobufCMessage *message, int field)
{
    int other = pb_field(rule, rule->fields[field].other_than);
    const char *text = pb_get_text(rule, message, field);
    if (text && str_eq(text, pb_get_text(rule, message, other)))
        fault_once(
            errors, path,
            arena_printf(errors->arena, "must be another than %s", rule->fields[other].json));
}

/* Days of one form sort as texts. Of one that is no day nothing more is said. */
static void check_order(ErrList *errors, const PbPath *path, const PbRule *rule,
                        const ProtobufCMessage *message, int field)
{
    int other = pb_field(rule, rule->fields[field].not_before);
    const char *first_name = rule->fields[other].json;
    PbPath first_path = {.up = path->up, .name = first_name, .length = strlen(first_name)};
    const char *first = pb_get_text(rule, message, other);
    const char *text = pb_get_text(rule, message, field);
    if (first && text && strcmp(text, first) < 0 && !pb_path_named(errors, &first_path))
        fault_once(errors, path, arena_printf(errors->arena, "must not be before %s", first_name));
}

/* How deep a list may be paged into by numbers (kit/dblist.h). */
static void check_depth(ErrList *errors, const PbRule *rule, const ProtobufCMessage *message)
{
    int page = pb_field(rule, "page"), limit = pb_field(rule, "limit");
    int cursor = pb_field(rule, "cursor");
    int64_t number = 1, rows = PB_LIST_LIMIT;
    if (page < 0 || limit < 0 || cursor < 0 || pb_is_set(rule, message, cursor))
        return;
    (void)pb_get_int(rule, message, page, &number);
    (void)pb_get_int(rule, message, limit, &rows);
    PbPath path = {.name = rule->fields[page].json, .length = strlen(rule->fields[page].json)};
    if (rows > 0 && number > PB_LIST_DEPTH / rows)
        fault_once(errors, &path, "page × limit is above 10000: use cursor");
}

static void check_message(ErrList *errors, const PbPath *path, const PbRule *rule,
                          ProtobufCMessage *message, unsigned flags)
{
    for (int i = 0; i < (int)rule->descriptor->n_fields && errors->count < ERR_DETAILS_MAX; i++) {
        if (i == rule->given)
            continue;
        const char *name = rule->fields[i].json;
        PbPath own = {.up = path, .name = name, .length = strlen(name)};
        if (!pb_is_set(rule, message, i))
            check_unset(errors, &own, rule, message, i, flags);
        else if (pb_is_list(rule, i))
            check_list(errors, &own, rule, message, i);
        else
            check_value(errors, &own, rule, i, pb_slot(rule, message, i));
        if (rule->fields[i].other_than)
            check_other(errors, &own, rule, message, i);
        if (rule->fields[i].not_before)
            check_order(errors, &own, rule, message, i);
    }
}

void pb_check(const PbRule *rule, ProtobufCMessage *message, unsigned flags, ErrList *errors)
{
    check_message(errors, NULL, rule, message, flags);
    check_depth(errors, rule, message);
}
