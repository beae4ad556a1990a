/* The formats of texts (proto/sentient/options.proto): trimming, length, characters, closed sets.
 * Pure functions of one text; which text has which format, the rule tables say. */
#include "kit/pb_internal.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum {
    TEXT_MAX = 255,
    NOTES_MAX = 2000,
    CODE_MAX = 40,
    EMAIL_MAX = 254,
    PASSWORD_MIN = 8,
    PASSWORD_MAX = 1024,
    OPAQUE_MAX = 4096,
};

/* Unicode's White_Space, but for its control characters that are no line break or tab. */
static const char *const SPACES[] = {" ",      "\t",     "\r",     "\n",     "\u00a0", "\u1680",
                                     "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
                                     "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
                                     "\u2029", "\u202f", "\u205f", "\u3000"};

/* Bytes of the space with which the text begins, or ends; 0: with none. */
static size_t space_at(const char *text, size_t length, bool at_end)
{
    unsigned char edge = length ? (unsigned char)text[at_end ? length - 1 : 0] : 'x';
    if (edge > ' ' && edge < 0x80)
        return 0;
    for (size_t i = 0; i < sizeof SPACES / sizeof *SPACES; i++) {
        size_t n = strlen(SPACES[i]);
        if (n <= length && memcmp(at_end ? text + length - n : text, SPACES[i], n) == 0)
            return n;
    }
    return 0;
}

static char *trim(char *text)
{
    size_t length = strlen(text), n;
    while ((n = space_at(text, length, false))) {
        text += n;
        length -= n;
    }
    while ((n = space_at(text, length, true)))
        length -= n;
    if (text[length])
        text[length] = '\0';
    return text;
}

/* Behind microseconds the database would round. */
static char *instant_cut(char *text)
{
    enum { MICROS_TEXT = sizeof "2024-12-27T10:00:00.000000Z" - 1 };
    size_t n = strlen(text);
    int64_t micros;
    if (n > MICROS_TEXT && instant_parse(text, n, &micros)) {
        text[MICROS_TEXT - 1] = 'Z';
        text[MICROS_TEXT] = '\0';
    }
    return text;
}

char *pb_text_normal(const PbField *field, char *text)
{
    switch (field->format) {
    case FORMAT_TEXT:
    case FORMAT_CODE:
    case FORMAT_EMAIL:
    case FORMAT_NOTES:
    case FORMAT_SEARCH:
    case FORMAT_PERMISSION_NAME: return trim(text);
    case FORMAT_INSTANT: return instant_cut(text);
    case FORMAT_UUID: uuid_lower(text); return text;
    default: return text;
    }
}

/* Unicode's category Cc: U+0000..U+001F, U+007F..U+009F. */
static bool has_control(const char *text, bool allow_breaks)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (allow_breaks && (*p == '\n' || *p == '\r' || *p == '\t'))
            continue;
        if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f))
            return true;
    }
    return false;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool code_valid(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!is_alnum(*p) && !strchr("._/-", *p))
            return false;
    return true;
}

static bool printable(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

/* something@domain: one @, no white space; labels of the domain are not empty. */
static bool email_valid(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at || at == text || strchr(at + 1, '@') || has_control(text, false) || strchr(text, ' '))
        return false;
    const char *label = at + 1;
    for (const char *p = label;; p++) {
        if (*p && *p != '.') {
            if (!is_alnum(*p) && *p != '-' && (unsigned char)*p < 0x80)
                return false;
            continue;
        }
        if (p == label || *label == '-' || p[-1] == '-')
            return false;
        if (!*p)
            return true;
        label = p + 1;
    }
}

static bool in_set(const char *const *set, const char *text)
{
    for (; *set; set++)
        if (strcmp(*set, text) == 0)
            return true;
    return false;
}

static void set_fault(ErrList *errors, const PbPath *path, const PbField *field)
{
    Buf list = {.arena = errors->arena};
    if (field->format == FORMAT_PERMISSION_NAME) {
        PB_FAULT(errors, path, "is not a permission");
        return;
    }
    for (const char *const *member = field->in; *member; member++) {
        buf_puts(&list, member == field->in ? "must be one of " : ", ");
        buf_puts(&list, *member);
    }
    if (field->format == FORMAT_SORT)
        buf_puts(&list, "; \"-\" before it reverses the order");
    PB_FAULT(errors, path, "%s", list.data);
}

/* NULL, or what is wrong with the characters, whatever their number. */
static const char *shape_fault(const PbField *field, const char *text)
{
    size_t n = strlen(text);
    int64_t micros;
    switch (field->format) {
    case FORMAT_UUID: return uuid_valid(text, n) ? NULL : "must be a UUID";
    case FORMAT_DATE:
        return date_valid(text, n)
                   ? NULL
                   : "must be a date as YYYY-MM-DD between 2000-01-01 and 2099-12-31";
    case FORMAT_INSTANT:
        return instant_parse(text, n, &micros)
                   ? NULL
                   : "must be an instant in UTC as 2024-12-27T10:00:00Z between 1900 and 2099";
    case FORMAT_CODE:
        return code_valid(text) ? NULL : "must consist of letters, digits and the characters ._/-";
    case FORMAT_EMAIL: return email_valid(text) ? NULL : "must be an e-mail address";
    case FORMAT_PASSWORD: return NULL;
    case FORMAT_OPAQUE: return printable(text) ? NULL : "must be printable ASCII";
    case FORMAT_NOTES:
        return has_control(text, true) ? "must not contain control characters" : NULL;
    default: return has_control(text, false) ? "must not contain control characters" : NULL;
    }
}

static size_t longest(const PbField *field)
{
    if (field->max_length)
        return field->max_length;
    switch (field->format) {
    case FORMAT_NOTES: return NOTES_MAX;
    case FORMAT_CODE: return CODE_MAX;
    case FORMAT_EMAIL: return EMAIL_MAX;
    case FORMAT_OPAQUE: return OPAQUE_MAX;
    default: return TEXT_MAX;
    }
}

static size_t shortest(const PbField *field)
{
    if (field->min_length)
        return field->min_length;
    return field->format == FORMAT_PASSWORD ? PASSWORD_MIN : 1;
}

static bool length_check(ErrList *errors, const PbPath *path, const PbField *field,
                         const char *text)
{
    bool password = field->format == FORMAT_PASSWORD;
    size_t bytes = strlen(text), characters = utf8_count(text, bytes);
    size_t least = shortest(field), most = longest(field);
    if (characters < least)
        PB_FAULT(errors, path, "must have at least %zu characters", least);
    else if (password && bytes > PASSWORD_MAX)
        PB_FAULT(errors, path, "must have at most %d bytes", PASSWORD_MAX);
    else if (!password && characters > most)
        PB_FAULT(errors, path, "must have at most %zu characters", most);
    else
        return true;
    return false;
}

bool pb_text_check(ErrList *errors, const PbPath *path, const PbField *field, const char *text)
{
    const char *fault = NULL;
    if (!utf8_valid(text, strlen(text)))
        fault = "must be valid UTF-8";
    else if (!*text && field->format == FORMAT_SEARCH)
        return true;
    else if (!*text)
        fault = "must not be empty";
    else
        fault = shape_fault(field, text);
    if (fault) {
        PB_FAULT(errors, path, "%s", fault);
        return false;
    }
    bool reversed = field->format == FORMAT_SORT && *text == '-';
    if (field->in && !in_set(field->in, text + reversed)) {
        set_fault(errors, path, field);
        return false;
    }
    return length_check(errors, path, field, text);
}
